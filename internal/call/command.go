package call

import (
	"context"
	"errors"
	"fmt"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audit"
	"tonegate/internal/ivr"
)

// CompleteCapture ends a capture as completed. An external collector may bring
// the result of its payment; nil is none.
func (s *Service) CompleteCapture(ctx context.Context, by Actor, id string, result *Result) (Capture, error) {
	capture, err := s.Capture(id)
	switch {
	case err != nil:
		return Capture{}, err
	case capture.Collector != KindExternal && (result != nil || capture.Payment.Connector != ""):
		return Capture{}, fmt.Errorf("%w: the result of a builtin collector comes from its connector", ErrCollector)
	}
	if err := result.check(); err != nil {
		return Capture{}, err
	}
	if err := s.mayComplete(ctx, capture); err != nil {
		return Capture{}, err
	}
	out, err := s.ask(ctx, by.entry(audit.CaptureCompleted), id, func(session *ivr.Session, b *bridge.Conference) error {
		return session.Complete(b, id)
	})
	if err != nil {
		return out, err
	}
	defer s.notices.heard(ctx)
	if result == nil {
		return out, nil
	}
	s.mu.Lock()
	c := s.byID[out.ConferenceID]
	if record := s.captures[id]; record != nil {
		record.Result = result
		// Else its end is still to be told, and tells of the result.
		if c := s.byID[record.ConferenceID]; c != nil && c.capture == record && !record.Progress.State.Open() {
			c.broadcastCapture()
		}
	}
	s.mu.Unlock()
	if c != nil {
		_ = s.keep(c, nil) // logged
	}
	out.Result = result
	return out, nil
}

// mayComplete asks the session whether a capture could be completed, before that
// it was goes on record.
func (s *Service) mayComplete(ctx context.Context, capture Capture) error {
	s.mu.Lock()
	c := s.byID[capture.ConferenceID]
	s.mu.Unlock()
	if c == nil || capture.Collector == KindExternal || !capture.Progress.State.Open() {
		return nil // ask says what is wrong
	}
	err := s.do(ctx, c.ID, func(*bridge.Conference) error { return c.session.MayComplete(capture.ID) })
	if errors.Is(err, ivr.ErrIncomplete) {
		return meaningOf(err)
	}
	return nil
}

// FailCapture ends a capture that an external collector gives up.
func (s *Service) FailCapture(ctx context.Context, by Actor, id string, why ivr.Cause) (Capture, error) {
	capture, err := s.Capture(id)
	if err == nil && capture.Collector != KindExternal {
		err = fmt.Errorf("%w: a builtin collector knows by itself how a capture ends", ErrCollector)
	}
	if err != nil {
		return Capture{}, err
	}
	act := by.entry(audit.CaptureFailed)
	act.Detail = detailOf(why.String())
	return s.command(ctx, act, id, func(session *ivr.Session, b *bridge.Conference) error {
		return session.Fail(b, id, why)
	})
}

// CancelCapture ends a capture without a result.
func (s *Service) CancelCapture(ctx context.Context, by Actor, id string) (Capture, error) {
	return s.command(ctx, by.entry(audit.CaptureCancelled), id, func(session *ivr.Session, b *bridge.Conference) error {
		return session.Cancel(b, id)
	})
}

// RetryField asks the customer for a field again.
func (s *Service) RetryField(ctx context.Context, by Actor, id, field string) (Capture, error) {
	act := by.entry(audit.FieldRetried)
	detail, err := s.detailOfField(id, field)
	if err != nil {
		return Capture{}, err
	}
	act.Detail = detail
	return s.command(ctx, act, id, func(session *ivr.Session, b *bridge.Conference) error {
		return session.Retry(b, id, field)
	})
}

// ReportField takes what an external collector says of a field.
func (s *Service) ReportField(ctx context.Context, by Actor, id string, r ivr.FieldReport) (Capture, error) {
	act := by.entry(audit.ProgressReported)
	capture, err := s.Capture(id)
	if err == nil && capture.Collector != KindExternal {
		err = fmt.Errorf("%w: a builtin collector reads the keys itself", ErrCollector)
	}
	if err != nil {
		return Capture{}, err
	}
	detail, err := s.detailOfField(id, r.Field)
	if err != nil {
		return Capture{}, err
	}
	act.Detail = detail
	return s.command(ctx, act, id, func(session *ivr.Session, b *bridge.Conference) error {
		return session.Report(b, id, r)
	})
}

// detailOfField finds a capture's field by its name.
func (s *Service) detailOfField(id, name string) (audit.Detail, error) {
	capture, err := s.Capture(id)
	if err != nil {
		return "", err
	}
	for _, f := range capture.Progress.Fields[:capture.Progress.Count] {
		if f.Name == name {
			return fieldDetail(f), nil
		}
	}
	return "", &MemberError{"/field", ErrUnknownField}
}

// command is ask for whoever has nothing to add: when it returns, what the
// capture came to is told, and another one may begin.
func (s *Service) command(ctx context.Context, act audit.Entry, id string, f func(*ivr.Session, *bridge.Conference) error) (Capture, error) {
	out, err := s.ask(ctx, act, id, f)
	if err == nil {
		s.notices.heard(ctx)
	}
	return out, err
}

// ask does something to a capture that collects. It is on record first; where
// the capture ends by itself in the same moment, the record shows both.
func (s *Service) ask(ctx context.Context, act audit.Entry, id string, f func(*ivr.Session, *bridge.Conference) error) (Capture, error) {
	s.mu.Lock()
	capture := s.captures[id]
	var c *conference
	var err error
	if capture != nil {
		c = s.byID[capture.ConferenceID]
	}
	switch {
	case c == nil:
		err = fmt.Errorf("capture %w", ErrNotFound)
	case capture.Progress.State == ivr.Submitting:
		err = ErrSubmitting
	case !capture.Progress.State.Open():
		err = ErrNoCapture
	}
	s.mu.Unlock()
	if err != nil {
		return Capture{}, err
	}
	act.ConferenceID, act.CaptureID = c.ID, id
	if err := s.record(act); err != nil {
		return Capture{}, err
	}
	var last ivr.Progress
	err = s.do(ctx, c.ID, func(b *bridge.Conference) error {
		c.commanded = true
		err := f(c.session, b)
		c.commanded = false
		last = c.session.Progress()
		return err
	})
	if err != nil {
		return Capture{}, meaningOf(err)
	}
	if last.CaptureID == id && !last.State.Open() {
		s.mu.Lock()
		c.outcome = last
		s.mu.Unlock()
	}
	out, err := s.Capture(id)
	if last.CaptureID == id {
		out.Progress = last // the notice may still be on its way
	}
	return out, err
}

// meaningOf translates what a session refuses.
func meaningOf(err error) error {
	for _, m := range []struct{ from, to error }{
		{bridge.ErrNoCapture, ErrNoCapture},
		{ivr.ErrSubmitting, ErrSubmitting},
		{ivr.ErrEnded, ErrEnded},
		{ivr.ErrCollector, ErrCollector},
		{ivr.ErrIncomplete, fmt.Errorf("%w: not all fields are valid: wait for the customer, ask again, or cancel", ErrIncomplete)},
		{ivr.ErrNoField, &MemberError{"/field", ErrUnknownField}},
		{ivr.ErrBadReport, fmt.Errorf("%w: the report contradicts itself", ErrInvalid)},
		{dtmf.ErrArenaFull, fmt.Errorf("%w: no memory for digits is left", ErrTooMany)},
	} {
		if errors.Is(err, m.from) {
			return m.to
		}
	}
	return fmt.Errorf("command a capture: %w", err)
}
