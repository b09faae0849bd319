package call

import (
	"context"
	"time"

	"go.uber.org/zap"

	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// stopRecording ends the file, and waits until it is complete, unless the disk
// does not answer. That it is stopped is kept in any case, or not answered with yes.
func (s *Service) stopRecording(ctx context.Context, by Actor, c *conference) error {
	_ = s.recordTape(by, c, RecordingStopped) // logged; it stops all the same
	s.mu.Lock()
	c.tape.stopped, c.tape.paused = true, false
	s.mu.Unlock()
	r := s.takeTape(c)
	if r == nil {
		return s.keep(c, nil)
	}
	_ = s.engine.Record(ctx, c.ID, nil) // fails if the call has ended
	r.Close(recording.EndStopped)
	err := s.keep(c, nil)
	select {
	case <-r.Done():
	case <-time.After(drainTime):
	}
	return err
}

// takeTape takes the recorder off the conference and tells the legs.
func (s *Service) takeTape(c *conference) *recording.Recorder {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := c.tape.recorder
	if r != nil {
		c.tape.recorder = nil
		s.broadcastTape(c)
	}
	return r
}

// endTape ends the recording of a conference that has ended.
func (s *Service) endTape(c *conference) {
	c.tape.changes.Lock()
	defer c.tape.changes.Unlock()
	s.mu.Lock()
	c.tape.page.forget()
	s.mu.Unlock()
	if r := s.takeTape(c); r != nil {
		r.Close(recording.EndConference)
	}
}

// recorded is told by a recorder that its file is complete. begun is its record; by
// now the conference may have another recording's.
func (s *Service) recorded(c *conference, begun store.Recording, done recording.Completed) {
	if done.Err != nil {
		// What was written in part may not have been taken back.
		if size, sum, err := recording.Sum(done.Path); err == nil {
			done.Size, done.SHA256 = size, sum
		}
	}
	s.mu.Lock()
	kept := c.tape.kept
	if kept.ID != done.Recording {
		kept = begun
	}
	kept.State, kept.Paused, kept.Reason, kept.EndedAt = RecordingReady, "", done.Ended, s.cfg.Now().UTC()
	kept.Duration, kept.Size, kept.SHA256, kept.Path = done.Duration, done.Size, done.SHA256, done.Path
	cause := ""
	if done.Err != nil {
		kept.State, cause = RecordingFailed, diskCause(done.Err)
	}
	s.forDelivery(&kept)
	if c.tape.kept.ID == kept.ID {
		c.tape.kept = kept
		if c.tape.failed = done.Err != nil; c.tape.failed {
			c.tape.recorder, c.tape.cause = nil, cause
			s.broadcastTape(c)
		}
	}
	s.mu.Unlock()
	if done.Err != nil {
		s.cfg.Log.Error("recording failed; the call goes on", zap.String("conference_id", c.ID),
			zap.String("recording_id", kept.ID), zap.Error(done.Err))
		_ = s.recordTape(Actor{}, c, RecordingFailed) // logged
	}
	s.concludeRecording(c, kept, cause)
}

// concludeRecording keeps what is known of a complete file and tells of it.
func (s *Service) concludeRecording(c *conference, kept store.Recording, cause string) {
	c.disk.Lock()
	err := s.cfg.Recordings.Store.KeepRecording(kept)
	c.disk.Unlock()
	if err != nil {
		s.cfg.Log.Error("recording not kept", zap.String("recording_id", kept.ID), zap.Error(err))
	}
	switch {
	case kept.State == RecordingFailed:
		s.emit(c, store.Event{Type: "recording.failed", RecordingID: kept.ID, State: kept.State, Reason: cause})
	case kept.Delivery.State == "":
		s.emit(c, store.Event{Type: "recording.ready", RecordingID: kept.ID, State: kept.State, Reason: kept.Reason})
	}
	if f := s.cfg.Recordings.Files; f != nil {
		f.Add(kept)
	}
}
