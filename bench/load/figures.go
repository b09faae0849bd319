package load

import (
	"fmt"
	"time"
)

// Spread is a distribution in milliseconds.
type Spread struct {
	P50  float64 `json:"p50"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p999"`
	N    int     `json:"n"`
}

func spreadOf(us []int32) Spread {
	return Spread{ms(quantile(us, .5)), ms(quantile(us, .99)), ms(quantile(us, .999)), len(us)}
}

// Delay is that of one way through the bridge.
type Delay struct {
	Path   string `json:"path"`
	Spread Spread `json:"ms"`
	Missed int    `json:"missed"` // marks that never came
}

// Figures are one window's.
type Figures struct {
	CPU          float64 `json:"cpu_ms_per_room_second"`
	User         float64 `json:"user_share"` // of CPU; the rest is the kernel's
	Memory       float64 `json:"memory_kb_per_room"`
	Lateness     Spread  `json:"tick_late_ms"` // zero for a server that does not tell
	Jitter       Spread  `json:"jitter_ms"`
	Delays       []Delay `json:"delays"`
	Lost         int     `json:"packets_lost"`        // of those that the server sent
	Jumps        int     `json:"timestamp_jumps"`     // frames that it did not send
	LostIn       int     `json:"packets_lost_inward"` // of those that we sent
	Concealed    int     `json:"frames_concealed"`
	Moved        int     `json:"playout_moves"`
	Skipped      int     `json:"ticks_skipped"`
	KeysPressed  int     `json:"keys_pressed"`
	KeysHeard    int     `json:"keys_heard"`
	Sent         int     `json:"packets_sent"`
	Received     int     `json:"packets_received"`
	Generator    Spread  `json:"generator_late_ms"`
	GeneratorCPU float64 `json:"generator_cores"`
	OtherCPU     float64 `json:"other_cores"` // what else ran on the machine
	Seconds      float64 `json:"seconds"`
}

// moment is what is read at both ends of a window.
type moment struct {
	at      time.Time
	server  cpu
	self    cpu
	machine time.Duration
	memory  Memory
	metrics series
}

// figuresOf sums a window up.
func figuresOf(rooms int, idle Memory, from, to moment, t *tally) Figures {
	seconds := to.at.Sub(from.at).Seconds()
	server, self := to.server.since(from.server), to.self.since(from.self)
	m := to.metrics.since(from.metrics)
	f := Figures{
		CPU:    float64(server.total()) / float64(time.Millisecond) / float64(rooms) / seconds,
		Memory: float64(to.memory.RSS-idle.RSS) / float64(rooms),
		Jitter: spreadOf(t.jitter), Generator: spreadOf(t.late),
		Lost: t.expected - t.received, Jumps: t.jumps,
		LostIn:    int(m["tonegate_packets_lost_total"]),
		Concealed: int(m["tonegate_frames_concealed_total"]),
		Moved:     int(m[`tonegate_playout_moves_total{direction="grow"}`] + m[`tonegate_playout_moves_total{direction="shrink"}`]),
		Skipped:   int(m["tonegate_ticks_skipped_total"]), KeysPressed: t.keys,
		KeysHeard: int(keysIn(m)),
		Sent:      t.sent, Received: t.received,
		GeneratorCPU: self.total().Seconds() / seconds,
		OtherCPU:     max(0, (to.machine-from.machine-server.total()-self.total()).Seconds()/seconds),
		Seconds:      seconds,
	}
	if server.total() > 0 {
		f.User = float64(server.user) / float64(server.total())
	}
	const lateness = "tonegate_tick_lateness_seconds"
	f.Lateness = Spread{1000 * m.quantile(lateness, .5), 1000 * m.quantile(lateness, .99), 1000 * m.quantile(lateness, .999), int(m[lateness+"_count"])}
	for p := range paths {
		f.Delays = append(f.Delays, Delay{p.String(), spreadOf(t.delays[p]), t.missed[p]})
	}
	return f
}

// concealedShare is the percentage of frames made up for missing ones. It
// includes those under named events, when an endpoint sends no audio.
func (f *Figures) concealedShare() float64 {
	return 100 * float64(f.Concealed) / float64(max(f.Sent, 1))
}

// lateLimit is how late the generator may be at the 99th percentile for a window
// to count.
const lateLimit = 1.5 // ms

// discard returns why a window does not count, or nothing.
func (f *Figures) discard() string {
	if f.Generator.N == 0 || f.Sent == 0 || f.Received == 0 {
		return "no media flowed"
	}
	if f.Generator.P99 > lateLimit {
		return fmt.Sprintf("the generator was %.2f ms late at p99 (limit %.1f); other processes used %.2f cores", f.Generator.P99, lateLimit, f.OtherCPU)
	}
	return ""
}

// medians returns the median of each figure over windows.
func medians(w []Figures) Figures {
	of := func(pick func(*Figures) float64) float64 {
		values := make([]float64, len(w))
		for i := range w {
			values[i] = pick(&w[i])
		}
		return median(values)
	}
	count := func(pick func(*Figures) int) int {
		return int(of(func(f *Figures) float64 { return float64(pick(f)) }))
	}
	spread := func(pick func(*Figures) *Spread) Spread {
		return Spread{
			of(func(f *Figures) float64 { return pick(f).P50 }), of(func(f *Figures) float64 { return pick(f).P99 }),
			of(func(f *Figures) float64 { return pick(f).P999 }), count(func(f *Figures) int { return pick(f).N }),
		}
	}
	if len(w) == 0 {
		return Figures{}
	}
	m := Figures{
		CPU: of(func(f *Figures) float64 { return f.CPU }), User: of(func(f *Figures) float64 { return f.User }),
		Memory:   of(func(f *Figures) float64 { return f.Memory }),
		Lateness: spread(func(f *Figures) *Spread { return &f.Lateness }), Jitter: spread(func(f *Figures) *Spread { return &f.Jitter }),
		Generator: spread(func(f *Figures) *Spread { return &f.Generator }),
		Lost:      count(func(f *Figures) int { return f.Lost }), Jumps: count(func(f *Figures) int { return f.Jumps }),
		LostIn: count(func(f *Figures) int { return f.LostIn }), Concealed: count(func(f *Figures) int { return f.Concealed }),
		Moved: count(func(f *Figures) int { return f.Moved }), Skipped: count(func(f *Figures) int { return f.Skipped }),
		KeysPressed: count(func(f *Figures) int { return f.KeysPressed }), KeysHeard: count(func(f *Figures) int { return f.KeysHeard }),
		Sent: count(func(f *Figures) int { return f.Sent }), Received: count(func(f *Figures) int { return f.Received }),
		GeneratorCPU: of(func(f *Figures) float64 { return f.GeneratorCPU }), OtherCPU: of(func(f *Figures) float64 { return f.OtherCPU }),
		Seconds: of(func(f *Figures) float64 { return f.Seconds }),
	}
	for p := range w[0].Delays {
		m.Delays = append(m.Delays, Delay{w[0].Delays[p].Path, spread(func(f *Figures) *Spread { return &f.Delays[p].Spread }),
			count(func(f *Figures) int { return f.Delays[p].Missed })})
	}
	return m
}
