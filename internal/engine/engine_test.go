package engine_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/pion/rtp"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/engine"
	"tonegate/mixer/mask"
)

// wire is a transport that remembers.
type wire struct {
	mu      sync.Mutex
	packets []rtp.Packet
	at      []time.Time
	closed  int
	fail    bool
}

func (w *wire) Send(h *rtp.Header, payload []byte) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.packets = append(w.packets, rtp.Packet{Header: *h, Payload: append([]byte{}, payload...)})
	w.at = append(w.at, time.Now())
	if w.fail {
		return errors.New("no route")
	}
	return nil
}

func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed++
	return nil
}

func (w *wire) count() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.packets)
}

func open(t *testing.T, cfg engine.Config, script engine.Script) *engine.Engine {
	t.Helper()
	cfg.Shards, cfg.Seed = 1, 5
	e := engine.New(cfg)
	t.Cleanup(e.Close)
	if err := e.Open("conf_1", bridge.Config{Policy: mask.Policy{Mode: mask.Strip}, Seed: 3}, script); err != nil {
		t.Fatal(err)
	}
	return e
}

func attach(t *testing.T, e *engine.Engine, role bridge.Role, events bool) (*engine.Leg, *wire) {
	t.Helper()
	w := new(wire)
	l, err := e.Attach(t.Context(), "conf_1", bridge.LegSpec{Role: role, Media: bridge.Media{Events: events, Event: 101, Clock: 8000}}, w)
	if err != nil {
		t.Fatal(err)
	}
	return l, w
}

func packet(pt uint8, seq uint16, ts uint32, payload []byte) []byte {
	p := rtp.Packet{Header: rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: seq, Timestamp: ts, SSRC: 9}, Payload: payload}
	b, err := p.Marshal()
	if err != nil {
		panic(err)
	}
	return b
}

// TestTicksAreOnTime: every leg gets a packet every 20 ms, on absolute
// deadlines, with continuous sequence numbers and timestamps.
func TestTicksAreOnTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := open(t, engine.Config{}, nil)
		_, w := attach(t, e, bridge.Agent, false)
		started := time.Now()
		before := w.count()
		time.Sleep(10 * time.Second) // the bubble's clock
		synctest.Wait()
		n := w.count() - before
		if want := int(time.Since(started) / audio.FrameDuration); n != want {
			t.Errorf("%d packets in 10 s, not %d", n, want)
		}
		w.mu.Lock()
		defer w.mu.Unlock()
		for i := 1; i < len(w.packets); i++ {
			a, b := w.packets[i-1], w.packets[i]
			if d := w.at[i].Sub(w.at[i-1]); d != audio.FrameDuration {
				t.Fatalf("packet %d follows after %s", i, d)
			}
			if b.Timestamp != a.Timestamp+160 || len(b.Payload) != 160 {
				t.Fatalf("packet %d: %v after %v", i, b.Header, a.Header)
			}
		}
	})
}

// TestDoIsAcknowledgedAfterATick: what a command changed has taken effect when
// it returns.
func TestDoIsAcknowledgedAfterATick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := new(counter)
		e := open(t, engine.Config{}, s)
		time.Sleep(95 * time.Millisecond)
		var at int
		err := e.Do(t.Context(), "conf_1", func(c *bridge.Conference) error {
			at = s.ticks
			return c.BeginCapture(bridge.Capture{Mode: mask.Mute})
		})
		if err != nil {
			t.Fatal(err)
		}
		if s.get() <= at {
			t.Error("acknowledged before a tick")
		}
		sentinel := errors.New("refused")
		if err := e.Do(t.Context(), "conf_1", func(*bridge.Conference) error { return sentinel }); err != sentinel {
			t.Errorf("%v", err)
		}
	})
}

type counter struct {
	mu    sync.Mutex
	ticks int
	panic bool
}

func (s *counter) Tick(time.Time, *bridge.Conference, *bridge.Output) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ticks++
	if s.panic && s.ticks == 10 {
		panic("the value must not be logged: 4111111111111111")
	}
}

func (s *counter) get() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ticks
}

type watcher struct {
	mu      sync.Mutex
	failed  []string
	reports int
}

func (w *watcher) Report(string, *bridge.Report) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.reports++
}

func (w *watcher) Failed(id string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.failed = append(w.failed, id)
}

// TestPanicEndsOneCall: the other call on the shard goes on, the panic's value
// stays out of the log, and the failed call's legs are closed.
func TestPanicEndsOneCall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		core, logs := observer.New(zap.DebugLevel)
		o := new(watcher)
		e := open(t, engine.Config{Observer: o, Log: zap.New(core)}, &counter{panic: true})
		_, w := attach(t, e, bridge.Agent, false)
		other := new(counter)
		if err := e.Open("conf_2", bridge.Config{}, other); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Second)
		synctest.Wait()
		if len(o.failed) != 1 || o.failed[0] != "conf_1" {
			t.Errorf("failed: %v", o.failed)
		}
		if w.closed != 1 {
			t.Errorf("the transport was closed %d times", w.closed)
		}
		if other.get() < 90 {
			t.Errorf("the other call ticked %d times in 2 s", other.get())
		}
		if err := e.Do(t.Context(), "conf_1", func(*bridge.Conference) error { return nil }); !errors.Is(err, engine.ErrNoConference) {
			t.Errorf("%v", err)
		}
		for _, l := range logs.All() {
			for k, v := range l.ContextMap() {
				if s, ok := v.(string); ok && len(s) > 12 && s[len(s)-4:] == "1111" {
					t.Errorf("%s of the log holds the panic's value", k)
				}
			}
		}
		if logs.Len() == 0 {
			t.Error("nothing was logged")
		}
	})
}

