package jitter_test

import (
	"testing"
	"time"

	"tonegate/internal/audio"
	"tonegate/internal/jitter"
)

// TestForgottenAudioIsNotRepeated: a loss soon after audio that must not come
// back is silent, and says so, and so is its fade into the next frame; once enough
// has come to repeat, it is repeated again.
func TestForgottenAudioIsNotRepeated(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	now := time.Unix(0, 0)
	next := uint32(0)
	step := func(code byte, lost bool) (audio.Frame, jitter.Frame) {
		if !lost {
			p := make([]byte, audio.FrameSamples)
			for i := range p {
				p[i] = code
			}
			b.Insert(next, p, now)
		}
		next += audio.FrameSamples
		var f audio.Frame
		how := b.Pop(&f, now, true, false)
		now = now.Add(audio.FrameDuration)
		return f, how
	}
	const secret, quiet = 0x90, 0xF0
	loudest := func(f audio.Frame) (most int16) {
		for _, v := range f {
			most = max(most, v, -v)
		}
		return most
	}
	limit := audio.MuLaw.DecodeSample(quiet)
	for range 4 {
		step(secret, false)
	}
	step(quiet, false)
	b.ForgetBefore(audio.FrameSamples)
	f, how := step(0, true)
	if !how.Concealed || !how.Blank || loudest(f) != 0 {
		t.Errorf("%+v, as loud as %d", how, loudest(f))
	}
	if f, _ := step(quiet, false); loudest(f) > limit {
		t.Errorf("what was forgotten reaches into the next frame: %d", loudest(f))
	}
	for range 3 {
		step(quiet, false)
	}
	if f, how := step(0, true); how.Blank || loudest(f) == 0 {
		t.Errorf("%+v: nothing is repeated although there is enough", how)
	}

	// Without being told to forget, it repeats what it is told to forget above.
	for range 4 {
		step(secret, false)
	}
	step(quiet, false)
	if f, how := step(0, true); how.Blank || loudest(f) <= limit {
		t.Errorf("control: %+v, as loud as %d", how, loudest(f))
	}
}
