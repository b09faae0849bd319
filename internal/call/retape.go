package call

import (
	"context"
	"time"

	"go.uber.org/zap"

	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// interrupted finds the recordings that an earlier process did not end, and
// closes their books: what was written stays and opens, its end is missing. It
// returns the last of each conference, as it was.
func (s *Service) interrupted() (map[string]store.Recording, []store.Recording, error) {
	was := map[string]store.Recording{}
	if s.cfg.Recordings.Store == nil {
		return was, nil, nil
	}
	var all []store.Recording
	for after := ""; ; {
		found, next, err := s.cfg.Recordings.Store.Recordings(after, "", 500)
		if err != nil {
			return nil, nil, err
		}
		for _, r := range found {
			if r.State != RecordingOn && r.State != RecordingPaused {
				continue
			}
			if _, newer := was[r.ConferenceID]; !newer {
				was[r.ConferenceID] = r
			}
			r.State, r.Paused, r.Reason, r.EndedAt = RecordingInterrupted, "", "restart", s.cfg.Now().UTC()
			if r.Size, r.SHA256, err = recording.Sum(r.Path); err != nil {
				s.cfg.Log.Error("interrupted recording not found", zap.String("recording_id", r.ID), zap.Error(err))
				r.State = RecordingFailed
			}
			s.forDelivery(&r)
			all = append(all, r)
		}
		if next == "" {
			return was, all, nil
		}
		after = next
	}
}

// restoreTapes concludes what was interrupted and goes on in new files.
func (s *Service) restoreTapes(ctx context.Context, was map[string]store.Recording, cut []store.Recording) {
	for _, r := range cut {
		s.concludeRecording(s.conferenceOf(&r), r, "restart")
	}
	for id, r := range was {
		s.mu.Lock()
		c, err := s.open(id)
		s.mu.Unlock()
		if err != nil {
			continue
		}
		c.tape.changes.Lock()
		s.goOn(ctx, c, r)
		c.tape.changes.Unlock()
	}
}

// goOn records on what an earlier process recorded, unless it was stopped: paused
// if either record says so. The caller holds the tape's changes.
func (s *Service) goOn(ctx context.Context, c *conference, was store.Recording) {
	byPage := was.Paused == recording.ByPage && s.restorePage(c)
	s.mu.Lock()
	t := &c.tape
	t.paused = t.paused || was.State == RecordingPaused && !byPage
	paused, stopped := t.paused, t.stopped
	if stopped {
		t.kept = s.lastTape(c.ID)
	}
	s.mu.Unlock()
	if !stopped {
		s.recordUnasked(ctx, c, paused)
	}
}

// keptSpec and revivedSpec carry a specification over a restart.
func (r *RecordingSpec) keptSpec() *store.RecordingSpec {
	if r == nil {
		return nil
	}
	return &store.RecordingSpec{Recipients: r.Recipients, During: r.During.String(), Wait: r.Wait, Pages: r.Pages.kept()}
}

func revivedSpec(k *store.RecordingSpec) *RecordingSpec {
	if k == nil {
		return nil
	}
	during, known := named(k.During, recording.Masked, recording.Off)
	if !known {
		during = recording.Off
	}
	return &RecordingSpec{Recipients: k.Recipients, During: during, Wait: k.Wait, Pages: revivedPages(k.Pages)}
}

// drainTapes waits until all files are complete, within reason.
func (s *Service) drainTapes(ctx context.Context) {
	done := make(chan struct{})
	go func() { s.tapes.Wait(); close(done) }()
	select {
	case <-done:
	case <-ctx.Done():
	case <-time.After(drainTime):
		s.cfg.Log.Error("recordings not complete in time: the disk does not answer")
	}
}

// drainTime bounds the wait for a disk that does not answer.
const drainTime = 5 * time.Second
