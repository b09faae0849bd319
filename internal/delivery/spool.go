package delivery

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"go.uber.org/zap"

	"tonegate/internal/store"
)

// States of recordings that the spool knows of, beside those of their writing.
const (
	Uploading  = "uploading"  // a browser's: not all of it is here
	Delivering = "delivering" // complete, and not yet where it is kept
	Ready      = "ready"
)

// States of a delivery.
const (
	Waiting   = "waiting"
	Delivered = "delivered"
)

// Errors of the spool.
var (
	ErrSpoolFull = errors.New("the folder for recordings holds its limit: see why they are not delivered, or raise --recording-max-bytes")
	ErrElsewhere = errors.New("the recording was delivered to a store that is not configured any more")
	ErrGone      = errors.New("the recording's file is gone")
)

const (
	deliveries = 2 // at once: one that hangs does not hold up the others
	// firstPause and lastPause bound the time between two attempts.
	firstPause = time.Second
	lastPause  = 15 * time.Minute
	// patience is how long an attempt may stand still.
	patience = time.Minute
	// tellAfter attempts that failed in a row, the platform and the agents are told.
	tellAfter = 3
)

// Index keeps what is known of recordings.
type Index interface {
	KeepRecording(store.Recording) error
	ForgetRecording(id string) error
	Recording(id string) (r store.Recording, found bool, err error)
	Recordings(after, conference string, limit int) (found []store.Recording, next string, err error)
}

// Listener is told what becomes of recordings. It must not call the spool.
type Listener interface {
	// RecordingReady: it is where it is kept. It may be told twice after a crash.
	RecordingReady(store.Recording)
	// RecordingLate: it is not there and will be tried again, but for Expired.
	RecordingLate(r store.Recording, cause Cause)
	// StoreTrouble: what keeps recordings from being delivered just now; empty:
	// nothing, any more.
	StoreTrouble(Cause)
	// RecordDeletion puts a deletion by rule on the audit record. On an error
	// nothing is deleted.
	RecordDeletion(r store.Recording, why Why) error
}

// SpoolConfig configures a spool. Store, Metrics, Check and Log may be nil.
type SpoolConfig struct {
	Folder  string // that recordings are written to
	Store   Store  // nil: they stay there
	Index   Index
	Local   Retention // of Folder
	Kept    Retention // of what was delivered
	Metrics prometheus.Registerer
	Log     *zap.Logger
	// Check reads the outer form of what a browser sealed.
	Check func(path string) error
}

// Spool holds sealed recordings until they are where they are kept. Use [NewSpool],
// [Spool.Start] and, at the end, [Spool.Stop].
type Spool struct {
	cfg     SpoolConfig
	log     *zap.Logger
	metrics *metrics
	open    opener
	disk    func(folder string) (free, total int64, err error)
	pause   func(failures int) time.Duration
	tell    Listener
	wake    chan struct{}
	stop    context.CancelFunc
	workers sync.WaitGroup

	mu      sync.Mutex
	jobs    map[string]*job
	held    map[string]bool // by a deletion or an upload
	trouble Cause
}

// job is a recording that waits for its delivery. While it is busy its record
// belongs to the worker.
type job struct {
	rec      store.Recording
	due      time.Time
	pause    time.Duration // until then, after a failure
	failures int           // in a row
	trouble  Cause         // that was told
	busy     bool
	cancel   context.CancelCauseFunc
	done     chan struct{} // closed when it is not busy any more
}

// NewSpool returns a spool that does nothing before [Spool.Start], but takes what
// is added.
func NewSpool(cfg SpoolConfig) *Spool {
	s := &Spool{
		cfg: cfg, log: cfg.Log, open: openFile, disk: disk, pause: pauseAfter, wake: make(chan struct{}, 1), stop: func() {},
		jobs: map[string]*job{}, held: map[string]bool{},
	}
	if s.log == nil {
		s.log = zap.NewNop()
	}
	s.metrics = newMetrics(cfg.Metrics, s)
	return s
}

