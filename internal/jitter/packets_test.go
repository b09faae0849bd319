package jitter_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tonegate/internal/audio"
	"tonegate/internal/jitter"
)

// TestLawOfWhatWaits: what was received in one law is played in it, though packets
// come in another meanwhile.
func TestLawOfWhatWaits(t *testing.T) {
	b, now := jitter.New(audio.MuLaw, 1), time.Unix(0, 0)
	var f audio.Frame
	payload := make([]byte, audio.FrameSamples)
	for n, law := range []audio.Law{audio.MuLaw, audio.ALaw, audio.MuLaw} {
		for i := range payload {
			payload[i] = law.EncodeSample(int16(1000 * (n + 1)))
		}
		b.SetLaw(law)
		b.Insert(uint32(n*audio.FrameSamples), payload, now)
	}
	for n, law := range []audio.Law{audio.MuLaw, audio.ALaw, audio.MuLaw} {
		b.Pop(&f, now, true, false)
		if wanted := law.DecodeSample(law.EncodeSample(int16(1000 * (n + 1)))); f[0] != wanted || f[159] != wanted {
			t.Errorf("frame %d: %d to %d, not %d", n, f[0], f[159], wanted)
		}
	}
}

// TestWholePacketsAndSamples: packets are taken whole where they can be, and what is
// played is what came, wherever in the ring and in the numbers it lies.
func TestWholePacketsAndSamples(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b, now := jitter.New(audio.MuLaw, 1), time.Unix(0, 0)
		first := rapid.SampledFrom([]uint32{0, 8192 - 3*160, 1<<32 - 5*160, 7777}).Draw(t, "first")
		sent := map[uint32]int16{}
		put := func(at uint32, n int) {
			law := rapid.SampledFrom([]audio.Law{audio.MuLaw, audio.MuLaw, audio.ALaw}).Draw(t, "law")
			payload := make([]byte, n)
			for i := range payload {
				payload[i] = byte(rapid.IntRange(0, 255).Draw(t, "code"))
				if _, there := sent[at+uint32(i)]; !there {
					sent[at+uint32(i)] = law.DecodeSample(payload[i])
				}
			}
			b.SetLaw(law)
			b.Insert(at, payload, now)
		}
		put(first, 160)
		next, played := first+160, first
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			switch rapid.IntRange(0, 5).Draw(t, "step") {
			case 0: // an event, which is said to be longer than it was
				b.Cover(next, uint32(rapid.IntRange(1, 200).Draw(t, "covered")))
			case 1: // something twice, or in part
				put(next-uint32(rapid.IntRange(1, min(160, int(next-played))).Draw(t, "back")), 40)
			}
			n := rapid.SampledFrom([]int{160, 160, 80, 240}).Draw(t, "samples")
			put(next, n)
			next += uint32(n)
			for next-played >= 320 {
				var f audio.Frame
				info := b.Pop(&f, now, true, false)
				if info.Concealed || info.Silent || info.Covered || info.Timestamp != played {
					t.Fatalf("a frame that came is %+v", info)
				}
				for i, v := range f {
					if wanted := sent[played+uint32(i)]; v != wanted {
						t.Fatalf("sample %d is %d, not %d", played+uint32(i), v, wanted)
					}
				}
				played += 160
				now = now.Add(audio.FrameDuration)
			}
		}
	})
}

// TestFarBackBeforePlayout: before anything was played, a packet from before the first
// one makes playout begin with it, but not so far back that what is there already would
// come round in its place.
func TestFarBackBeforePlayout(t *testing.T) {
	for _, back := range []uint32{160, 6400, 8320, 15200} {
		b, now := jitter.New(audio.MuLaw, 1), time.Unix(0, 0)
		say := func(at uint32, level int16) {
			payload := make([]byte, audio.FrameSamples)
			for i := range payload {
				payload[i] = audio.MuLaw.EncodeSample(level)
			}
			b.Insert(at, payload, now)
		}
		say(20000, 1000)
		say(20000-back, 2000)
		var f audio.Frame
		b.Pop(&f, now, true, false)
		if wanted := audio.MuLaw.DecodeSample(audio.MuLaw.EncodeSample(2000)); f[0] != wanted {
			t.Errorf("%d samples back: %d is played first, not %d", back, f[0], wanted)
		}
		// What follows is silence until the first packet's own time, or for ever.
		for at := uint32(160); at < back; at += 160 {
			b.Pop(&f, now.Add(time.Duration(at/8)*time.Millisecond), true, false)
			if f[159] > 900 && at > 800 {
				t.Fatalf("%d samples back: the first packet plays %d samples early", back, back-at)
			}
		}
	}
}
