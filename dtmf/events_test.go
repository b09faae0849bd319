package dtmf

import (
	"encoding/binary"
	"errors"
	"testing"
)

// eventBytesOf encodes one event.
func eventBytesOf(code uint8, end bool, length int) []byte {
	p := []byte{code, 10, 0, 0}
	if end {
		p[1] |= 0x80
	}
	binary.BigEndian.PutUint16(p[2:], uint16(length))
	return p
}

// packet is an event packet in a script; a nil payload stands for a tick.
type packet struct {
	seq    uint16
	ts     uint32
	marker bool
	data   []byte
	ssrc   uint32
}

var tick = packet{}

func send(seq uint16, ts uint32, code uint8, end bool, length int) packet {
	return packet{seq: seq, ts: ts, data: eventBytesOf(code, end, length)}
}

func (p packet) marked() packet          { p.marker = true; return p }
func (p packet) from(ssrc uint32) packet { p.ssrc = ssrc; return p }
func ticks(n int) []packet               { return make([]packet, n) }
func script(parts ...[]packet) (s []packet) {
	for _, p := range parts {
		s = append(s, p...)
	}
	return s
}

func TestEventReceiver(t *testing.T) {
	long := func(clock int) []packet {
		// One key held for a little over two segments.
		var s []packet
		seq, ts, step := uint16(0), uint32(1000), clock/50
		length := step
		for range 150000 / step {
			if length > 0xFFFF {
				s = append(s, send(seq, ts, 4, false, 0xFFFF))
				seq++
				ts += 0xFFFF
				length -= 0xFFFF
			}
			s = append(s, send(seq, ts, 4, false, length), tick)
			seq++
			length += step
		}
		return append(s, send(seq, ts, 4, true, length), tick)
	}
	for _, c := range []struct {
		name   string
		clock  uint32
		script []packet
		want   string
	}{
		{"one key", 8000, []packet{
			send(1, 100, 5, false, 160).marked(), tick, send(2, 100, 5, false, 320), tick,
			send(3, 100, 5, true, 480), send(4, 100, 5, true, 480), send(5, 100, 5, true, 480), tick,
		}, "5"},
		{"the end repeated over several frames", 8000, []packet{
			send(1, 100, 5, true, 480), tick, send(2, 100, 5, true, 480), tick, tick, tick, send(3, 100, 5, true, 480), tick,
		}, "5"},
		{"degenerate browser events", 8000, []packet{
			send(1, 100, 5, true, 960).marked(), send(2, 100, 5, true, 960).marked(), send(3, 100, 5, true, 960).marked(), tick,
			send(4, 1660, 5, true, 960).marked(), send(5, 1660, 5, true, 960).marked(), tick,
		}, "55"},
		{"no marker", 8000, []packet{send(1, 100, 11, false, 160), tick, send(2, 100, 11, true, 320), tick}, "#"},
		{"lost start", 8000, []packet{send(3, 100, 10, false, 480), tick, send(4, 100, 10, true, 640), tick}, "*"},
		{"lost end", 8000, script([]packet{send(1, 100, 1, false, 160)}, ticks(9), []packet{send(7, 2000, 2, false, 160), tick}), "12"},
		{"updates resume after the time-out", 8000, script([]packet{send(1, 100, 1, false, 160)}, ticks(20), []packet{send(7, 100, 1, true, 3360), tick}), "1"},
		{"late packets of an older key", 8000, []packet{
			send(1, 100, 1, false, 160), tick, send(4, 900, 2, false, 160), tick,
			send(2, 100, 1, false, 320), send(3, 100, 1, true, 480), tick, send(5, 900, 2, true, 320), tick,
		}, "12"},
		{"timestamps wrap", 8000, []packet{
			send(1, 0xFFFFFF00, 1, true, 160), tick, send(2, 0x100, 2, true, 160), tick, send(3, 0xFFFFFF00, 1, true, 160), tick,
		}, "12"},
		{"several keys in one packet", 8000, []packet{
			{seq: 1, ts: 100, data: append(append(eventBytesOf(1, true, 400), eventBytesOf(2, true, 400)...), eventBytesOf(2, false, 80)...)}, tick,
			{seq: 2, ts: 100, data: append(append(eventBytesOf(1, true, 400), eventBytesOf(2, true, 400)...), eventBytesOf(2, true, 240)...)}, tick, tick,
		}, "122"},
		{"segments at 8000", 8000, long(8000), "4"},
		{"segments at 48000", 48000, long(48000), "4"},
		{"flash is no key", 8000, []packet{send(1, 100, 16, false, 160), tick, send(2, 100, 16, true, 320), tick}, ""},
		{"a timestamp used again for another key", 8000, []packet{
			send(1, 100, 1, true, 160), send(2, 100, 1, true, 160), tick,
			send(3, 100, 2, true, 160), tick, send(2, 100, 1, true, 160), send(3, 100, 2, true, 160), tick,
		}, "12"},
		{"a timestamp that never changes, after a pause", 8000, script(
			[]packet{send(1, 0, 1, true, 160)}, ticks(idleTicks+1), []packet{send(2, 0, 1, true, 160), tick}), "11"},
		{"another source", 8000, []packet{
			send(1, 100, 1, false, 160), tick, send(1, 100, 1, false, 160).from(9), tick, send(2, 100, 1, true, 320).from(9), tick,
		}, "11"},
		{"a burst of keys", 8000, script([]packet{
			send(1, 100, 1, true, 160), send(2, 900, 2, true, 160), send(3, 1700, 3, true, 160),
			send(4, 2500, 4, true, 160), send(5, 3300, 5, true, 160)}, ticks(4)), "12345"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := NewEventReceiver(c.clock)
			var got []byte
			sent := false
			for _, p := range c.script {
				if p.data != nil {
					sent = true
					if err := r.Receive(EventPacket{SSRC: p.ssrc, Sequence: p.seq, Timestamp: p.ts, Marker: p.marker, Payload: p.data}); err != nil {
						t.Fatal(err)
					}
					continue
				}
				e := r.Tick()
				if sent && !e.Active {
					t.Error("inactive in a frame with event packets")
				}
				sent = false
				for _, p := range e.begun[:e.nBegun] {
					got = append(got, p.key.Symbol())
				}
			}
			if string(got) != c.want {
				t.Errorf("heard %q, want %q", got, c.want)
			}
		})
	}
}

