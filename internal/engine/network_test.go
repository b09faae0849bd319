package engine

import (
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/prefetch"
)

// diary writes down what a shard does with its network and transports.
type diary struct {
	mu    sync.Mutex
	lines []string
	full  chan struct{}
}

func (d *diary) write(line string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.lines = append(d.lines, line); len(d.lines) == 16 {
		close(d.full)
	}
}

func (d *diary) Receive(shard, phase int) { d.write(fmt.Sprint("receive ", shard, phase)) }
func (d *diary) Flush(shard int)          { d.write(fmt.Sprint("flush ", shard)) }
func (d *diary) Answer(bool)              { d.write("answer") }

// collecting is a transport that is told its shard.
type collecting struct{ *diary }

func (c collecting) Batch(shard, phase int, _ ...prefetch.Place) {
	c.write(fmt.Sprint("batch ", shard, phase))
}
func (c collecting) Close() error { return nil }
func (c collecting) Send(*rtp.Header, []byte) error {
	c.write("send")
	return nil
}

// TestNetworkIsServedByTicks: what has arrived is received before a phase ticks,
// and what it sent leaves after it.
func TestNetworkIsServedByTicks(t *testing.T) {
	d := &diary{full: make(chan struct{})}
	e := New(Config{Shards: 2, Seed: 1, Network: d})
	defer e.Close()
	ctx := context.Background()
	e.load[0] = shardFull // by all that it knows
	if err := e.Open("a", bridge.Config{}, nil); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	d.lines = nil
	d.mu.Unlock()
	l, err := e.Attach(ctx, "a", bridge.LegSpec{Role: bridge.Agent}, collecting{d})
	if err != nil {
		t.Fatal(err)
	}
	<-d.full
	if err := e.Detach(ctx, l); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	at := 0
	for d.lines[at] != "batch 1 0" { // ticks before the leg was there
		at++
	}
	for i, want := range []string{"batch 1 0", "receive 1 0", "send", "flush 1", "answer", "receive 1 0", "send", "flush 1", "answer"} {
		if got := d.lines[at+i]; got != want {
			t.Fatalf("%d: %s, want %s: %v", i, got, want, d.lines)
		}
	}
}

// failing is a script with a fault.
type failing struct{}

func (failing) Tick(time.Time, *bridge.Conference, *bridge.Output) { panic("a fault") }

// TestPacketsLeaveInGroups: not each conference's apart, and not all of a phase's at
// its end, and none is passed over though each fails and leaves the phase meanwhile.
func TestPacketsLeaveInGroups(t *testing.T) {
	for rooms, want := range map[int]int{1: 1, leaveTogether: 1, leaveTogether + 1: 2, together: (together + leaveTogether - 1) / leaveTogether} {
		d := &diary{full: make(chan struct{})}
		s := newShard(&Config{Network: d, Metrics: NewMetrics(nil), Log: zap.NewNop()}, 0, time.Now(), func(*room) {})
		for range rooms {
			s.add(&room{shard: s, conference: bridge.New(bridge.Config{Workspace: s.work}), script: failing{}})
		}
		s.nextDeadline()
		s.tickPhase(time.Now())
		if got := len(d.lines) - 1; d.lines[0] != "receive 0 0" || got != want {
			t.Errorf("%d conferences: %v, want %d flushes", rooms, d.lines, want)
		}
		if s.count != 0 {
			t.Errorf("%d of %d conferences were passed over when others failed", s.count, rooms)
		}
	}
}

// TestShardsAreFilled: one after the other, and then evenly; what ends leaves room.
func TestShardsAreFilled(t *testing.T) {
	e := New(Config{Shards: 3})
	defer e.Close()
	open := func(n int) {
		for range n {
			if err := e.Open(rand.Text(), bridge.Config{}, nil); err != nil {
				t.Fatal(err)
			}
		}
	}
	check := func(want ...int) {
		t.Helper()
		e.mu.Lock()
		defer e.mu.Unlock()
		if !slices.Equal(e.load, want) {
			t.Fatalf("%v, want %v", e.load, want)
		}
	}
	open(shardFull - 1)
	check(shardFull-1, 0, 0)
	if err := e.Open("last of the first", bridge.Config{}, nil); err != nil {
		t.Fatal(err)
	}
	open(2*shardFull + 1)
	check(shardFull+1, shardFull, shardFull)
	open(2)
	check(shardFull+1, shardFull+1, shardFull+1)
	if err := e.End(context.Background(), "last of the first"); err != nil {
		t.Fatal(err)
	}
	check(shardFull, shardFull+1, shardFull+1)
	open(1)
	check(shardFull+1, shardFull+1, shardFull+1)
}

// TestPhases: few conferences share few phases, and many are spread evenly.
func TestPhases(t *testing.T) {
	s := newShard(&Config{}, 0, time.Now(), func(*room) {})
	used := func() (n, most int) {
		for _, p := range s.rooms {
			if len(p) > 0 {
				n++
			}
			most = max(most, len(p))
		}
		return n, most
	}
	for i := range 2*together + 2 {
		s.add(&room{})
		if n, most := used(); n != i/together+1 || most > together {
			t.Fatalf("%d conferences in %d phases, up to %d", i+1, n, most)
		}
	}
	if len(s.rooms[0]) == 0 || len(s.rooms[3]) == 0 || len(s.rooms[6]) == 0 {
		t.Error("the first phases are not apart")
	}
	for s.count < 100 {
		s.add(&room{})
	}
	if n, most := used(); n != phases || most != 100/phases {
		t.Errorf("100 conferences in %d phases, up to %d", n, most)
	}
}
