// Package ivr is the collector of captures: it reads the customer's keys into
// dtmf.Digits and, where the IVR is built in, speaks the prompts.
//
// A [Session] belongs to one conference and runs inside its ticks (it is an
// engine.Script): no goroutine, no clock and no lock of its own. It greets and
// prompts, stops speaking at the first key (barge-in), collects until the
// terminator or the field's length, clears on star, asks again when nothing
// comes, and gives up after a number of attempts. With an external IVR it is
// silent and only counts, for that IVR reads the tones itself.
//
// What it tells the outside is a state and a count, on the conference's 500 ms
// grid or at the end of a field, never a key and never a key's time.
package ivr

import (
	"errors"
	"fmt"
	"time"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// State is where a capture stands.
type State uint8

// The states. Idle is before the first capture.
const (
	Idle State = iota
	Collecting
	Completed
	FailedState
	CancelledState
	Expired
)

// String returns the state's name as the API spells it.
func (s State) String() string {
	return [...]string{"arming", "collecting", "completed", "failed", "cancelled", "expired"}[s]
}

// Progress is all that leaves of a capture while it collects.
type Progress struct {
	CaptureID string
	State     State
	Entered   int
	Reason    string // of a failure: no_input, arena_full
}

// Params describe one capture.
type Params struct {
	ID         string
	Mode       mask.Mode
	MaxDigits  int           // complete at this length; 1…40
	FirstKey   time.Duration // before the first key of an attempt
	InterDigit time.Duration // between keys; then the entry is complete
	Total      time.Duration // the capture expires
	Attempts   int
}

// ErrBadParams is wrapped by errors about a capture's parameters.
var ErrBadParams = errors.New("capture parameters out of range")

// Defaults fills what is zero.
func (p *Params) Defaults() {
	set := func(d *time.Duration, v time.Duration) {
		if *d == 0 {
			*d = v
		}
	}
	set(&p.FirstKey, 10*time.Second)
	set(&p.InterDigit, 5*time.Second)
	set(&p.Total, 300*time.Second)
	if p.MaxDigits == 0 {
		p.MaxDigits = 19
	}
	if p.Attempts == 0 {
		p.Attempts = 3
	}
}

// Validate reports all parameters that are out of range. It does not repeat
// them: whatever was sent by mistake must not come back in an error.
func (p *Params) Validate() error {
	var faults []error
	check := func(ok bool, fault string) {
		if !ok {
			faults = append(faults, fmt.Errorf("%w: %s", ErrBadParams, fault))
		}
	}
	check(p.MaxDigits >= 1 && p.MaxDigits <= 40, "max_digits wants 1 to 40")
	check(p.Attempts >= 1 && p.Attempts <= 10, "max_attempts wants 1 to 10")
	check(p.InterDigit >= time.Second && p.InterDigit <= time.Minute, "interdigit_timeout_ms wants 1000 to 60000")
	check(p.FirstKey >= time.Second && p.FirstKey <= time.Minute, "first_key_timeout_ms wants 1000 to 60000")
	check(p.Total >= 5*time.Second && p.Total <= time.Hour, "timeout_s wants 5 to 3600")
	return errors.Join(faults...)
}

// Config describes a session.
type Config struct {
	Prompts *Prompts // nil: an external IVR collects; this session only counts
	Leg     bridge.LegID
	Arena   *dtmf.Arena
	// OnProgress is called inside a tick and must not block.
	OnProgress func(Progress)
}

// Session is one conference's collector. It belongs to that conference's
// goroutine.
type Session struct {
	cfg      Config
	params   Params
	progress Progress
	told     Progress // what OnProgress was last called with
	digits   dtmf.Digits
	greeted  bool
	attempt  int
	deadline time.Time // of the whole capture
	waitFrom time.Time // when the present key time-out began; zero while prompting
	speech   []int16   // what is left to say
	queue    []Prompt
	voice    audio.Frame
}

// New returns a session.
func New(cfg Config) *Session { return &Session{cfg: cfg} }

// Voice makes the session a built-in IVR that speaks as the given leg.
func (s *Session) Voice(p *Prompts, id bridge.LegID) { s.cfg.Prompts, s.cfg.Leg = p, id }

// Start begins a capture: masking is armed when it returns nil.
func (s *Session) Start(c *bridge.Conference, p Params) error {
	p.Defaults()
	if err := p.Validate(); err != nil {
		return err
	}
	if s.progress.State == Collecting {
		return bridge.ErrCapturing
	}
	var digits dtmf.Digits
	var err error
	if s.cfg.Prompts != nil {
		if digits, err = s.cfg.Arena.New(); err != nil {
			return fmt.Errorf("start capture: %w", err)
		}
	}
	if err := c.BeginCapture(bridge.Capture{Mode: p.Mode}); err != nil {
		digits.Wipe()
		return err
	}
	s.params, s.digits, s.attempt = p, digits, 1
	s.progress = Progress{CaptureID: p.ID, State: Collecting}
	s.told = s.progress
	s.deadline, s.waitFrom = time.Time{}, time.Time{}
	s.speech, s.queue = nil, s.queue[:0]
	if !s.greeted {
		s.say(Greeting)
	}
	s.greeted = true
	s.say(Enter)
	return nil
}

// Complete ends a capture that an external collector, or the agent, declares
// complete.
func (s *Session) Complete(c *bridge.Conference, id string) error {
	return s.endBy(c, id, Completed, Thanks)
}

// Cancel ends a capture without a result.
func (s *Session) Cancel(c *bridge.Conference, id string) error {
	return s.endBy(c, id, CancelledState, Cancelled)
}

// Close wipes what is held; the conference ends.
func (s *Session) Close() {
	s.digits.Wipe()
	s.digits = dtmf.Digits{}
}

// Progress returns where the last capture stands, as it was last told.
func (s *Session) Progress() Progress { return s.told }

func (s *Session) endBy(c *bridge.Conference, id string, state State, prompt Prompt) error {
	if s.progress.State != Collecting || s.progress.CaptureID != id {
		return bridge.ErrNoCapture
	}
	s.end(c, state, "", prompt)
	return nil
}

// Tick reads the keys of the last tick, keeps the time-outs and speaks. It
// implements engine.Script.
func (s *Session) Tick(now time.Time, c *bridge.Conference, last *bridge.Output) {
	if s.progress.State == Collecting {
		if s.deadline.IsZero() {
			s.deadline = now.Add(s.params.Total)
		}
		for _, k := range last.Pressed {
			if s.progress.State == Collecting {
				s.press(now, c, k)
			}
		}
		if s.progress.State == Collecting {
			s.timeouts(now, c)
		}
	}
	if last.HasReport && s.told != s.progress {
		s.tell()
	}
	s.speak(now, c)
}

const (
	star dtmf.Key = 10
	hash dtmf.Key = 11
)

// press takes one key.
func (s *Session) press(now time.Time, c *bridge.Conference, k dtmf.Key) {
	s.speech, s.queue = nil, s.queue[:0] // barge-in
	s.waitFrom = now
	if s.cfg.Prompts == nil {
		// The IVR that reads the tones decides what they mean; this is a count
		// for the agent's eyes.
		if k != star && k != hash {
			s.progress.Entered = min(s.progress.Entered+1, s.params.MaxDigits)
		}
		return
	}
	switch {
	case k == hash && s.progress.Entered > 0:
		s.end(c, Completed, "", Thanks)
	case k == hash:
		s.again(now, c)
	case k == star:
		s.clearEntry(c)
	default:
		if err := s.digits.Append(k); err != nil {
			s.end(c, FailedState, "too_many_digits", Failed)
			return
		}
		s.progress.Entered++
		if s.progress.Entered >= s.params.MaxDigits {
			s.end(c, Completed, "", Thanks)
		}
	}
}

func (s *Session) clearEntry(c *bridge.Conference) {
	s.digits.Wipe()
	s.progress.Entered = 0
	s.waitFrom = time.Time{}
	var err error
	if s.digits, err = s.cfg.Arena.New(); err != nil {
		// Another call took the slot just freed.
		s.end(c, FailedState, "arena_full", Failed)
		return
	}
	s.say(Cleared)
}

func (s *Session) timeouts(now time.Time, c *bridge.Conference) {
	if !now.Before(s.deadline) {
		s.end(c, Expired, "timeout", Failed)
		return
	}
	if s.cfg.Prompts == nil || s.waitFrom.IsZero() {
		return
	}
	switch waited := now.Sub(s.waitFrom); {
	case s.progress.Entered > 0 && waited >= s.params.InterDigit:
		s.end(c, Completed, "", Thanks)
	case s.progress.Entered == 0 && waited >= s.params.FirstKey:
		s.again(now, c)
	}
}

// again asks once more, or gives up.
func (s *Session) again(now time.Time, c *bridge.Conference) {
	if s.attempt >= s.params.Attempts {
		s.end(c, FailedState, "no_input", Failed)
		return
	}
	s.attempt++
	s.waitFrom = time.Time{}
	s.say(Again)
}

// end wipes the digits, disarms and says how it went.
func (s *Session) end(c *bridge.Conference, state State, reason string, prompt Prompt) {
	s.Close()
	_ = c.EndCapture() // cannot fail: this session began it
	s.progress.State, s.progress.Reason = state, reason
	s.tell()
	s.speech, s.queue = nil, s.queue[:0]
	s.say(prompt)
}

func (s *Session) tell() {
	s.told = s.progress
	if s.cfg.OnProgress != nil {
		s.cfg.OnProgress(s.progress)
	}
}

func (s *Session) say(p Prompt) {
	if s.cfg.Prompts != nil {
		s.queue = append(s.queue, p)
	}
}

// speak plays the next frame of what is to be said. The time-out for the first
// key begins when the prompt has been heard.
func (s *Session) speak(now time.Time, c *bridge.Conference) {
	if s.cfg.Prompts == nil || s.cfg.Leg == 0 {
		return
	}
	if len(s.speech) == 0 && len(s.queue) > 0 {
		s.speech = s.cfg.Prompts[s.queue[0]]
		s.queue = append(s.queue[:0], s.queue[1:]...)
	}
	if len(s.speech) == 0 {
		if s.progress.State == Collecting && s.waitFrom.IsZero() {
			s.waitFrom = now
		}
		return
	}
	s.voice = audio.Frame{}
	s.speech = s.speech[copy(s.voice[:], s.speech):]
	_ = c.Play(s.cfg.Leg, &s.voice) // the leg left: nobody hears it
}