// TestJourneyOfAFrame sends a customer's packets through to the IVR's wire and
// the agent's.
func TestJourneyOfAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		e := open(t, engine.Config{Metrics: engine.NewMetrics(reg)}, nil)
		customer, _ := attach(t, e, bridge.Customer, true)
		_, ivr := attach(t, e, bridge.IVR, false)
		_, agent := attach(t, e, bridge.Agent, false)
		payload := make([]byte, 160)
		for i := range payload {
			payload[i] = byte(0x90 + i%16)
		}
		for n := range 100 {
			customer.Deliver(packet(0, uint16(65500+n), uint32(n*160), payload), time.Now(), -1)
			time.Sleep(audio.FrameDuration)
		}
		customer.Deliver([]byte{1, 2, 3}, time.Now(), -1)
		customer.Deliver(make([]byte, 2000), time.Now(), -1)
		time.Sleep(time.Second)
		synctest.Wait()
		for name, w := range map[string]*wire{"ivr": ivr, "agent": agent} {
			found := 0
			for _, p := range w.packets {
				if has(p.Payload, payload) {
					found++
				}
			}
			if found < 90 {
				t.Errorf("%s received %d of 100 frames", name, found)
			}
		}
		if n := testutil.CollectAndCount(reg, "tonegate_packets_received_total"); n != 1 {
			t.Fatal("the metric is missing")
		}
		if v := value(t, reg, "tonegate_packets_received_total"); v != 100 {
			t.Errorf("%v packets were counted", v)
		}
	})
}

// has reports whether a frame holds the repeating pattern, whatever its shift.
func has(frame, pattern []byte) bool {
	for shift := range 16 {
		same := true
		for i := range frame {
			if frame[i] != pattern[(i+shift)%16] {
				same = false
				break
			}
		}
		if same {
			return true
		}
	}
	return false
}

func value(t *testing.T, reg *prometheus.Registry, name string) (sum float64) {
	t.Helper()
	families, err := reg.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range families {
		if f.GetName() == name {
			for _, m := range f.GetMetric() {
				sum += m.GetCounter().GetValue()
			}
		}
	}
	return sum
}

// TestEventsReachOnlyTheIVR: a named event leaves to an IVR that negotiated
// events, in place of audio, and as nothing of the sort to anybody else.
func TestEventsReachOnlyTheIVR(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := open(t, engine.Config{}, nil)
		customer, own := attach(t, e, bridge.Customer, true)
		_, ivr := attach(t, e, bridge.IVR, true)
		_, agent := attach(t, e, bridge.Agent, true)
		_, supervisor := attach(t, e, bridge.Supervisor, true)
		for n := range 60 {
			pt, payload := uint8(0), make([]byte, 160)
			if n >= 20 && n < 25 {
				pt, payload = 101, []byte{7, 10, 0, 0}
				binary.BigEndian.PutUint16(payload[2:], uint16((n-19)*160))
				if n == 24 {
					payload[1] |= 0x80
				}
			}
			ts := uint32(n * 160)
			if pt == 101 {
				ts = 20 * 160
			}
			customer.Deliver(packet(pt, uint16(n), ts, payload), time.Now(), -1)
			time.Sleep(audio.FrameDuration)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		for name, w := range map[string]*wire{"customer": own, "ivr": ivr, "agent": agent, "supervisor": supervisor} {
			events := 0
			for _, p := range w.packets {
				if p.PayloadType == 101 {
					events++
					if p.Payload[0] != byte(dtmf.Key(7)) {
						t.Errorf("%s: event %d", name, p.Payload[0])
					}
				}
			}
			if (events > 0) != (name == "ivr") {
				t.Errorf("%s received %d event packets", name, events)
			}
		}
	})
}

// Conferences take turns, as they do on a shard: what each keeps has left the
// processor's caches by its next tick if there are many.
func BenchmarkTick(b *testing.B) {
	for _, rooms := range []int{1, 50, 200} {
		b.Run(fmt.Sprintf("rooms=%d", rooms), func(b *testing.B) { benchmarkTick(b, rooms) })
	}
}

func benchmarkTick(b *testing.B, rooms int) {
	type room struct {
		c   *bridge.Conference
		ids []bridge.LegID
		out bridge.Output
	}
	all := make([]*room, rooms)
	var work bridge.Workspace
	for i := range all {
		all[i] = &room{c: bridge.New(bridge.Config{Policy: mask.Policy{Mode: mask.Strip}, Workspace: &work})}
		for _, role := range []bridge.Role{bridge.Customer, bridge.Agent, bridge.IVR} {
			id, err := all[i].c.Join(bridge.LegSpec{Role: role})
			if err != nil {
				b.Fatal(err)
			}
			all[i].ids = append(all[i].ids, id)
		}
	}
	noise := audio.NewNoise(1)
	payload := make([]byte, 160)
	for i := range payload {
		payload[i] = audio.MuLaw.EncodeSample(noise.Within(3000))
	}
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		r, tick := all[n%rooms], n/rooms
		now := time.Unix(0, 0).Add(time.Duration(tick) * audio.FrameDuration)
		for _, id := range r.ids {
			r.c.Receive(id, bridge.Packet{Timestamp: uint32(tick * 160), SSRC: uint32(id), Payload: payload, Arrived: now})
		}
		r.c.Tick(now.Add(audio.FrameDuration), &r.out)
		n++
	}
}
