package load

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"
	"sync"
	"time"

	"github.com/pion/dtls/v3"

	"tonegate/bench/program"
)

const (
	// joining is how many rooms are set up side by side.
	joining = 4
	// wanted is how many windows a figure is the median of, and tries how many
	// are measured at most to get them.
	wanted, tries = 3, 9
	// setUpLimit bounds the setting up of one room.
	setUpLimit = 30 * time.Second
)

// Run is one server under one load.
type Run struct {
	Server    string    `json:"server"`
	Rooms     int       `json:"rooms"`
	Jitter    string    `json:"network_jitter"`
	SRTP      string    `json:"srtp"`
	Idle      Memory    `json:"idle"`
	Loaded    Memory    `json:"loaded"`
	Soak      *Soak     `json:"soak,omitempty"`
	Keys      *Keys     `json:"keys,omitempty"`
	LegSetUp  float64   `json:"leg_set_up_cpu_ms"`
	Median    Figures   `json:"median"`
	Windows   []Figures `json:"windows"`
	Discarded []string  `json:"discarded"`
	Void      []string  `json:"void"` // why the figures mean nothing
	Warnings  []string  `json:"warnings"`
}

// plan says how to measure.
type plan struct {
	rooms    int
	tries    int // windows at most
	soak     time.Duration
	window   time.Duration
	settle   time.Duration
	network  netip.Prefix // of servers: other candidates are passed over
	legs     netip.Prefix // of the legs' addresses
	profiles []dtls.SRTPProtectionProfile
	seed     uint64
	jitter   time.Duration // of the network towards the server
	say      func(format string, a ...any)
	during   func() error // done in an additional window, if not nil
}

// measure drives a server and measures it.
func measure(ctx context.Context, name string, s target, p plan) (r *Run, err error) {
	r = &Run{Server: name, Rooms: p.rooms, Jitter: p.jitter.String(), Discarded: []string{}, Void: []string{}, Warnings: []string{}}
	if r.Idle, err = processMemory(s.pid()); err != nil {
		return nil, err
	}
	metrics, err := s.metrics(ctx)
	if err != nil {
		return nil, err
	}
	g, err := newGenerator(p)
	if err != nil {
		return nil, err
	}
	defer g.stop()
	before, err := processCPU(s.pid())
	if err != nil {
		return nil, err
	}
	began := time.Now()
	if err := g.fill(ctx, s); err != nil {
		return nil, fmt.Errorf("set up %d rooms: %w", p.rooms, err)
	}
	after, err := processCPU(s.pid())
	if err != nil {
		return nil, err
	}
	// The legs that are there already send meanwhile; that is set off below.
	inward := after.since(before).total()
	took := time.Since(began)
	r.SRTP = g.legs[0].profile
	p.say("%s: %d rooms are up after %.1f s", name, p.rooms, took.Seconds())
	if err := program.Pause(ctx, p.settle); err != nil {
		return nil, err
	}
	if err := r.windows(ctx, g, s, p); err != nil {
		return nil, err
	}
	// On average half of the legs were up.
	media := time.Duration(r.Median.CPU * float64(time.Millisecond) * float64(p.rooms) * took.Seconds() / 2)
	r.LegSetUp = float64(max(0, inward-media)) / float64(time.Millisecond) / float64(len(g.legs))
	if r.Loaded, err = processMemory(s.pid()); err != nil {
		return nil, err
	}
	if err := r.soak(ctx, g, s, p); err != nil {
		return nil, err
	}
	if err := r.countKeys(ctx, g, s, metrics); err != nil {
		return nil, err
	}
	r.judge(p)
	if p.during != nil {
		return r, p.during()
	}
	return r, nil
}

// fill opens all rooms and joins all legs.
func (g *generator) fill(ctx context.Context, s target) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	next := make(chan *room)
	var wg sync.WaitGroup
	for range joining {
		wg.Go(func() {
			for r := range next {
				if err := g.enter(ctx, s, r); err != nil {
					cancel(err)
					return
				}
			}
		})
	}
	for _, r := range g.rooms {
		select {
		case next <- r:
		case <-ctx.Done():
		}
	}
	close(next)
	wg.Wait()
	return context.Cause(ctx)
}

