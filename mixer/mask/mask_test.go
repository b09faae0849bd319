package mask

import (
	"testing"

	"pgregory.net/rapid"

	"tonegate/dtmf"
	"tonegate/internal/audio"
)

// quiet returns evidence about a frame of silence, the least suspicious there
// is.
func quiet() dtmf.Evidence {
	return dtmf.NewDetector().Process(&audio.Frame{}, dtmf.Reception{})
}

// event returns evidence about a frame during a named event: all of it masked.
func event(t *testing.T) dtmf.Evidence {
	t.Helper()
	r := dtmf.NewEventReceiver(audio.SampleRate)
	if err := r.Receive(dtmf.EventPacket{Timestamp: 1, Marker: true, Payload: []byte{5, 10, 0, 160}}); err != nil {
		t.Fatal(err)
	}
	ev := dtmf.NewDetector().Process(&audio.Frame{}, dtmf.Reception{Event: r.Tick()})
	if len(ev.Spans()) == 0 {
		t.Fatal("an event in progress gives no span")
	}
	return ev
}

// ramp numbers samples, so that an original can be told from a replacement.
func ramp(n int) (f audio.Frame) {
	for i := range f {
		f[i] = int16(10_000 + (n*audio.FrameSamples+i)%20_000)
	}
	return f
}

func push(g *Gate, p Policy, n int, ev dtmf.Evidence) Gated {
	f := ramp(n)
	return g.Push(p, &f, ev)
}

// originals counts samples of the ramp in a frame: replacements are far below.
func originals(f Gated) (n int) {
	for _, v := range f.gated {
		if v >= 10_000 {
			n++
		}
	}
	return n
}

func TestZeroValuesFailClosed(t *testing.T) {
	g := NewGate(1)
	for n := range 5 {
		if got := originals(push(g, Policy{}, n, quiet())); got != 0 {
			t.Fatalf("the zero policy let %d samples through", got)
		}
	}
	g = NewGate(1)
	for n := range 5 {
		if got := originals(push(g, Policy{Mode: Strip}, n, dtmf.Evidence{})); got != 0 {
			t.Fatalf("evidence that nobody gave let %d samples through", got)
		}
	}
	g = NewGate(1)
	for n := range 5 {
		if got := originals(push(g, Policy{Mode: Mode(77)}, n, quiet())); got != 0 {
			t.Fatalf("an unknown mode let %d samples through", got)
		}
	}
	if (AgentMix{}).Samples() != (audio.Frame{}) || ForAgent().Samples() != (audio.Frame{}) {
		t.Error("the zero mix is not silence")
	}
}

// TestDoubtMasksTheDelayLine: unexamined evidence also masks what the delay line
// still holds.
func TestDoubtMasksTheDelayLine(t *testing.T) {
	g := NewGate(1)
	push(g, Policy{Mode: Strip}, 0, quiet())
	if got := originals(push(g, Policy{Mode: Strip}, 1, dtmf.Evidence{})); got != 0 {
		t.Errorf("%d samples of the delay line came out", got)
	}
}

func TestDelayIsConstantAndAudioUntouched(t *testing.T) {
	g := NewGate(1)
	var sent, heard []int16
	for n := range 20 {
		f := ramp(n)
		out := g.Push(Policy{Mode: Strip}, &f, quiet())
		sent, heard = append(sent, f[:]...), append(heard, out.gated[:]...)
	}
	// The line starts masked, and that mask lasts a whole quantum.
	for i := Quantum; i < len(heard); i++ {
		if heard[i] != sent[i-dtmf.LookAhead] {
			t.Fatalf("sample %d is %d, not %d", i, heard[i], sent[i-dtmf.LookAhead])
		}
	}
}

// TestModeChangeReleasesNothing: what entered under mute stays masked when the
// mode becomes strip, and what entered under strip is masked by a change to
// mute.
func TestModeChangeReleasesNothing(t *testing.T) {
	g := NewGate(1)
	push(g, Policy{Mode: Mute}, 0, quiet())
	out := push(g, Policy{Mode: Strip}, 1, quiet())
	for i := range dtmf.LookAhead {
		if out.gated[i] >= 10_000 {
			t.Fatalf("sample %d entered under mute and came out", i)
		}
	}
	g = NewGate(1)
	for n := range 3 {
		push(g, Policy{Mode: Strip}, n, quiet())
	}
	if got := originals(push(g, Policy{Mode: Mute}, 3, quiet())); got != 0 {
		t.Errorf("mute released %d samples", got)
	}
}

func TestDiscard(t *testing.T) {
	g := NewGate(1)
	for n := range 3 {
		push(g, Policy{Mode: Strip}, n, quiet())
	}
	g.Discard()
	out := push(g, Policy{Mode: Strip}, 3, quiet())
	for i := range dtmf.LookAhead {
		if out.gated[i] >= 10_000 {
			t.Fatal("a discarded sample came out")
		}
	}
}

