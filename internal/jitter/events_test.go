package jitter_test

import (
	"math"
	"testing"
	"time"

	"tonegate/internal/audio"
	"tonegate/internal/jitter"
)

// TestCoveredByAnEvent: a browser sends the first milliseconds of a tone, then
// events in place of audio, then what is left of the tone. The events are long
// over when the hole is played; it must not be filled with the tone's beginning.
func TestCoveredByAnEvent(t *testing.T) {
	for _, told := range []bool{true, false} {
		b := jitter.New(audio.MuLaw, 1)
		now := time.Unix(1000, 0)
		var tone, quiet [audio.FrameSamples]byte
		for i := range tone {
			quiet[i] = audio.MuLaw.Silence()
			tone[i] = audio.MuLaw.EncodeSample(int16(9000 * math.Sin(2*math.Pi*941*float64(i)/audio.SampleRate)))
		}
		at := uint32(math.MaxUint32 - 900)
		for i := range 8 {
			p := quiet
			if i == 3 {
				copy(p[120:], tone[120:]) // 5 ms of it
			}
			if i < 4 || i == 7 {
				b.Insert(at+uint32(i)*audio.FrameSamples, p[:], now)
			}
		}
		if told {
			b.Cover(at+4*audio.FrameSamples, 3*audio.FrameSamples)
		}
		var loud int16
		for i := range 8 {
			var f audio.Frame
			now = now.Add(audio.FrameDuration)
			got := b.Pop(&f, now, true, false)
			if hole := i >= 4 && i < 7; got.Covered != (hole && told) || got.Concealed != (hole && !told) {
				t.Errorf("told %v: frame %d: %+v", told, i, got)
			}
			if got.Timestamp != at+uint32(i)*audio.FrameSamples || !got.Timed {
				t.Errorf("frame %d is dated %d", i, got.Timestamp-at)
			}
			if i >= 4 {
				for _, v := range f {
					loud = max(loud, v, -v)
				}
			}
		}
		if made := loud > 2000; made == told {
			t.Errorf("told %v: the hole is as loud as %d", told, loud)
		}
	}
}

// TestTooDeep: a machine that misses ticks leaves audio behind. What is beyond
// any use as a reserve is skipped, a frame at a time, and never on suspicion.
func TestTooDeep(t *testing.T) {
	for _, hold := range []bool{false, true} {
		b := jitter.New(audio.MuLaw, 1)
		now := time.Unix(1000, 0)
		var quiet [audio.FrameSamples]byte
		var f audio.Frame
		for i := range 40 { // 800 ms at once
			b.Insert(uint32(i)*audio.FrameSamples, quiet[:], now)
		}
		for i := range 100 {
			b.Insert(uint32(40+i)*audio.FrameSamples, quiet[:], now)
			now = now.Add(audio.FrameDuration)
			ahead := b.Pop(&f, now, hold, false).Ahead
			if i == 99 && (ahead > 14*audio.FrameSamples) != hold {
				t.Errorf("hold %v: %d ms behind", hold, ahead/8)
			}
		}
	}
}