func TestEventDurations(t *testing.T) {
	for _, clock := range []uint32{8000, 48000} {
		r := NewEventReceiver(clock)
		unit := int(clock / 8000)
		_ = r.Receive(EventPacket{Payload: eventBytesOf(1, false, 160*unit)})
		if e := r.Tick(); e.begun[0].samples != 160 || e.begun[0].ended {
			t.Errorf("clock %d: %+v", clock, e.begun[0].samples)
		}
		_ = r.Receive(EventPacket{Payload: eventBytesOf(1, true, 800*unit)})
		if e := r.Tick(); e.latest.samples != 800 || !e.latest.ended || e.nBegun != 0 {
			t.Errorf("clock %d: %d samples", clock, e.latest.samples)
		}
	}
}

func TestEventActivity(t *testing.T) {
	r := NewEventReceiver(8000)
	if r.Tick().Active {
		t.Error("active from the start")
	}
	if err := r.Receive(EventPacket{Payload: nil}); err != nil || r.Tick().Active {
		t.Errorf("a probe without payload: %v", err)
	}
	for _, n := range []int{1, 3, 5, 7, 68, 1400} {
		err := r.Receive(EventPacket{Payload: make([]byte, n)})
		if !errors.Is(err, ErrMalformedEvent) {
			t.Errorf("%d bytes: %v", n, err)
		}
		if e := r.Tick(); !e.Active || e.nBegun != 0 {
			t.Errorf("%d bytes: active %v, %d keys", n, e.Active, e.nBegun)
		}
		if r.Tick().Active {
			t.Errorf("%d bytes: active a frame later", n)
		}
	}
	_ = r.Receive(EventPacket{Payload: eventBytesOf(1, false, 160)})
	n := 0
	for r.Tick().Active {
		n++
	}
	if n < 7 || n > 10 {
		t.Errorf("an event without updates lasted %d frames", n)
	}
}

// While an event is on, everything that can still be held back is, and a
// malformed packet counts as one for a frame.
func TestNamedEventMasksTheLine(t *testing.T) {
	c := newCall(40)
	c.event(16, 200, 100)
	h := c.run(t)
	for i := 200*ms - LookAhead; i < 300*ms; i++ {
		if !h.masked[i] {
			t.Fatalf("sample %d is let through", i)
		}
	}
	if len(h.pressed) != 0 {
		t.Errorf("a flash counts as %q", h.keys())
	}
	d := NewDetector()
	var f [160]int16
	_ = f
	ev := d.Process(nil, Reception{})
	if ev.Examined() || !ev.Suspicious() {
		t.Error("evidence without a frame")
	}
}

func TestEventSender(t *testing.T) {
	var s EventSender
	if got := s.Next(Relay{}); len(got) != 0 {
		t.Errorf("%d packets of nothing", len(got))
	}
	first := s.Next(Relay{On: true, Start: true, Key: 7, Samples: 160})
	if len(first) != 1 || !first[0].Marker || first[0].Payload != [4]byte{7, 10, 0, 160} || first[0].Offset != 0 {
		t.Errorf("start: %+v", first)
	}
	next := s.Next(Relay{On: true, Key: 7, Samples: 320})
	if len(next) != 1 || next[0].Marker || next[0].Payload != [4]byte{7, 10, 1, 64} || next[0].Offset != -160 {
		t.Errorf("update: %+v", next)
	}
	last := s.Next(Relay{On: true, Key: 7, End: true, Samples: 400})
	if len(last) != 3 {
		t.Fatalf("%d final packets", len(last))
	}
	for _, p := range last {
		if p.Marker || p.Payload != [4]byte{7, 0x8A, 1, 144} || p.Offset != -320 {
			t.Errorf("end: %+v", p)
		}
	}
	whole := s.Next(Relay{On: true, Start: true, End: true, Key: 1, Samples: 100})
	if len(whole) != 3 || !whole[0].Marker || whole[1].Marker || whole[0].Offset != 0 {
		t.Errorf("a key within a frame: %+v", whole)
	}
}

// What the sender says over several segments the receiver hears as one key of
// the same length.
func TestEventSegments(t *testing.T) {
	var s EventSender
	r := NewEventReceiver(8000)
	keys := 0
	var e NamedEvents
	const frames = 1000 // 20 s
	for i := range frames {
		piece := Relay{On: true, Start: i == 0, End: i == frames-1, Key: 2, Samples: uint16(160 * (i + 1))}
		for _, p := range s.Next(piece) {
			if p.Offset > 0 {
				t.Fatalf("offset %d", p.Offset)
			}
			payload := p.Payload
			if err := r.Receive(EventPacket{Timestamp: uint32(5000 + 160*i + int(p.Offset)), Payload: payload[:]}); err != nil {
				t.Fatal(err)
			}
		}
		e = r.Tick()
		keys += int(e.nBegun)
	}
	if keys != 1 || e.latest.samples != 160*frames || !e.latest.ended {
		t.Errorf("%d keys, %d samples", keys, e.latest.samples)
	}
}
