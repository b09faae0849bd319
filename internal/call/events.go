package call

import (
	"sync"

	"go.uber.org/zap"

	"tonegate/internal/ivr"
	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// EventLog keeps events for the platform.
type EventLog interface {
	AppendEvents([]store.Event) error
	Events(after string, limit int) ([]store.Event, error)
}

// outbox is the queue between those who must not wait for a disk and the log.
type outbox struct {
	mu      sync.Mutex
	pending []store.Event
	ready   chan struct{}
	closed  chan struct{}
	written chan struct{} // closed and replaced when events were appended
}

func newOutbox() *outbox {
	return &outbox{ready: make(chan struct{}, 1), closed: make(chan struct{}), written: make(chan struct{})}
}

// emit tells the platform of something. The caller may hold the lock; c is nil
// for what concerns the node.
func (s *Service) emit(c *conference, e store.Event) {
	if s.cfg.Events == nil {
		return
	}
	e.Time = s.cfg.Now().UTC()
	if c != nil {
		e.ConferenceID = c.ID
	}
	o := s.outbox
	o.mu.Lock()
	o.pending = append(o.pending, e)
	o.mu.Unlock()
	select {
	case o.ready <- struct{}{}:
	default:
	}
}

// writeEvents appends what is emitted until the service closes.
func (s *Service) writeEvents() {
	for {
		select {
		case <-s.outbox.ready:
			s.flushEvents()
		case <-s.outbox.closed:
			s.flushEvents()
			return
		}
	}
}

func (s *Service) flushEvents() {
	o := s.outbox
	o.mu.Lock()
	events := o.pending
	o.pending = nil
	o.mu.Unlock()
	if len(events) == 0 {
		return
	}
	if err := s.cfg.Events.AppendEvents(events); err != nil {
		s.cfg.Log.Error("events lost", zap.Int("events", len(events)), zap.Error(err))
		return
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	close(o.written)
	o.written = make(chan struct{})
}

// Events returns up to limit events after the one named (all that are kept, if
// empty), and a channel that is closed when there are more.
func (s *Service) Events(after string, limit int) ([]store.Event, <-chan struct{}, error) {
	if s.cfg.Events == nil {
		return nil, nil, nil
	}
	s.outbox.mu.Lock()
	more := s.outbox.written
	s.outbox.mu.Unlock()
	found, err := s.cfg.Events.Events(after, limit)
	return found, more, err
}

// Closed is closed when the service ends.
func (s *Service) Closed() <-chan struct{} { return s.outbox.closed }

// Checkpoint tells of a signed checkpoint of the audit record.
func (s *Service) Checkpoint(line string) {
	s.emit(nil, store.Event{Type: "audit.checkpoint", Checkpoint: line})
}

// emitLeg tells of a leg. The caller holds the lock.
func (s *Service) emitLeg(c *conference, l *leg, what string) {
	entered := recording.LegLeft // also while it reconnects: nothing is heard of it
	if what == "joined" {
		entered = recording.LegJoined
	}
	s.onTape(c, l, entered)
	s.emit(c, store.Event{Type: "leg." + what, LegID: l.ID, Role: l.Role.String()})
}

// emitEnd tells how a capture ended.
func (s *Service) emitEnd(c *conference, p *ivr.Progress) {
	s.emit(c, store.Event{Type: "capture." + p.State.String(), CaptureID: p.CaptureID, State: p.State.String(), Reason: p.Reason.String()})
}

// emitProgress tells what changed between two states of a capture: of fields the
// states only, so that it tells nothing that the grid of progress hides.
func (s *Service) emitProgress(c *conference, before, now *ivr.Progress) {
	for i := range now.Count {
		f := &now.Fields[i]
		if f.State == before.Fields[i].State && f.Attempt == before.Fields[i].Attempt {
			continue
		}
		e := store.Event{Type: "capture.progress", CaptureID: now.CaptureID, Field: f.Name, State: f.State.String()}
		switch f.State {
		case ivr.Valid:
			e.Type = "capture.field_completed"
		case ivr.Rejected:
			e.Type, e.Reason = "capture.field_rejected", f.Reason.String()
		}
		s.emit(c, e)
	}
	if before.State.Open() && !now.State.Open() {
		s.emitEnd(c, now)
	}
}
