package engine

import (
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
		frame := m.Samples()
		l.media.Law.Encode(l.payload[:], &frame)
		l.header.Marker = l.resumed
		l.header.PayloadType = l.media.Law.PayloadType()
		l.resumed = false
		l.write(l.header.Timestamp, l.payload[:])
		clear(l.payload[:])
	}
	l.header.Timestamp += audio.FrameSamples
}

// sendEvents sends named events in place of audio, as endpoints do: both share
// the SSRC, the sequence numbers and the clock (RFC 4733 §2.2, §2.5.1).
func (l *Leg) sendEvents(events []dtmf.EventPayload) {
	for i := range events {
		e := &events[i]
		copy(l.payload[:], e.Payload[:])
		l.header.Marker = e.Marker
		l.header.PayloadType = l.media.Event
		l.write(l.header.Timestamp+uint32(e.Offset), l.payload[:len(e.Payload)])
		clear(l.payload[:len(e.Payload)])
	}
	l.resumed = true
}

func (l *Leg) write(timestamp uint32, payload []byte) {
	l.sending = l.header // here, as what goes to a transport would be allocated elsewhere
	l.sending.Timestamp = timestamp
	if err := l.transport.Send(&l.sending, payload); err != nil {
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
