package engine

import (
	"bytes"
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/pion/rtp"

	"tonegate/bridge"
	"tonegate/mixer/mask"
)

type sink struct{ sent chan []byte }

func (s sink) Send(_ *rtp.Header, payload []byte) error {
	select {
	case s.sent <- bytes.Clone(payload):
	default:
	}
	return nil
}

func (s sink) Close() error { return nil }

// loud is an RTP packet whose audio is easily found.
func loud() []byte {
	p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 9}, Payload: bytes.Repeat([]byte{0x91}, 160)}
	b, err := p.Marshal()
	if err != nil {
		panic(err)
	}
	return b
}

// TestInboxIsZeroedAtTheEnd: packets that waited when a leg left are gone from
// memory, and those that its transport still brings are not kept.
func TestInboxIsZeroedAtTheEnd(t *testing.T) {
	var b inbox
	for range 5 {
		b.put(loud(), time.Now())
	}
	if b.memory.data == [inboxBytes]byte{} {
		t.Fatal("nothing was kept")
	}
	memory := b.memory
	b.close()
	b.put(loud(), time.Now())
	if memory.data != [inboxBytes]byte{} || b.memory != nil || b.waiting.Load() != 0 {
		t.Error("the inbox holds a packet after the end")
	}
}

// TestInboxIsBoundedAndEmptied: by packets and by bytes; what a tick took is gone,
// and a callback cannot reach the next packet.
func TestInboxIsBoundedAndEmptied(t *testing.T) {
	var b inbox
	for range slots + 3 {
		b.put([]byte{1, 2, 3}, time.Now())
	}
	took := 0
	b.drain(func(packet []byte, _ time.Time) {
		if !bytes.Equal(append(packet, 9)[:3], []byte{1, 2, 3}) {
			t.Errorf("packet %d is %v", took, packet)
		}
		took++
	})
	if took != slots || b.overflow != 3 {
		t.Errorf("%d packets, %d too many", took, b.overflow)
	}
	for range slots {
		b.put(bytes.Repeat([]byte{7}, longest), time.Now())
	}
	b.put(make([]byte, longest+1), time.Now())
	if wanted := inboxBytes / longest; int(b.waiting.Load()) != wanted || b.overflow != uint64(3+slots-wanted) || b.oversized != 1 {
		t.Errorf("%d long packets, %d too many, %d too long", b.waiting.Load(), b.overflow, b.oversized)
	}
	func() {
		defer func() { _ = recover() }()
		b.drain(func([]byte, time.Time) { panic("a fault") })
	}()
	if b.memory.data != [inboxBytes]byte{} || b.waiting.Load() != 0 {
		t.Error("something is left")
	}
}

// TestAnEndedCallLeavesNothing: the last frame that went out to an IVR, and what
// the last tick put out.
func TestAnEndedCallLeavesNothing(t *testing.T) {
	e := New(Config{Shards: 1, Seed: 1})
	defer e.Close()
	if err := e.Open("conf_1", bridge.Config{Policy: mask.Policy{Mode: mask.Strip}}, nil); err != nil {
		t.Fatal(err)
	}
	to := sink{make(chan []byte, 1000)}
	var legs []*Leg
	for _, r := range []bridge.Role{bridge.Customer, bridge.IVR} {
		l, err := e.Attach(t.Context(), "conf_1", bridge.LegSpec{Role: r}, to)
		if err != nil {
			t.Fatal(err)
		}
		legs = append(legs, l)
	}
	r := legs[0].room
	heard := bytes.Repeat([]byte{0x91}, 160)
	var at uint32
	for {
		p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 9, SequenceNumber: uint16(at / 160), Timestamp: at}, Payload: heard}
		b, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		legs[0].Deliver(b, time.Now(), -1)
		at += 160
		if bytes.Equal(<-to.sent, heard) {
			break
		}
	}
	if err := e.End(context.Background(), "conf_1"); err != nil {
		t.Fatal(err)
	}
	if r.shard.scratch.payload != [160]byte{} || !reflect.ValueOf(r.shard.work).Elem().IsZero() {
		t.Error("the last tick's output is in memory")
	}
	if r.out.Mixes != nil || len(r.out.Pressed) > 0 {
		t.Error("a conference leads to what others hear")
	}
	if got := reflect.ValueOf(r.conference).Elem().FieldByName("legs"); !got.IsZero() {
		t.Error("the conference still has legs")
	}
}

// failingSink fails with a payload in its hands.
type failingSink struct{ failed chan struct{} }

func (s failingSink) Send(_ *rtp.Header, payload []byte) error {
	if !bytes.Equal(payload, bytes.Repeat(payload[:1], len(payload))) {
		close(s.failed)
		panic("a transport's fault")
	}
	return nil
}

func (failingSink) Close() error { return nil }

// TestAFailureLeavesNoPayload: what a transport fails with is not left to lie about.
func TestAFailureLeavesNoPayload(t *testing.T) {
	e := New(Config{Shards: 1, Seed: 1})
	defer e.Close()
	if err := e.Open("conf_1", bridge.Config{}, nil); err != nil {
		t.Fatal(err)
	}
	to := failingSink{make(chan struct{})}
	l, err := e.Attach(t.Context(), "conf_1", bridge.LegSpec{Role: bridge.IVR}, to)
	if err != nil {
		t.Fatal(err)
	}
	customer, err := e.Attach(t.Context(), "conf_1", bridge.LegSpec{Role: bridge.Customer}, sink{make(chan []byte, 1)})
	if err == nil {
		noise := loud()
		for i := range noise[12:] {
			noise[12+i] = byte(i)
		}
		customer.Deliver(noise, time.Now(), -1)
		<-to.failed
	}
	s := l.room.shard
	if err := e.Open("conf_2", bridge.Config{}, nil); err != nil { // it is through by then
		t.Fatal(err)
	}
	if err := e.End(t.Context(), "conf_2"); err != nil {
		t.Fatal(err)
	}
	if s.scratch.payload != [160]byte{} {
		t.Error("the payload is in memory")
	}
}

// TestWorkspaceIsWipedBetweenTicks: what all conferences of a shard work in holds
// nothing of a call once they have ticked.
func TestWorkspaceIsWipedBetweenTicks(t *testing.T) {
	e := New(Config{Shards: 1, Seed: 1})
	defer e.Close()
	if err := e.Open("conf_1", bridge.Config{Policy: mask.Policy{Mode: mask.Strip}}, nil); err != nil {
		t.Fatal(err)
	}
	l, err := e.Attach(t.Context(), "conf_1", bridge.LegSpec{Role: bridge.Customer}, sink{make(chan []byte, 1000)})
	if err != nil {
		t.Fatal(err)
	}
	for i := range 10 {
		l.Deliver(loud(), time.Now(), -1)
		work := l.room.shard.work
		ticked := func() error {
			if !reflect.ValueOf(*work).IsZero() {
				t.Errorf("after tick %d the workspace holds something", i)
			}
			return nil
		}
		if err := l.room.do(t.Context(), ticked); err != nil {
			t.Fatal(err)
		}
	}
}
