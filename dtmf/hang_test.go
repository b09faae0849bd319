package dtmf

import (
	"math"
	"testing"

	"tonegate/internal/audio"
)

// TestMaskOutlastsTheTone: receivers, filters and rooms ring on, so a mask ends
// some milliseconds after the last sample of a tone, wherever that lies in its
// frame, and never before it.
func TestMaskOutlastsTheTone(t *testing.T) {
	const outlast = 5 * audio.SamplesPerMs
	for _, length := range []int{320, 397, 480, 800} {
		for shift := 0; shift < audio.FrameSamples; shift += 23 {
			d := NewDetector()
			last := -1
			onset, end := 800+shift, 800+shift+length
			for at := 0; at < 3200; at += audio.FrameSamples {
				var f audio.Frame
				for i := range f {
					if k := at + i; k >= onset && k < end {
						s := 2 * math.Pi * float64(k-onset) / audio.SampleRate
						f[i] = int16(3000*math.Sin(770*s) + 3000*math.Sin(1336*s))
					}
				}
				ev := d.Process(&f, Reception{})
				for _, s := range ev.Spans() {
					last = max(last, at+int(s.End))
				}
			}
			if last < end+outlast {
				t.Errorf("a tone of %d samples ends at %d, its mask at %d", length, end, last)
			}
		}
	}
}
