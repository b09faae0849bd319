package engine

import (
	"github.com/pion/rtp"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer"
	"tonegate/mixer/mask"
)

// mix is what may leave through a port.
type mix interface {
	mixer.CustomerMix | mixer.IVRMix | mask.AgentMix
	Samples() audio.Frame
}

// port encodes one kind of mix for one leg. Its type parameter is the rule
// about who may hear what: port[mask.AgentMix] cannot be handed another mix.
type port[M mix] struct{ leg *Leg }

// send encodes the mix, or the events that stand in its place, as RTP.
func (p *port[M]) send(m M, events []dtmf.EventPayload) {
	l := p.leg
	if l == nil || l.transport == nil {
		return
	}
	if len(events) > 0 {
		l.sendEvents(events)
	} else {
		frame, payload := m.Samples(), &l.room.shard.scratch.payload
		l.media.Law.Encode(payload[:], &frame)
		l.write(l.resumed, l.media.Law.PayloadType(), l.timestamp, payload[:])
		l.resumed = false
	}
	l.timestamp += audio.FrameSamples
}

// sendEvents sends named events in place of audio, as endpoints do: both share
// the SSRC, the sequence numbers and the clock (RFC 4733 §2.2, §2.5.1).
func (l *Leg) sendEvents(events []dtmf.EventPayload) {
	for i := range events {
		e := &events[i]
		payload := l.room.shard.scratch.payload[:len(e.Payload)]
		copy(payload, e.Payload[:])
		l.write(e.Marker, l.media.Event, l.timestamp+uint32(e.Offset), payload)
	}
	l.resumed = true
}

// write sends a packet and zeroes the payload.
func (l *Leg) write(marker bool, payloadType uint8, timestamp uint32, payload []byte) {
	h := &l.room.shard.scratch.sending
	*h = rtp.Header{Version: 2, Marker: marker, PayloadType: payloadType, Timestamp: timestamp}
	err := l.transport.Send(h, payload)
	clear(payload)
	if err != nil {
		l.sendFails++
	} else {
		l.sent++
	}
}

// ports are a room's ways out, by role.
type ports struct {
	customer    port[mixer.CustomerMix]
	ivr         port[mixer.IVRMix]
	agent       port[mask.AgentMix]
	supervisors []port[mask.AgentMix]
}

func (p *ports) open(l *Leg) {
	switch l.Role {
	case bridge.Customer:
		p.customer.leg = l
	case bridge.IVR:
		p.ivr.leg = l
	case bridge.Agent:
		p.agent.leg = l
	case bridge.Supervisor:
		p.supervisors = append(p.supervisors, port[mask.AgentMix]{leg: l})
	}
}

func (p *ports) close(l *Leg) {
	switch l.Role {
	case bridge.Customer:
		p.customer.leg = nil
	case bridge.IVR:
		p.ivr.leg = nil
	case bridge.Agent:
		p.agent.leg = nil
	case bridge.Supervisor:
		kept := p.supervisors[:0]
		for _, s := range p.supervisors {
			if s.leg != l {
				kept = append(kept, s)
			}
		}
		p.supervisors = kept
	}
}

func (p *ports) send(out *bridge.Output) {
	p.customer.send(out.Customer, nil)
	p.ivr.send(out.IVR, out.Events)
	p.agent.send(out.Agent, nil)
	for i := range p.supervisors {
		p.supervisors[i].send(out.ForSupervisor(p.supervisors[i].leg.ID), nil)
	}
}
