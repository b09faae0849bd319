package wav

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"tonegate/internal/audio"
)

// Format tags of G.711 (RFC 2361 §A.4, §A.5).
const (
	formatALaw  = 6
	formatMuLaw = 7
)

// g711Header is the length of the header: RIFF, an 18-byte format, fact, data.
const g711Header = 12 + 8 + 18 + 8 + 4 + 8

// G711 writes 8 kHz G.711, interleaved as it comes. Close it: the header tells
// the length.
type G711 struct {
	w        io.WriteSeeker
	channels int
	law      audio.Law
	bytes    int64
}

// NewG711 begins a file.
func NewG711(w io.WriteSeeker, law audio.Law, channels int) (*G711, error) {
	g := &G711{w: w, channels: channels, law: law}
	return g, g.header()
}

// Write adds code words.
func (g *G711) Write(b []byte) (int, error) {
	if g.bytes+int64(len(b)) > math.MaxUint32-g711Header {
		return 0, fmt.Errorf("%w: longer than 4 GiB", ErrFormat)
	}
	n, err := g.w.Write(b)
	g.bytes += int64(n)
	return n, err
}

// Close writes the lengths.
func (g *G711) Close() error {
	if g.bytes%2 == 1 {
		if _, err := g.w.Write([]byte{0}); err != nil { // chunks have even lengths
			return fmt.Errorf("write WAV: %w", err)
		}
	}
	if _, err := g.w.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	if err := g.header(); err != nil {
		return err
	}
	if _, err := g.w.Seek(0, io.SeekEnd); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}

func (g *G711) header() error {
	tag := uint16(formatMuLaw)
	if g.law == audio.ALaw {
		tag = formatALaw
	}
	le := binary.LittleEndian
	b := append([]byte{}, "RIFF"...)
	b = le.AppendUint32(b, uint32(g711Header-8+g.bytes+g.bytes%2))
	b = append(b, "WAVEfmt "...)
	b = le.AppendUint32(b, 18)
	b = le.AppendUint16(b, tag)
	b = le.AppendUint16(b, uint16(g.channels))
	b = le.AppendUint32(b, audio.SampleRate)
	b = le.AppendUint32(b, uint32(audio.SampleRate*g.channels))
	b = le.AppendUint16(b, uint16(g.channels))
	b = le.AppendUint16(b, 8)
	b = le.AppendUint16(b, 0)
	b = append(b, "fact"...)
	b = le.AppendUint32(b, 4)
	b = le.AppendUint32(b, uint32(g.bytes/int64(g.channels)))
	b = append(b, "data"...)
	b = le.AppendUint32(b, uint32(g.bytes))
	if _, err := g.w.Write(b); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}
