package engine_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"tonegate/bridge"
	"tonegate/internal/engine"
)

func TestRefusals(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := open(t, engine.Config{}, nil)
		if err := e.Open("conf_1", bridge.Config{}, nil); !errors.Is(err, engine.ErrExists) {
			t.Error(err)
		}
		if err := e.Do(t.Context(), "conf_9", nil); !errors.Is(err, engine.ErrNoConference) {
			t.Error(err)
		}
		attach(t, e, bridge.Agent, false)
		if _, err := e.Attach(t.Context(), "conf_1", bridge.LegSpec{Role: bridge.Agent}, nil); !errors.Is(err, bridge.ErrRoleTaken) {
			t.Error(err)
		}
		l, w := attach(t, e, bridge.Customer, false)
		if err := e.Detach(t.Context(), l); err != nil {
			t.Error(err)
		}
		synctest.Wait()
		if w.closed != 1 {
			t.Errorf("closed %d times", w.closed)
		}
		attach(t, e, bridge.Customer, false)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := e.Do(ctx, "conf_1", func(*bridge.Conference) error { return nil }); err != nil && !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		if err := e.End(t.Context(), "conf_1"); err != nil {
			t.Error(err)
		}
		e.Close()
		if err := e.Open("conf_3", bridge.Config{}, nil); !errors.Is(err, engine.ErrClosed) {
			t.Error(err)
		}
	})
}

// TestOverflowIsCounted: a leg that sends faster than it is drained loses
// packets, nobody else does.
func TestOverflowIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		reg := prometheus.NewRegistry()
		e := open(t, engine.Config{Metrics: engine.NewMetrics(reg)}, nil)
		l, _ := attach(t, e, bridge.Customer, false)
		for n := range 100 {
			l.Deliver(packet(0, uint16(n), uint32(n*160), make([]byte, 160)), time.Now(), -1)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		if v := value(t, reg, "tonegate_packets_dropped_total"); v < 60 {
			t.Errorf("%v drops were counted", v)
		}
	})
}

// TestFullMailboxHoldsNobodyUp: with a mailbox that is full, opening one
// conference while another ends must not wait in a circle.
func TestFullMailboxHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		e := open(t, engine.Config{}, nil)
		if err := e.Open("conf_2", bridge.Config{}, nil); err != nil {
			t.Fatal(err)
		}
		release, busy := make(chan struct{}), make(chan struct{})
		var wg sync.WaitGroup
		wg.Go(func() {
			_ = e.Do(t.Context(), "conf_1", func(*bridge.Conference) error {
				close(busy)
				<-release
				return nil
			})
		})
		<-busy
		wg.Go(func() { _ = e.End(t.Context(), "conf_2") })
		synctest.Wait()
		for range 300 {
			wg.Go(func() { _ = e.Do(t.Context(), "conf_1", func(*bridge.Conference) error { return nil }) })
		}
		synctest.Wait()
		wg.Go(func() { _ = e.Open("conf_3", bridge.Config{}, nil) })
		synctest.Wait()
		close(release)
		wg.Wait()
	})
}
