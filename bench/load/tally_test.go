package load

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
)

func TestQuantile(t *testing.T) {
	hundred := make([]int32, 100)
	for i := range hundred {
		hundred[99-i] = int32(i + 1)
	}
	assert.Equal(t, int32(50), quantile(hundred, .5))
	assert.Equal(t, int32(99), quantile(hundred, .99))
	assert.Equal(t, int32(100), quantile(hundred, .999))
	assert.Equal(t, int32(1), quantile(hundred, 0))
	assert.Equal(t, int32(7), quantile([]int32{7}, .99))
	assert.Zero(t, quantile([]int32{}, .5))
}

func TestMedian(t *testing.T) {
	assert.Equal(t, 2.0, median([]float64{9, 1, 2}))
	assert.Equal(t, 1.5, median([]float64{1, 2}))
	assert.Zero(t, median(nil))
}

func TestMedians(t *testing.T) {
	window := func(cpu float64, lost int) Figures {
		return Figures{CPU: cpu, Lost: lost, Jitter: Spread{P99: cpu / 10}, Delays: []Delay{{Path: "a→b", Spread: Spread{P50: cpu}, Missed: lost}}}
	}
	m := medians([]Figures{window(9, 0), window(2, 5), window(3, 1)})
	assert.Equal(t, 3.0, m.CPU)
	assert.InDelta(t, .3, m.Jitter.P99, 1e-9)
	assert.Equal(t, 1, m.Lost)
	assert.Equal(t, []Delay{{Path: "a→b", Spread: Spread{P50: 3}, Missed: 1}}, m.Delays)
	assert.Equal(t, Figures{}, medians(nil))
}

// A window counts up to and including the limit, and not without media.
func TestDiscard(t *testing.T) {
	f := Figures{Sent: 1, Received: 1, Generator: Spread{P99: 1.5, P999: 40, N: 1000}}
	assert.Empty(t, f.discard())
	f.Generator.P99 = 1.51
	assert.Contains(t, f.discard(), "1.51 ms late")
	f.Generator.P99, f.Received = 0, 0
	assert.Contains(t, f.discard(), "no media")
}

func TestFiguresThatMeanNothing(t *testing.T) {
	valid := Run{Server: "tonegate", Rooms: 1, Keys: new(Keys), Windows: make([]Figures, wanted), Median: Figures{Sent: 3000, Seconds: 20}}
	valid.judge(plan{})
	assert.Empty(t, valid.Void)
	few := Run{Windows: make([]Figures, wanted-1)}
	few.judge(plan{})
	require.Len(t, few.Void, 1)
	assert.ErrorIs(t, (&Result{Runs: []Run{few}}).verdict(), errVoid)
	starved := Run{Rooms: 1, Windows: make([]Figures, wanted), Median: Figures{Sent: 2000, Seconds: 20}}
	starved.judge(plan{})
	assert.Len(t, starved.Void, 1)
}

func TestVerdict(t *testing.T) {
	good := Run{Server: "tonegate", Rooms: 200, Jitter: "0s", Median: Figures{CPU: cpuAt200, Lateness: Spread{P99: 1, P999: 3}, Jitter: Spread{P99: .5}, Memory: 250,
		Delays: []Delay{{Path: customerToIVR.String(), Spread: Spread{P50: 15, P99: 25}}, {Path: customerToAgent.String(), Spread: Spread{P50: 25, P99: 35}}}}}
	assert.NoError(t, (&Result{Runs: []Run{good}}).verdict())
	slow := good
	slow.Median.CPU = 1.81
	assert.ErrorIs(t, (&Result{Runs: []Run{slow}}).verdict(), ErrTargets)
	slow.Rooms = 50
	assert.NoError(t, (&Result{Runs: []Run{slow}}).verdict())
	skipped := good
	skipped.Median.Skipped = 1
	assert.ErrorIs(t, (&Result{Runs: []Run{skipped}}).verdict(), ErrTargets)
}