func (g *generator) enter(ctx context.Context, s target, r *room) error {
	ctx, cancel := context.WithTimeout(ctx, setUpLimit)
	defer cancel()
	asks, err := s.open(ctx, r.index)
	if err != nil {
		return err
	}
	for k, l := range r.legs {
		if err := g.connect(ctx, l, asks[k]); err != nil {
			return fmt.Errorf("room %d, %s: %w", r.index, l.role, err)
		}
		g.admit(l)
	}
	return nil
}

// windows measures until enough windows count.
func (r *Run) windows(ctx context.Context, g *generator, s target, p plan) error {
	for n := 0; n < p.tries && len(r.Windows) < wanted; n++ {
		t := newTally(len(g.legs), p.window)
		from, err := look(ctx, s, true)
		if err != nil {
			return err
		}
		g.record(t)
		err = program.Pause(ctx, p.window)
		g.record(nil)
		if err != nil {
			return err
		}
		to, err := look(ctx, s, false)
		if err != nil {
			return err
		}
		f := figuresOf(p.rooms, r.Idle, from, to, t)
		if why := f.discard(); why != "" {
			r.Discarded = append(r.Discarded, why)
			p.say("window %d is discarded: %s", n+1, why)
			continue
		}
		if n := t.refused + t.strange + t.undecipherable; n > 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%d packets were refused or could not be read here: losses may be the generator's own", n))
		}
		if d := t.dropped - t.droppedBefore; d > 0 {
			r.Warnings = append(r.Warnings, fmt.Sprintf("the generator read too late: the kernel dropped %d packets; losses are its own", d))
		}
		r.Windows = append(r.Windows, f)
		p.say("window %d: %.2f ms of CPU per room-second", n+1, f.CPU)
	}
	r.Median = medians(r.Windows)
	return nil
}

// look reads everything at one end of a window. To write its metrics costs the
// server CPU that is not the calls', so that lies outside.
func look(ctx context.Context, s target, first bool) (m moment, err error) {
	if first {
		if m.metrics, err = s.metrics(ctx); err != nil {
			return m, err
		}
	}
	if m.memory, err = processMemory(s.pid()); err != nil {
		return m, err
	}
	if m.self, err = processCPU(os.Getpid()); err != nil {
		return m, err
	}
	if m.machine, err = machineCPU(); err != nil {
		return m, err
	}
	if m.server, err = processCPU(s.pid()); err != nil {
		return m, err
	}
	m.at = time.Now()
	if !first {
		m.metrics, err = s.metrics(ctx)
	}
	return m, err
}

// Limits beyond which something is said.
const (
	otherLimit = 0.1 // cores
	fullLimit  = 0.95
	missLimit  = 0.01
)

// judge says when figures mean nothing, and what else a reader must know.
func (r *Run) judge(p plan) {
	if n := len(r.Windows); n < wanted {
		r.Void = append(r.Void, fmt.Sprintf("only %d of %d windows count", n, wanted))
		return
	}
	m := &r.Median
	if r.Server == "tonegate" && r.Keys == nil {
		r.Void = append(r.Void, "the server does not count keys")
	}
	if due := int(float64(r.Rooms*int(roles)*50) * m.Seconds); m.Sent < due*98/100 {
		r.Void = append(r.Void, fmt.Sprintf("the generator sent %d packets where %d were due", m.Sent, due))
	}
	if m.OtherCPU > otherLimit {
		r.Warnings = append(r.Warnings, fmt.Sprintf("other processes used %.2f cores meanwhile: figures are too high by what that cost in caches and waiting", m.OtherCPU))
	}
	cores := float64(runtime.NumCPU())
	used := m.CPU*float64(r.Rooms)/1000 + m.GeneratorCPU + m.OtherCPU
	if used > fullLimit*cores {
		r.Warnings = append(r.Warnings, fmt.Sprintf("the machine was full (%.2f of %.0f cores): lateness, jitter and delay are those of overload", used, cores))
	}
	for _, d := range m.Delays {
		if d.Spread.N+d.Missed == 0 || float64(d.Missed) > missLimit*float64(d.Spread.N+d.Missed) {
			r.Warnings = append(r.Warnings, fmt.Sprintf("%s: %d of %d marks never came", d.Path, d.Missed, d.Spread.N+d.Missed))
		}
	}
	if p.window < 10*time.Second {
		r.Warnings = append(r.Warnings, "windows are shorter than 10 s: CPU is counted in hundredths of a second")
	}
}

var errVoid = errors.New("the figures mean nothing")
