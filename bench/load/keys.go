package load

import (
	"context"
	"fmt"
	"time"

	"tonegate/bench/program"
)

// Keys are all that a run's customers pressed, from the first room to the end, and
// all that the server read. A window's count cuts keys off at both ends, and the
// server publishes its own twice a second; this one is exact.
type Keys struct {
	Pressed int64 `json:"pressed"`
	Heard   int64 `json:"heard"`
}

func (k *Keys) String() string { return fmt.Sprintf("%d, %d", k.Pressed, k.Heard) }

const (
	// hushed is for how long no key may have been heard to have heard the last one:
	// longer than a key with the pause after it, and than two of the server's counts.
	hushed = 2 * time.Second
	// hushEvery is how often the server is asked meanwhile.
	hushEvery = 250 * time.Millisecond
)

// countKeys has the customers stop pressing keys and waits until all are heard. before is
// what the server had read before the run.
func (r *Run) countKeys(ctx context.Context, g *generator, s target, before float64) error {
	if first, err := s.metrics(ctx); err != nil || len(first) == 0 { // it does not say
		return err
	}
	g.content.hushed.Store(true)
	heard, since := int64(-1), time.Now()
	for time.Since(since) < hushed {
		m, err := s.metrics(ctx)
		if err != nil {
			return err
		}
		if n := int64(keysIn(m)); n != heard {
			heard, since = n, time.Now()
		}
		if err := program.Pause(ctx, hushEvery); err != nil {
			return err
		}
	}
	r.Keys = &Keys{Pressed: g.pressed.Load(), Heard: heard - int64(before)}
	return nil
}

// keysIn is how many keys a server has read.
func keysIn(m series) float64 {
	return m[`tonegate_keys_total{source="event"}`] + m[`tonegate_keys_total{source="inband"}`]
}