func TestCompared(t *testing.T) {
	run := func(cpu float64, delays ...float64) *Run {
		r := &Run{Rooms: 50, Median: Figures{CPU: cpu}}
		for _, d := range delays {
			r.Median.Delays = append(r.Median.Delays, Delay{Spread: Spread{P50: d}})
		}
		return r
	}
	c := compared(run(2, 10, 10, 20), run(20, 100, 100, 120))
	assert.InDelta(t, .1, c.CPU, 1e-9)
	assert.InDelta(t, .125, c.Delay, 1e-9)
	assert.InDelta(t, 1.0/6, c.Paths[2], 1e-9)
	assert.Zero(t, compared(run(2), run(0)).CPU)
}

// A step is found at its sample, in speech and not.
func TestStep(t *testing.T) {
	payload := make([]byte, audio.FrameSamples)
	for i := range payload {
		payload[i] = audio.MuLaw.EncodeSample(int16(2 * voicePeak * (i%2*2 - 1))) // two voices at their loudest
	}
	assert.Equal(t, -1, step(payload))
	for i := 80; i < len(payload); i++ {
		payload[i] = audio.MuLaw.EncodeSample(markLevel - voicePeak) // a mark over a voice
	}
	assert.Equal(t, 80, step(payload))
}

// The delay of a mark, by way: from the moment its first sample left to the
// moment that sample came, within a packet at its place.
func TestMarkDelay(t *testing.T) {
	var m mark
	got := newTally(3, 0)
	assert.False(t, m.awaited(ivr), "before any mark")
	const sent, ms = int64(1_000_000_000), int64(1_000_000)
	m.set(customer, sent, got)
	assert.True(t, m.awaited(ivr))
	assert.True(t, m.awaited(agent))
	assert.False(t, m.awaited(customer))
	m.hear(ivr, sent+12*ms, got)
	m.hear(agent, sent+12*ms+80*sampleTime, got) // the look-ahead, in the packet
	assert.False(t, m.awaited(ivr))
	m.set(agent, sent+1000*ms, got)
	assert.True(t, m.awaited(customer))
	m.set(customer, sent+2000*ms, got)
	assert.Equal(t, []int32{12_000}, got.delays[customerToIVR])
	assert.Equal(t, []int32{22_000}, got.delays[customerToAgent])
	assert.Empty(t, got.delays[agentToCustomer])
	assert.Equal(t, [paths]int{agentToCustomer: 1}, got.missed)
}

func TestDeviation(t *testing.T) {
	const frame = int64(audio.FrameDuration)
	assert.Zero(t, deviation(frame, audio.FrameSamples))
	assert.Equal(t, int32(300), deviation(frame+300_000, audio.FrameSamples))
	assert.Equal(t, int32(300), deviation(frame-300_000, audio.FrameSamples))
	assert.Equal(t, int32(20_000), deviation(frame, 2*audio.FrameSamples))
}

// TestSoakMeansTheEnds: a soak is judged by its first and last tenth, not by a peak
// in between.
func TestSoakMeansTheEnds(t *testing.T) {
	flat := &Soak{Memory: []float64{100, 101, 99, 100, 300, 100, 101, 100, 99, 102, 100, 98, 100, 101, 104, 100, 100, 103, 104, 102}}
	grown := &Soak{Memory: slices.Clone(flat.Memory)}
	for i := range grown.Memory {
		grown.Memory[i] += float64(i)
	}
	missed := func(s *Soak) bool {
		r := Run{Rooms: 1, Jitter: "0s", Soak: s}
		for _, p := range r.promises() {
			if p.what == "memory after a soak, kB per room" {
				return p.got > p.limit
			}
		}
		t.Fatal("a soak is not judged")
		return false
	}
	if missed(flat) || !missed(grown) {
		t.Errorf("flat: missed %v, grown: missed %v", missed(flat), missed(grown))
	}
}
