// Package dtmfcmd is the command line's window on the detector and the gate:
// the very code that calls use, run over a stream of samples. It works on test
// tones and prints keys, so the server cannot import it.
package dtmfcmd

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// ErrInput is wrapped by errors about what is read.
var ErrInput = errors.New("the input is not raw 16-bit samples")

// line is one detected key.
type line struct {
	StartMS int    `json:"start_ms"`
	EndMS   int    `json:"end_ms"`
	Digit   string `json:"digit"`
}

// frames reads raw samples (s16le, 8 kHz, mono) and hands them on by the frame.
// The last one is padded with silence; n is its true length. Before it may have
// to wait for more input, it calls idle.
func frames(r io.Reader, f func(frame *audio.Frame, n int) error, idle func() error) error {
	in := bufio.NewReaderSize(r, 64<<10)
	var raw [2 * audio.FrameSamples]byte
	for {
		if in.Buffered() < len(raw) {
			if err := idle(); err != nil {
				return err
			}
		}
		n, err := io.ReadFull(in, raw[:])
		if n%2 != 0 && err != nil {
			return fmt.Errorf("%w: it ends within a sample", ErrInput)
		}
		if n > 0 {
			var frame audio.Frame
			for i := range n / 2 {
				frame[i] = int16(binary.LittleEndian.Uint16(raw[2*i:]))
			}
			if err := f(&frame, n/2); err != nil {
				return err
			}
		}
		switch {
		case err == nil:
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil
		default:
			return fmt.Errorf("read samples: %w", err)
		}
	}
}

// Detect writes a JSON line per key as soon as the key has ended.
func Detect(r io.Reader, w io.Writer) error {
	t := tracker{out: json.NewEncoder(w)}
	d := dtmf.NewDetector()
	err := frames(r, func(f *audio.Frame, _ int) error {
		ev := d.Process(f, dtmf.Reception{})
		return t.take(&ev)
	}, func() error { return nil })
	if err != nil {
		return err
	}
	// What the detector still holds back comes out with silence.
	for range 3 {
		ev := d.Process(&audio.Frame{}, dtmf.Reception{})
		if err := t.take(&ev); err != nil {
			return err
		}
	}
	return t.flush()
}

// tracker puts keys and the tones that carried them together.
type tracker struct {
	out   *json.Encoder
	frame int
	open  *line
}

func (t *tracker) take(ev *dtmf.Evidence) error {
	at := t.frame * audio.FrameSamples
	t.frame++
	for _, k := range ev.Pressed() {
		if err := t.flush(); err != nil {
			return err
		}
		start, _ := ev.Tone()
		t.open = &line{StartMS: max(0, (at+start)/audio.SamplesPerMs), Digit: string(k.Symbol())}
	}
	if t.open == nil {
		return nil
	}
	if _, end := ev.Tone(); end >= 0 {
		t.open.EndMS = (at + end) / audio.SamplesPerMs
		return nil
	}
	return t.flush()
}

func (t *tracker) flush() error {
	if t.open == nil {
		return nil
	}
	l := t.open
	t.open = nil
	if err := t.out.Encode(l); err != nil {
		return fmt.Errorf("write a line: %w", err)
	}
	return nil
}

// Mask writes what an agent would hear of the input: as many samples, delayed
// by the look-ahead.
func Mask(r io.Reader, w io.Writer, p mask.Policy) error {
	d, g := dtmf.NewDetector(), mask.NewGate(1)
	d.Arm(p.Armed)
	out := bufio.NewWriter(w)
	err := frames(r, func(f *audio.Frame, n int) error {
		mix := mask.ForAgent(g.Push(p, f, d.Process(f, dtmf.Reception{}))).Samples()
		var raw [2 * audio.FrameSamples]byte
		for i, v := range mix {
			binary.LittleEndian.PutUint16(raw[2*i:], uint16(v))
		}
		_, err := out.Write(raw[:2*n])
		return err
	}, out.Flush)
	if err := errors.Join(err, out.Flush()); err != nil {
		return fmt.Errorf("mask: %w", err)
	}
	return nil
}
