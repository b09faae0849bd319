package delivery

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"time"

	"go.uber.org/zap"

	"tonegate/internal/store"
)

// attempt delivers a job once.
func (s *Spool) attempt(ctx context.Context, j *job) {
	err := s.deliver(ctx, j)
	if err == nil {
		err = s.confirm(j)
	}
	stopped := ctx.Err() != nil && !errors.Is(context.Cause(ctx), errStalled) // by Stop or Delete
	j.cancel(nil)
	if err != nil && !stopped {
		s.late(j, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	j.busy = false
	close(j.done)
	switch {
	case err == nil:
		delete(s.jobs, j.rec.ID)
		s.metrics.results.WithLabelValues(delivered).Inc()
		s.metrics.bytes.Add(float64(j.rec.Size))
	case stopped:
		return
	default:
		j.due = time.Now().Add(j.pause)
		if j.rec.Delivery.Told != "" {
			j.trouble = Cause(j.rec.Delivery.Cause)
		}
	}
	s.reviewTrouble()
	s.knock()
}

// late notes a failed attempt of a job that is still busy.
func (s *Spool) late(j *job, err error) {
	cause := causeOf(err)
	j.failures++
	j.pause = s.pause(j.failures)
	d := &j.rec.Delivery
	d.Attempts, d.Cause = d.Attempts+1, string(cause)
	s.metrics.results.WithLabelValues(string(cause)).Inc()
	s.log.Warn("recording not delivered; it is kept and tried again", zap.String("recording_id", j.rec.ID),
		zap.String("cause", d.Cause), zap.Int("attempt", d.Attempts), zap.Duration("again_in", j.pause), zap.Error(err))
	told := d.Told
	if cause.grave() || j.failures >= tellAfter {
		d.Told = d.Cause
	}
	if err := s.cfg.Index.KeepRecording(j.rec); err != nil {
		s.log.Error("recording not kept", zap.String("recording_id", j.rec.ID), zap.Error(err))
	}
	if d.Told != told {
		s.tell.RecordingLate(j.rec, cause)
	}
}

// pauseAfter is the time until the next attempt: doubled each time, with half of it
// left to chance, so that many servers do not come at once.
func pauseAfter(failures int) time.Duration {
	d := lastPause
	if failures <= 12 {
		d = min(lastPause, firstPause<<(failures-1))
	}
	return d/2 + rand.N(d/2+1)
}

// reviewTrouble tells agents when what keeps recordings from being delivered
// changes. The caller holds the lock.
func (s *Spool) reviewTrouble() {
	var all []Cause
	for _, j := range s.jobs {
		if j.trouble != "" {
			all = append(all, j.trouble)
		}
	}
	slices.Sort(all)
	now := Cause("")
	switch {
	case slices.Contains(all, Mismatch):
		now = Mismatch
	case slices.Contains(all, s.trouble):
		now = s.trouble
	case len(all) > 0:
		now = all[0]
	}
	if now != s.trouble {
		s.trouble = now
		s.tell.StoreTrouble(now)
	}
}

// deliver brings a job's file to the store and compares what the store then says
// it has.
func (s *Spool) deliver(ctx context.Context, j *job) error {
	r := &j.rec
	in, err := os.Open(r.Path)
	if errors.Is(err, os.ErrNotExist) {
		return &Error{Damaged, err}
	}
	if err != nil {
		return err
	}
	defer in.Close()
	w := &watched{s: s, j: j, in: in, timer: time.AfterFunc(patience, func() { j.cancel(errStalled) })}
	defer w.timer.Stop()
	want := Confirmation{r.Size, r.SHA256}
	// What is not as it was written is not delivered as if it were.
	here, err := sum(&reader{ctx, in, w.Moved})
	if err != nil {
		return err
	}
	if here != want {
		return failed(Damaged, "%d bytes with SHA-256 %s; %d with %s were written", here.Size, here.SHA256, want.Size, want.SHA256)
	}
	item := itemOf(r)
	if r.Delivery.Cause == string(Mismatch) {
		if err := s.cfg.Store.Delete(ctx, &item); err != nil {
			return fmt.Errorf("remove what the store holds instead: %w", err)
		}
		item.Upload, r.Delivery.Upload = "", ""
	}
	there, err := s.cfg.Store.Put(ctx, &item, w)
	if err != nil {
		if ctx.Err() != nil {
			return fmt.Errorf("%w: %w", context.Cause(ctx), err)
		}
		return err
	}
	if there != want {
		return failed(Mismatch, "the store says %d bytes with SHA-256 %q; %d with %s were sent", there.Size, there.SHA256, want.Size, want.SHA256)
	}
	return nil
}

// watched is a file on its way, which must not stand still.
type watched struct {
	s     *Spool
	j     *job
	in    *os.File
	timer *time.Timer
}

// ReadAt implements Source.
func (w *watched) ReadAt(b []byte, at int64) (int, error) {
	w.Moved()
	return w.in.ReadAt(b, at)
}

// Moved implements Source. A timer that has fired is not started again.
func (w *watched) Moved() {
	if w.timer.Stop() {
		w.timer.Reset(patience)
	}
}

// Keep implements Source.
func (w *watched) Keep(upload string) error {
	w.j.rec.Delivery.Upload = upload
	return w.s.cfg.Index.KeepRecording(w.j.rec)
}

// confirm puts on the disk that a recording was delivered, and only then removes
// it here.
func (s *Spool) confirm(j *job) error {
	r := j.rec
	if r.State == Delivering {
		r.State = Ready
	}
	r.Delivery = store.Delivery{State: Delivered, Store: s.cfg.Store.Name(), Attempts: r.Delivery.Attempts + 1, DeliveredAt: time.Now().UTC()}
	if err := s.cfg.Index.KeepRecording(r); err != nil {
		return failed(Full, "delivered, but that cannot be noted: %w", err)
	}
	s.conclude(r)
	return nil
}

// conclude tells that a recording was delivered and removes it here.
func (s *Spool) conclude(r store.Recording) {
	s.log.Info("recording delivered", zap.String("recording_id", r.ID), zap.Int64("bytes", r.Size))
	s.tell.RecordingReady(r)
	if err := remove(r.Path); err != nil {
		s.log.Error("delivered recording not removed here", zap.String("recording_id", r.ID), zap.Error(err))
		return // at the next start
	}
	r.Path = ""
	if err := s.cfg.Index.KeepRecording(r); err != nil {
		s.log.Error("recording not kept", zap.String("recording_id", r.ID), zap.Error(err))
	}
}
