package recording

import (
	"bytes"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"

	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// ErrNoRecipients means that there is no key to seal a recording to.
var ErrNoRecipients = errors.New("a recording needs at least one recipient's public key (age1…)")

// ErrClosed means that the recording has ended.
var ErrClosed = errors.New("the recording has ended")

// Writer seals a recording segment by segment. It is for one goroutine. After
// an error it is of no use any more.
type Writer struct {
	out        io.Writer
	recipients []age.Recipient
	next       Segment
	sound      [2 * SegmentSamples]byte
	audible    bool // next is not silent
	sealed     bytes.Buffer
	err        error
}

// NewWriter begins a recording on out, which gets each segment in one Write. The
// first one is written at once: a recording that can not be sealed does not begin.
func NewWriter(out io.Writer, recording, conference string, startedAt time.Time, recipients ...age.Recipient) (*Writer, error) {
	if len(recipients) == 0 {
		return nil, ErrNoRecipients
	}
	var thread [threadSize]byte
	_, _ = rand.Read(thread[:]) // never fails
	w := &Writer{out: out, recipients: recipients}
	w.next.Info = Info{
		Recording: recording, Conference: conference, StartedAt: startedAt.UTC(),
		Thread: base64.RawURLEncoding.EncodeToString(thread[:]), Encoding: audio.MuLaw.String(),
	}
	return w, w.flush()
}

// Position returns the recording's length so far, in sample pairs.
func (w *Writer) Position() int64 { return w.next.Start + w.next.Samples }

// Frame adds 20 ms of both channels: the agent's own voice, and what the agent
// heard.
func (w *Writer) Frame(agent, heard mask.AgentMix) error {
	one, two := agent.Samples(), heard.Samples()
	at := w.sound[2*w.next.Samples:]
	for i := range one {
		at[2*i], at[2*i+1] = audio.MuLaw.EncodeSample(one[i]), audio.MuLaw.EncodeSample(two[i])
	}
	w.audible = true
	return w.advance(audio.FrameSamples)
}

// Silence adds so many frames of silence.
func (w *Writer) Silence(frames int64) error {
	for frames > 0 && w.err == nil {
		if long := frames / segmentFrames; w.next.Samples == 0 && long > 0 {
			// A segment of silence costs nothing, whatever its length.
			frames -= long * segmentFrames
			_ = w.advance(long * SegmentSamples)
			continue
		}
		at := w.sound[2*w.next.Samples:][:2*audio.FrameSamples]
		for i := range at {
			at[i] = audio.MuLaw.Silence()
		}
		frames--
		_ = w.advance(audio.FrameSamples)
	}
	return w.err
}

func (w *Writer) advance(samples int64) error {
	w.next.Samples += samples
	if w.next.Samples >= SegmentSamples {
		return w.flush()
	}
	return w.err
}

// Event puts something on the timeline, now. It is refused if it holds what does
// not belong there.
func (w *Writer) Event(e Event) error {
	e.At = w.Position()
	return w.note(e)
}

func (w *Writer) note(e Event) error {
	if err := e.check(); err != nil {
		return err
	}
	w.next.Events = append(w.next.Events, e)
	return w.err
}

// Close ends the recording, and says why in its last segment.
func (w *Writer) Close(reason string) error {
	if w.err != nil {
		return w.err
	}
	w.next.End = reason
	if err := w.flush(); err != nil {
		return err
	}
	w.err = ErrClosed
	return nil
}

// flush seals and writes what was gathered.
func (w *Writer) flush() error {
	if w.err != nil {
		return w.err
	}
	w.next.Audio = nil
	if w.audible {
		w.next.Audio = w.sound[:2*w.next.Samples]
	}
	w.sealed.Reset()
	if w.err = w.next.seal(&w.sealed, w.recipients); w.err == nil {
		if _, err := w.out.Write(w.sealed.Bytes()); err != nil {
			w.err = fmt.Errorf("write a recording: %w", err)
		}
	}
	clear(w.sound[:])
	w.audible = false
	w.next.Seq, w.next.Start, w.next.Samples = w.next.Seq+1, w.Position(), 0
	w.next.Events = w.next.Events[:0]
	return w.err
}
