package load

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Result is everything measured in one call of the command.
type Result struct {
	At       time.Time    `json:"at"`
	Commit   string       `json:"commit"`
	Go       string       `json:"go"`
	Kernel   string       `json:"kernel"`
	Machine  string       `json:"machine"`
	Runs     []Run        `json:"runs"`
	Profiles []Profile    `json:"profiles,omitempty"`
	Compared []Comparison `json:"compared,omitempty"`
}

// Profile is what a number of rooms spends its CPU on.
type Profile struct {
	Rooms   int     `json:"rooms"`
	Classes []Class `json:"classes"`
}

func newResult(ctx context.Context) *Result {
	commit, _ := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--abbrev=12").Output()
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return &Result{
		At: time.Now().UTC().Truncate(time.Second), Commit: strings.TrimSpace(string(commit)), Go: runtime.Version(),
		Kernel: strings.TrimSpace(string(kernel)), Machine: fmt.Sprintf("%d virtual cores, %s", runtime.NumCPU(), runtime.GOARCH),
	}
}

// target is one promise and what was measured.
type promise struct {
	what  string
	limit float64
	got   float64
}

func (p promise) met() bool { return p.got <= p.limit }

// Targets, in ms unless they say otherwise.
const (
	cpuAt50, cpuAt200         = 2.8, 1.8
	latenessP99, latenessP999 = 1, 3
	jitterP99                 = 0.5
	delayP50, delayP99        = 15, 25
	lookAhead                 = 10
	memoryKB                  = 250
	legSetUp                  = 5
	concealed                 = 1 // percent
)

// promises lists the targets that a run can meet or miss.
func (r *Run) promises() (out []promise) {
	m := &r.Median
	add := func(what string, limit, got float64) { out = append(out, promise{what, limit, got}) }
	switch {
	case r.Rooms >= 200:
		add("CPU, ms per room-second", cpuAt200, m.CPU)
	case r.Rooms >= 50:
		add("CPU, ms per room-second", cpuAt50, m.CPU)
	}
	add("frames concealed, percent", concealed, m.concealedShare())
	if r.Keys != nil {
		add("keys heard, off those pressed", 0, r.Keys.off())
	}
	if r.Jitter != "0s" { // what follows is about the bridge, not the network
		return out
	}
	add("tick lateness p99, ms", latenessP99, m.Lateness.P99)
	add("tick lateness p99.9, ms", latenessP999, m.Lateness.P999)
	add("outgoing jitter p99, ms", jitterP99, m.Jitter.P99)
	for _, d := range m.Delays {
		more := 0.0
		if d.Path == customerToAgent.String() {
			more = lookAhead
		}
		add(d.Path+" p50, ms", delayP50+more, d.Spread.P50)
		add(d.Path+" p99, ms", delayP99+more, d.Spread.P99)
	}
	add("packets skipped or lost", 0, float64(m.Lost+m.Jumps+m.Skipped))
	if r.Soak != nil {
		first, last := r.Soak.ends()
		add("memory after a soak, kB per room", soakGrowth*first, last)
	}
	if r.Rooms >= 50 { // below, the process's own memory weighs more than rooms'
		add("memory, kB per room", memoryKB, m.Memory)
		add("CPU to set up a leg, ms", legSetUp, r.LegSetUp)
	}
	return out
}

// verdict is an error where a figure means nothing or misses its target.
func (r *Result) verdict() error {
	missed := 0
	for i := range r.Runs {
		run := &r.Runs[i]
		if len(run.Void) > 0 {
			return fmt.Errorf("load: %w: %d rooms: %s", errVoid, run.Rooms, strings.Join(run.Void, "; "))
		}
		if run.Server != "tonegate" {
			continue
		}
		for _, p := range run.promises() {
			if !p.met() {
				missed++
			}
		}
	}
	if missed > 0 {
		return fmt.Errorf("%w: %d", ErrTargets, missed)
	}
	return nil
}

// Write puts the result as JSON and its plots into a folder.
func (r *Result) Write(folder string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fmt.Errorf("load: %w", err)
	}
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	for name, body := range map[string]string{
		"load.json":       string(text) + "\n",
		"load-cost.svg":   r.plot("CPU, ms per room-second, against rooms", func(f *Figures) float64 { return f.CPU }),
		"load-jitter.svg": r.plot("Outgoing jitter p99, ms, against rooms", func(f *Figures) float64 { return f.Jitter.P99 }),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(body), 0o600); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	return nil
}
