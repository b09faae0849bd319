package engine_test

import (
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"tonegate/bridge"
	"tonegate/internal/audio"
	"tonegate/internal/engine"
	"tonegate/mixer/mask"
)

// noted remembers when it was called, and whether a capture collected.
type noted struct {
	mu        sync.Mutex
	at        []time.Time
	capturing int
}

func (n *noted) Record(now time.Time, _ bridge.RecorderMix, capturing bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.at = append(n.at, now)
	if capturing {
		n.capturing++
	}
}

func (n *noted) count() (calls, capturing int) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.at), n.capturing
}

// TestRecorderHearsEveryTick: from the tick that Record waited for to the one that
// ended it, each with its deadline, and with what a capture changed.
func TestRecorderHearsEveryTick(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := open(t, engine.Config{}, nil)
		n := new(noted)
		if err := e.Record(t.Context(), "conf_1", n); err != nil {
			t.Fatal(err)
		}
		if calls, _ := n.count(); calls != 1 {
			t.Fatalf("%d calls when Record returns", calls)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if calls, capturing := n.count(); calls != 51 || capturing != 0 {
			t.Errorf("%d calls, %d capturing, a second later", calls, capturing)
		}
		for _, change := range []func(*bridge.Conference) error{
			func(c *bridge.Conference) error { return c.BeginCapture(bridge.Capture{Mode: mask.Mute}) },
			func(c *bridge.Conference) error { return c.EndCapture() },
		} {
			if err := e.Do(t.Context(), "conf_1", change); err != nil {
				t.Fatal(err)
			}
		}
		// The tick that began it, and not the one that ended it.
		if _, capturing := n.count(); capturing != 1 {
			t.Errorf("%d ticks of a capture", capturing)
		}
		for i := 1; i < len(n.at); i++ {
			if d := n.at[i].Sub(n.at[i-1]); d != audio.FrameDuration {
				t.Fatalf("call %d follows after %s", i, d)
			}
		}
		if err := e.Record(t.Context(), "conf_1", nil); err != nil {
			t.Fatal(err)
		}
		before, _ := n.count()
		time.Sleep(time.Second)
		synctest.Wait()
		if calls, _ := n.count(); calls != before {
			t.Errorf("%d calls after its end", calls-before)
		}
		if err := e.Record(t.Context(), "conf_1", n); err != nil {
			t.Fatal(err)
		}
		if err := e.End(t.Context(), "conf_1"); err != nil {
			t.Fatal(err)
		}
		before, _ = n.count()
		time.Sleep(time.Second)
		synctest.Wait()
		if calls, _ := n.count(); calls != before {
			t.Errorf("%d calls after the call's end", calls-before)
		}
	})
}
