package dtmf

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"testing"

	"tonegate/internal/audio"
)

// call is a stream with a tone transport and a named-event transport.
type call struct {
	x      []int16
	events [][]EventPacket // per frame
	seq    uint16
}

func newCall(frames int) *call {
	return &call{x: make([]int16, frames*audio.FrameSamples), events: make([][]EventPacket, frames)}
}

// event sends a key as packets every 20 ms and three final ones, as browsers
// do, beginning at a time in ms.
func (c *call) event(k Key, atMs, lengthMs int) {
	frame, timestamp := atMs/20, uint32(atMs*ms)
	send := func(frame int, end bool, length int) {
		p := make([]byte, 4)
		p[0] = byte(k)
		p[1] = 10
		if end {
			p[1] |= 0x80
		}
		binary.BigEndian.PutUint16(p[2:], uint16(length))
		c.seq++
		c.events[frame] = append(c.events[frame], EventPacket{SSRC: 1, Sequence: c.seq, Timestamp: timestamp, Payload: p})
	}
	for t := 20; t < lengthMs; t += 20 {
		send(frame, false, t*ms)
		frame++
	}
	for range 3 {
		send(frame, true, lengthMs*ms)
	}
}

func (c *call) tone(k Key, atMs, lengthMs int) { steady(k, atMs*ms, lengthMs*ms).addTo(c.x) }

func (c *call) run(t *testing.T) *heard {
	t.Helper()
	r := NewEventReceiver(8000)
	h := listen(NewDetector(), c.x, func(i int) Reception {
		for _, p := range c.events[i] {
			if err := r.Receive(p); err != nil {
				t.Fatal(err)
			}
		}
		return Reception{Event: r.Tick()}
	})
	return &h
}

// Ten keys a second over both transports, apart by up to 200 ms either way.
func TestBothTransportsCountOnce(t *testing.T) {
	for _, keys := range []string{"5555555555", "1234567890", "1122112211", "7", "99", "4111111111111111"} {
		for skew := -200; skew <= 200; skew += 20 {
			t.Run(fmt.Sprintf("%s skewed by %d ms", keys, skew), func(t *testing.T) {
				c := newCall(len(keys)*5 + 60)
				for i := range keys {
					k, _ := KeyOf(keys[i])
					c.tone(k, 400+100*i, 50)
					c.event(k, 400+100*i+skew, 60)
				}
				if got := c.run(t).keys(); string(got) != keys {
					t.Errorf("pressed %q", got)
				}
			})
		}
	}
}

// Keys that only one transport carries are counted, and what follows them is
// still paired right.
func TestLostOnOneTransport(t *testing.T) {
	const keys = "1590263748*#1357924680"
	for skew := -200; skew <= 200; skew += 40 {
		for seed := range uint64(max(2, 12/effort)) {
			rng := rand.New(rand.NewPCG(seed, uint64(skew+500)))
			c := newCall(len(keys)*5 + 60)
			for i := range keys {
				k, _ := KeyOf(keys[i])
				fate := rng.IntN(6)
				if fate != 0 {
					c.tone(k, 400+100*i, 50)
				}
				if fate != 1 {
					c.event(k, 400+100*i+skew, 60)
				}
			}
			count := map[byte]int{}
			for _, s := range c.run(t).keys() {
				count[s]++
			}
			want := map[byte]int{}
			for i := range keys {
				want[keys[i]]++
			}
			for s, n := range want {
				if count[s] != n {
					t.Errorf("skew %d seed %d: key %c counted %d times, pressed %d times", skew, seed, s, count[s], n)
				}
			}
		}
	}
}

func TestUnmatchedKeyExpires(t *testing.T) {
	for _, namedFirst := range []bool{false, true} {
		c := newCall(100)
		if namedFirst {
			c.event(5, 400, 100)
			c.tone(5, 1000, 100)
		} else {
			c.tone(5, 400, 100)
			c.event(5, 1000, 100)
		}
		if got := c.run(t).keys(); string(got) != "55" {
			t.Errorf("named first %v: pressed %q", namedFirst, got)
		}
	}
}

// relayedKey is one key as an IVR would receive it over the relay.
type relayedKey struct{ start, frames, samples int }

func relayedKeys(t *testing.T, pieces []Relay) (string, []relayedKey) {
	t.Helper()
	var keys []byte
	var list []relayedKey
	on := false
	var last uint16
	for i, p := range pieces {
		if !p.On {
			if on {
				t.Fatalf("frame %d: a key without an end", i)
			}
			continue
		}
		if p.Start == on {
			t.Fatalf("frame %d: start %v while on is %v", i, p.Start, on)
		}
		if p.Start {
			keys = append(keys, p.Key.Symbol())
			list = append(list, relayedKey{start: i})
			last = 0
		}
		if step := int(p.Samples) - int(last); step <= 0 || step > audio.FrameSamples || (!p.End && step != audio.FrameSamples) {
			t.Fatalf("frame %d: a piece of %d samples", i, step)
		}
		last = p.Samples
		k := &list[len(list)-1]
		k.frames++
		k.samples = int(p.Samples)
		on = !p.End
	}
	for i := 1; i < len(list); i++ {
		gap := list[i].start*audio.FrameSamples - (list[i-1].start*audio.FrameSamples + list[i-1].samples)
		if gap < 50*ms {
			t.Errorf("gap of %d samples before relayed key %d", gap, i)
		}
	}
	for i, k := range list {
		if k.samples < 50*ms {
			t.Errorf("relayed key %d lasts %d samples", i, k.samples)
		}
	}
	return string(keys), list
}

