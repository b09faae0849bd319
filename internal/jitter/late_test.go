package jitter_test

import (
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tonegate/internal/audio"
	"tonegate/internal/jitter"
)

func always(int) bool { return true }

// stalled are n packets of a network that stands still for d, and then delivers what
// waits all at once.
func stalled(n int, at, d time.Duration) []arrival {
	return sequence(n, func(k int) time.Duration {
		sent := time.Duration(k) * audio.FrameDuration
		if sent < at {
			return 0
		}
		return max(0, at+d-sent)
	})
}

// consecutive reports whether all frames from the first on were played, each once.
func consecutive(played []int) bool {
	for i := 1; i < len(played); i++ {
		if played[i] != (played[i-1]+1)%100 {
			return false
		}
	}
	return true
}

// TestLateIsNotLost: what a network that stood still brings late is played all the
// same, a tone as whole as it was sent. What is made up meanwhile takes none of it.
func TestLateIsNotLost(t *testing.T) {
	for _, d := range []time.Duration{10 * ms, 20 * ms, 60 * ms, 100 * ms, 200 * ms} {
		for _, hold := range []func(int) bool{nil, always} {
			b := jitter.New(audio.MuLaw, 1)
			played := play(t, b, stalled(200, 1000*ms, d), 190, hold)
			if got := real(played); !consecutive(got) || got[0] != 0 {
				t.Errorf("%v: not every frame was played: %v", d, got)
			}
			s := b.Stats()
			frames := uint64((d + audio.FrameDuration/2) / audio.FrameDuration)
			if s.Concealed != min(frames, 3) || s.Late > 0 || s.Inserted != frames {
				t.Errorf("%v: %+v", d, s)
			}
		}
	}
}

// TestDelayComesBack: what one long delay made the playout wait for is gone ten
// seconds later.
func TestDelayComesBack(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	play(t, b, stalled(700, 1000*ms, 100*ms), 699, nil)
	if s := b.Stats(); s.Inserted != 5 || s.Skipped < 4 || s.Skipped > 5 {
		t.Errorf("%+v", s)
	}
}

// TestDelayComesBackAsFarAsPacketsDiffer: packets that come some milliseconds before
// their tick and were late once come back to that on a network that has been still
// since; where they differ by more than is left, they do not.
func TestDelayComesBackAsFarAsPacketsDiffer(t *testing.T) {
	for _, c := range []struct {
		slack, differ time.Duration
		back          bool
	}{{4 * ms, 0, true}, {4 * ms, 3 * ms, false}, {6 * ms, 2 * ms, true}, {2 * ms, 0, false}, {7 * ms, 1 * ms, true}, {7 * ms, 4 * ms, false}} {
		late := sequence(1000, func(k int) time.Duration {
			d := 7*ms - c.slack // play ticks 7 ms after what is sent in time
			if k%7 == 0 {
				d += c.differ
			}
			if k == 100 {
				d += 8 * ms
			}
			return d
		})
		b := jitter.New(audio.MuLaw, 1)
		played := play(t, b, late, 1000, nil)
		if s := b.Stats(); s.Inserted != 1 || (s.Skipped == 1) != c.back {
			t.Errorf("%v before the tick, %v between packets: %+v", c.slack, c.differ, s)
		}
		if last := played[990]; last != (990-int(b.Stats().Inserted-b.Stats().Skipped))%100 {
			t.Errorf("%v before the tick: %d is played at tick 990", c.slack, last)
		}
	}
}

// TestDelayDoesNotSwing: where now and then a packet is late by more than was left, the
// delay comes back once and then stays.
func TestDelayDoesNotSwing(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	play(t, b, sequence(5000, func(k int) time.Duration {
		if k%500 == 100 {
			return 8 * ms
		}
		return 3 * ms // 4 ms before its tick
	}), 5000, nil)
	if s := b.Stats(); s.Inserted != 2 || s.Skipped != 1 {
		t.Errorf("%+v", s)
	}
}

