package call

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/auth"
	"tonegate/internal/ivr"
)

// CaptureSpec asks for a capture.
type CaptureSpec struct {
	Collector string // KindBuiltin, KindExternal; empty: what the conference has
	ivr.Params
}

// StartCapture begins a capture. It returns after the tick that armed masking.
func (s *Service) StartCapture(ctx context.Context, conferenceID string, spec CaptureSpec) (Capture, error) {
	spec.Defaults()
	if err := spec.Validate(); err != nil {
		return Capture{}, fmt.Errorf("%w: %w", ErrInvalid, err)
	}
	s.mu.Lock()
	c, err := s.open(conferenceID)
	if err != nil {
		s.mu.Unlock()
		return Capture{}, err
	}
	if err := c.checkCollector(&spec); err != nil {
		s.mu.Unlock()
		return Capture{}, err
	}
	if c.capture != nil && c.capture.Progress.State.Open() {
		s.mu.Unlock()
		return Capture{}, ErrCapturing
	}
	before := c.capture
	spec.ID = auth.NewID("cap")
	c.capture = &Capture{
		ID: spec.ID, ConferenceID: c.ID, Collector: spec.Collector, Mode: spec.Mode,
		Progress: ivr.Progress{CaptureID: spec.ID, State: ivr.Idle},
	}
	s.mu.Unlock()

	var begun ivr.Progress
	err = s.do(ctx, c.ID, func(b *bridge.Conference) error {
		err := c.session.Start(b, spec.Params)
		begun = c.session.Progress()
		return err
	})

	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		c.capture = before
		if errors.Is(err, bridge.ErrCapturing) {
			return Capture{}, ErrCapturing
		}
		return Capture{}, fmt.Errorf("start capture: %w", err)
	}
	s.captures[spec.ID] = c.capture
	c.capture.ArmedAt = s.cfg.Now().UTC()
	if c.capture.Progress.State == ivr.Idle {
		c.capture.Progress = begun
	}
	c.broadcast(MaskingChanged{c.masking()})
	c.broadcastCapture()
	s.cfg.Log.Info("capture started", zap.String("conference_id", c.ID), zap.String("capture_id", spec.ID),
		zap.Stringer("mask", spec.Mode), zap.String("collector", spec.Collector))
	return *c.capture, nil
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

// CompleteCapture ends a capture as completed.
func (s *Service) CompleteCapture(ctx context.Context, id string) (Capture, error) {
	return s.finishCapture(ctx, id, (*ivr.Session).Complete)
}

// CancelCapture ends a capture without a result.
func (s *Service) CancelCapture(ctx context.Context, id string) (Capture, error) {
	return s.finishCapture(ctx, id, (*ivr.Session).Cancel)
}

func (s *Service) finishCapture(ctx context.Context, id string, finish func(*ivr.Session, *bridge.Conference, string) error) (Capture, error) {
	s.mu.Lock()
	capture := s.captures[id]
	var c *conference
	if capture != nil {
		c = s.byID[capture.ConferenceID]
	}
	s.mu.Unlock()
	if c == nil {
		return Capture{}, fmt.Errorf("capture %w", ErrNotFound)
	}
	var last ivr.Progress
	err := s.do(ctx, c.ID, func(b *bridge.Conference) error {
		err := finish(c.session, b, id)
		last = c.session.Progress()
		return err
	})
	if errors.Is(err, bridge.ErrNoCapture) || errors.Is(err, ivr.ErrSubmitting) || errors.Is(err, ivr.ErrCollector) {
		return Capture{}, ErrNoCapture
	}
	if err != nil {
		return Capture{}, fmt.Errorf("end capture: %w", err)
	}
	out, err := s.Capture(id)
	out.Progress = last // the notice may still be on its way
	return out, err
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
		return Masking{Mode: c.capture.Mode, Armed: true}
	}
	return Masking{Mode: c.Mode}
}

// broadcastCapture tells those who may see a capture. The caller holds the
// lock.
func (c *conference) broadcastCapture() {
	for seat := range c.seats {
		if seesCaptures(seat.leg.Role) {
			seat.push(CaptureChanged{*c.capture})
		}
	}
}
