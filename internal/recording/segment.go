package recording

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"time"

	"filippo.io/age"

	"tonegate/internal/audio"
)

const (
	magic = "TGR1"
	// frameBytes stand before each sealed segment.
	frameBytes = len(magic) + 4
	// maxSealed bounds a sealed segment, and what a reader holds at once.
	maxSealed = 1 << 16
	ageMagic  = "age-encryption.org/v1\n"
	// SegmentSamples is the length of a segment: half a second.
	SegmentSamples = audio.SampleRate / 2
	// maxSamples bounds a recording: a day.
	maxSamples = 24 * 3600 * audio.SampleRate
	threadSize = 16
)

// Info says which recording of which conference a segment belongs to.
type Info struct {
	Recording  string    `json:"recording_id"`
	Conference string    `json:"conference_id"`
	Thread     string    `json:"thread"`
	StartedAt  time.Time `json:"started_at"`
	Encoding   string    `json:"encoding"` // PCMU or PCMA
}

// Segment is what is sealed at once.
type Segment struct {
	Info
	Seq     uint64  `json:"seq"`
	Start   int64   `json:"start"`   // sample pairs before it
	Samples int64   `json:"samples"` // sample pairs in it
	Events  []Event `json:"events,omitempty"`
	End     string  `json:"end,omitempty"` // of the last: why the recording ended
	Audio   []byte  `json:"-"`             // interleaved G.711; none: silence
}

// Why a recording ended.
const (
	EndStopped    = "stopped"          // somebody stopped it
	EndConference = "conference_ended" // the call was over
	EndFailed     = "failed"           // it could not be written any more
)

// Types of events.
const (
	LegJoined      = "leg_joined"
	LegLeft        = "leg_left"
	CaptureStarted = "capture_started" // masking was armed
	CaptureEnded   = "capture_ended"
	Paused         = "paused"
	Resumed        = "resumed"
	Gap            = "gap" // silence of Samples, because nothing could be written
)

// Event is something on the timeline.
type Event struct {
	Type      string `json:"type"`
	At        int64  `json:"at"` // sample pairs since the recording began
	LegID     string `json:"leg_id,omitempty"`
	Role      string `json:"role,omitempty"`
	CaptureID string `json:"capture_id,omitempty"`
	Reason    string `json:"reason,omitempty"`  // of a pause or gap
	Samples   int64  `json:"samples,omitempty"` // of a gap
}

// Reasons of pauses and gaps.
const (
	ByRequest = "request"  // a leg or the platform paused
	ByCapture = "capture"  // a capture pauses, or silences, the recording
	ByPage    = "page"     // the agent is on a page on which nothing is recorded
	Overload  = "overload" // the disk or the processor did not keep up
	Late      = "late"     // the call itself did not tick in time
	Missing   = "missing"  // said by the reader: a segment is not there
)

var (
	recordingID  = regexp.MustCompile(`^rec_[0-9a-z]{24}$`)
	conferenceID = regexp.MustCompile(`^conf_[0-9a-z]{24}$`)
	legID        = regexp.MustCompile(`^(leg_[0-9a-z]{24})?$`)
	captureID    = regexp.MustCompile(`^(cap_[0-9a-z]{24})?$`)
	threadText   = regexp.MustCompile(`^[0-9A-Za-z_-]{22}$`)
)

var (
	ends    = []string{"", EndStopped, EndConference, EndFailed}
	types   = []string{LegJoined, LegLeft, CaptureStarted, CaptureEnded, Paused, Resumed, Gap}
	roles   = []string{"", "customer", "agent", "ivr", "supervisor"}
	reasons = []string{"", ByRequest, ByCapture, ByPage, Overload, Late}
)

// ErrSegment is wrapped by errors about what may not stand in a segment.
var ErrSegment = errors.New("not a segment of a recording")

func (i *Info) check() error {
	for _, c := range []struct {
		ok     bool
		member string
	}{
		{recordingID.MatchString(i.Recording), "recording_id"},
		{conferenceID.MatchString(i.Conference), "conference_id"},
		{threadText.MatchString(i.Thread), "thread"},
		{i.Encoding == audio.MuLaw.String() || i.Encoding == audio.ALaw.String(), "encoding"},
	} {
		if !c.ok {
			return fmt.Errorf("%w: %s", ErrSegment, c.member)
		}
	}
	return nil
}

func (e *Event) check() error {
	if !slices.Contains(types, e.Type) || !slices.Contains(roles, e.Role) || !slices.Contains(reasons, e.Reason) ||
		!legID.MatchString(e.LegID) || !captureID.MatchString(e.CaptureID) ||
		e.At < 0 || e.Samples < 0 || e.At > maxSamples || e.Samples > maxSamples {
		return fmt.Errorf("%w: event", ErrSegment)
	}
	return nil
}

func (s *Segment) check() error {
	if err := s.Info.check(); err != nil {
		return err
	}
	for i := range s.Events {
		if err := s.Events[i].check(); err != nil {
			return err
		}
	}
	switch {
	case s.Start < 0 || s.Samples < 0 || s.Start > maxSamples || s.Samples > maxSamples-s.Start:
		return fmt.Errorf("%w: start or samples", ErrSegment)
	case len(s.Audio) != 0 && int64(len(s.Audio)) != 2*s.Samples:
		return fmt.Errorf("%w: %d bytes of sound for %d samples", ErrSegment, len(s.Audio), s.Samples)
	case !slices.Contains(ends, s.End):
		return fmt.Errorf("%w: end", ErrSegment)
	}
	return nil
}

// seal appends the framed, sealed segment to out.
func (s *Segment) seal(out *bytes.Buffer, recipients []age.Recipient) error {
	if err := s.check(); err != nil {
		return err
	}
	head, err := json.Marshal(s)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrSegment, err)
	}
	from := out.Len()
	out.WriteString(magic)
	out.Write(make([]byte, 4))
	w, err := age.Encrypt(out, recipients...)
	if err != nil {
		return fmt.Errorf("seal a recording: %w", err)
	}
	for _, part := range [][]byte{head, {'\n'}, s.Audio} {
		if _, err = w.Write(part); err != nil {
			return fmt.Errorf("seal a recording: %w", err)
		}
	}
	if err := w.Close(); err != nil {
		return fmt.Errorf("seal a recording: %w", err)
	}
	length := out.Len() - from - frameBytes
	if length > maxSealed {
		return fmt.Errorf("%w: longer than %d bytes", ErrSegment, maxSealed)
	}
	binary.BigEndian.PutUint32(out.Bytes()[from+len(magic):], uint32(length))
	return nil
}

// open reads a sealed segment.
func open(sealed []byte, identities []age.Identity) (*Segment, error) {
	r, err := age.Decrypt(bytes.NewReader(sealed), identities...)
	if err != nil {
		return nil, err
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	head, sound, ok := bytes.Cut(plain, []byte{'\n'})
	if !ok {
		return nil, ErrSegment
	}
	s := &Segment{}
	if err := json.Unmarshal(head, s); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSegment, err)
	}
	s.Audio = sound
	return s, s.check()
}
