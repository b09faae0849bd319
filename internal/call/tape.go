package call

import (
	"context"
	"errors"
	"fmt"

	"go.uber.org/zap"

	"tonegate/internal/audit"
	"tonegate/internal/auth"
	"tonegate/internal/engine"
	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// startRecording begins a file of its own. The caller holds the tape's changes.
func (s *Service) startRecording(ctx context.Context, by Actor, c *conference, paused bool) error {
	recipients, err := s.recipients(c.tape.spec)
	if err != nil {
		return err
	}
	s.mu.Lock()
	byPage := c.tape.page.paused
	s.mu.Unlock()
	state := RecordingOn
	if paused || byPage {
		state = RecordingPaused
	}
	if err := s.recordTape(by, c, state); err != nil {
		return err
	}
	if err := s.room(c); err != nil {
		return err
	}
	var during recording.During
	if c.tape.spec != nil {
		during = c.tape.spec.During
	}
	kept := store.Recording{
		ID: auth.NewID("rec"), ConferenceID: c.ID, State: state, StartedAt: s.cfg.Now().UTC(), During: during.String(),
	}
	if !s.begins() {
		return ErrDraining
	}
	begun := kept
	r, err := recording.New(recording.Options{
		Folder: s.cfg.Recordings.Folder, Recording: kept.ID, Conference: c.ID, Recipients: recipients, During: during,
		StartedAt: kept.StartedAt, Metrics: s.cfg.Recordings.Metrics,
		Completed: func(done recording.Completed) { defer s.tapes.Done(); s.recorded(c, begun, done) },
	})
	if err != nil {
		s.tapes.Done()
		s.notStarted(c, diskCause(err))
		s.cfg.Log.Error("recording not started", zap.String("conference_id", c.ID), zap.Error(err))
		_ = s.recordTape(Actor{}, c, RecordingFailed) // logged
		return fmt.Errorf("%w: see that the folder for recordings can be written and has room", ErrRecording)
	}
	r.Pause(recording.ByRequest, paused)
	r.Pause(recording.ByPage, byPage)
	kept.Path = r.Path()
	kept.Paused = pausedBy(paused, byPage)
	if err := s.adopt(c, r, kept, paused); err != nil {
		r.Close(recording.EndFailed)
		return err
	}
	if err := s.engine.Record(ctx, c.ID, r); err != nil {
		s.mu.Lock()
		c.tape.recorder = nil
		s.mu.Unlock()
		r.Close(recording.EndConference)
		return err
	}
	s.tellTape(c, "recording.started")
	s.cfg.Log.Info("recording started", zap.String("conference_id", c.ID), zap.String("recording_id", kept.ID))
	return nil
}

// adopt makes a recorder the conference's, once it is on the disk that there is
// one, with whoever is present on its timeline.
func (s *Service) adopt(c *conference, r *recording.Recorder, kept store.Recording, paused bool) error {
	if err := s.cfg.Recordings.Store.KeepRecording(kept); err != nil {
		s.cfg.Log.Error("recording not kept", zap.String("recording_id", kept.ID), zap.Error(err))
		return fmt.Errorf("%w: see that the disk has room", ErrStore)
	}
	if err := s.keep(c, func(k *store.Conference) { k.Tape = kept.Paused }); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.State == ConferenceEnded {
		return ErrEnded
	}
	t := &c.tape
	t.recorder, t.kept, t.paused, t.failed, t.stopped, t.cause = r, kept, paused, false, false, ""
	t.byCapture = kept.During == recording.Off.String() && c.capture != nil && c.capture.Progress.Armed
	if c.capture != nil {
		r.Capture(c.capture.ID)
	}
	for _, l := range c.legs {
		if l.State == LegConnected {
			s.onTape(c, l, recording.LegJoined)
		}
	}
	select {
	case <-r.Done(): // given up already
		t.recorder, t.failed, t.cause = nil, true, "disk"
	default:
	}
	return nil
}

// pauseRecording pauses at once, whatever becomes of the record, and resumes only
// what is on record.
func (s *Service) pauseRecording(by Actor, c *conference, paused bool) error {
	s.mu.Lock()
	r, same := c.tape.recorder, c.tape.paused == paused
	if !paused && c.tape.page.paused {
		same = false // who may resume, resumes whatever paused
	}
	s.mu.Unlock()
	switch {
	case paused && same:
		return s.keep(c, nil) // it may have been refused because it could not be
	case same || r == nil:
		return nil
	}
	state, what := RecordingOn, "recording.resumed"
	if paused {
		state, what = RecordingPaused, "recording.paused"
		r.Pause(recording.ByRequest, true)
	}
	if err := s.recordTape(by, c, state); err != nil && !paused {
		return err
	}
	if !paused {
		if err := s.keep(c, func(k *store.Conference) { k.Tape = "" }); err != nil {
			_ = s.recordTape(Actor{}, c, RecordingPaused) // logged
			return err
		}
	}
	s.mu.Lock()
	c.tape.paused = paused
	r.Pause(recording.ByRequest, paused)
	if !paused {
		c.tape.page.forget()
		r.Pause(recording.ByPage, false)
	}
	s.mu.Unlock()
	return s.keepPause(c, r, what)
}

// keepPause keeps whether a recording is paused, and by what: a capture's pause
// does not outlive the process, since the capture does not. Then it tells what
// happened, if anything. The error says that the next process would not know of a
// pause.
func (s *Service) keepPause(c *conference, r *recording.Recorder, what string) error {
	s.mu.Lock()
	paused := pausedBy(c.tape.paused, c.tape.page.paused) != ""
	s.mu.Unlock()
	var err error
	if paused {
		err = s.keep(c, nil)
	}
	if s.keepRunning(c, r) && what != "" {
		s.tellTape(c, what)
	}
	return err
}

// keepRunning keeps what is known of a recording that runs, and reports whether it
// does: what is known of one that was given up stands already.
func (s *Service) keepRunning(c *conference, r *recording.Recorder) bool {
	c.disk.Lock()
	defer c.disk.Unlock()
	s.mu.Lock()
	t := &c.tape
	running := t.recorder == r
	if running {
		t.kept.State, t.kept.Paused = RecordingOn, pausedBy(t.paused, t.page.paused)
		if t.kept.Paused != "" {
			t.kept.State = RecordingPaused
		}
	}
	kept := t.kept
	s.mu.Unlock()
	if running {
		if err := s.cfg.Recordings.Store.KeepRecording(kept); err != nil {
			s.cfg.Log.Error("recording not kept", zap.String("recording_id", kept.ID), zap.Error(err))
		}
	}
	return running
}

func pausedBy(request, page bool) string {
	switch {
	case request:
		return recording.ByRequest
	case page:
		return recording.ByPage
	default:
		return ""
	}
}

// tellTape tells legs and platform what became of the recording.
func (s *Service) tellTape(c *conference, what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broadcastTape(c)
	state := c.tape.state()
	s.emit(c, store.Event{Type: what, RecordingID: state.ID, State: state.State, Reason: state.Reason})
}

func (s *Service) recordTape(by Actor, c *conference, state string) error {
	e := by.entry(audit.RecordingChanged)
	e.ConferenceID, e.Detail = c.ID, detailOf(state)
	return s.record(e)
}

// onTape puts a leg on the recording's timeline. The caller holds the lock.
func (s *Service) onTape(c *conference, l *leg, what string) {
	if r := c.tape.recorder; r != nil {
		_ = r.Event(recording.Event{Type: what, LegID: l.ID, Role: l.Role.String()}) // ids and roles are this server's
	}
}

// captureOnTape says that a capture is about to begin, or that it did not or is
// over. With during_capture off the recording is paused meanwhile; the sound is
// the recorder's matter, which knows at each tick whether a capture collects.
func (s *Service) captureOnTape(c *conference, captureID string, on bool) {
	s.mu.Lock()
	r := c.tape.recorder
	if r != nil && on {
		r.Capture(captureID)
	}
	off := c.tape.spec != nil && c.tape.spec.During == recording.Off
	changed := r != nil && off && c.tape.byCapture != on
	if changed {
		c.tape.byCapture = on
	}
	tell := changed && !c.tape.paused && !c.tape.page.paused
	s.mu.Unlock()
	if !tell {
		return
	}
	state, what := RecordingOn, "recording.resumed"
	if on {
		state, what = RecordingPaused, "recording.paused"
	}
	_ = s.recordTape(Actor{}, c, state) // logged
	s.tellTape(c, what)
}

// autoRecord begins the recording that a conference asked for when it was made.
func (s *Service) autoRecord(c *conference) {
	c.tape.changes.Lock()
	defer c.tape.changes.Unlock()
	s.mu.Lock()
	due, paused := c.tape.due() && !c.tape.failed && c.State == ConferenceActive, c.tape.paused
	s.mu.Unlock()
	if due {
		s.recordUnasked(context.Background(), c, paused)
	}
}

// recordUnasked begins a recording where nobody waits for an answer: legs and
// platform are told if it does not. The caller holds the tape's changes.
func (s *Service) recordUnasked(ctx context.Context, c *conference, paused bool) {
	s.mu.Lock()
	c.tape.cause = ""
	s.mu.Unlock()
	err := s.startRecording(ctx, Actor{}, c, paused)
	if err == nil || errors.Is(err, ErrEnded) {
		return
	}
	if !errors.Is(err, ErrRecording) { // counted where there was no room or no file
		s.cfg.Recordings.Metrics.NotBegun()
	}
	s.cfg.Log.Error("recording not started; the call goes on", zap.String("conference_id", c.ID), zap.Error(err))
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.tape.cause == "" { // they were not told yet
		c.tape.failed, c.tape.cause = true, "not_started"
		s.broadcastTape(c)
	}
	s.emit(c, store.Event{Type: "recording.failed", State: RecordingFailed, Reason: c.tape.cause})
}

// begins counts a recorder, or whoever is about to begin one, unless the service
// is closing.
func (s *Service) begins() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return false
	}
	s.tapes.Add(1)
	return true
}

var _ engine.Recorder = (*recording.Recorder)(nil)