// TestMasksAreWholeQuanta: the length of a mask does not measure a key.
func TestMasksAreWholeQuanta(t *testing.T) {
	g := NewGate(1)
	run, runs := 0, 0
	for n := range 200 {
		ev := quiet()
		if n%17 == 5 || n%17 == 6 && n%2 == 0 {
			ev = event(t)
		}
		out := push(g, Policy{Mode: Strip}, n, ev)
		for _, v := range out.gated {
			if v < 10_000 {
				run++
				continue
			}
			if run%Quantum != 0 {
				t.Fatalf("a mask of %d samples", run)
			}
			if run > 0 {
				runs++
			}
			run = 0
		}
	}
	if runs < 10 {
		t.Fatalf("only %d masks", runs)
	}
}

// TestFieldHolds: one mask from the first key until two seconds
// without one.
func TestFieldHolds(t *testing.T) {
	r := dtmf.NewEventReceiver(audio.SampleRate)
	d, g := dtmf.NewDetector(), NewGate(1)
	p := Policy{Mode: Field, Armed: true}
	heard := make([]int, 0, 300)
	for n := range 300 {
		switch n {
		case 50, 90: // two keys, 800 ms apart
			if err := r.Receive(dtmf.EventPacket{Timestamp: uint32(n * 160), Marker: true, Payload: []byte{5, 0x80, 3, 32}}); err != nil {
				t.Fatal(err)
			}
		}
		f := ramp(n % 60)
		ev := d.Process(&audio.Frame{}, dtmf.Reception{Event: r.Tick()})
		heard = append(heard, originals(g.Push(p, &f, ev)))
	}
	for n := 2; n < 50; n++ {
		if heard[n] != audio.FrameSamples {
			t.Fatalf("frame %d before the first key: %d samples heard", n, heard[n])
		}
	}
	for n := 50; n < 190; n++ {
		if heard[n] != 0 {
			t.Fatalf("frame %d within the field: %d samples heard", n, heard[n])
		}
	}
	if heard[210] != audio.FrameSamples {
		t.Errorf("two seconds after the last key the voice is not back")
	}
	g.extendHold(ptr(event(t)))
	g.FieldComplete()
	if g.hold != 0 {
		t.Error("the hold outlives the field")
	}
}

func ptr[T any](v T) *T { return &v }

func TestReplacements(t *testing.T) {
	level := func(r Replacement) float64 {
		g := NewGate(1)
		var all []int16
		for n := range 20 {
			out := push(g, Policy{Replacement: r}, n, quiet())
			all = append(all, out.gated[:]...)
		}
		return audio.LevelDBm0(all)
	}
	for r, want := range map[Replacement][2]float64{
		Silence: {-97, -95}, ComfortNoise: {-60, -50}, Tone: {-31, -29},
	} {
		if got := level(r); got < want[0] || got > want[1] {
			t.Errorf("%s has %.1f dBm0", r, got)
		}
	}
}

// TestNothingMaskedComesOut: for any pattern of modes and evidence, each
// sample released is the original in its place or a replacement, and none of
// those that a span named is an original.
func TestNothingMaskedComesOut(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d, g := dtmf.NewDetector(), NewGate(rapid.Uint64().Draw(t, "seed"))
		var sent, heard []int16
		n := rapid.IntRange(3, 40).Draw(t, "frames")
		masked := make([]bool, n*audio.FrameSamples)
		for k := range n {
			p := Policy{Mode: Mode(rapid.IntRange(0, 4).Draw(t, "mode")), Replacement: Replacement(rapid.IntRange(0, 3).Draw(t, "replacement"))}
			ev := dtmf.Evidence{}
			if rapid.IntRange(0, 9).Draw(t, "examined") > 0 {
				ev = d.Process(&audio.Frame{}, dtmf.Reception{Concealed: rapid.Bool().Draw(t, "concealed")})
			}
			f := ramp(k % 50)
			out := g.Push(p, &f, ev)
			sent, heard = append(sent, f[:]...), append(heard, out.gated[:]...)
			at := k * audio.FrameSamples
			if !ev.Examined() || p.Mode == Mute || p.Mode > Strip {
				for i := max(0, at-dtmf.LookAhead); i < at+audio.FrameSamples; i++ {
					masked[i] = true
				}
			}
			for _, s := range ev.Spans() {
				for i := max(0, at+int(s.Start)); i < at+int(s.End); i++ {
					masked[i] = true
				}
			}
		}
		for i, v := range heard {
			k := i - dtmf.LookAhead
			if v < 10_000 {
				continue
			}
			if k < 0 || v != sent[k] {
				t.Fatalf("sample %d is neither original nor replacement", i)
			}
			if masked[k] {
				t.Fatalf("sample %d was masked and came out", k)
			}
		}
	})
}

func TestPushAllocatesNothing(t *testing.T) {
	g, f, ev := NewGate(1), ramp(0), quiet()
	if n := testing.AllocsPerRun(100, func() { _ = ForAgent(g.Push(Policy{Mode: Strip}, &f, ev)) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

func BenchmarkPush(b *testing.B) {
	g, f, ev := NewGate(1), ramp(0), quiet()
	for b.Loop() {
		_ = g.Push(Policy{Mode: Strip}, &f, ev)
	}
}
