package ivr

import (
	"errors"
	"fmt"
	"time"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/card"
	"tonegate/internal/prefetch"
)

// Errors of commands to a session, beside those of package bridge: ErrCapturing
// if there is a capture already, ErrNoCapture if there is none with that id that
// could do what is asked.
var (
	ErrNoField    = errors.New("the capture has no such field")
	ErrSubmitting = errors.New("the capture is being submitted")
	ErrCollector  = errors.New("the other kind of collector does this")
	ErrBadReport  = errors.New("not a report of a field")
	ErrEnded      = errors.New("the conference is ending")
	ErrIncomplete = errors.New("a field is not valid yet")
)

// Config describes a session.
type Config struct {
	Prompts *Prompts // nil: an external IVR collects; this session only counts
	Leg     bridge.LegID
	Arena   *dtmf.Arena
	// OnProgress, OnSubmit and OnTalkOver are called inside a tick and must not block. OnSubmit
	// is needed for captures with Submit.
	OnProgress func(Progress)
	OnSubmit   func(Submission)
	OnTalkOver func() // a press of press-to-talk ran into its limit
}

// entry is what the session keeps of a field beside its progress.
type entry struct {
	rule     card.Rule
	digits   dtmf.Digits
	count    int // keys of the present attempt
	attempt  int
	tries    int // attempts since somebody asked for the field
	accepted card.Accepted
}

// Session is one conference's collector. It belongs to that conference's
// goroutine.
type Session struct {
	// Each tick needs these, so they lie together.
	ended    bool      // see End
	now      time.Time // of the last tick
	speech   []int16   // what is left to say
	queue    []Prompt
	cfg      Config
	progress Progress

	told               Progress // what OnProgress was last called with
	params             Params
	entries            [MaxFields]entry
	current            int // the field being asked for; none below zero
	end, clear, cancel dtmf.Key
	greeted            bool
	deadline           time.Time // of collecting, then of submitting
	waitFrom           time.Time // when the present key time-out began; zero while prompting
	endedAt            time.Time // when the length of the last entry ended it; zero once another key came
	onGrid             bool      // the last field's end is to be told on the grid
	held               bool      // … and field mode's mask is to end there, a step later
	voice              audio.Frame
}

// New returns a session.
func New(cfg Config) *Session { return &Session{cfg: cfg, current: -1} }

// Voice makes the session a built-in IVR that speaks as the given leg.
func (s *Session) Voice(p *Prompts, id bridge.LegID) { s.cfg.Prompts, s.cfg.Leg = p, id }

// external reports whether an IVR of its own reads the tones.
func (s *Session) external() bool { return s.cfg.Prompts == nil }

// Start begins a capture: masking is armed when it returns nil.
func (s *Session) Start(c *bridge.Conference, p Params) error {
	p.Defaults()
	if err := p.Validate(); err != nil {
		return err
	}
	fields, err := p.fields()
	switch {
	case err != nil:
		return err
	case s.ended:
		return ErrEnded
	case s.progress.State.Open() && s.progress.State != Idle:
		return bridge.ErrCapturing
	case p.Submit && (s.external() || s.cfg.OnSubmit == nil):
		return fmt.Errorf("%w: nobody takes the digits to submit", ErrCollector)
	}
	var first dtmf.Digits
	if !s.external() {
		if first, err = s.cfg.Arena.New(); err != nil {
			return fmt.Errorf("start capture: %w", err)
		}
	}
	if err := c.BeginCapture(bridge.Capture{Mode: p.Mode}); err != nil {
		first.Wipe()
		return err
	}
	s.begin(p, fields)
	if p.OnDemand {
		first.Wipe()
	} else {
		s.entries[0].digits = first
		s.ask(c, 0)
		s.say(enterPrompt(fields[0].Rule.Kind()))
	}
	s.told = s.progress
	return nil
}

