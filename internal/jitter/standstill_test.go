package jitter_test

import (
	"slices"
	"testing"
	"time"

	"tonegate/internal/audio"
	"tonegate/internal/jitter"
)

// TestWaitsNoLonger: what is late by more than is worth a wait is late.
func TestWaitsNoLonger(t *testing.T) {
	for _, d := range []time.Duration{300 * ms, 600 * ms, 900 * ms, 1100 * ms, 1900 * ms} {
		for _, hold := range []func(int) bool{nil, always} {
			b := jitter.New(audio.MuLaw, 1)
			got := real(play(t, b, stalled(190, 1000*ms, d), 189, hold))
			back := 50 + int(d/audio.FrameDuration) - 12 // the first that is not too late
			if s := b.Stats(); s.Inserted != 12 || s.Late == 0 || s.Concealed != 3 {
				t.Errorf("%v: %+v", d, s)
			}
			if !consecutive(got[:50]) || got[50] != back%100 || !consecutive(got[50:70]) {
				t.Errorf("%v, from frame %d on: %v", d, back, got)
			}
		}
	}
}

// TestAStoppedSourceGoesOn: a source whose clock stood still goes on where it stopped.
// However long that was, all of it is played, and as promptly as before.
func TestAStoppedSourceGoesOn(t *testing.T) {
	for _, d := range []time.Duration{100 * ms, 240 * ms, 260 * ms, 300 * ms, 600 * ms, 1100 * ms, 1900 * ms, 2500 * ms} {
		for _, hold := range []func(int) bool{nil, always} {
			b := jitter.New(audio.MuLaw, 1)
			played := play(t, b, sequence(90, func(k int) time.Duration {
				if k >= 50 {
					return d
				}
				return 0
			}), 90+int(d/audio.FrameDuration), hold)
			if got := real(played); len(got) != 90 || !consecutive(got) {
				t.Errorf("%v: %v", d, got)
			}
			if s := b.Stats(); s.Late > 0 || s.Skipped > 0 {
				t.Errorf("%v: %+v", d, s)
			}
		}
	}
}

// TestAPromptSourceComesBack: what names its keys goes on as well where it stopped; of
// what a network held back hardly anything waits.
func TestAPromptSourceComesBack(t *testing.T) {
	for _, d := range []time.Duration{300 * ms, 600 * ms, 1100 * ms, 1900 * ms} {
		b := jitter.New(audio.MuLaw, 1)
		b.Prompt(true)
		stops := sequence(90, func(k int) time.Duration {
			if k >= 50 {
				return d
			}
			return 0
		})
		if got := real(play(t, b, stops, 90+int(d/audio.FrameDuration), always)); len(got) != 90 || !consecutive(got) {
			t.Errorf("stopped for %v: %v", d, got)
		}
		b = jitter.New(audio.MuLaw, 1)
		b.Prompt(true)
		played := play(t, b, stalled(190, 1000*ms, d), 189, always)
		if last := played[188]; last < 87 || b.Stats().Late == 0 {
			t.Errorf("%v late at once: %d of 88 at the end, %+v", d, last, b.Stats())
		}
	}
}

// TestOldPacketsMoveNothing: what was held up somewhere does not move the playout back, if
// anything is there that was sent after it: neither while that is played, nor behind a
// silence, nor when it comes behind a standstill in disorder.
func TestOldPacketsMoveNothing(t *testing.T) {
	for name, c := range map[string]struct {
		late   time.Duration // of the 40th packet
		paused int           // packets behind the 41st
	}{"while others are played": {700 * ms, 0}, "behind a silence": {400 * ms, 40}, "within it": {700 * ms, 40}} {
		b := jitter.New(audio.MuLaw, 1)
		played := play(t, b, sequence(95, func(k int) time.Duration {
			switch {
			case k == 40:
				return c.late
			case k > 41 && k <= 41+c.paused:
				return -1
			}
			return 0
		}), 95, always)
		if s := b.Stats(); played[94] != 94 || s.Late != 1 || s.Resets > 0 || slices.Contains(played, 40) {
			t.Errorf("%s: %+v: %v", name, s, played)
		}
	}
	for _, first := range []int{62, 66, 69} { // of 50 to 69, which come at once
		b := jitter.New(audio.MuLaw, 1)
		played := play(t, b, sequence(95, func(k int) time.Duration {
			switch {
			case k == first:
				return time.Duration(70-k)*audio.FrameDuration - ms
			case k >= 50 && k < 70:
				return time.Duration(70-k) * audio.FrameDuration
			}
			return 0
		}), 95, always)
		if got := real(played); !slices.Contains(got, first) || !slices.IsSorted(got) {
			t.Errorf("frame %d came first behind a standstill: %+v, %v", first, b.Stats(), got)
		}
	}
}

