package bridge_test

import (
	"fmt"
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

const ms = audio.SamplesPerMs

// line is a customer's network: packets of so many samples, some of which are late or
// never sent. Times are in samples since the call began.
type line struct {
	keys       string
	on, every  int             // of its tones
	onset      int             // of the first, behind the call's 400 ms
	packet     int             // 20 ms, if zero
	arrives    func(int) int   // when what is sent by then comes; at once, if nil
	silent     func(int) bool  // whether the packet that begins then is not sent
	also       func(*rig, int) // done in each tick
	muted      bool
	uncaptured bool
}

// heard is what came of it.
type heard struct {
	builtin, external string
	loud              int // samples at the agent
}

const lineFirst = 400 * ms

// play plays a call on the line.
func (l line) play(t *testing.T) (h heard) {
	if l.packet == 0 {
		l.packet = audio.FrameSamples
	}
	end := lineFirst + l.onset + len(l.keys)*l.every
	if l.arrives != nil {
		end = l.arrives(end)
	}
	sent := make([]int16, end+1200*ms)
	for i := range l.keys {
		key, _ := dtmf.KeyOf(l.keys[i])
		keyTone(sent, lineFirst+l.onset+i*l.every, l.on, key)
	}
	r := newRig(t, mask.Strip)
	customer := r.join(bridge.Customer, audio.MuLaw, true)
	r.join(bridge.Agent, audio.MuLaw, false)
	r.join(bridge.IVR, audio.MuLaw, false)
	if err := r.c.SetMuted(customer, l.muted); err != nil {
		t.Fatal(err)
	}
	if !l.uncaptured {
		r.capture(mask.Strip)
	}
	ear, next := dtmf.NewDetector(), 0
	for now := audio.FrameSamples; now <= len(sent); now += audio.FrameSamples {
		for ; next+l.packet <= len(sent); next += l.packet {
			if at := next + l.packet; at > now || l.arrives != nil && l.arrives(at) > now {
				break
			}
			r.packet(customer, sent[next:next+l.packet], l.silent != nil && l.silent(next))
		}
		if l.also != nil {
			l.also(r, now)
		}
		h.external += r.heardByIVR(ear)
	}
	h.builtin = symbols(r.pressed)
	for _, v := range r.agent {
		if v > 200 || v < -200 {
			h.loud++
		}
	}
	return h
}

// packet says samples, or keeps silent for as long.
func (r *rig) packet(id bridge.LegID, samples []int16, silent bool) {
	v := r.legs[id]
	if !silent {
		payload := make([]byte, len(samples))
		for i, s := range samples {
			payload[i] = v.law.EncodeSample(s)
		}
		r.deliver(id, bridge.Packet{PayloadType: v.law.PayloadType(), Sequence: v.seq, Timestamp: v.ts, SSRC: uint32(id), Payload: payload, Arrived: r.now})
		v.seq++
	}
	v.ts += uint32(len(samples))
}

// standsStill is a network that does, for a while, and then brings all of it at once.
func standsStill(from, length int) func(int) int {
	return func(at int) int {
		if at > from && at < from+length {
			return from + length
		}
		return at
	}
}

// TestAStallCostsNoKey: the network stands still while a card is keyed by tones, and
// brings all of it late. Whichever part of a key it is, every key is read, once, and
// the agent hears nothing of it.
func TestAStallCostsNoKey(t *testing.T) {
	const card = "41111009"
	for _, c := range []struct{ packet, on int }{{160, 44}, {160, 80}, {160, 100}, {80, 80}, {240, 80}, {240, 120}} {
		for _, stalled := range []int{20, 60, 100, 200, 240} {
			t.Run(fmt.Sprintf("packets of %d ms, %d of %d ms", c.packet/ms, stalled, c.on), func(t *testing.T) {
				every := (max(c.on, 80) + 80) * ms
				for at := 0; at < every; at += audio.FrameSamples { // into the fourth key and its gap
					for _, onset := range []int{0, 120} {
						l := line{keys: card, on: c.on * ms, every: every, onset: onset, packet: c.packet,
							arrives: standsStill(lineFirst+3*every+at, stalled*ms)}
						if got := l.play(t); got != (heard{card, card, 0}) {
							t.Errorf("%d ms and %d samples into a key: %+v", at/ms, onset, got)
						}
					}
				}
			})
		}
	}
}

// TestALongStallLeaksNothing: what is late by more than the playout waits for is lost in
// part, and a tone may end just behind the loss.
func TestALongStallLeaksNothing(t *testing.T) {
	for _, uncaptured := range []bool{false, true} {
		for _, on := range []int{80, 200} {
			for _, stalled := range []int{280, 300, 320, 340, 400} {
				for at := 0; at < on*ms; at += audio.FrameSamples {
					for onset := 4; onset < 32; onset += 12 { // how much of it, behind a packet's end
						l := line{keys: "15", on: on * ms, every: 600 * ms, onset: onset, uncaptured: uncaptured,
							arrives: standsStill(lineFirst+600*ms+at, stalled*ms)}
						if got := l.play(t); got.loud > 0 {
							t.Errorf("uncaptured %t, %d of %d ms, %d ms and %d samples into a key: the agent hears %d samples",
								uncaptured, stalled, on, at/ms, onset, got.loud)
						}
					}
				}
			}
		}
	}
}

// stops is a source whose clock stands still for a while, and goes on where it stopped.
func stops(from, length int) func(int) int {
	return func(at int) int {
		if at > from {
			return at + length
		}
		return at
	}
}

// namesFirst has the source name a key, before it sounds any.
func (l *line) namesFirst(name byte) {
	const down = 5
	key, _ := dtmf.KeyOf(name)
	l.also = func(r *rig, now int) {
		if step := now/audio.FrameSamples - 5; step >= 0 && step < down {
			n := (step + 1) * audio.FrameSamples
			r.event(1, key, uint32(n), uint16(n), step == 0, step == down-1)
		}
	}
}

// TestASourceThatStopsLosesNoKey: a phone stands still between two keys, however long, and
// goes on where it stopped. It may have sent a key by name before.
func TestASourceThatStopsLosesNoKey(t *testing.T) {
	const card, on = "41111009", 80
	for _, stopped := range []int{100, 260, 600, 900, 1900, 2300} {
		for _, gap := range []int{70, 120} {
			for at := 20; at < gap; at += 20 {
				for i, named := range []string{"", "7"} {
					if named != "" && stopped < 240 {
						continue // not waited for: it has sounded too few keys since
					}
					every := (on + gap) * ms
					l := line{keys: card, on: on * ms, every: every, onset: 100 * i, arrives: stops(lineFirst+2*every+(on+at)*ms, stopped*ms)}
					if named != "" {
						l.namesFirst(named[0])
					}
					if got := l.play(t); got != (heard{named + card, named + card, 0}) {
						t.Errorf("%d ms, %d of %d ms behind a key, behind the name of %q: %+v", stopped, at, gap, named, got)
					}
				}
			}
		}
	}
}

// TestASourceThatStopsWithinAKey: the same within a key. The agent hears none of it, and
// it is one key, up to a second, if the source is waited for: later the second half of one
// that was long enough for two is the next. To an IVR of its own it may be two outside
// captures.
func TestASourceThatStopsWithinAKey(t *testing.T) {
	for _, uncaptured := range []bool{false, true} {
		for _, stopped := range []int{100, 260, 900, 1100, 2500} {
			for at := 20 * ms; at <= 100*ms; at += 2 * audio.FrameSamples {
				for onset := 4; onset < 160; onset += 20 { // how much of it, behind a packet's end
					l := line{keys: "15", on: 100 * ms, every: 600 * ms, onset: onset, uncaptured: uncaptured, arrives: stops(lineFirst+at, stopped*ms)}
					if onset%8 == 0 {
						l.namesFirst('7')
					}
					got, want := l.play(t), heard{"15", "15", 0}
					if l.also != nil || stopped > 1000 {
						want.builtin = got.builtin
					}
					if l.also != nil || stopped > 1000 || uncaptured {
						want.external = got.external
					}
					if got != want {
						t.Errorf("uncaptured %t, %d ms, %d ms and %d samples into a key: %+v", uncaptured, stopped, at/ms, onset, got)
					}
				}
			}
		}
	}
}

// TestALossWhereASourceStopped: the first packet behind a standstill within a key is lost
// besides. It is one key, and the agent hears none of it.
func TestALossWhereASourceStopped(t *testing.T) {
	for _, stopped := range []int{300, 600, 900} {
		for at := 20 * ms; at <= 80*ms; at += audio.FrameSamples {
			for _, onset := range []int{0, 60, 120} {
				from := lineFirst + at
				l := line{keys: "15", on: 120 * ms, every: 600 * ms, onset: onset, arrives: stops(from, stopped*ms)}
				l.silent = func(begins int) bool { return begins == from }
				if got := l.play(t); got != (heard{"15", "15", 0}) {
					t.Errorf("%d ms, %d ms and %d samples into a key: %+v", stopped, at/ms, onset, got)
				}
			}
		}
	}
}

// TestAKeyWithinAStall: what the agent hears first behind a standstill may be the end of a
// key that was pressed in it.
func TestAKeyWithinAStall(t *testing.T) {
	for _, uncaptured := range []bool{false, true} {
		for _, stalled := range []int{400, 1100} {
			for _, length := range []int{0, 60} {
				for onset := 0; onset < 160; onset += 8 {
					// The newest 260 ms are played, beginning with a packet.
					end := lineFirst + stalled*ms - 260*ms + onset
					l := line{keys: "5", on: 80 * ms, every: 600 * ms, onset: end - 80*ms - lineFirst, uncaptured: uncaptured,
						arrives: standsStill(lineFirst-length, stalled*ms+length)}
					if got := l.play(t); got.loud > 0 {
						t.Errorf("uncaptured %t, %d ms, ending %d samples behind: the agent hears %d samples", uncaptured, stalled, onset, got.loud)
					}
				}
			}
		}
	}
}

// TestGapsThatAreNotSent: a source that sends nothing between its keys is not late.
func TestGapsThatAreNotSent(t *testing.T) {
	for _, keys := range []string{"11557", "123456789"} {
		for gap := 80; gap <= 320; gap += 20 {
			for _, onset := range []int{0, 40, 80} {
				l := line{keys: keys, on: 80 * ms, every: (80 + gap) * ms, onset: onset}
				l.silent = func(at int) bool {
					at -= lineFirst + onset
					return at >= l.on && at/l.every < len(keys)-1 && at%l.every >= l.on && at%l.every+audio.FrameSamples <= l.every
				}
				if got := l.play(t); got != (heard{keys, keys, 0}) {
					t.Errorf("gaps of %d ms, %d samples: %+v", gap, onset, got)
				}
			}
		}
	}
}

// TestALossBetweenEqualKeys: what was lost is a gap as well.
func TestALossBetweenEqualKeys(t *testing.T) {
	for _, gap := range []int{100, 160, 200} {
		for lost := 1; lost <= gap/20; lost++ {
			for onset := 0; onset < audio.FrameSamples; onset += 40 {
				l := line{keys: "9119", on: 80 * ms, every: (80 + gap) * ms, onset: onset}
				from := (lineFirst + l.every + onset + l.on + audio.FrameSamples - 1) / audio.FrameSamples * audio.FrameSamples
				if from+lost*audio.FrameSamples > lineFirst+2*l.every+onset {
					continue
				}
				l.silent = func(at int) bool { return at >= from && at < from+lost*audio.FrameSamples }
				if got := l.play(t); got != (heard{"9119", "9119", 0}) {
					t.Errorf("gap of %d ms, %d samples, %d packets lost: %+v", gap, onset, lost, got)
				}
			}
		}
	}
}

// TestAStallOfAMutedLeg: nothing is sustained that nobody is to hear.
func TestAStallOfAMutedLeg(t *testing.T) {
	for at := 0; at < 160*ms; at += audio.FrameSamples {
		l := line{keys: "5", on: 100 * ms, every: 400 * ms, muted: true, arrives: standsStill(lineFirst+at, 60*ms)}
		if got := l.play(t); got != (heard{}) {
			t.Errorf("%d ms into the key: %+v", at/ms, got)
		}
	}
}

// TestSilentBetweenKeysOfBothTransports: a source that names its keys is not waited for.
func TestSilentBetweenKeysOfBothTransports(t *testing.T) {
	const keys, down = "1234567890", 5
	for _, spacing := range []int{15, 30} { // frames
		for skew := -14; skew <= 14; skew++ {
			l := line{keys: keys, on: down * audio.FrameSamples, every: spacing * audio.FrameSamples}
			l.silent = func(at int) bool {
				at -= lineFirst
				return at >= 0 && at < len(keys)*l.every && at%l.every >= l.on
			}
			l.also = func(r *rig, now int) {
				at := (now-lineFirst)/audio.FrameSamples - 1 - skew
				if i := at / spacing; at >= 0 && i < len(keys) && at%spacing < down {
					key, _ := dtmf.KeyOf(keys[i])
					step := at % spacing
					r.event(1, key, uint32((step+1)*audio.FrameSamples), uint16((step+1)*audio.FrameSamples), step == 0, step == down-1)
				}
			}
			if got := l.play(t); got.builtin != keys || got.external != keys {
				t.Errorf("every %d frames, skew %d: %+v", spacing, skew, got)
			}
		}
	}
}

// TestAStallOfBothTransports: the built-in IVR reads what is named and sounds, once.
func TestAStallOfBothTransports(t *testing.T) {
	const card = "5500142##9"
	for _, stalled := range []int{1, 2, 3, 5, 8, 10, 13} {
		for at := 0; at < 15; at += 2 {
			for _, skew := range []int{-10, 0, 5} {
				r := newRig(t, mask.Strip)
				customer := r.join(bridge.Customer, audio.MuLaw, true)
				r.capture(mask.Strip)
				r.bothTransports(customer, card, keying{spacing: 15, skew: skew, stall: stalled, from: 15*4 + at})
				if pressed := symbols(r.pressed); pressed != card {
					t.Errorf("%d ms, %d frames in, skew %d: %s", 20*stalled, at, skew, pressed)
				}
			}
		}
	}
}