// begin sets everything to the beginning of a capture.
func (s *Session) begin(p Params, fields []Field) {
	s.params, s.current = p, -1
	s.end, s.clear, s.cancel = controlKey(p.EndKey), controlKey(p.ClearKey), controlKey(p.CancelKey)
	s.progress = Progress{CaptureID: p.ID, State: Collecting, Armed: true, Count: len(fields)}
	s.entries = [MaxFields]entry{}
	for i, f := range fields {
		s.entries[i].rule = f.Rule
		s.progress.Fields[i] = FieldProgress{Name: f.Name, Kind: f.Rule.Kind()}
	}
	s.deadline, s.waitFrom, s.endedAt = time.Time{}, time.Time{}, time.Time{}
	s.onGrid, s.held = false, false
	s.hush()
	if !s.greeted {
		s.say(Greeting)
	}
	s.greeted = true
}

// Retry asks for a field, whatever became of it before. What else is being
// entered is given up and asked for later. It returns [ErrNoField],
// [ErrSubmitting], bridge.ErrNoCapture, or dtmf.ErrArenaFull: then the capture
// has failed.
func (s *Session) Retry(c *bridge.Conference, id, field string) error {
	if err := s.collecting(id); err != nil {
		return err
	}
	i := s.field(field)
	if i < 0 {
		return ErrNoField
	}
	if s.current >= 0 && s.current != i {
		s.giveUp(s.current)
	}
	s.giveUp(i)
	s.progress.Fields[i].State = Pending // a new beginning, whatever it was
	s.entries[i].tries, s.entries[i].accepted = 0, card.Accepted{}
	s.hush()
	if !s.ask(c, i) {
		return dtmf.ErrArenaFull
	}
	s.say(enterPrompt(s.progress.Fields[i].Kind))
	return nil
}

// giveUp wipes what was entered of a field. One that was rejected stays so.
func (s *Session) giveUp(i int) {
	e, f := &s.entries[i], &s.progress.Fields[i]
	e.digits.Wipe()
	e.digits, e.count = dtmf.Digits{}, 0
	if f.State == Entering {
		f.State, f.Entered = Pending, 0
	}
}

// Complete ends a capture that an external collector, or the agent, declares
// complete. The built-in collector of a capture that submits knows by itself; of
// one that does not, a field half keyed is checked as if # had ended it, and
// where a field is not valid the capture goes on: it returns [ErrIncomplete].
func (s *Session) Complete(c *bridge.Conference, id string) error {
	if err := s.MayComplete(id); err != nil {
		return err
	}
	for i := range s.progress.Count {
		e, f := &s.entries[i], &s.progress.Fields[i]
		switch {
		case s.external():
			if f.State == Entering {
				f.State = Valid
			}
		case f.State != Valid:
			e.accepted, _ = s.check(e)
			f.State, f.Brand, f.LastFour = Valid, e.accepted.Brand, e.accepted.LastFour
		}
	}
	s.finish(c, Completed, NoCause, Thanks)
	return nil
}

// MayComplete returns the error that Complete would return now.
func (s *Session) MayComplete(id string) error {
	if err := s.collecting(id); err != nil {
		return err
	}
	if s.params.Submit {
		return ErrCollector
	}
	for i := range s.progress.Count {
		if s.external() || s.progress.Fields[i].State == Valid {
			continue
		}
		if _, why := s.check(&s.entries[i]); why != card.None || i != s.current {
			return ErrIncomplete
		}
	}
	return nil
}

// check judges an entry as it is. One that is wiped, or was never asked for, is
// too short.
func (s *Session) check(e *entry) (accepted card.Accepted, why card.Reason) {
	why = card.Length
	e.digits.Reveal(func(plain []byte) { accepted, why = e.rule.Check(plain, s.brand(), s.now) })
	return accepted, why
}

// Fail ends a capture that an external collector gives up.
func (s *Session) Fail(c *bridge.Conference, id string, why Cause) error {
	if err := s.collecting(id); err != nil {
		return err
	}
	s.finish(c, FailedState, why, Unable)
	return nil
}

// Cancel ends a capture without a result.
func (s *Session) Cancel(c *bridge.Conference, id string) error {
	if err := s.collecting(id); err != nil {
		return err
	}
	s.finish(c, CancelledState, NoCause, Cancelled)
	return nil
}

