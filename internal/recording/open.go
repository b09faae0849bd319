package recording

import (
	"errors"
	"fmt"
	"io"

	"filippo.io/age"

	"tonegate/internal/audio"
)

// Errors of opening.
var (
	// ErrIdentity means that no segment was sealed to the given keys.
	ErrIdentity = errors.New("the recording is not sealed to this key")
	// ErrNothing means that the file holds no intact segment.
	ErrNothing = errors.New("no intact part of a recording was found")
	// ErrOther means that the file is another conference's or recording's.
	ErrOther = errors.New("the file is not the one that was expected")
)

// Want is what a file must be. What is empty is not asked for.
type Want struct{ Recording, Conference string }

// Open reads a sealed recording. start is called once it is known which recording
// it is and returns what takes the sound: G.711 as in the segments. What is missing
// is silence of the same length there, a gap on the timeline, and a fault in words;
// only if nothing can be had, or the file is not what want says, Open fails. Of
// several recordings in one file it is the one with the most segments; where in
// cannot be read twice (no [io.Seeker]), the first.
func Open(in io.Reader, identities []age.Identity, want Want, start func(Info) (io.Writer, error)) (*Timeline, error) {
	o := &opening{want: want, start: start}
	if again, ok := in.(io.Seeker); ok {
		if at, err := again.Seek(0, io.SeekCurrent); err == nil { // a pipe's file cannot
			if o.chosen, err = choose(in, identities, want); err != nil {
				return nil, err
			}
			if _, err := again.Seek(at, io.SeekStart); err != nil {
				return nil, fmt.Errorf("read a recording: %w", err)
			}
		}
	}
	r := newReader(in, identities)
	for {
		s, err := r.next()
		if r.damaged {
			o.damaged = true
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read a recording: %w", err)
		}
		if err := o.take(s); err != nil {
			return nil, err
		}
	}
	switch {
	case o.t == nil && r.strange:
		return nil, ErrIdentity
	case o.t == nil:
		return nil, ErrNothing
	}
	o.finish()
	return o.t, nil
}

// opening puts segments together again.
type opening struct {
	want    Want
	chosen  *Info // nil: the first
	start   func(Info) (io.Writer, error)
	out     io.Writer
	info    Info
	t       *Timeline
	seq     uint64 // expected next
	pos     int64  // samples written
	damaged bool   // something since the last segment did not open
	foreign int
	order   int
}

// take adds a segment, or counts why not.
func (o *opening) take(s *Segment) error {
	if o.t == nil {
		if o.chosen != nil && !o.chosen.same(&s.Info) {
			o.foreign++
			return nil
		}
		if err := o.begin(s); err != nil {
			return err
		}
	}
	switch {
	case !o.info.same(&s.Info):
		o.foreign++
		return nil
	case s.Seq < o.seq || s.Start < o.pos || o.t.Ended != "":
		o.order++
		return nil
	case s.Seq > o.seq || s.Start > o.pos:
		o.missing(s)
	case o.damaged:
		o.fault("something that is no part of the recording stands at %s", clock(o.pos))
	}
	o.seq, o.damaged = s.Seq+1, false
	for i := range s.Events {
		o.t.add(&s.Events[i])
	}
	o.t.Ended = s.End
	if len(s.Audio) == 0 {
		return o.silence(s.Samples)
	}
	o.pos += s.Samples
	return o.write(s.Audio)
}

// begin looks at which recording the first segment that opened is of.
func (o *opening) begin(s *Segment) (err error) {
	if o.want.Conference != "" && s.Conference != o.want.Conference {
		return fmt.Errorf("%w: it is of %s, not of %s", ErrOther, s.Conference, o.want.Conference)
	}
	if o.want.Recording != "" && s.Info.Recording != o.want.Recording {
		return fmt.Errorf("%w: it holds %s, not %s", ErrOther, s.Info.Recording, o.want.Recording)
	}
	o.info = s.Info
	o.t = newTimeline(&s.Info)
	o.out, err = o.start(s.Info)
	return err
}

// missing fills the place of segments that are not there.
func (o *opening) missing(s *Segment) {
	why := "missing: segments were taken out of the file"
	if o.damaged {
		why = "altered or damaged"
	}
	o.fault("%s to %s is %s", clock(o.pos), clock(s.Start), why)
	o.t.gap(o.pos, s.Start, Missing)
	_ = o.silence(s.Start - o.pos)
}

func (o *opening) finish() {
	t := o.t
	t.Duration = ms(o.pos)
	switch {
	case t.Ended == "":
		o.fault("the end is missing: the file was cut off or altered, or its server died, after %s", clock(o.pos))
	case o.damaged:
		o.fault("something that is no part of the recording follows its end")
	}
	if o.foreign > 0 {
		o.fault("%d segments belong to another recording, or were made up; they were left out", o.foreign)
	}
	if o.order > 0 {
		o.fault("%d segments do not stand in their place, or stand there twice; they were left out", o.order)
	}
	t.Complete = len(t.Faults) == 0
}

func (o *opening) fault(format string, args ...any) {
	o.t.Faults = append(o.t.Faults, fmt.Sprintf(format, args...))
}

func (o *opening) silence(samples int64) error {
	var quiet [2 * SegmentSamples]byte
	law := audio.MuLaw
	if o.info.Encoding == audio.ALaw.String() {
		law = audio.ALaw
	}
	for i := range quiet {
		quiet[i] = law.Silence()
	}
	o.pos += samples
	for left := 2 * samples; left > 0; left -= int64(len(quiet)) {
		if err := o.write(quiet[:min(left, int64(len(quiet)))]); err != nil {
			return err
		}
	}
	return nil
}

func (o *opening) write(b []byte) error {
	if _, err := o.out.Write(b); err != nil {
		return fmt.Errorf("write an opened recording: %w", err)
	}
	return nil
}

// clock spells a place in the recording.
func clock(samples int64) string {
	m := ms(samples)
	return fmt.Sprintf("%d:%02d:%02d.%03d", m/3600000, m/60000%60, m/1000%60, m%1000)
}