// TestAnew: the first frame of each new time base says so, and the first behind a
// standstill, with what is lost besides; a frame that is made up before it does not.
func TestAnew(t *testing.T) {
	const lost, stood = 2, 60
	b := jitter.New(audio.MuLaw, 1)
	now, tick := time.Unix(1000, 0), 0
	insert := func(n int) { b.Insert(uint32(n*160), payloadOf(n), now.Add(ms)) }
	pop := func() jitter.Frame {
		var f audio.Frame
		now, tick = now.Add(audio.FrameDuration), tick+1
		return b.Pop(&f, now, false, false)
	}
	for n := range 50 {
		insert(n)
		if f := pop(); f.Anew != (n == 0) {
			t.Fatalf("at tick %d: %+v", n, f)
		}
	}
	for range stood {
		if f := pop(); f.Anew {
			t.Fatalf("in a standstill: %+v", f)
		}
	}
	insert(50 + lost + 1)
	insert(50 + lost) // in disorder, so that a frame is made up first
	if f := pop(); f.Anew || !f.Concealed || f.Back > 0 {
		t.Errorf("made up behind a standstill: %+v", f)
	}
	if f := pop(); !f.Anew || f.Back != (stood-12)*160 || f.Passed != (lost+1)*160 {
		t.Errorf("behind a standstill: %+v", f)
	}
	if f := pop(); f.Anew || f.Back > 0 {
		t.Errorf("after that: %+v", f)
	}
	insert(5000)
	if f := pop(); !f.Anew || f.Back > 0 {
		t.Errorf("far ahead: %+v", f)
	}
	insert(100)
	if f := pop(); !f.Anew || f.Back > 0 {
		t.Errorf("far back: %+v", f)
	}
}

// TestBackNoFurtherThanItWasSilent: a source that jumps back further than it can have
// stood still did not stand still for as long.
func TestBackNoFurtherThanItWasSilent(t *testing.T) {
	for _, silent := range []int{0, 5, 50, 500} {
		for _, jumps := range []uint32{700, 2000, 5000} { // frames
			b := jitter.New(audio.MuLaw, 1)
			back, last := int32(0), 0
			for n := range 620 {
				now := time.Unix(0, int64(n)*int64(audio.FrameDuration))
				switch {
				case n < 50:
					b.Insert(uint32(n*160), payloadOf(n), now)
				case n >= 50+silent:
					b.Insert(uint32(n*160)-jumps*160, payloadOf(n), now)
				}
				var f audio.Frame
				got := b.Pop(&f, now, false, false)
				if back += got.Back; got.Back > 0 {
					last = n
				}
			}
			if most := max(0, silent-12) * 160; back > int32(most) || last > 50+silent {
				t.Errorf("silent for %d frames, %d back: back by %d samples, last at tick %d", silent, jumps, back, last)
			}
		}
	}
}

// TestTimestampsBehindAStandstill: the frame behind one is dated as it was sent, and says
// by how much the playout went back, and what was dropped.
func TestTimestampsBehindAStandstill(t *testing.T) {
	for _, prompt := range []bool{false, true} {
		for _, c := range []struct{ stood, stops int }{{20, 20}, {60, 60}, {120, 120}, {20, 0}, {60, 0}, {120, 0}} {
			b := jitter.New(audio.MuLaw, 1)
			b.Prompt(prompt)
			sent, back, passed := 0, int32(0), int32(0)
			for n := range 200 {
				now := time.Unix(0, int64(n)*int64(audio.FrameDuration))
				for n < 30 || n >= 30+c.stood {
					b.Insert(uint32(sent*160), payloadOf(sent), now)
					if sent++; sent > n-c.stops {
						break
					}
				}
				at := uint32(0)
				var f audio.Frame
				got := b.Pop(&f, now, true, false)
				back, passed = back+got.Back, passed+got.Passed
				if got.Concealed || got.Silent {
					continue
				}
				at = uint32(number(t, f) * 160)
				if got.Timestamp%16000 != at {
					t.Fatalf("%+v, prompt %t: at tick %d frame %d is dated %d", c, prompt, n, at/160, got.Timestamp/160)
				}
			}
			if net := back - passed; back == 0 || c.stops > 0 && passed > 0 || c.stops == 0 && net > 40*160 {
				t.Errorf("%+v, prompt %t: back by %d, %d passed", c, prompt, back, passed)
			}
		}
	}
}
