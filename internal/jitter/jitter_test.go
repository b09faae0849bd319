package jitter_test

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tonegate/internal/audio"
	"tonegate/internal/jitter"
)

const ms = time.Millisecond

// arrival is a packet on its way to a buffer.
type arrival struct {
	at      time.Duration
	ts      uint32
	payload []byte
}

// fataler is a test, or a property's.
type fataler interface {
	Fatalf(format string, args ...any)
}

// payloadOf numbers frames so that each can be told: every sample of frame n
// has the code n.
func payloadOf(n int) []byte {
	p := make([]byte, audio.FrameSamples)
	for i := range p {
		p[i] = byte(n%100) + 0x80 // decodes to distinct positive values
	}
	return p
}

const firstTS = math.MaxUint32 - 1000 // wraps around early

// sequence is n packets, the k-th sent at k·20 ms and delayed by delay(k).
func sequence(n int, delay func(k int) time.Duration) (all []arrival) {
	for k := range n {
		if d := delay(k); d >= 0 {
			all = append(all, arrival{time.Duration(k)*audio.FrameDuration + d, firstTS + uint32(k*audio.FrameSamples), payloadOf(k)})
		}
	}
	slices.SortStableFunc(all, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	return all
}

// play runs a buffer over arrivals with a tick every 20 ms, and returns what
// each tick played: the frame's number, or -1 for a frame that was made up.
func play(t fataler, b *jitter.Buffer, all []arrival, ticks int, hold func(tick int) bool) (played []int) {
	start := time.Unix(1_000_000, 0)
	phase := 7 * ms // the tick's grid is not the sender's
	for n := range ticks {
		now := start.Add(time.Duration(n)*audio.FrameDuration + phase)
		for len(all) > 0 && !start.Add(all[0].at).After(now) {
			b.Insert(all[0].ts, all[0].payload, start.Add(all[0].at))
			all = all[1:]
		}
		var f audio.Frame
		got := b.Pop(&f, now, hold != nil && hold(n), false)
		if got.Concealed || got.Silent {
			played = append(played, -1)
			continue
		}
		played = append(played, number(t, f))
	}
	return played
}

func number(t fataler, f audio.Frame) int {
	code := audio.MuLaw.EncodeSample(f[audio.FrameSamples-1])
	if code < 0x80 {
		t.Fatalf("sample %d belongs to no frame", f[0])
	}
	return int(code - 0x80)
}

// real drops made-up frames.
func real(played []int) (out []int) {
	for _, n := range played {
		if n >= 0 {
			out = append(out, n)
		}
	}
	return out
}

func TestPerfectNetworkPlaysEverythingAtOnce(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	played := real(play(t, b, sequence(90, func(int) time.Duration { return 0 }), 90, nil))
	if len(played) != 90 {
		t.Fatalf("%d frames of 90", len(played))
	}
	for i, n := range played {
		if n != i {
			t.Fatalf("frame %d was played as number %d", n, i)
		}
	}
	if s := b.Stats(); s.Concealed+s.Inserted+s.Skipped+s.Late+s.Resets != 0 {
		t.Errorf("%+v", s)
	}
}

func TestReorderAndDuplicates(t *testing.T) {
	all := sequence(90, func(k int) time.Duration {
		if k == 0 {
			return 0
		}
		if k < 10 {
			return 45 * ms // the delay grows to this, and stays
		}
		return time.Duration(k%3) * 15 * ms
	})
	all = append(all, all...)
	slices.SortStableFunc(all, func(a, b arrival) int { return cmp.Compare(a.at, b.at) })
	b := jitter.New(audio.MuLaw, 1)
	played := real(play(t, b, all, 95, nil))
	if !slices.IsSorted(played) {
		t.Error("frames came out of order")
	}
	late := played[slices.IndexFunc(played, func(n int) bool { return n > 20 }):]
	for i := 1; i < len(late); i++ {
		if late[i] != late[i-1]+1 {
			t.Errorf("frame %d follows %d", late[i], late[i-1])
		}
	}
	if s := b.Stats(); s.Duplicate < 80 {
		t.Errorf("%d duplicates were noticed", s.Duplicate)
	}
}

func TestLossIsConcealedAndFadesOut(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	start := time.Unix(0, 0)
	var levels []float64
	for n := range 60 {
		now := start.Add(time.Duration(n) * audio.FrameDuration)
		if n < 40 {
			b.Insert(uint32(n*160), voiced(n), now)
		}
		var f audio.Frame
		got := b.Pop(&f, now, false, false)
		if want := n >= 40 && n < 43; got.Concealed != want {
			t.Errorf("frame %d: concealed %v", n, got.Concealed)
		}
		levels = append(levels, audio.LevelDBm0(f[:]))
	}
	if d := levels[40] - levels[39]; math.Abs(d) > 3 {
		t.Errorf("the first lost frame differs by %.1f dB", d)
	}
	if levels[41] >= levels[40] || levels[43] > -50 {
		t.Errorf("concealment does not fade: %.1f, %.1f, %.1f, %.1f dBm0", levels[40], levels[41], levels[42], levels[43])
	}
}

// voiced is a frame of a steady pitch of 100 Hz with harmonics.
func voiced(n int) []byte {
	p := make([]byte, audio.FrameSamples)
	for i := range p {
		t := 2 * math.Pi * 100 * float64(n*audio.FrameSamples+i) / audio.SampleRate
		p[i] = audio.MuLaw.EncodeSample(int16(4000*math.Sin(t) + 2500*math.Sin(3*t+1) + 1500*math.Sin(7*t+2)))
	}
	return p
}

// TestConcealmentContinuesThePitch: a single lost frame of a periodic signal is
// made up nearly exactly.
func TestConcealmentContinuesThePitch(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	var noise, signal float64
	for n := range 50 {
		now := time.Unix(0, int64(n)*int64(audio.FrameDuration))
		if n != 40 {
			b.Insert(uint32(n*160), voiced(n), now)
		}
		var f, want audio.Frame
		b.Pop(&f, now, false, false)
		audio.MuLaw.Decode(want[:], voiced(n))
		if n == 40 {
			for i := range 80 {
				d := float64(f[i]) - float64(want[i])
				noise += d * d
				signal += float64(want[i]) * float64(want[i])
			}
		}
	}
	if snr := 10 * math.Log10(signal/noise); snr < 15 {
		t.Errorf("the concealed frame is %.1f dB from the lost one", snr)
	}
}

// TestEventHoleIsNoLoss: an endpoint that sends an event in place of audio has
// lost nothing.
func TestEventHoleIsNoLoss(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	for n := range 60 {
		now := time.Unix(0, int64(n)*int64(audio.FrameDuration))
		event := n >= 30 && n < 37
		if !event {
			b.Insert(uint32(n*160), payloadOf(n), now)
		}
		var f audio.Frame
		got := b.Pop(&f, now, event, event)
		switch {
		case got.Concealed:
			t.Errorf("frame %d was concealed", n)
		case event && (!got.Silent || audio.LevelDBm0(f[:]) > -50):
			t.Errorf("frame %d of the hole is no comfort noise", n)
		case !event && number(t, f) != n%100:
			t.Errorf("frame %d was played as %d", number(t, f), n)
		}
	}
	if s := b.Stats(); s.Filled != 7 || s.Concealed != 0 {
		t.Errorf("%+v", s)
	}
}

// TestAdaptsToJitter: under 30 ms of jitter at most 1 % of frames are concealed
// once the delay has settled, and the delay comes back when the jitter goes.
func TestAdaptsToJitter(t *testing.T) {
	for seed := range uint64(5) {
		rng := rand.New(rand.NewPCG(seed, 0))
		const n, calmFrom = 6000, 5000
		b := jitter.New(audio.MuLaw, 1)
		all := sequence(n, func(k int) time.Duration {
			if k < calmFrom {
				return time.Duration(rng.Float64() * float64(30*ms))
			}
			return 0
		})
		played := play(t, b, all, n, nil)
		concealed := 0
		for _, f := range played[500:calmFrom] {
			if f < 0 {
				concealed++
			}
		}
		if share := float64(concealed) / (calmFrom - 500); share > 0.01 {
			t.Errorf("seed %d: %.2f %% concealed", seed, 100*share)
		}
		if s := b.Stats(); s.Skipped == 0 {
			t.Errorf("seed %d: the delay does not come back: %+v", seed, s)
		}
	}
}

func TestNewTimeBase(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	var all []arrival
	for k := range 40 {
		ts := uint32(k * 160)
		if k >= 20 {
			ts += 5_000_000
		}
		all = append(all, arrival{time.Duration(k) * audio.FrameDuration, ts, payloadOf(k)})
	}
	played := real(play(t, b, all, 42, nil))
	if len(played) != 40 || b.Stats().Resets != 1 {
		t.Errorf("%d of 40 frames, %+v", len(played), b.Stats())
	}
}

func TestOtherPacketTimes(t *testing.T) {
	for _, samples := range []int{80, 240, 320, 480} {
		t.Run(fmt.Sprintf("%dms", samples/8), func(t *testing.T) {
			b := jitter.New(audio.MuLaw, 1)
			var heard []int16
			start := time.Unix(0, 0)
			const total = 9600
			for at := 0; at < total; at += 80 {
				now := start.Add(time.Duration(at) * time.Second / audio.SampleRate)
				if at%samples == 0 {
					p := make([]byte, samples)
					for i := range p {
						p[i] = codeAt(at + i)
					}
					b.Insert(uint32(at), p, now)
				}
				if at%160 == 0 {
					var f audio.Frame
					b.Pop(&f, now, false, false)
					heard = append(heard, f[:]...)
				}
			}
			// The samples come out in order, a constant time after they went in.
			shift := 0
			for ; shift < 2000 && !follows(heard, shift); shift += 80 {
			}
			if shift == 2000 {
				t.Error("the audio does not come out whole")
			}
			if s := b.Stats(); s.Concealed > 6 {
				t.Errorf("%+v", s)
			}
		})
	}
}

// codeAt is a signal that repeats only after 840 samples.
func codeAt(i int) byte { return byte(i/7%120) + 0x80 }

// follows reports whether the middle of heard is the signal, shift samples late.
func follows(heard []int16, shift int) bool {
	for i := 4800; i < 8000; i++ {
		if heard[i] != audio.MuLaw.DecodeSample(codeAt(i-shift)) {
			return false
		}
	}
	return true
}

// TestAnythingGoes: no order, length or timing of packets makes the buffer fail
// or play a frame twice.
func TestAnythingGoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		b := jitter.New(audio.MuLaw, 1)
		now := time.Unix(1000, 0)
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			switch rapid.IntRange(0, 3).Draw(t, "what") {
			case 0, 1:
				p := make([]byte, rapid.IntRange(0, 9000).Draw(t, "bytes"))
				ts := rapid.Uint32().Draw(t, "timestamp")
				if rapid.Bool().Draw(t, "near") {
					ts %= 20_000
				}
				b.Insert(ts, p, now.Add(time.Duration(rapid.Int64Range(-1e9, 1e9).Draw(t, "arrived"))))
			case 2:
				var f audio.Frame
				b.Pop(&f, now, rapid.Bool().Draw(t, "hold"), rapid.Bool().Draw(t, "event"))
			case 3:
				now = now.Add(time.Duration(rapid.Int64Range(0, 1e9).Draw(t, "passes")))
			}
		}
	})
}

func TestNothingAllocates(t *testing.T) {
	b := jitter.New(audio.MuLaw, 1)
	p, n, now := payloadOf(1), 0, time.Unix(0, 0)
	var f audio.Frame
	if got := testing.AllocsPerRun(500, func() {
		if n%10 != 0 {
			b.Insert(uint32(n*160), p, now)
		}
		b.Pop(&f, now, false, false)
		n++
		now = now.Add(audio.FrameDuration)
	}); got != 0 {
		t.Errorf("%v allocations", got)
	}
}

func BenchmarkInsertAndPop(b *testing.B) {
	buf := jitter.New(audio.MuLaw, 1)
	p, n, now := payloadOf(1), 0, time.Unix(0, 0)
	var f audio.Frame
	for b.Loop() {
		buf.Insert(uint32(n*160), p, now)
		buf.Pop(&f, now, false, false)
		n++
		now = now.Add(audio.FrameDuration)
	}
}
