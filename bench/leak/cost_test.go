package leak

import (
	"testing"

	"tonegate/bench/corpus"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// BenchmarkRecordedSpeech is what a frame of recorded speech in the held-out languages
// costs, detector and gate together: 5 µs are wanted.
func BenchmarkRecordedSpeech(b *testing.B) {
	m, err := corpus.Load()
	if err != nil {
		b.Fatal(err)
	}
	const wanted = 10_000
	var frames []audio.Frame
	for _, c := range m.HeldOut.Speech {
		for x := c.Samples; len(x) >= audio.FrameSamples && len(frames) < wanted; x = x[audio.FrameSamples:] {
			frames = append(frames, audio.Frame(x))
		}
	}
	for name, armed := range map[string]bool{"not armed": false, "armed": true} {
		b.Run(name, func(b *testing.B) {
			d, g := dtmf.NewDetector(), mask.NewGate(1)
			d.Arm(armed)
			p := mask.Policy{Mode: mask.Strip, Armed: armed}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				f := &frames[i%len(frames)]
				g.Push(p, f, d.Process(f, dtmf.Reception{}))
			}
		})
	}
}
