package call

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/auth"
	"tonegate/internal/ivr"
	"tonegate/internal/store"
	"tonegate/mixer/mask"
)

// CaptureSpec asks for a capture.
type CaptureSpec struct {
	By        Actor
	Collector string      // KindBuiltin, KindExternal; empty: what the conference has
	Fields    []FieldSpec // empty: one of free digits
	Language  string      // of the prompts; empty: the server's
	Payment   PaymentSpec
	Once      Once
	// Params are the rest. Their ID, Fields and Submit are set here.
	ivr.Params
}

// Once names a request that starts one capture only, however often it comes, also
// after a crash: the hash of who asks with which key, and of what is asked for.
// The zero value names none.
type Once struct{ Key, Asked store.Hash }

// started returns the capture that a request has started already, if any. The
// caller holds the lock.
func (s *Service) started(conferenceID string, o Once) (*Capture, error) {
	c := s.byID[conferenceID]
	if c == nil || o == (Once{}) {
		return nil, nil
	}
	for _, capture := range c.captures {
		switch {
		case capture.once == o:
			return capture, nil
		case capture.once.Key == o.Key:
			return nil, fmt.Errorf("%w: this Idempotency-Key was used with another body", ErrReused)
		}
	}
	return nil, nil
}

// settle fills in and checks what does not depend on the conference.
func (spec *CaptureSpec) settle() (err error) {
	spec.Params.Defaults()
	if spec.Params.Fields, err = spec.fields(); err != nil {
		return err
	}
	if err := spec.Params.Validate(); err != nil {
		return fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	return nil
}

// StartCapture begins a capture. It returns after the tick that armed masking.
func (s *Service) StartCapture(ctx context.Context, conferenceID string, spec CaptureSpec) (Capture, error) {
	if spec.Language != "" {
		prompts, ok := s.cfg.Languages[spec.Language]
		if !ok {
			return Capture{}, &MemberError{"/language", fmt.Errorf("%w: this server has no prompts in that language", ErrInvalid)}
		}
		spec.Params.Prompts = prompts
	}
	if err := spec.checkAsker(); err != nil {
		return Capture{}, err
	}
	if err := spec.settle(); err != nil {
		return Capture{}, err
	}
	s.mu.Lock()
	if same, err := s.started(conferenceID, spec.Once); same != nil || err != nil {
		defer s.mu.Unlock()
		if err != nil {
			return Capture{}, err
		}
		return *same, nil
	}
	c, before, err := s.reserve(conferenceID, &spec)
	s.mu.Unlock()
	if err != nil {
		return Capture{}, err
	}
	begun, err := s.arm(ctx, c, &spec)
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		c.capture = before
		c.captures = c.captures[:len(c.captures)-1]
		s.keepLater(c)
		if errors.Is(err, bridge.ErrCapturing) {
			return Capture{}, ErrCapturing
		}
		if errors.Is(err, ivr.ErrEnded) {
			return Capture{}, ErrEnded
		}
		return Capture{}, fmt.Errorf("start capture: %w", err)
	}
	s.captures[spec.ID] = c.capture
	c.capture.ArmedAt = s.cfg.Now().UTC()
	if c.capture.Progress.State == ivr.Idle {
		c.capture.Progress = begun
	}
	c.broadcastMasking()
	c.broadcastCapture()
	s.emit(c, store.Event{Type: "masking.armed", CaptureID: spec.ID, State: spec.Mode.String()})
	s.emit(c, store.Event{Type: "capture.started", CaptureID: spec.ID})
	s.cfg.Log.Info("capture started", zap.String("conference_id", c.ID), zap.String("capture_id", spec.ID),
		zap.Stringer("mask", spec.Mode), zap.String("collector", spec.Collector))
	return *c.capture, nil
}

