package engine

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"

	"tonegate/bridge"
)

// room is a conference on its shard. Everything but id and shard belongs to
// the shard's goroutine.
type room struct {
	id         string
	shard      *shard
	conference *bridge.Conference
	script     Script
	legs       []*Leg
	recorder   Recorder // nil: nothing is recorded
	ports      ports
	seats      [bridge.MaxLegs]*Leg // memory for legs
	phase      int
	ended      bool
	waiting    []waiter // commands applied, to be acknowledged after the tick
	out        bridge.Output
	reported   [bridge.MaxLegs]bridge.LegReport
	nReported  int
}

type waiter struct {
	done chan error
	err  error
}

// do runs f on the shard and waits for the tick after it. A command that was
// accepted runs even if ctx ends first: a half-applied one would be worse.
func (r *room) do(ctx context.Context, f func() error) error {
	done := make(chan error, 1)
	err := r.shard.send(ctx, command{run: func() {
		if r.ended {
			done <- fmt.Errorf("%w: %s", ErrNoConference, r.id)
			return
		}
		err := r.guard(func() error { return f() })
		if r.ended {
			done <- err
			return
		}
		r.waiting = append(r.waiting, waiter{done, err})
	}})
	if err != nil {
		return err
	}
	select {
	case err := <-done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("wait for the tick: %w", ctx.Err())
	case <-r.shard.stopped:
		return ErrClosed
	}
}

// tick advances the conference by one frame.
func (r *room) tick(now time.Time) {
	err := r.guard(func() error {
		for _, l := range r.legs {
			l.receive()
		}
		if r.script != nil {
			r.script.Tick(now, r.conference, &r.out)
		}
		r.out.Unheard.Supervisor, r.out.Unheard.Recorder = len(r.ports.supervisors) == 0, r.recorder == nil
		r.conference.Tick(now, &r.out)
		r.ports.send(&r.out)
		if r.recorder != nil {
			r.recorder.Record(now, r.out.Recorder, r.conference.Capturing())
		}
		return nil
	})
	for _, w := range r.waiting {
		if err != nil {
			w.err = err
		}
		w.done <- w.err
	}
	r.waiting = r.waiting[:0]
	if err == nil && r.out.HasReport {
		r.report()
	}
	r.out.Mixes = nil // the next conference's are made there
}

// guard runs f and ends the conference if it panics. The panic's value and
// arguments are not logged: they may hold audio or keys.
func (r *room) guard(f func() error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = ErrFailed
			r.shard.cfg.Log.Error("conference failed and was ended",
				zap.String("conference_id", r.id), zap.String("panic_type", fmt.Sprintf("%T", p)),
				zap.String("at", functionNames()))
			r.shard.cfg.Metrics.panics.Inc()
			r.shard.remove(r)
			if o := r.shard.cfg.Observer; o != nil {
				o.Failed(r.id)
			}
		}
	}()
	return f()
}

// functionNames lists the functions on the stack without their arguments.
func functionNames() string {
	var pcs [16]uintptr
	frames := runtime.CallersFrames(pcs[:runtime.Callers(3, pcs[:])])
	var names []string
	for {
		f, more := frames.Next()
		names = append(names, fmt.Sprintf("%s:%d", f.Function, f.Line))
		if !more {
			return strings.Join(names, " < ")
		}
	}
}

func (r *room) report() {
	rep := &r.out.Report
	for i := range rep.N {
		r.shard.cfg.Metrics.add(rep.Legs[i].Stats, r.before(rep.Legs[i].Leg))
	}
	r.nReported = copy(r.reported[:], rep.Legs[:rep.N])
	for _, l := range r.legs {
		r.shard.cfg.Metrics.addLeg(l)
	}
	if o := r.shard.cfg.Observer; o != nil {
		o.Report(r.id, rep)
	}
}

// before returns what a leg's counts were at the last report.
func (r *room) before(id bridge.LegID) bridge.Stats {
	for i := range r.nReported {
		if r.reported[i].Leg == id {
			return r.reported[i].Stats
		}
	}
	return bridge.Stats{}
}

func (r *room) detach(l *Leg, cfg *Config) {
	i := slices.Index(r.legs, l)
	if i < 0 {
		return
	}
	r.legs = slices.Delete(r.legs, i, i+1)
	r.ports.close(l)
	l.in.close()
	_ = r.conference.Leave(l.ID)
	cfg.Metrics.legs.WithLabelValues(l.Role.String()).Dec()
	if l.transport != nil {
		// Closing a transport may wait for its goroutines; the shard may not.
		go func(t Transport) { _ = t.Close() }(l.transport)
	}
}
