package call

import (
	"errors"
	"fmt"
	"syscall"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/delivery"
	"tonegate/internal/store"
)

// The spool of recordings tells the service what becomes of them.
var _ delivery.Listener = (*Service)(nil)

// forDelivery marks a complete file as one that goes on to a store, if it is there.
func (s *Service) forDelivery(r *store.Recording) {
	if f := s.cfg.Recordings.Files; f != nil {
		f.Mark(r)
	}
}

// room refuses a recording that has no place.
func (s *Service) room(c *conference) error {
	f := s.cfg.Recordings.Files
	if f == nil {
		return nil
	}
	err := f.Room()
	if err == nil {
		return nil
	}
	s.cfg.Recordings.Metrics.NotBegun()
	s.notStarted(c, "spool_full")
	_ = s.recordTape(Actor{}, c, RecordingFailed) // logged
	return fmt.Errorf("%w: %w", ErrRecording, err)
}

// notStarted tells the legs that there is no recording where one was wanted.
func (s *Service) notStarted(c *conference, cause string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c.tape.failed, c.tape.cause = true, cause
	s.broadcastTape(c)
}

// diskCause says in a word why a file cannot be written.
func diskCause(err error) string {
	if errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT) {
		return "disk_full"
	}
	return "disk"
}

// broadcastTape tells every seat what becomes of the recording. The caller holds
// the lock.
func (s *Service) broadcastTape(c *conference) {
	state := c.tape.state()
	for seat := range c.seats {
		seat.push(s.tapeFor(state, seat.leg.Role))
	}
}

// tapeFor is what a role may know of the recording. The caller holds the lock.
func (s *Service) tapeFor(state RecordingChanged, r bridge.Role) RecordingChanged {
	switch {
	case state.State == "":
	case seesCaptures(r):
		state.Delivery = string(s.trouble)
	case state.State == RecordingFailed:
		state.Reason = "" // the node's own affairs
	}
	return state
}

// RecordingReady implements [delivery.Listener].
func (s *Service) RecordingReady(r store.Recording) {
	s.emit(s.conferenceOf(&r), store.Event{Type: "recording.ready", RecordingID: r.ID, State: r.State, Reason: r.Reason})
}

// RecordingLate implements [delivery.Listener].
func (s *Service) RecordingLate(r store.Recording, cause delivery.Cause) {
	s.emit(s.conferenceOf(&r), store.Event{Type: "recording.failed", RecordingID: r.ID, State: r.State, Reason: string(cause)})
}

// conferenceOf is the conference that a recording is of, or what is left of it.
func (s *Service) conferenceOf(r *store.Recording) *conference {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byID[r.ConferenceID]
	if c == nil {
		return &conference{Conference: Conference{ID: r.ConferenceID}}
	}
	if c.tape.kept.ID == r.ID {
		c.tape.kept = *r
	}
	return c
}

// StoreTrouble implements [delivery.Listener]: agents and supervisors of calls that
// are recorded are told.
func (s *Service) StoreTrouble(cause delivery.Cause) {
	s.cfg.Log.Warn("store for recordings", zap.String("trouble", string(cause)))
	s.mu.Lock()
	defer s.mu.Unlock()
	s.trouble = cause
	for _, c := range s.byID {
		state := c.tape.state()
		if state.State == "" {
			continue
		}
		for seat := range c.seats {
			if seesCaptures(seat.leg.Role) {
				seat.push(s.tapeFor(state, seat.leg.Role))
			}
		}
	}
}

// RecordDeletion implements [delivery.Listener].
func (s *Service) RecordDeletion(r store.Recording, why delivery.Why) error {
	return s.recordFile(Actor{}, &r, audit.RecordingDeleted, string(why))
}

func (s *Service) recordFile(by Actor, r *store.Recording, act audit.Action, detail string) error {
	e := by.entry(act)
	e.ConferenceID, e.RecordingID, e.Detail = r.ConferenceID, r.ID, detailOf(detail)
	return s.record(e)
}
