package bridge

import (
	"errors"
	"fmt"

	"tonegate/internal/audio"
	"tonegate/mixer"
	"tonegate/mixer/mask"
)

// Transfer says where the agent is.
//
//	together ─SendToIVR─▶ parking ─a tick─▶ with_ivr ─TakeBack─▶ returning ─400 ms─▶ together
//
// In all states but the first the agent is outside: it hears comfort music and
// not one sample of customer or IVR, and neither hears it. The recorder and the
// supervisors hear what the agent hears, and the agent.
type Transfer uint8

// The states. What is unknown counts as outside.
const (
	Together Transfer = iota
	Parking
	WithIVR
	Returning
)

// String returns the state's name as the API spells it.
func (t Transfer) String() string {
	switch t {
	case Together:
		return "together"
	case Parking:
		return "parking"
	case Returning:
		return "returning"
	default:
		return "with_ivr"
	}
}

// returnTicks is how long the agent is still outside once it is taken back:
// 400 ms, longer than a jitter buffer holds and than the two transports of a key
// lie apart. It is the same whatever the customer does, so it tells nothing of
// keys.
const returnTicks = 20

// Errors of transfers.
var (
	ErrOutside = errors.New("the agent is outside already")
	ErrInside  = errors.New("the customer is not with the ivr")
)

// Transfer returns where the agent is.
func (c *Conference) Transfer() Transfer { return c.transfer }

// SendToIVR leaves the customer alone with the IVR. It holds from the next tick
// on. It fails with [ErrOutside].
func (c *Conference) SendToIVR() error {
	if c.transfer != Together {
		return fmt.Errorf("send to the ivr: %w", ErrOutside)
	}
	c.transfer = Parking
	c.ReleaseTalk()
	c.arm()
	return nil
}

// TakeBack brings the agent back, in 400 ms; [Output.Returned] tells when. A
// capture is not touched: whoever calls ends it before. It fails with
// [ErrInside] unless the customer is with the IVR.
func (c *Conference) TakeBack() error {
	if c.transfer != Parking && c.transfer != WithIVR {
		return fmt.Errorf("take back: %w", ErrInside)
	}
	c.transfer, c.returning = Returning, returnTicks
	return nil
}

// outside reports whether the agent is apart from customer and IVR.
func (c *Conference) outside() bool { return c.transfer != Together }

// advance moves a transfer on by a tick, and reports whether the agent is back.
func (c *Conference) advance() bool {
	switch c.transfer {
	case Parking:
		c.transfer = WithIVR
	case Returning:
		if c.returning--; c.returning > 0 {
			return false
		}
		c.transfer = Together
		// Nothing from before this moment is released after it.
		for _, l := range c.legs {
			if l != nil && l.spec.Role != Agent {
				l.discard()
			}
		}
		c.arm()
		return true
	}
	return false
}

// Announce sets what the customer, and nobody else, is told in the next tick.
func (c *Conference) Announce(voice *audio.Frame) { c.announcement, c.announced = *voice, true }

// Comfort plays music to the customer, beneath the IVR and in the pauses of what
// is announced: the agent is awaited.
func (c *Conference) Comfort(on bool) { c.comfort = on }

// mix makes what everybody hears in this tick.
func (c *Conference) mix(out *Output) {
	customer, agent, ivr := c.byRole(Customer), c.byRole(Agent), c.byRole(IVR)
	c.music.next(c.waited(), c.policy(0))
	inside := talking(agent)
	if c.outside() {
		inside = nil
	}
	out.Customer = mixer.ForCustomer(raw(inside), raw(talking(ivr)), c.toCustomer())
	if onHold(customer) {
		out.Customer = mixer.ForCustomer(&c.music.frame)
	}
	c.mixForAgents(out, customer, agent, ivr)
	out.IVR = mixer.ForIVR(c.customerForIVR(talking(customer), talking(ivr), out), c.agentForIVR(inside))
	if onHold(ivr) {
		out.IVR = mixer.ForIVR(&c.music.frame)
	}
	c.holdSupervisors(out)
}

// mixForAgents makes what may be heard of gated voices: by the agent, and by those
// who hear and keep what agents hear, as far as there are any.
func (c *Conference) mixForAgents(out *Output, customer, agent, ivr *leg) {
	apart := c.outside()
	switch {
	case c.waited():
		out.Waiting = mask.ForAgent(c.music.gated)
	case out.made.waiting:
		out.Waiting = mask.AgentMix{}
	}
	if apart || onHold(agent) {
		out.Agent = out.Waiting
	} else {
		out.Agent = mask.ForAgent(forAgent(talking(customer)), gated(talking(ivr)))
	}
	switch {
	case !out.Unheard.Supervisor && apart:
		out.Supervisor = mask.ForAgent(c.music.gated, gated(talking(agent)))
	case !out.Unheard.Supervisor:
		out.Supervisor = mask.ForAgent(gated(talking(customer)), gated(talking(ivr)), gated(talking(agent)))
	case out.made.supervisor:
		out.Supervisor = mask.AgentMix{}
	}
	switch { // A leak to the disk wants a leak to the agent first: it hears no more.
	case !out.Unheard.Recorder && (apart || onHold(agent)):
		out.Recorder = RecorderMix{agent: gated(talking(agent)), customer: c.music.gated}
	case !out.Unheard.Recorder:
		out.Recorder = RecorderMix{gated(talking(agent)), gated(talking(customer)), gated(talking(ivr))}
	case out.made.recorder:
		out.Recorder = RecorderMix{}
	}
	out.made.waiting, out.made.supervisor, out.made.recorder = c.waited(), !out.Unheard.Supervisor, !out.Unheard.Recorder
}

// toCustomer is what the customer hears beside the parties.
func (c *Conference) toCustomer() *audio.Frame {
	switch {
	case c.announced:
		c.announced = false
		return &c.announcement
	case c.comfort:
		return &c.music.frame
	default:
		return nil
	}
}
