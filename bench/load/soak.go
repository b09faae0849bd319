package load

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tonegate/bench/program"
	"tonegate/internal/audio"
)

const (
	// soakEvery is how often memory is read under a load that goes on.
	soakEvery = 30 * time.Second
	// soakGrowth is how much more a call may take in the last tenth of a soak than
	// in the first: what a collector leaves lying about goes up and down by that.
	soakGrowth = 1.05
	// soakCheck is how long is listened whether all calls are still there.
	soakCheck = 2 * time.Second
)

// Soak is a server's memory while a load goes on, in kB per room above idle.
type Soak struct {
	For    string    `json:"for"`
	Memory []float64 `json:"memory_kb_per_room"`
}

// soak keeps the load up after the windows and reads the server's memory.
func (r *Run) soak(ctx context.Context, g *generator, s target, p plan) error {
	if p.soak == 0 {
		return nil
	}
	p.say("%s: %d rooms go on for %s", r.Server, p.rooms, p.soak)
	r.Soak = &Soak{For: p.soak.String()}
	every := min(soakEvery, p.soak/10)
	for end := time.Now().Add(p.soak); time.Now().Before(end); {
		m, err := processMemory(s.pid())
		if err != nil {
			return err
		}
		r.Soak.Memory = append(r.Soak.Memory, float64(m.RSS-r.Idle.RSS)/float64(p.rooms))
		if n := len(r.Soak.Memory); n%10 == 1 {
			p.say("%s to go: %.0f kB per room", time.Until(end).Round(time.Second), r.Soak.Memory[n-1])
		}
		if err := program.Pause(ctx, every); err != nil {
			return err
		}
	}
	// A server that lost its calls has memory to spare.
	t := newTally(len(g.legs), soakCheck)
	g.record(t)
	err := program.Pause(ctx, soakCheck)
	g.record(nil)
	if wanted := len(g.legs) * int(soakCheck/audio.FrameDuration); err == nil && t.received < wanted*9/10 {
		r.Void = append(r.Void, fmt.Sprintf("after the soak only %d of %d packets came: calls were lost meanwhile", t.received, wanted))
	}
	return err
}

// ends are the medians of the first and the last tenth.
func (s *Soak) ends() (first, last float64) {
	n := max(1, len(s.Memory)/10)
	return median(s.Memory[:n]), median(s.Memory[len(s.Memory)-n:])
}

// String says how memory went.
func (s *Soak) String() string {
	first, last := s.ends()
	return fmt.Sprintf("%.0f / %.0f / %.0f", first, last, slices.Max(s.Memory))
}
