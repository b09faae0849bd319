package bridge

import (
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// twin is one call twice: in a workspace of its own, and in one that other calls use.
type twin struct {
	c    [2]*Conference
	out  [2]Output
	legs []LegID
	next []uint32
}

func newTwin(seed uint64, shared *Workspace) *twin {
	t := new(twin)
	for i, w := range []*Workspace{nil, shared} {
		t.c[i] = New(Config{Policy: mask.Policy{Mode: mask.Strip}, Seed: seed, Workspace: w})
		t.legs = t.legs[:0]
		for _, role := range roles {
			id, err := t.c[i].Join(specOf(role, seed))
			if err != nil {
				panic(err)
			}
			t.legs = append(t.legs, id)
		}
	}
	t.next = make([]uint32, len(t.legs))
	return t
}

var roles = []Role{Customer, Agent, IVR, Supervisor}

// specOf is a leg of the call with a seed: the first one's IVR is built in.
func specOf(role Role, seed uint64) LegSpec {
	return LegSpec{Role: role, Builtin: role == IVR && seed == 1, Media: Media{Law: audio.MuLaw, Events: true, Event: 101, Clock: 8000}}
}

func seedOf(twins []*twin, w *twin) uint64 { return uint64(slices.Index(twins, w) + 1) }

// change has a leg leave and another come in its place, now and then.
func (w *twin) change(t *rapid.T, seed uint64) {
	k := rapid.IntRange(0, 40).Draw(t, "leaves")
	if k >= len(roles) {
		return
	}
	for _, c := range w.c {
		err := c.Leave(w.legs[k])
		if err == nil {
			_, err = c.Join(specOf(roles[k], seed))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	w.legs[k], w.next[k] = w.c[0].nextID, 0
}

// each does the same to both.
func (t *twin) each(f func(c *Conference)) { f(t.c[0]); f(t.c[1]) }

// heard is all that a tick puts out.
func heard(o *Output) []any {
	return []any{
		o.Customer.Samples(), o.IVR.Samples(), o.Agent.Samples(), o.Supervisor.Samples(), o.Waiting.Samples(),
		o.Recorder.Agent(), o.Recorder.Heard(), o.ForSupervisor(4), o.Returned, o.TalkOver, o.HasReport,
		slices.Clone(o.Events), slices.Clone(o.Pressed),
	}
}

// TestCallsThatShareAWorkspace hear nothing of each other: each of them is, bit by bit,
// what it is alone, whatever the others do. Broken on purpose: with a mix that nobody
// takes left as it was, and with a voice that stays for the next tick.
func TestCallsThatShareAWorkspace(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var shared Workspace
		twins := []*twin{newTwin(1, &shared), newTwin(2, &shared), newTwin(3, &shared)}
		now := time.Unix(0, 0)
		for range rapid.IntRange(5, 40).Draw(t, "ticks") {
			now = now.Add(audio.FrameDuration)
			for _, w := range rapid.Permutation(twins).Draw(t, "order") {
				w.command(t)
				w.change(t, seedOf(twins, w))
				if rapid.IntRange(0, 20).Draw(t, "another ends") == 0 {
					newTwin(9, &shared).c[1].Wipe()
				}
				w.receive(t, now)
				unheard := rapid.Bool().Draw(t, "unheard")
				for i := range w.c {
					w.out[i].Unheard.Supervisor, w.out[i].Unheard.Recorder = unheard, unheard
					w.c[i].Tick(now, &w.out[i])
				}
				if a, b := heard(&w.out[0]), heard(&w.out[1]); !reflect.DeepEqual(a, b) {
					t.Fatalf("alone:\n%v\nbeside others:\n%v", a, b)
				}
				if w.out[0].HasReport && w.out[0].Report != w.out[1].Report {
					t.Fatal("another report")
				}
			}
		}
	})
}

// command changes the state of a call, now and then.
func (w *twin) command(t *rapid.T) {
	leg, on := w.legs[rapid.IntRange(0, len(w.legs)-1).Draw(t, "leg")], rapid.Bool().Draw(t, "on")
	commands := []func(c *Conference){
		func(c *Conference) { _ = c.SetHeld(leg, on) },
		func(c *Conference) { _ = c.SetMuted(leg, on) },
		func(c *Conference) { _ = c.BeginCapture(Capture{Mode: mask.Mute}) },
		func(c *Conference) { _ = c.EndCapture() },
		func(c *Conference) { _ = c.PressTalk() },
		func(c *Conference) { _ = c.SendToIVR() },
		func(c *Conference) { _ = c.TakeBack() },
		func(c *Conference) { _ = c.Play(w.legs[2], &audio.Frame{1, 2, 3, 159: 4000}) },
	}
	if k := rapid.IntRange(0, 3*len(commands)).Draw(t, "command"); k < len(commands) {
		w.each(commands[k])
	}
}

// receive brings each leg's next packet, or not.
func (w *twin) receive(t *rapid.T, now time.Time) {
	for i, id := range w.legs {
		at := w.next[i]
		w.next[i] += audio.FrameSamples
		what := rapid.IntRange(0, 9).Draw(t, "packet")
		if what == 0 {
			continue
		}
		payload := make([]byte, audio.FrameSamples)
		for k := range payload {
			payload[k] = byte(what*(i+3)*(k+int(at/audio.FrameSamples))) | 0x90
		}
		p := Packet{Sequence: uint16(at / audio.FrameSamples), Timestamp: at, SSRC: 1, Payload: payload, Arrived: now}
		if what == 1 {
			p.PayloadType, p.Payload = 101, []byte{byte(i), 10, 0, 160}
		}
		w.each(func(c *Conference) { c.Receive(id, p) })
	}
}