// HangUp cancels whatever collects: the one who keys, or the one who reads, is
// gone. What is being submitted is not touched.
func (s *Session) HangUp(c *bridge.Conference) {
	if s.progress.State == Collecting {
		s.finish(c, CancelledState, HungUp, Cancelled)
	}
}

// End is Close for a conference that ends, but leaves what is being submitted to
// whoever submits it, and wipes it: without it nobody could tell whether the
// provider's answer holds the card. It is for good: what still comes takes no
// memory for digits, and an outcome is refused as one that comes too late.
func (s *Session) End() {
	s.ended, s.current = true, -1
	if s.progress.State == Submitting {
		s.entries = [MaxFields]entry{}
	}
	s.Close()
}

// Close wipes what is held.
func (s *Session) Close() {
	fleetingFirst(len(s.entries), func(i int) card.Kind { return s.entries[i].rule.Kind() }, func(i int) {
		s.entries[i].digits.Wipe()
		s.entries[i].digits = dtmf.Digits{}
	})
}

// fleetingFirst calls do for each of n fields, security codes and PINs first.
func fleetingFirst(n int, kind func(int) card.Kind, do func(int)) {
	for _, fleeting := range []bool{true, false} {
		for i := range n {
			if kind(i).Fleeting() == fleeting {
				do(i)
			}
		}
	}
}

// Progress returns where the last capture stands, as it was last told.
func (s *Session) Progress() Progress { return s.told }

// collecting refuses commands to anything but the capture that collects.
func (s *Session) collecting(id string) error {
	switch {
	case s.ended:
		return ErrEnded
	case s.progress.CaptureID != id:
		return bridge.ErrNoCapture
	case s.progress.State == Submitting:
		return ErrSubmitting
	case s.progress.State != Collecting:
		return bridge.ErrNoCapture
	}
	return nil
}

// field returns a field's place by its name, or -1.
func (s *Session) field(name string) int {
	for i := range s.progress.Count {
		if s.progress.Fields[i].Name == name {
			return i
		}
	}
	return -1
}

// Needs is the memory that each tick looks at.
func (s *Session) Needs() prefetch.Place { return prefetch.Between(&s.ended, &s.progress.Armed) }

// Tick reads the keys of the last tick, keeps the time-outs and speaks. It
// implements engine.Script.
func (s *Session) Tick(now time.Time, c *bridge.Conference, last *bridge.Output) {
	if s.ended {
		return
	}
	s.now = now
	if s.progress.State.Open() && s.progress.State != Idle {
		if s.deadline.IsZero() {
			s.deadline = now.Add(s.params.Total)
		}
		for _, k := range last.Pressed {
			if s.progress.State == Collecting {
				s.press(now, c, k)
			}
		}
		s.timeouts(now, c)
	}
	if last.TalkOver && s.cfg.OnTalkOver != nil {
		s.cfg.OnTalkOver()
	}
	if last.HasReport {
		s.onTheGrid(c)
	}
	s.speak(now, c)
}

// finish ends the capture: it wipes the digits, disarms, and says how it went.
func (s *Session) finish(c *bridge.Conference, state State, why Cause, prompt Prompt) {
	s.Close()
	s.disarm(c)
	for i := range s.progress.Count {
		s.settle(&s.progress.Fields[i], &s.told.Fields[i])
	}
	s.current, s.onGrid, s.held = -1, false, false
	s.progress.State, s.progress.Reason = state, why
	s.tell()
	s.hush()
	s.say(prompt)
}

// settle takes a field that is being entered back to what was told of it: the
// moment of another end must not show a count off the grid.
func (s *Session) settle(f, told *FieldProgress) {
	switch {
	case f.State != Entering:
	case told.State == Valid: // asked for again since
		f.Entered = 0
	default:
		*f = *told
	}
}

// disarm ends masking, once.
func (s *Session) disarm(c *bridge.Conference) {
	if s.progress.Armed {
		_ = c.EndCapture() // cannot fail: this session began it
		s.progress.Armed = false
	}
}

func (s *Session) tell() {
	s.told = s.progress
	if s.cfg.OnProgress != nil {
		s.cfg.OnProgress(s.progress)
	}
}
