package delivery

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"tonegate/internal/store"
)

// Why a recording is deleted.
type Why string

// The reasons.
const (
	ByRequest Why = "request"
	MaxAge    Why = "max_age"
	MaxBytes  Why = "max_bytes"
	Abandoned Why = "abandoned" // a browser's upload that was not gone on with
)

const (
	// retainEvery is how often the rules are looked at.
	retainEvery = 10 * time.Minute
	// deleteTime bounds a deletion by rule; it is tried again.
	deleteTime = time.Minute
	// abandonAfter is how long an upload may stay in part.
	abandonAfter = 24 * time.Hour
)

// end is a recording that the rules no longer keep.
type end struct {
	rec store.Recording
	why Why
}

// rules judges recordings, which come newest first.
type rules struct {
	now         time.Time
	local, kept Retention // here, and of what was delivered
	storeName   string
	here, there int64 // bytes so far
}

// judge says whether a recording has to go. One that is being written, or was
// delivered to a store that is not configured any more, stays.
func (r *rules) judge(rec store.Recording) (Why, bool) {
	age := r.now.Sub(rec.StartedAt)
	if rec.State == Uploading {
		return Abandoned, age > abandonAfter
	}
	if rec.EndedAt.IsZero() {
		return "", false
	}
	if rec.Delivery.State == Delivered {
		if rec.Delivery.Store != r.storeName {
			return "", false
		}
		r.there += rec.Size
		return r.kept.judge(age, r.there)
	}
	// What waits makes no room, even if no store is configured any more: somebody was
	// promised it, and a setting that went missing must not lose it.
	if rec.Delivery.State == Waiting {
		return MaxAge, r.local.MaxAge > 0 && age > r.local.MaxAge
	}
	r.here += rec.Size
	return r.local.judge(age, r.here)
}

func (r *Retention) judge(age time.Duration, total int64) (Why, bool) {
	if r.MaxAge > 0 && age > r.MaxAge {
		return MaxAge, true
	}
	return MaxBytes, r.MaxBytes > 0 && total > r.MaxBytes
}

func (s *Spool) retainOften(ctx context.Context) {
	tick := time.NewTicker(retainEvery)
	defer tick.Stop()
	for {
		s.retain(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// retain deletes what the rules no longer keep, each with an entry on record.
func (s *Spool) retain(ctx context.Context) {
	r := rules{now: time.Now(), local: s.cfg.Local, kept: s.cfg.Kept}
	if s.Delivers() {
		r.storeName = s.cfg.Store.Name()
	}
	var over []end
	err := s.each(func(rec store.Recording) error {
		if why, ok := r.judge(rec); ok {
			over = append(over, end{rec, why})
		}
		return ctx.Err()
	})
	if err != nil && ctx.Err() == nil {
		s.log.Error("retention of recordings", zap.Error(err))
	}
	for _, e := range over {
		if ctx.Err() != nil {
			return
		}
		if err := s.expire(ctx, e); err != nil {
			// One is enough: what ails the disk or the store ails the others, too.
			s.log.Error("recording not deleted; tried again later", zap.String("recording_id", e.rec.ID),
				zap.String("why", string(e.why)), zap.Error(err))
			return
		}
	}
}

func (s *Spool) expire(ctx context.Context, e end) error {
	if err := s.tell.RecordDeletion(e.rec, e.why); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, deleteTime)
	defer cancel()
	if err := s.delete(ctx, e.rec, e.why); err != nil {
		return err
	}
	if e.rec.Delivery.State == Waiting {
		s.tell.RecordingLate(e.rec, Expired)
	}
	return nil
}

// Delete removes a recording here and at the store, whole or in part, and what is
// known of it. If the store does not remove it, nothing is.
func (s *Spool) Delete(ctx context.Context, r store.Recording) error {
	return s.delete(ctx, r, ByRequest)
}

func (s *Spool) delete(ctx context.Context, r store.Recording, why Why) error {
	release, err := s.hold(ctx, r.ID)
	if err != nil {
		return err
	}
	gone := false
	defer func() { release(gone) }()
	// A delivery may have come to its end meanwhile.
	r, found, err := s.cfg.Index.Recording(r.ID)
	if err != nil || !found {
		gone = err == nil
		return err
	}
	switch {
	case r.Delivery.State == "":
	case r.Delivery.State == Delivered && (!s.Delivers() || r.Delivery.Store != s.cfg.Store.Name()):
		return ErrElsewhere
	case s.Delivers():
		item := itemOf(&r)
		err := s.cfg.Store.Delete(ctx, &item)
		if err != nil && r.Delivery.State == Waiting && why == MaxAge {
			// What is too old goes here even if the store is down; a part of it, which
			// nobody asks for, may stay there.
			s.log.Warn("a part of the recording may stay at the store", zap.String("recording_id", r.ID), zap.Error(err))
			err = nil
		}
		if err != nil {
			return fmt.Errorf("delete at the store: %w", err)
		}
	}
	if err := errors.Join(remove(s.file(&r)), remove(s.file(&r)+partSuffix)); err != nil {
		return err
	}
	if err := s.cfg.Index.ForgetRecording(r.ID); err != nil {
		return err
	}
	gone = true
	s.metrics.deleted.WithLabelValues(string(why)).Inc()
	s.log.Info("recording deleted", zap.String("recording_id", r.ID), zap.String("why", string(why)))
	return nil
}

// hold ends a delivery that is under way, and keeps workers and uploads off the
// recording until it is released.
func (s *Spool) hold(ctx context.Context, id string) (release func(gone bool), err error) {
	s.mu.Lock()
	if s.held[id] {
		s.mu.Unlock()
		return nil, ErrBusy
	}
	s.held[id] = true
	var done chan struct{}
	if j := s.jobs[id]; j != nil && j.busy {
		done = j.done
		j.cancel(context.Canceled)
	}
	s.mu.Unlock()
	if done != nil {
		select {
		case <-done:
		case <-ctx.Done():
			s.release(id, false)
			return nil, ctx.Err()
		}
	}
	return func(gone bool) { s.release(id, gone) }, nil
}

func (s *Spool) release(id string, gone bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.held, id)
	if gone {
		delete(s.jobs, id)
		s.reviewTrouble()
	}
	s.knock()
}
