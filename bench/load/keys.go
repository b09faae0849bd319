package load

import (
	"context"
	"fmt"
	"math"
	"time"

	"tonegate/bench/program"
)

// Keys are all that a run's customers pressed, from the first room to the end, and
// how many the server read on any leg, by what carried them. A window's count cuts keys
// off at both ends, and the server publishes its own twice a second; this one is exact.
// Which keys were read is not seen here, nor one too many that makes up for one missed:
// internal/demo and the browsers check keys one by one.
type Keys struct {
	ByEvents KeyCount `json:"by_events"`
	ByTones  KeyCount `json:"by_tones"`
}

// KeyCount is of keys of one kind.
type KeyCount struct {
	Pressed int64 `json:"pressed"`
	Heard   int64 `json:"heard"`
}

func (k *Keys) String() string {
	return fmt.Sprintf("%d, %d by events; %d, %d by tones", k.ByEvents.Pressed, k.ByEvents.Heard, k.ByTones.Pressed, k.ByTones.Heard)
}

// off is by how many keys what was heard is off.
func (k *Keys) off() float64 {
	return math.Abs(float64(k.ByEvents.Heard-k.ByEvents.Pressed)) + math.Abs(float64(k.ByTones.Heard-k.ByTones.Pressed))
}

const (
	// hushed is for how long no key may have been heard to have heard the last one:
	// longer than a key with the pause after it, and than two of the server's counts.
	hushed = 2 * time.Second
	// hushEvery is how often the server is asked meanwhile.
	hushEvery = 250 * time.Millisecond
)

// countKeys has the customers stop pressing keys and waits until all are heard. before
// is what the server had counted before the run; of one that does not count, nothing is
// said.
func (r *Run) countKeys(ctx context.Context, g *generator, s target, before series) error {
	if len(before) == 0 {
		return nil
	}
	g.content.hushed.Store(true)
	var heard series
	for since := time.Now(); time.Since(since) < hushed; {
		m, err := s.metrics(ctx)
		if err != nil {
			return err
		}
		if m = m.since(before); heard == nil || keysIn(m) != keysIn(heard) {
			heard, since = m, time.Now()
		}
		if err := program.Pause(ctx, hushEvery); err != nil {
			return err
		}
	}
	r.Keys = &Keys{
		ByEvents: KeyCount{g.pressed[keyEvents].Load(), int64(heard[keysByEvents])},
		ByTones:  KeyCount{g.pressed[keyTones].Load(), int64(heard[keysByTones])},
	}
	return nil
}

// The server's counts of keys.
const (
	keysByEvents = `tonegate_keys_total{source="event"}`
	keysByTones  = `tonegate_keys_total{source="inband"}`
)

// keysIn is how many keys a server has read.
func keysIn(m series) float64 { return m[keysByEvents] + m[keysByTones] }
