package call

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"tonegate/internal/audit"
	"tonegate/internal/store"
)

// drain is how a node's last calls end.
type drain struct {
	ends  time.Time // for those that have not by then; zero: whenever they do
	timer *time.Timer
	busy  sync.WaitGroup // the end of a drain
}

// Node is how much the service still has to do.
type Node struct {
	Draining    bool
	Conferences int       // that have not ended
	DrainEnds   time.Time // zero: when the last one does
}

// Node returns how much there is to do.
func (s *Service) Node() Node {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := Node{Draining: s.draining, DrainEnds: s.drain.ends}
	for _, c := range s.byID {
		if c.State != ConferenceEnded {
			out.Conferences++
		}
	}
	return out
}

// Draining reports whether the service takes no new conferences.
func (s *Service) Draining() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.draining
}

// Drain takes no new conferences and joins from now on. Calls go on, and who lost
// the connection may come back; calls that nobody had joined end, since nobody
// can any more. What is left after within is ended, captures and all; zero sets
// no limit. To drain again sets another limit.
func (s *Service) Drain(ctx context.Context, by Actor, within time.Duration) error {
	if err := s.record(by.entry(audit.NodeDrained)); err != nil {
		return err
	}
	s.mu.Lock()
	s.draining = true
	if s.drain.timer != nil {
		s.drain.timer.Stop()
	}
	s.drain.ends = time.Time{}
	if within > 0 && !s.closing {
		s.drain.ends = s.cfg.Now().Add(within).UTC()
		s.drain.timer = time.AfterFunc(within, s.endDrain)
	}
	s.mu.Unlock()
	s.emit(nil, store.Event{Type: "node.draining"})
	s.cfg.Log.Info("draining", zap.Duration("within", within))
	s.endAll(ctx, "drain", func(c *conference) bool {
		for _, l := range c.legs {
			if l.joined {
				return false
			}
		}
		return true
	})
	return nil
}

// endDrain ends what a drain's time did not suffice for.
func (s *Service) endDrain() {
	s.mu.Lock()
	if s.closing {
		s.mu.Unlock()
		return
	}
	s.drain.busy.Add(1)
	s.mu.Unlock()
	defer s.drain.busy.Done()
	s.endAll(context.Background(), "drain", func(*conference) bool { return true })
}

// Close ends all conferences and releases everything.
func (s *Service) Close(ctx context.Context) {
	s.mu.Lock()
	s.draining, s.closing = true, true
	if s.drain.timer != nil {
		s.drain.timer.Stop()
	}
	s.mu.Unlock()
	s.endAll(ctx, "shutdown", func(*conference) bool { return true })
	s.drain.busy.Wait()
	s.stop()
	s.engine.Close()
	s.submits.Wait()
	s.drainTapes(ctx)
	s.notices.close()
	close(s.outbox.closed)
	s.wg.Wait()
}

// endAll ends the conferences of which which is true, asked under the lock.
func (s *Service) endAll(ctx context.Context, reason string, which func(*conference) bool) {
	s.mu.Lock()
	var ids []string
	for id, c := range s.byID {
		if c.State != ConferenceEnded && which(c) {
			ids = append(ids, id)
			c.broadcast(GoingAway{Reason: reason})
		}
	}
	s.mu.Unlock()
	// Each waits for a tick of its own conference, so many at once.
	var wg sync.WaitGroup
	places := make(chan struct{}, 64)
	for _, id := range ids {
		places <- struct{}{}
		wg.Go(func() {
			defer func() { <-places }()
			if _, err := s.End(ctx, id); err != nil {
				s.cfg.Log.Warn("conference not ended cleanly", zap.String("conference_id", id), zap.Error(err))
			}
		})
	}
	wg.Wait()
}
