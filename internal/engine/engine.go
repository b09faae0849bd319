package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"sync"
	"time"

	"go.uber.org/zap"

	"tonegate/bridge"
)

// Errors of the engine's methods.
var (
	ErrNoConference = errors.New("no such conference")
	ErrExists       = errors.New("the conference exists already")
	ErrClosed       = errors.New("the engine is closed")
	ErrFailed       = errors.New("the conference failed and was ended")
)

// Observer is told what becomes of conferences. Its methods run on a shard's
// goroutine and must not block.
type Observer interface {
	// Report is called every 500 ms per conference. The report is reused.
	Report(conference string, r *bridge.Report)
	// Failed is called once if a conference panicked and was ended.
	Failed(conference string)
}

// Script drives a conference from inside its ticks: a built-in IVR. It runs on
// the shard's goroutine just before the conference's own Tick, with what the
// last one put out, but for the mixes and the report: other calls' are in their place by
// then, so there are none.
type Script interface {
	Tick(now time.Time, c *bridge.Conference, last *bridge.Output)
}

// Recorder takes what a recording may hold, at each tick of a conference. It runs
// on the shard's goroutine and must not block. now is the tick's deadline: where
// ticks were given up, it jumps.
type Recorder interface {
	Record(now time.Time, m bridge.RecorderMix, capturing bool)
}

// Config configures an engine. The zero value is usable.
type Config struct {
	Shards   int // default: one per core
	Log      *zap.Logger
	Metrics  *Metrics
	Observer Observer
	// Network is where transports' packets come from and go to, if they leave
	// that to the shards. It may be nil.
	Network Network
	// Seed makes RTP start values reproducible for tests; zero means random.
	Seed uint64
}

// Engine runs conferences.
type Engine struct {
	cfg    Config
	shards []*shard
	mu     sync.Mutex
	rooms  map[string]*room
	load   []int // conferences of each shard
	closed bool
	rng    *rand.Rand
	wg     sync.WaitGroup
}

// New starts an engine. Close it.
func New(cfg Config) *Engine {
	if cfg.Shards <= 0 {
		cfg.Shards = runtime.GOMAXPROCS(0)
	}
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	if cfg.Metrics == nil {
		cfg.Metrics = NewMetrics(nil)
	}
	seed := cfg.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	e := &Engine{cfg: cfg, rooms: map[string]*room{}, load: make([]int, cfg.Shards), rng: rand.New(rand.NewPCG(seed, 0))}
	start := time.Now()
	for i := range cfg.Shards {
		// In turn they neither wait for each other at the network nor take all cores
		// at once from whoever else has work to do.
		s := newShard(&e.cfg, i, start.Add(time.Duration(i)*phaseStep/time.Duration(cfg.Shards)), e.forget)
		e.shards = append(e.shards, s)
		e.wg.Go(s.run)
	}
	return e
}

// Open starts ticking a new conference. script may be nil.
func (e *Engine) Open(id string, cfg bridge.Config, script Script) error {
	r, err := e.register(id, cfg, script)
	if err != nil {
		return err
	}
	// Not under the lock: the mailbox may be full, and a shard that is ending a
	// conference needs the lock before it reads its mailbox again.
	r.shard.post(command{run: func() { r.shard.add(r) }})
	return nil
}

func (e *Engine) register(id string, cfg bridge.Config, script Script) (*room, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	switch {
	case e.closed:
		return nil, fmt.Errorf("open conference: %w", ErrClosed)
	case e.rooms[id] != nil:
		return nil, fmt.Errorf("open conference: %w", ErrExists)
	}
	s := e.shards[e.leastWork()]
	e.load[s.index]++
	cfg.Workspace = s.work
	r := &room{id: id, shard: s, conference: bridge.New(cfg), script: script}
	r.legs = r.seats[:0]
	e.rooms[id] = r
	e.cfg.Metrics.conferences.Inc()
	return r, nil
}

// shardFull is how many conferences a shard takes before the next gets any: the
// caches of few cores stay warm, and fewer are woken. From then on shards are filled
// evenly. It is a ninth of what a core carries on the fast path, and most of it on the
// portable one.
const shardFull = 60

// leastWork returns the shard that a new conference costs least on.
func (e *Engine) leastWork() (index int) {
	for i, n := range e.load {
		if n < shardFull {
			return i
		}
		if n < e.load[index] {
			index = i
		}
	}
	return index
}

// Do runs f on the conference's own goroutine and returns after a tick that
// followed it, so that what f changed has taken effect. If f fails, its error
// is returned as it is.
func (e *Engine) Do(ctx context.Context, id string, f func(*bridge.Conference) error) error {
	r, err := e.room(id)
	if err != nil {
		return err
	}
	return r.do(ctx, func() error { return f(r.conference) })
}

// Attach joins a leg to a conference and connects it with its transport, which
// may be nil for a leg that is built in. The leg is masked from its first frame.
func (e *Engine) Attach(ctx context.Context, id string, spec bridge.LegSpec, t Transport) (*Leg, error) {
	r, err := e.room(id)
	if err != nil {
		return nil, err
	}
	l := &Leg{Role: spec.Role, room: r, transport: t, media: spec.Media, timestamp: e.firstTimestamp()}
	err = r.do(ctx, func() error {
		if l.ID, err = r.conference.Join(spec); err != nil {
			return err
		}
		r.legs = append(r.legs, l)
		r.ports.open(l)
		if b, ok := t.(batcher); ok && e.cfg.Network != nil {
			b.Batch(r.shard.index, r.phase, l.needs()...)
		}
		e.cfg.Metrics.legs.WithLabelValues(spec.Role.String()).Inc()
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("attach %s: %w", spec.Role, err)
	}
	return l, nil
}

// firstTimestamp is random (RFC 3550 §5.1).
func (e *Engine) firstTimestamp() uint32 {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.rng.Uint32()
}

// Record hands a conference's recorder what may be recorded, from the next tick
// on; nil ends that. It returns once it holds.
func (e *Engine) Record(ctx context.Context, id string, to Recorder) error {
	r, err := e.room(id)
	if err != nil {
		return err
	}
	return r.do(ctx, func() error {
		r.recorder = to
		return nil
	})
}

// Detach removes a leg and closes its transport.
func (e *Engine) Detach(ctx context.Context, l *Leg) error {
	return l.room.do(ctx, func() error {
		l.room.detach(l, &e.cfg)
		return nil
	})
}

// End stops a conference and closes its legs' transports.
func (e *Engine) End(ctx context.Context, id string) error {
	r, err := e.room(id)
	if err != nil {
		return err
	}
	return r.do(ctx, func() error {
		r.shard.remove(r)
		return nil
	})
}

// Close ends all conferences and stops the shards.
func (e *Engine) Close() {
	e.mu.Lock()
	if e.closed {
		e.mu.Unlock()
		return
	}
	e.closed = true
	e.mu.Unlock()
	for _, s := range e.shards {
		close(s.quit)
	}
	e.wg.Wait()
}

func (e *Engine) room(id string) (*room, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.closed {
		return nil, ErrClosed
	}
	if r := e.rooms[id]; r != nil {
		return r, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrNoConference, id)
}

func (e *Engine) forget(r *room) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.rooms, r.id)
	e.load[r.shard.index]--
	e.cfg.Metrics.conferences.Dec()
}