// Mark marks a complete file as one that goes on to a store, if there is one.
func (s *Spool) Mark(r *store.Recording) {
	if !s.Delivers() || r.SHA256 == "" {
		return
	}
	r.Delivery.State = Waiting
	if r.State == Ready {
		r.State = Delivering
	}
}

// Delivers reports whether recordings go on to a store.
func (s *Spool) Delivers() bool { return s.cfg.Store != nil }

// Start takes up what an earlier process left, and begins to deliver.
func (s *Spool) Start(l Listener) error {
	s.tell = l
	waiting := 0
	err := s.each(func(r store.Recording) error {
		switch {
		case r.Delivery.State == Delivered && r.Path != "":
			s.conclude(r) // the process ended in between
		case r.Delivery.State == Waiting:
			waiting++
			s.Add(r)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("recordings that wait for delivery: %w", err)
	}
	if waiting > 0 && !s.Delivers() {
		s.log.Warn("recordings wait for delivery, and no store is configured: they stay here and are not deleted for room; give --recording-store again, or delete them",
			zap.Int("recordings", waiting))
	}
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	if s.Delivers() {
		for range deliveries {
			s.workers.Go(func() { s.work(ctx) })
		}
	}
	s.workers.Go(func() { s.retainOften(ctx) })
	return nil
}

// Stop ends what is under way; it goes on at the next start.
func (s *Spool) Stop() {
	s.stop()
	s.workers.Wait()
}

// each calls f with every recording, newest first.
func (s *Spool) each(f func(store.Recording) error) error {
	for after := ""; ; {
		found, next, err := s.cfg.Index.Recordings(after, "", 500)
		if err != nil {
			return err
		}
		for _, r := range found {
			if err := f(r); err != nil {
				return err
			}
		}
		if next == "" {
			return nil
		}
		after = next
	}
}

// Add takes a recording whose file is complete and on record as waiting. Others it
// leaves where they are.
func (s *Spool) Add(r store.Recording) {
	if r.Delivery.State != Waiting {
		return
	}
	s.mu.Lock()
	if s.jobs[r.ID] == nil {
		s.jobs[r.ID] = &job{rec: r}
	}
	s.mu.Unlock()
	s.knock()
}

func (s *Spool) knock() {
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// waiting counts the recordings that wait, and says how long the oldest has.
func (s *Spool) waiting() (n int, oldest time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, j := range s.jobs {
		oldest = max(oldest, time.Since(j.rec.EndedAt))
	}
	return len(s.jobs), oldest
}

// work delivers what is due until ctx ends.
func (s *Spool) work(ctx context.Context) {
	for ctx.Err() == nil {
		j, actx, wait := s.next(ctx)
		if j != nil {
			s.attempt(actx, j)
			continue
		}
		var timer <-chan time.Time
		if wait >= 0 {
			timer = time.After(wait)
		}
		select {
		case <-timer:
		case <-s.wake:
		case <-ctx.Done():
		}
	}
}

// next takes the oldest job that is due, or says when one will be (negative: not
// before something changes).
func (s *Spool) next(ctx context.Context) (take *job, actx context.Context, wait time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now, wait := time.Now(), -1
	for _, j := range s.jobs {
		if j.busy || s.held[j.rec.ID] {
			continue
		}
		if left := j.due.Sub(now); left > 0 {
			if wait < 0 || left < wait {
				wait = left
			}
			continue
		}
		if take == nil || older(&j.rec, &take.rec) {
			take = j
		}
	}
	if take == nil {
		return nil, nil, wait
	}
	take.busy, take.done = true, make(chan struct{})
	actx, take.cancel = context.WithCancelCause(ctx)
	s.knock() // the other worker: there may be more
	return take, actx, 0
}

func older(a, b *store.Recording) bool {
	if !a.EndedAt.Equal(b.EndedAt) {
		return a.EndedAt.Before(b.EndedAt)
	}
	return a.ID < b.ID
}

// file is where a recording's file is here. It stays where it was written, even if
// the folder is another one by now.
func (s *Spool) file(r *store.Recording) string {
	if r.Path != "" {
		return r.Path
	}
	return filepath.Join(s.cfg.Folder, r.ID+suffix)
}