func TestRelayOnlyWithoutTone(t *testing.T) {
	for skew := -200; skew <= 400; skew += 20 {
		c := newCall(100)
		c.tone(3, 600+skew, 100)
		c.event(3, 600, 100)
		h := c.run(t)
		keys, list := relayedKeys(t, h.relay)
		if skew <= 140 && keys != "" {
			t.Errorf("skew %d: relayed %q though the tone was in the audio", skew, keys)
		}
		if skew > 220 && keys != "3" {
			t.Errorf("skew %d: relayed %q", skew, keys)
		}
		pressed := string(h.keys())
		if skew <= 260 && pressed != "3" || skew > 340 && pressed != "33" {
			t.Errorf("skew %d: pressed %q", skew, pressed)
		}
		// What the IVR hears of the key in-band besides the relayed copy.
		residue := 0
		for i := (600 + skew) * ms; i < (700+skew)*ms; i++ {
			if !h.copies[i] {
				residue++
			}
		}
		if len(list) > 0 && skew <= 260 {
			t.Logf("skew %d: residue %.1f ms", skew, float64(residue)/ms)
			if residue >= 20*ms {
				t.Errorf("skew %d: residue of %.1f ms", skew, float64(residue)/ms)
			}
		}
		if len(list) == 0 && residue != 100*ms {
			t.Errorf("skew %d: %d samples of the only tone dropped", skew, 100*ms-residue)
		}
	}
}

func TestRelayResidueAtAnyOnset(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 1))
	worst := 0
	for range max(20, 200/effort) {
		c := newCall(70)
		c.event(8, 500, 100)
		s := steady(8, 715*ms+rng.IntN(480), 80*ms)
		s.addTo(c.x)
		h := c.run(t)
		if keys, _ := relayedKeys(t, h.relay); keys != "8" || string(h.keys()) != "8" {
			t.Fatalf("relayed %q, pressed %q", keys, h.keys())
		}
		residue := 0
		for i := s.onset; i < s.onset+s.length; i++ {
			if !h.copies[i] {
				residue++
			}
		}
		worst = max(worst, residue)
	}
	t.Logf("worst residue %.1f ms", float64(worst)/ms)
	if worst >= 20*ms {
		t.Errorf("residue of %.1f ms", float64(worst)/ms)
	}
}

func TestRelayKeepsOrderAndLength(t *testing.T) {
	c := newCall(700)
	const keys = "4929000000006181"
	for i := range keys {
		k, _ := KeyOf(keys[i])
		c.event(k, 400+100*i, 60)
	}
	c.event(11, 3000, 1000)
	c.event(12, 4500, 20)
	h := c.run(t)
	got, list := relayedKeys(t, h.relay)
	if got != keys+"#A" {
		t.Fatalf("relayed %q", got)
	}
	if n := list[16].samples; n < 990*ms || n > 1040*ms {
		t.Errorf("a key of 1000 ms lasts %d ms", n/ms)
	}
	if n := list[17].samples; n != 50*ms {
		t.Errorf("a key of 20 ms lasts %d ms", n/ms)
	}
	if wait := list[0].start*20 - 400; wait < 180 || wait > 240 {
		t.Errorf("relayed %d ms after the event", wait)
	}
}

// After a network stall dozens of events arrive in one frame.
func TestRelayBacklog(t *testing.T) {
	var want []byte
	for i := range 80 {
		want = append(want, Key(i%10).Symbol())
	}
	r := NewEventReceiver(8000)
	d := NewDetector()
	var pieces []Relay
	var pressed []byte
	var f audio.Frame
	for frame := range 900 {
		if frame%8 == 0 && frame < 160 {
			// Four keys at once, twenty times.
			for j := range 4 {
				n := frame/8*4 + j
				p := []byte{byte(n % 10), 0x8A, 0x01, 0xE0}
				_ = r.Receive(EventPacket{SSRC: 1, Timestamp: uint32(10000 + 800*n), Payload: p})
			}
		}
		ev := d.Process(&f, Reception{Event: r.Tick()})
		for _, k := range ev.Pressed() {
			pressed = append(pressed, k.Symbol())
		}
		pieces = append(pieces, ev.Relay())
	}
	if string(pressed) != string(want) {
		t.Errorf("pressed %q", pressed)
	}
	if got, _ := relayedKeys(t, pieces); got != string(want) {
		t.Errorf("relayed %q", got)
	}
}

func TestRelayIsCapped(t *testing.T) {
	q := &relayQueue{}
	q.queue(press{id: 1, key: 3, isKey: true}, 0)
	total, ends := 0, 0
	for i := range 600 {
		q.update(&NamedEvents{Active: true, latest: press{id: 1, isKey: true, samples: uint32(i * 160)}})
		if p := q.next(moment{now: int64(i * 160)}); p.On {
			total = int(p.Samples)
			if p.End {
				ends++
			}
		}
	}
	if total != relayMax || ends != 1 {
		t.Errorf("relayed %d samples with %d ends", total, ends)
	}
}
