package engine

import (
	"encoding/binary"
	"io"
	"testing"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tonegate/bridge"
	"tonegate/internal/audio"
)

// newDelivered is a shard, a room on it that nobody ticks, and its customer.
func newDelivered(t *testing.T) (*shard, *Leg) {
	s := newShard(&Config{Network: quietNetwork{}, Metrics: NewMetrics(nil), Log: zap.NewNop()}, 1, time.Now(), func(*room) {})
	r := &room{shard: s, conference: bridge.New(bridge.Config{Workspace: s.work})}
	id, err := r.conference.Join(bridge.LegSpec{Role: bridge.Customer})
	if err != nil {
		t.Fatal(err)
	}
	l := &Leg{ID: id, Role: bridge.Customer, room: r}
	r.legs = append(r.legs, l)
	s.add(r)
	return s, l
}

// sound is a packet of 20 ms.
func sound(sequence uint16) []byte {
	p := make([]byte, 12+audio.FrameSamples)
	p[0] = 2 << 6
	binary.BigEndian.PutUint16(p[2:], sequence)
	binary.BigEndian.PutUint32(p[4:], uint32(sequence)*audio.FrameSamples)
	return p
}

// heard is how many packets the conference was given.
func (l *Leg) heard(t *testing.T) uint64 {
	t.Helper()
	stats, err := l.room.conference.Stats(l.ID)
	if err != nil {
		t.Fatal(err)
	}
	return stats.Packets
}

// TestDelivery: on the shard's own goroutine a packet does not wait, unless one does
// that came before; from anywhere else it waits for the tick.
func TestDelivery(t *testing.T) {
	s, l := newDelivered(t)
	sequence := uint16(0)
	deliver := func(shard int) {
		sequence++
		l.Deliver(sound(sequence), time.Now(), shard)
	}
	for i, step := range []struct {
		shard, heard, waiting int
	}{{s.index, 1, 0}, {s.index, 2, 0}, {s.index + 1, 2, 1}, {s.index, 2, 2}, {-1, 2, 3}} {
		deliver(step.shard)
		if got := l.heard(t); got != uint64(step.heard) || l.in.waiting.Load() != int32(step.waiting) {
			t.Fatalf("step %d: %d heard and %d waiting, want %d and %d", i, got, l.in.waiting.Load(), step.heard, step.waiting)
		}
	}
	s.nextDeadline()
	s.tickPhase(time.Now())
	if got := l.heard(t); got != 5 || l.in.waiting.Load() != 0 {
		t.Fatalf("%d heard and %d waiting after the tick", got, l.in.waiting.Load())
	}
	l.Deliver([]byte{1, 2, 3}, time.Now(), s.index)
	l.Deliver(make([]byte, longest+1), time.Now(), s.index)
	if l.malformed != 1 || l.in.oversized != 1 {
		t.Errorf("%d malformed, %d too long", l.malformed, l.in.oversized)
	}
}

// TestDeliveryNeedsNoInbox: a leg that is delivered to on its shard's goroutine has no
// memory for packets that wait, and needs none for a packet.
func TestDeliveryNeedsNoInbox(t *testing.T) {
	s, l := newDelivered(t)
	p, now, sequence := sound(1), time.Now(), byte(0)
	if n := testing.AllocsPerRun(100, func() {
		sequence++
		p[3] = sequence
		l.Deliver(p, now, s.index)
		l.receive()
	}); n != 0 || l.in.memory != nil {
		t.Errorf("%v allocations, inbox %p", n, l.in.memory)
	}
}

// TestDeliveryToWhatIsGone: to a leg that was detached, and to a call that ended.
func TestDeliveryToWhatIsGone(t *testing.T) {
	s, l := newDelivered(t)
	p := sound(1)
	l.room.detach(l, s.cfg)
	l.Deliver(p, time.Now(), s.index)
	s.remove(l.room)
	l.Deliver(p, time.Now(), s.index)
	l.Deliver(p, time.Now(), -1)
	if l.in.memory != nil {
		t.Error("something is kept")
	}
}

// TestDeliveryThatFails ends its call, and no other.
func TestDeliveryThatFails(t *testing.T) {
	s, l := newDelivered(t)
	other := &room{shard: s, conference: bridge.New(bridge.Config{Workspace: s.work})}
	s.add(other)
	whole := l.room.conference
	l.room.conference = nil
	s.cfg.Log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zapcore.EncoderConfig{}), zapcore.AddSync(io.Discard), zap.ErrorLevel),
		zap.Hooks(func(zapcore.Entry) error {
			l.room.conference = whole // to be wiped
			return nil
		}))
	l.Deliver(sound(1), time.Now(), s.index)
	if !l.room.ended || other.ended || s.count != 1 {
		t.Error("the call goes on, or another does not")
	}
}

// TestDeliveryIsBounded: a tick takes so many packets of a leg, and the next as many.
func TestDeliveryIsBounded(t *testing.T) {
	s, l := newDelivered(t)
	for tick := range 2 {
		for i := range slots + 3 {
			l.Deliver(sound(uint16(tick*100+i)), time.Now(), s.index)
		}
		if got := l.heard(t); got != uint64((tick+1)*slots) || l.in.overflow != uint64((tick+1)*3) {
			t.Fatalf("tick %d: %d heard, %d too many", tick, got, l.in.overflow)
		}
		l.receive()
	}
}
