package engine

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/audio"
)

// drain is a transport that takes packets and keeps nothing.
type drain struct{ packets int }

func (d *drain) Send(*rtp.Header, []byte) error { d.packets++; return nil }
func (d *drain) Close() error                   { return nil }

// TestNothingIsAllocated: not by a tick with all of its ports and packets. What a tick
// allocates has the collector run through the memory of all calls every few seconds.
func TestNothingIsAllocated(t *testing.T) {
	d := new(drain)
	s := newShard(&Config{Network: quietNetwork{}, Metrics: NewMetrics(nil), Log: zap.NewNop()}, 0, time.Now(), func(*room) {})
	r := &room{shard: s, conference: bridge.New(bridge.Config{Workspace: s.work})}
	for _, role := range []bridge.Role{bridge.Customer, bridge.Agent, bridge.IVR, bridge.Supervisor} {
		id, err := r.conference.Join(bridge.LegSpec{Role: role})
		if err != nil {
			t.Fatal(err)
		}
		l := &Leg{ID: id, Role: role, room: r, transport: d}
		r.legs = append(r.legs, l)
		r.ports.open(l)
	}
	s.add(r)
	packet := make([]byte, 12+audio.FrameSamples)
	sequence := uint16(0)
	now := time.Now()
	step := func() {
		for _, l := range r.legs {
			h := rtp.Header{Version: 2, SequenceNumber: sequence, Timestamp: uint32(sequence) * audio.FrameSamples, SSRC: uint32(l.ID)}
			_, _ = h.MarshalTo(packet)
			l.Deliver(packet, now, -1)
		}
		sequence++
		now = now.Add(audio.FrameDuration)
		s.nextDeadline()
		s.tickPhase(now)
	}
	if n := testing.AllocsPerRun(200, step); n != 0 {
		t.Errorf("%v allocations in a tick", n)
	}
	if d.packets < 4*200 {
		t.Errorf("%d packets sent", d.packets)
	}
}

type quietNetwork struct{}

func (quietNetwork) Receive(_, _ int) {}
func (quietNetwork) Flush(int)        {}
func (quietNetwork) Answer(bool)      {}
