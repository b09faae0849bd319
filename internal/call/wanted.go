package call

import (
	"go.uber.org/zap"

	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// What somebody wants of a recording is kept with the conference, beside what is
// known of the recording itself: before it is answered, and whether or not there
// is a recorder just now. After a restart the stricter of the two holds.

// wanted is what the recording must be at most: stopped, or paused by what; empty:
// recorded. The caller holds the lock.
func (t *tape) wanted() string {
	if t.stopped {
		return RecordingStopped
	}
	return pausedBy(t.paused, t.page.paused)
}

// due says that a recording is wanted that does not run: it begins with the first
// party, or was given up. The caller holds the lock.
func (t *tape) due() bool {
	return t.recorder == nil && (t.failed || t.spec != nil && !t.spec.Wait && t.kept.ID == "" && !t.stopped)
}

// wantTape takes what is wanted of a recording that does not run. Asked again it is
// kept again: it may have been refused because it could not be.
func (s *Service) wantTape(by Actor, c *conference, state string) error {
	s.mu.Lock()
	t := &c.tape
	same := state == RecordingPaused && t.paused || state == RecordingStopped && (t.stopped || t.kept.ID != "" && !t.failed)
	if state == RecordingPaused {
		t.paused = true
	} else {
		t.stopped, t.paused, t.failed = true, false, false
	}
	s.mu.Unlock()
	if !same {
		_ = s.recordTape(by, c, state) // logged; it holds all the same
	}
	return s.keep(c, nil)
}

// restoreTape takes over what was wanted from an earlier process. The caller does
// not hold the lock.
func (s *Service) restoreTape(c *conference, wanted string) {
	byPage := wanted == recording.ByPage && s.restorePage(c)
	s.mu.Lock()
	defer s.mu.Unlock()
	c.tape.stopped = wanted == RecordingStopped
	c.tape.paused = wanted != "" && !c.tape.stopped && !byPage
	if last := s.lastTape(c.ID); c.tape.paused && last.State == RecordingFailed {
		c.tape.kept, c.tape.failed = last, true // what begins instead of it begins paused
	}
}

// lastTape is the newest recording of a conference, or none.
func (s *Service) lastTape(conferenceID string) (last store.Recording) {
	if s.cfg.Recordings.Store == nil {
		return last
	}
	found, _, err := s.cfg.Recordings.Store.Recordings("", conferenceID, 1)
	if err != nil {
		s.cfg.Log.Error("recordings not read", zap.String("conference_id", conferenceID), zap.Error(err))
	}
	if len(found) > 0 {
		last = found[0]
	}
	return last
}

// answer is what who asked for a change is told. The caller holds the lock.
func (t *tape) answer() store.Recording {
	out := t.kept
	switch {
	case t.recorder != nil:
		out.State = t.state().State
	case out.State == RecordingOn, out.State == RecordingPaused: // its file is not complete yet
		out.State = RecordingStopped
	}
	return out
}

// wish is answer where there is no recording yet.
func (t *tape) wish(conferenceID, state string) store.Recording {
	var during recording.During
	if t.spec != nil {
		during = t.spec.During
	}
	return store.Recording{ConferenceID: conferenceID, State: state, During: during.String()}
}
