// Package wav reads and writes the one kind of WAV file the product uses:
// mono 16-bit linear PCM. It reads 8, 16 and 48 kHz and brings them to 8 kHz;
// it writes 8 kHz. Every fault in a file is an error that names it. Opened
// recordings are written as they were kept, in G.711: see [G711].
package wav

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"tonegate/internal/audio"
)

// ErrFormat is wrapped by every error about a file's contents.
var ErrFormat = errors.New("not a usable WAV file")

// maxBytes bounds what is read: three hours at 8 kHz.
const maxBytes = 3 * 3600 * 2 * audio.SampleRate

const (
	formatPCM        = 1
	formatExtensible = 0xFFFE
)

type format struct {
	Tag, Channels           uint16
	Rate, BytesPerSecond    uint32
	BlockAlign, BitsPerUnit uint16
}

// Read returns a file's samples at 8 kHz.
func Read(r io.Reader) ([]int16, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read WAV: %w", err)
	}
	if len(data) > maxBytes {
		return nil, fmt.Errorf("%w: longer than %d bytes", ErrFormat, maxBytes)
	}
	if len(data) < 12 || string(data[:4]) != "RIFF" || string(data[8:12]) != "WAVE" {
		return nil, fmt.Errorf("%w: no RIFF/WAVE header", ErrFormat)
	}
	f, pcm, err := chunks(data[12:])
	if err != nil {
		return nil, err
	}
	if err := f.check(); err != nil {
		return nil, err
	}
	if len(pcm)%2 != 0 {
		return nil, fmt.Errorf("%w: odd number of data bytes (%d)", ErrFormat, len(pcm))
	}
	samples := make([]int16, len(pcm)/2)
	for i := range samples {
		samples[i] = int16(binary.LittleEndian.Uint16(pcm[2*i:]))
	}
	return decimate(samples, int(f.Rate)/audio.SampleRate), nil
}

// chunks finds the format and the data among a file's chunks.
func chunks(b []byte) (f *format, pcm []byte, err error) {
	for len(b) >= 8 {
		id, size := string(b[:4]), int64(binary.LittleEndian.Uint32(b[4:8]))
		b = b[8:]
		// A streaming writer leaves the size unset: the rest of the file is data.
		if id == "data" && (size == 0 || size == math.MaxUint32) {
			size = int64(len(b))
		}
		if size > int64(len(b)) {
			return nil, nil, fmt.Errorf("%w: chunk %q says %d bytes, %d are there", ErrFormat, id, size, len(b))
		}
		body := b[:size]
		b = b[min(int64(len(b)), size+size%2):]
		switch id {
		case "fmt ":
			if len(body) < 16 {
				return nil, nil, fmt.Errorf("%w: format chunk of %d bytes", ErrFormat, len(body))
			}
			f = &format{
				binary.LittleEndian.Uint16(body), binary.LittleEndian.Uint16(body[2:]),
				binary.LittleEndian.Uint32(body[4:]), binary.LittleEndian.Uint32(body[8:]),
				binary.LittleEndian.Uint16(body[12:]), binary.LittleEndian.Uint16(body[14:]),
			}
			// The extensible form says what it holds further back.
			if f.Tag == formatExtensible && len(body) >= 26 {
				f.Tag = binary.LittleEndian.Uint16(body[24:])
			}
		case "data":
			if f == nil {
				return nil, nil, fmt.Errorf("%w: data before format", ErrFormat)
			}
			return f, body, nil
		}
	}
	return nil, nil, fmt.Errorf("%w: no data chunk", ErrFormat)
}

func (f *format) check() error {
	switch {
	case f.Tag != formatPCM:
		return fmt.Errorf("%w: format %d; linear PCM is needed", ErrFormat, f.Tag)
	case f.Channels != 1:
		return fmt.Errorf("%w: %d channels; mono is needed", ErrFormat, f.Channels)
	case f.BitsPerUnit != 16:
		return fmt.Errorf("%w: %d bits a sample; 16 are needed", ErrFormat, f.BitsPerUnit)
	case f.Rate != 8000 && f.Rate != 16000 && f.Rate != 48000:
		return fmt.Errorf("%w: %d Hz; 8000, 16000 or 48000 Hz is needed", ErrFormat, f.Rate)
	}
	return nil
}

// decimate lowers the rate by a whole factor behind a windowed-sinc low-pass at
// 3.6 kHz.
func decimate(in []int16, factor int) []int16 {
	if factor <= 1 {
		return in
	}
	half := 24 * factor
	taps := make([]float64, 2*half+1)
	cut := 3600.0 / float64(factor*audio.SampleRate)
	var sum float64
	for i := range taps {
		x := float64(i - half)
		w := 0.42 + 0.5*math.Cos(math.Pi*x/float64(half)) + 0.08*math.Cos(2*math.Pi*x/float64(half))
		s := 2 * cut
		if x != 0 {
			s = math.Sin(2*math.Pi*cut*x) / (math.Pi * x)
		}
		taps[i] = s * w
		sum += taps[i]
	}
	out := make([]int16, len(in)/factor)
	for n := range out {
		var acc float64
		for k, t := range taps {
			if i := n*factor + k - half; i >= 0 && i < len(in) {
				acc += t * float64(in[i])
			}
		}
		out[n] = audio.Clamp(int32(math.Round(acc / sum)))
	}
	return out
}

// Write writes samples as an 8 kHz file.
func Write(w io.Writer, samples []int16) error {
	size := uint32(2 * len(samples))
	b := make([]byte, 44, 44+size)
	copy(b, "RIFF")
	binary.LittleEndian.PutUint32(b[4:], 36+size)
	copy(b[8:], "WAVEfmt ")
	binary.LittleEndian.PutUint32(b[16:], 16)
	binary.LittleEndian.PutUint16(b[20:], formatPCM)
	binary.LittleEndian.PutUint16(b[22:], 1)
	binary.LittleEndian.PutUint32(b[24:], audio.SampleRate)
	binary.LittleEndian.PutUint32(b[28:], 2*audio.SampleRate)
	binary.LittleEndian.PutUint16(b[32:], 2)
	binary.LittleEndian.PutUint16(b[34:], 16)
	copy(b[36:], "data")
	binary.LittleEndian.PutUint32(b[40:], size)
	for _, v := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	if _, err := w.Write(b); err != nil {
		return fmt.Errorf("write WAV: %w", err)
	}
	return nil
}