// arm begins a reserved capture, on record and on the disk first.
func (s *Service) arm(ctx context.Context, c *conference, spec *CaptureSpec) (begun ivr.Progress, err error) {
	act := spec.By.entry(audit.CaptureStarted)
	act.ConferenceID, act.CaptureID, act.Detail = c.ID, spec.ID, detailOf(spec.Mode.String())
	if err := s.record(act); err != nil {
		return begun, err
	}
	collecting := changeCapture(spec.ID, func(k *store.Capture) { k.State = ivr.Collecting.String() })
	if err := s.keep(c, collecting); err != nil {
		return begun, err
	}
	s.captureOnTape(c, spec.ID, true)
	err = s.do(ctx, c.ID, func(b *bridge.Conference) error {
		err := c.session.Start(b, spec.Params)
		begun = c.session.Progress()
		return err
	})
	if err == nil {
		act.Action = audit.MaskingArmed
		_ = s.record(act) // logged; masking is armed all the same
	} else {
		s.captureOnTape(c, spec.ID, false)
	}
	return begun, err
}

// reserve makes the record of a capture that is about to begin, and returns the
// one before. The caller holds the lock.
func (s *Service) reserve(conferenceID string, spec *CaptureSpec) (c *conference, before *Capture, err error) {
	if c, err = s.open(conferenceID); err != nil {
		return nil, nil, err
	}
	if err := c.checkCollector(spec); err != nil {
		return nil, nil, err
	}
	if c.capture != nil && c.capture.Progress.State.Open() {
		return nil, nil, ErrCapturing
	}
	spec.ID = auth.NewID("cap")
	p, err := s.payment(spec)
	if err != nil {
		return nil, nil, err
	}
	before = c.capture
	spec.Submit, c.payment = p != nil, p
	c.capture = &Capture{
		ID: spec.ID, ConferenceID: c.ID, Collector: spec.Collector, Mode: spec.Mode, Payment: spec.Payment, once: spec.Once,
		Progress: ivr.Progress{CaptureID: spec.ID, State: ivr.Idle},
	}
	c.captures = append(c.captures, c.capture)
	return c, before, nil
}

// checkCollector settles who collects.
func (c *conference) checkCollector(spec *CaptureSpec) error {
	kind := ""
	for _, l := range c.legs {
		if l.Role == bridge.IVR && l.State != LegLeft {
			kind = l.Kind
		}
	}
	switch {
	case kind == "":
		return fmt.Errorf("%w: the conference has no leg of role ivr", ErrNoCollector)
	case spec.Collector == "":
		spec.Collector = kind
	case spec.Collector != kind:
		return fmt.Errorf("%w: the conference's ivr is %s", ErrNoCollector, kind)
	}
	return nil
}

// Capture returns a capture.
func (s *Service) Capture(id string) (Capture, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	capture := s.captures[id]
	if capture == nil {
		return Capture{}, fmt.Errorf("capture %w", ErrNotFound)
	}
	return *capture, nil
}

// CurrentCapture returns the conference's capture that collects.
func (s *Service) CurrentCapture(conferenceID string) (Capture, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byID[conferenceID]
	if c == nil || c.capture == nil || !c.capture.Progress.State.Open() || c.capture.Progress.State == ivr.Idle {
		return Capture{}, ErrNoCapture
	}
	return *c.capture, nil
}

// endCaptureOf cancels what a conference collects, if anything.
func (s *Service) endCaptureOf(ctx context.Context, c *conference) {
	_ = s.do(ctx, c.ID, func(b *bridge.Conference) error {
		c.session.HangUp(b)
		return nil
	})
}

// masking returns what is masked now. The caller holds the lock.
func (c *conference) masking() Masking {
	if c.capture != nil && c.capture.Progress.Armed {
		return Masking{Mode: mask.Stricter(c.own(), c.capture.Mode), Armed: true}
	}
	return Masking{Mode: c.own(), Armed: c.doubt}
}

// own is what is masked without a capture.
func (c *conference) own() mask.Mode {
	if c.doubt {
		return mask.Mute
	}
	return c.Mode
}

// broadcastCapture tells those who may see a capture what is new to them: a
// supervisor sees states only, and does not hear of each count. The caller holds
// the lock.
func (c *conference) broadcastCapture() {
	states := c.capture.statesOnly()
	same := states == c.shownStates
	c.shownStates = states
	for seat := range c.seats {
		if r := seat.leg.Role; seesCaptures(r) && (r == bridge.Agent || !same) {
			seat.push(CaptureChanged{c.capture.seenBy(r)})
		}
	}
}
