package call

import (
	"context"
	"fmt"
	"time"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/ivr"
	"tonegate/internal/store"
)

// watchAbandoned ends a conference some time after the last party that joins
// from outside has left, unless another joins. The caller holds the lock.
func (s *Service) watchAbandoned(c *conference) {
	if !c.abandoned() {
		return
	}
	time.AfterFunc(s.cfg.Abandoned, func() {
		s.mu.Lock()
		gone := c.State != ConferenceEnded && c.abandoned()
		s.mu.Unlock()
		if gone {
			_, _ = s.End(context.Background(), c.ID)
		}
	})
}

func (c *conference) abandoned() bool {
	for _, l := range c.legs {
		if l.State != LegLeft && l.Kind == KindExternal {
			return false
		}
	}
	return true
}

// keepEnded is how long an ended conference can still be read.
const keepEnded = time.Hour

// End ends a conference: its legs hear nothing more, its capture is wiped. To
// end one twice is no error.
func (s *Service) End(ctx context.Context, id string) (Conference, error) {
	return s.end(ctx, id, "ended")
}

func (s *Service) end(ctx context.Context, id, reason string) (Conference, error) {
	s.mu.Lock()
	c := s.byID[id]
	if c == nil {
		s.mu.Unlock()
		return Conference{}, fmt.Errorf("conference %w", ErrNotFound)
	}
	if c.State == ConferenceEnded {
		defer s.mu.Unlock()
		return c.snapshot(), nil
	}
	record := s.conclude(c, reason)
	out := c.snapshot()
	s.mu.Unlock()
	record()

	// The capture must be wiped by the goroutine that owns the session.
	err := s.do(ctx, id, func(*bridge.Conference) error { c.session.End(); return nil })
	if err == nil {
		err = s.engine.End(context.WithoutCancel(ctx), id)
	}
	s.endTape(c)
	if err != nil {
		return out, fmt.Errorf("end conference: %w", err)
	}
	s.cfg.Log.Info("conference ended", zap.String("conference_id", id), zap.String("reason", reason))
	return out, nil
}

// conclude marks a conference as ended, and returns what puts that on record and
// on the disk: the end of its capture, of its masking and of a press to talk. The
// caller holds the lock for the first and not for the second.
func (s *Service) conclude(c *conference, reason string) (record func()) {
	s.catchUp(c)
	collecting := c.capture != nil && c.capture.Progress.State.Open() && c.capture.Progress.State != ivr.Submitting
	armed := c.capture != nil && c.capture.Progress.State != ivr.Idle && c.released != c.capture.ID
	talked := c.talker != ""
	c.talker = ""
	s.markEnded(c, reason)
	var last ivr.Progress
	if c.capture != nil {
		last = c.capture.Progress // as markEnded left it
	}
	if collecting {
		c.concluded = last.CaptureID
	}
	if armed {
		c.released = last.CaptureID
	}
	return func() {
		if collecting {
			s.recordEnd(c.ID, last)
		}
		if talked {
			s.recordTalkEnd(Actor{}, &audit.Entry{ConferenceID: c.ID, CaptureID: last.CaptureID}, "conference_ended")
		}
		if armed {
			s.recordReleased(c.ID, last.CaptureID, "conference_ended")
		}
		_ = s.keep(c, nil) // logged; the call ends all the same
	}
}

// catchUp takes over how a capture ended, if the notice of it is still on its
// way: whoever ended it was told already. The caller holds the lock.
func (s *Service) catchUp(c *conference) {
	if c.capture == nil || c.outcome.CaptureID != c.capture.ID || !c.capture.Progress.State.Open() {
		return
	}
	s.emitProgress(c, &c.capture.Progress, &c.outcome)
	c.capture.Progress, c.concluded = c.outcome, c.capture.ID
}

// markEnded updates the records. The caller holds the lock.
func (s *Service) markEnded(c *conference, reason string) {
	c.State, c.EndedAt = ConferenceEnded, s.cfg.Now().UTC()
	if c.timer != nil {
		c.timer.Stop()
	}
	c.transfer.stop()
	c.Transfer = bridge.Together
	if c.capture != nil && c.capture.Progress.State.Open() {
		c.capture.Progress.Armed = false
		// A payment that is under way has its own end: see settle.
		if c.capture.Progress.State != ivr.Submitting {
			c.capture.Progress.State, c.capture.Progress.Reason = ivr.CancelledState, ivr.ConferenceEnded
			s.emitEnd(c, &c.capture.Progress)
		}
	}
	for _, l := range c.legs {
		if l.State != LegLeft {
			s.emitLeg(c, l, "left")
		}
		l.State = LegLeft
		l.stopGrace()
		l.seat, l.media, l.engine = nil, nil, nil
	}
	for seat := range c.seats {
		seat.push(Ended{Reason: reason})
		seat.finish(nil)
	}
	clear(c.seats)
	s.emit(c, store.Event{Type: "conference.ended", Reason: reason})
	time.AfterFunc(keepEnded, func() { s.purge(c) })
}

func (s *Service) purge(c *conference) {
	if s.cfg.State != nil {
		if err := s.cfg.State.Forget(c.ID); err != nil {
			s.cfg.Log.Warn("not forgotten", zap.String("conference_id", c.ID), zap.Error(err))
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.byID, c.ID)
	for _, l := range c.legs {
		delete(s.legs, l.ID)
	}
	for id, capture := range s.captures {
		if capture.ConferenceID == c.ID {
			delete(s.captures, id)
		}
	}
}