// TestLostIsNotWaitedFor: a packet that is lost takes the time that it would have, as
// soon as the next one tells; the delay stays.
func TestLostIsNotWaitedFor(t *testing.T) {
	for _, lost := range []int{1, 2, 5, 11} {
		b := jitter.New(audio.MuLaw, 1)
		played := play(t, b, sequence(90, func(k int) time.Duration {
			if k >= 40 && k < 40+lost {
				return -1
			}
			return 0
		}), 90, always)
		for tick, n := range played {
			if gone := tick >= 40 && tick < 40+lost; !gone && n != tick || gone && n >= 0 {
				t.Fatalf("%d lost: at tick %d frame %d is played", lost, tick, n)
			}
		}
		if s := b.Stats(); s.Inserted != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// TestHoldForbidsMoves: while a tone may be sounding, playout does not move for packets
// that come in disorder, nor because nobody needs the delay.
func TestHoldForbidsMoves(t *testing.T) {
	late := sequence(500, func(k int) time.Duration {
		if k > 0 && k < 50 && k%5 == 0 {
			return 45 * ms // behind those that follow
		}
		return 0
	})
	for _, held := range []bool{true, false} {
		b := jitter.New(audio.MuLaw, 1)
		play(t, b, late, 500, func(tick int) bool { return held && tick > 0 })
		if s := b.Stats(); s.Late == 0 || (s.Inserted+s.Skipped == 0) != held {
			t.Errorf("held %t: %+v", held, s)
		}
	}
}

// TestDelayComesBackToATalker: the same to a source that sends nothing between its
// sentences, which is no lateness.
func TestDelayComesBackToATalker(t *testing.T) {
	for _, pause := range []int{3, 10, 50} {
		b := jitter.New(audio.MuLaw, 1)
		all := stalled(3000, 1000*ms, 200*ms)
		all = slices.DeleteFunc(all, func(a arrival) bool {
			k := int(a.ts-firstTS) / audio.FrameSamples
			return k > 100 && k%100 < pause
		})
		played := play(t, b, all, 3000, nil)
		if last := played[2990]; last != 90 {
			t.Errorf("pauses of %d frames: %d frames late, %+v", pause, 90-last, b.Stats())
		}
	}
}

// TestTimestampsBehindALoss: the frame behind a loss is dated as it was sent.
func TestTimestampsBehindALoss(t *testing.T) {
	for _, lost := range []int{1, 5, 12, 20} {
		b := jitter.New(audio.MuLaw, 1)
		for n := range 60 {
			now := time.Unix(0, int64(n)*int64(audio.FrameDuration))
			gone := n >= 30 && n < 30+lost
			if !gone {
				b.Insert(uint32(n*160), payloadOf(n), now)
			}
			var f audio.Frame
			if got := b.Pop(&f, now, true, false); !gone && got.Timestamp != uint32(n*160) {
				t.Fatalf("%d lost: frame %d is dated %d", lost, n, got.Timestamp)
			}
		}
	}
}

// TestPrompt: a source that names its keys is not waited for.
func TestPrompt(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	b.Prompt(true)
	play(t, b, stalled(100, 1000*ms, 100*ms), 99, always)
	if s := b.Stats(); s.Inserted > 0 || s.Late == 0 {
		t.Errorf("%+v", s)
	}
}

// TestSilentSource: a source that sends nothing for seconds is played as promptly
// after that as before.
func TestSilentSource(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	played := play(t, b, sequence(190, func(k int) time.Duration {
		if k >= 40 && k < 150 {
			return -1
		}
		return 0
	}), 190, always)
	for tick := 150; tick < 190; tick++ {
		if played[tick] != tick%100 {
			t.Fatalf("at tick %d frame %d is played", tick, played[tick])
		}
	}
}

// TestEventAfterAWait: an event tells that what was waited for was not to come. The
// audio behind it is played as promptly as without.
func TestEventAfterAWait(t *testing.T) {
	for _, covers := range []bool{true, false} {
		b := jitter.New(audio.MuLaw, 1)
		for n := range 60 {
			now := time.Unix(0, int64(n)*int64(audio.FrameDuration))
			hole, told := n >= 30 && n < 37, n >= 31 && n < 37 // a tick late
			if !hole {
				b.Insert(uint32(n*160), payloadOf(n), now)
			}
			if told && covers {
				b.Cover(uint32(30*160), uint32(n-29)*160)
			}
			var f audio.Frame
			got := b.Pop(&f, now, hole, told)
			if got.Concealed != (n == 30) || !hole && number(t, f) != n {
				t.Fatalf("covered %v: frame %d: %+v", covers, n, got)
			}
		}
		if s := b.Stats(); s.Inserted != 0 || s.Concealed != 1 {
			t.Errorf("%+v", s)
		}
	}
}

// TestEveryFrameOnce: whatever stalls a network has, one after the other, as long as
// it keeps the order and nothing waits for longer than 200 ms, each frame is played
// once and in its order.
func TestEveryFrameOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		const n = 90
		last := time.Duration(0)
		all := sequence(n, func(k int) time.Duration {
			sent := time.Duration(k) * audio.FrameDuration
			d := time.Duration(rapid.IntRange(0, 30).Draw(t, "delay")) * ms
			if k > 0 && rapid.IntRange(0, 12).Draw(t, "stalls") == 0 {
				d = time.Duration(rapid.IntRange(30, 200).Draw(t, "stall")) * ms
			}
			last = max(last, sent+d)
			return last - sent
		})
		b := jitter.New(audio.MuLaw, 1)
		got := real(play(t, b, all, n+20, always))
		if len(got) != n || !consecutive(got) || got[0] != 0 {
			t.Fatalf("%d of %d frames: %v", len(got), n, got)
		}
	})
}
