package call

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"

	"filippo.io/age"

	"tonegate/bridge"
	"tonegate/internal/delivery"
	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// Errors of recordings.
var (
	ErrNoRecipients = errors.New("no_recipients")
	ErrNotRecording = errors.New("not_recording")
	ErrRecording    = errors.New("recording_unavailable")
	ErrPagePauses   = errors.New("page_pauses")
)

// States of a recording. Those from ready on are of its file when nothing is
// written any more: whole, given up, to be delivered, or cut off by the end of the
// process.
const (
	RecordingOn          = "recording"
	RecordingPaused      = "paused"
	RecordingStopped     = "stopped" // asked for, and told to legs; the file is then ready
	RecordingReady       = "ready"
	RecordingFailed      = "failed"
	RecordingDelivering  = delivery.Delivering // whole, and not yet where it is kept
	RecordingInterrupted = "interrupted"
)

// RecordingSpec says how a conference is recorded.
type RecordingSpec struct {
	Recipients []string // public keys (age1…); empty: the server's
	During     recording.During
	Wait       bool      // until somebody asks for it, not from the first party on
	Pages      *PageRule // nil: no page of the agent's desktop pauses it
}

// RecordingStore keeps what is known of recordings.
type RecordingStore interface {
	KeepRecording(store.Recording) error
	Recording(id string) (r store.Recording, found bool, err error)
	Recordings(after, conference string, limit int) (found []store.Recording, next string, err error)
}

// Recordings configures recording. Without a folder and a store there is none.
type Recordings struct {
	Folder     string
	Recipients []string // for conferences that name none
	Store      RecordingStore
	Metrics    *recording.Metrics
	Files      Files // nil: files stay where they are written, and nobody asks for them here
}

// RecordingChanged says what becomes of the recording.
type RecordingChanged struct {
	ID, State string
	Reason    string // of a pause: page, capture (empty: somebody asked for it); of a failure: disk_full, disk, spool_full
	// Delivery is what keeps recordings from being delivered just now. Customers
	// and IVRs are not told.
	Delivery string
}

func (RecordingChanged) event() {}

// tape is a conference's recording. changes serialises those who change it, the
// service's lock guards the rest; it is taken second.
type tape struct {
	changes   sync.Mutex
	spec      *RecordingSpec // nil: none was asked for
	recorder  *recording.Recorder
	kept      store.Recording // of recorder, or of the last one
	paused    bool            // somebody asked for it
	byCapture bool            // a capture pauses it
	page      page            // the page rule's pause
	stopped   bool            // somebody stopped it, or will have none
	failed    bool            // the last one was given up
	cause     string          // why
}

// state is what everybody may know: empty if there was no recording.
func (t *tape) state() RecordingChanged {
	out := RecordingChanged{ID: t.kept.ID}
	switch {
	case t.recorder == nil && t.failed:
		out.State, out.Reason = RecordingFailed, t.cause
	case t.kept.ID == "" && !t.stopped:
	case t.recorder == nil:
		out.State = RecordingStopped
	case t.paused:
		out.State = RecordingPaused
	case t.page.paused:
		out.State, out.Reason = RecordingPaused, recording.ByPage
	case t.byCapture:
		out.State, out.Reason = RecordingPaused, "capture"
	default:
		out.State = RecordingOn
	}
	return out
}

// recipients returns the keys that a recording is sealed to.
func (s *Service) recipients(spec *RecordingSpec) ([]age.Recipient, error) {
	keys := s.cfg.Recordings.Recipients
	if spec != nil && len(spec.Recipients) > 0 {
		keys = spec.Recipients
	}
	if s.cfg.Recordings.Store == nil || s.cfg.Recordings.Folder == "" {
		return nil, fmt.Errorf("%w: this server does not record", ErrRecording)
	}
	out, err := recording.ParseRecipients(keys)
	var which *recording.RecipientError
	switch {
	case err == nil:
		return out, nil
	case errors.Is(err, recording.ErrNoRecipients):
		return nil, &MemberError{"/recording/recipients", fmt.Errorf("%w: a recording is sealed to public keys: "+
			"name some here, or start the server with --recording-recipients", ErrNoRecipients)}
	case errors.As(err, &which):
		return nil, &MemberError{"/recording/recipients/" + strconv.Itoa(which.Index), fmt.Errorf("%w: %w", ErrInvalid, which.Err)}
	default:
		return nil, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
}

// SetRecording starts or resumes (recording), pauses or stops a conference's
// recording. What was asked for holds when it returns. Legs may pause and resume
// what the platform records.
func (s *Service) SetRecording(ctx context.Context, by Actor, conferenceID, state string) (store.Recording, error) {
	s.mu.Lock()
	c, err := s.open(conferenceID)
	s.mu.Unlock()
	if err != nil {
		return store.Recording{}, err
	}
	c.tape.changes.Lock()
	defer c.tape.changes.Unlock()
	s.mu.Lock()
	running, due := c.tape.recorder != nil, c.tape.due()
	stopped, again := c.tape.stopped || c.tape.kept.ID != "", c.tape.failed && c.tape.paused
	s.mu.Unlock()
	if by.LegID != "" && (by.Role != bridge.Agent || state == RecordingStopped || state == RecordingOn && !running) {
		return store.Recording{}, fmt.Errorf("%w: an agent pauses and resumes what the platform records", ErrForbidden)
	}
	if by.LegID != "" && state == RecordingOn && s.onPage(c) {
		return store.Recording{}, fmt.Errorf("%w: the agent is on a page that pauses the recording: leave the page", ErrPagePauses)
	}
	ctx = context.WithoutCancel(ctx)
	switch {
	case state == RecordingOn && !running:
		err = s.startRecording(ctx, by, c, again) // a pause outlives the file that failed
	case state == RecordingOn:
		err = s.pauseRecording(by, c, false)
	case state == RecordingPaused && running:
		err = s.pauseRecording(by, c, true)
	case state == RecordingStopped && running:
		err = s.stopRecording(ctx, by, c)
	case state == RecordingPaused && due, state == RecordingStopped && (due || stopped): // twice is no error
		err = s.wantTape(by, c, state)
	case state == RecordingPaused || state == RecordingStopped:
		err = fmt.Errorf("%w: nothing is recorded", ErrNotRecording)
	default:
		err = fmt.Errorf("%w: state is one of recording, paused, stopped", ErrInvalid)
	}
	if err != nil {
		return store.Recording{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if due && state != RecordingOn {
		return c.tape.wish(c.ID, state), nil
	}
	return c.tape.answer(), nil
}

// Recording returns what is known of a recording.
func (s *Service) Recording(id string) (store.Recording, error) {
	if s.cfg.Recordings.Store == nil {
		return store.Recording{}, fmt.Errorf("recording %w", ErrNotFound)
	}
	r, found, err := s.cfg.Recordings.Store.Recording(id)
	if err == nil && !found {
		err = fmt.Errorf("recording %w", ErrNotFound)
	}
	return r, err
}

// Recordings lists recordings, newest first.
func (s *Service) Recordings(after, conference string, limit int) ([]store.Recording, string, error) {
	if s.cfg.Recordings.Store == nil {
		return nil, "", nil
	}
	return s.cfg.Recordings.Store.Recordings(after, conference, limit)
}
