package jitter

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"tonegate/internal/audio"
)

// TestNearIsFar: what is heard does not depend on which of its two memories a buffer
// uses, whatever comes and whenever, and what lies outside of what may be played is
// zero in both.
func TestNearIsFar(t *testing.T) {
	grown, gaveBack := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		one, far := New(audio.MuLaw, 1), New(audio.MuLaw, 1)
		each := func(f func(b *Buffer)) {
			far.ring.reach(far.play, farSamples)
			before := one.ring.far != nil
			f(one)
			f(far)
			switch after := one.ring.far != nil; {
			case after && !before:
				grown++
			case before && !after:
				gaveBack++
			}
		}
		now := time.Unix(0, 0)
		next := rapid.SampledFrom([]uint32{0, 1<<32 - 700, 8192 - 160, 4321}).Draw(t, "first")
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch step := rapid.IntRange(0, 9).Draw(t, "step"); step {
			case 0, 1, 2, 3, 4: // a packet, sometimes out of place
				at := next + uint32(rapid.SampledFrom([]int{0, 0, 0, 0, 160, -160, 80, -1000, 900, 1500, 5000}).Draw(t, "off"))
				payload := make([]byte, rapid.SampledFrom([]int{160, 160, 160, 80, 480}).Draw(t, "samples"))
				for i := range payload {
					payload[i] = byte(int(at)+i) | 1
				}
				each(func(b *Buffer) { b.Insert(at, payload, now) })
				next += uint32(len(payload))
			case 5:
				back, samples := uint32(rapid.IntRange(0, 400).Draw(t, "back")), uint32(rapid.IntRange(1, 3000).Draw(t, "event"))
				each(func(b *Buffer) { b.Cover(next-back, samples) })
			case 6: // nothing comes for a while
				next += uint32(rapid.SampledFrom([]int{160, 480, 3000}).Draw(t, "lost"))
			default:
				for range rapid.IntRange(1, 8).Draw(t, "ticks") {
					var frames [2]audio.Frame
					var how []Frame
					hold, event := rapid.Bool().Draw(t, "hold"), rapid.IntRange(0, 9).Draw(t, "event") == 0
					now = now.Add(audio.FrameDuration)
					each(func(b *Buffer) { how = append(how, b.Pop(&frames[len(how)], now, hold, event)) })
					if how[0] != how[1] || frames[0] != frames[1] {
						t.Fatalf("%+v and %+v", how[0], how[1])
					}
				}
			}
			if one.Stats() != far.Stats() || one.play != far.play || one.end != far.end {
				t.Fatalf("%+v and %+v", one.Stats(), far.Stats())
			}
			clean(t, one)
			clean(t, far)
		}
		each(func(b *Buffer) { b.Wipe() })
		if *one != (Buffer{}) {
			t.Error("something is left of a buffer")
		}
	})
	if grown == 0 || gaveBack == 0 {
		t.Errorf("%d times more memory was taken, %d times given back", grown, gaveBack)
	}
}

// clean: a sample that was played is nowhere any more.
func clean(t *rapid.T, b *Buffer) {
	r := &b.ring
	if r.far != nil && r.near != [nearSamples]entry{} {
		t.Fatal("what has moved is still where it was")
	}
	all := r.all()
	for i := range len(all) {
		if at := b.play + uint32(i); r.place(at).slot() >= received && int32(b.end-at) <= 0 {
			t.Fatalf("sample %d, of %d up to %d, is there", at, b.play, b.end)
		}
	}
}

// TestMemoryGivenBackIsZero: what a buffer took for a while does not keep its audio,
// and a new time base takes no other.
func TestMemoryGivenBackIsZero(t *testing.T) {
	payload := make([]byte, audio.FrameSamples)
	for i := range payload {
		payload[i] = 0x9a
	}
	for name, end := range map[string]func(b *Buffer){
		"wiped": (*Buffer).Wipe,
		"reset": (*Buffer).Reset,
		"played": func(b *Buffer) {
			var f audio.Frame
			for range 20 {
				b.Pop(&f, time.Unix(0, 0), true, false)
			}
		},
	} {
		b := New(audio.MuLaw, 1)
		for i := range uint32(10) {
			b.Insert(i*audio.FrameSamples, payload, time.Unix(0, 0))
		}
		taken := b.ring.far
		if taken == nil {
			t.Fatal("200 ms take no further memory")
		}
		if end(b); *taken != [farSamples]entry{} {
			t.Errorf("%s: the memory is not zero", name)
		}
		if kept := b.ring.far == taken; kept != (name == "reset") {
			t.Errorf("%s: the memory is kept: %v", name, kept)
		}
	}
}
