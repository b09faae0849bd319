package dtmf

import (
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"tonegate/internal/audio"
)

// material is ten seconds of each kind of sound, in frames.
func material(kind string) []audio.Frame {
	x := make([]int16, 10*audio.SampleRate)
	rng := rand.New(rand.NewPCG(1, 1))
	switch kind {
	case "speech":
		speechlike(x, -19, rng)
		noise(x, -60, rng)
	case "keys":
		sequence(x, "01234567890123456789012345678901234567890123456789", 0, 100*ms, 100*ms, rng)
	case "tone":
		steady(5, 0, len(x)).addTo(x)
	case "noise":
		noise(x, -40, rng)
	}
	frames := make([]audio.Frame, len(x)/audio.FrameSamples)
	for i := range frames {
		copy(frames[i][:], x[i*audio.FrameSamples:])
	}
	return frames
}

func BenchmarkProcess(b *testing.B) {
	for _, kind := range []string{"silence", "noise", "speech", "keys", "tone"} {
		for _, armed := range []bool{false, true} {
			name := kind
			if armed {
				name += ", armed"
			}
			b.Run(name, func(b *testing.B) {
				frames := material(kind)
				d := NewDetector()
				d.Arm(armed)
				b.ReportAllocs()
				i := 0
				for b.Loop() {
					d.Process(&frames[i], Reception{})
					if i++; i == len(frames) {
						i = 0
					}
				}
			})
		}
	}
}

// BenchmarkWorst reports the frame that takes longest, by the fastest of several
// runs, as others use the machine, too.
func BenchmarkWorst(b *testing.B) {
	for _, kind := range []string{"speech", "keys", "tone"} {
		b.Run(kind, func(b *testing.B) {
			frames := material(kind)
			fastest := make([]time.Duration, len(frames))
			for run := 0; b.Loop(); run++ {
				d := NewDetector()
				d.Arm(true)
				for i := range frames {
					start := time.Now()
					d.Process(&frames[i], Reception{})
					if took := time.Since(start); run == 0 || took < fastest[i] {
						fastest[i] = took
					}
				}
			}
			b.ReportMetric(float64(slices.Max(fastest)), "ns/worst")
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N*len(frames)), "ns/frame")
		})
	}
}

func TestNothingAllocates(t *testing.T) {
	for _, kind := range []string{"speech", "keys", "tone"} {
		frames := material(kind)
		d := NewDetector()
		r := NewEventReceiver(8000)
		var s EventSender
		var g ToneGenerator
		var out audio.Frame
		payload := []byte{5, 0x8A, 1, 0}
		i := 0
		allocs := testing.AllocsPerRun(300, func() {
			_ = r.Receive(EventPacket{Timestamp: uint32(i / 20 * 3200), Payload: payload})
			ev := d.Process(&frames[i%len(frames)], Reception{Event: r.Tick(), Concealed: i%17 == 0})
			s.Next(ev.Relay())
			g.Add(&out, ev.Relay())
			i++
		})
		if allocs != 0 {
			t.Errorf("%s: %v allocations per frame", kind, allocs)
		}
	}
}
