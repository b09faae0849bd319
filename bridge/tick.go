package bridge

import (
	"math"
	"time"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// Output is what one tick produces. It is filled in place, so that a caller
// that keeps one allocates nothing.
type Output struct {
	*Mixes // of the workspace, from the first tick on

	// Unheard is set by who keeps an Output: what nobody takes is not mixed, and
	// holds silence.
	Unheard struct{ Supervisor, Recorder bool }
	held    [MaxLegs]LegID // supervisors: see ForSupervisor
	// Returned says that the agent is together with the others again.
	Returned bool
	// TalkOver says that a press of press-to-talk ran into its limit.
	TalkOver bool
	// Events are the named events to send to an external IVR in this frame.
	Events []dtmf.EventPayload
	// Pressed are the customer's keys that became known, each once, for a
	// built-in IVR.
	Pressed   []dtmf.Key
	HasReport bool // the report was filled
}

// Report is what may be known outside about the last 500 ms.
type Report struct {
	InDoubt  bool     // see [Conference.InDoubt]
	Transfer Transfer // as the last frame of it was heard

	N    int
	Legs [MaxLegs]LegReport
}

// LegReport is one leg's part of a report.
type LegReport struct {
	Leg   LegID
	Role  Role
	Held  bool // as Transfer
	DBm0  int8 // level of its masked audio, in whole dB
	Stats Stats
}

// Tick advances the call by one frame.
func (c *Conference) Tick(now time.Time, out *Output) {
	out.Mixes = &c.cfg.Workspace.mixes
	out.wipeKeys()
	for _, l := range c.legs {
		if l != nil {
			l.hear(now)
			l.mask(c.policy(l.spec.Role), c.talkPolicy())
		}
	}
	if c.alone {
		c.cfg.Workspace.detectors.Wipe()
	}
	customer := c.byRole(Customer)
	c.settle(customer)
	out.TalkOver = c.countTalk()
	c.mix(out)
	if c.counts(customer) {
		out.Pressed = append(out.Pressed, customer.evidence.Pressed()...)
	}
	heard := c.transfer
	out.Returned = c.advance()
	c.ticks++
	if out.HasReport = c.ticks%progressTicks == 0; out.HasReport {
		c.report(&out.Report, heard)
	}
}

// customerForIVR returns the customer's undelayed audio as the IVR is to hear
// it: with keys that only a named event carried added to it, as events or as
// tones, and without in-band copies of keys that were added before.
func (c *Conference) customerForIVR(customer, ivr *leg, out *Output) *audio.Frame {
	if c.edited {
		c.forIVR, c.edited = audio.Frame{}, false // it may be a key's tone
	}
	if customer == nil {
		return nil
	}
	if ivr == nil || ivr.spec.Builtin {
		return &customer.raw
	}
	ev := &customer.evidence
	relay, copies := ev.Relay(), ev.InBandCopies()
	if ivr.spec.Media.Events && relay.Continues {
		relay = dtmf.Relay{} // its tone made a key already
	}
	if ivr.spec.Media.Events {
		out.Events = append(out.Events, c.sender.Next(relay)...)
	}
	tone := &c.tone
	if ivr.spec.Media.Events || !relay.On {
		relay, tone = ev.Sustained(), &c.sustain
	}
	if len(copies) == 0 && !relay.On {
		return &customer.raw
	}
	c.forIVR, c.edited = customer.raw, true
	if relay.On {
		// As with an endpoint that sends events, the voice pauses meanwhile: a
		// late in-band copy may begin under the key, and its first milliseconds
		// would pass for a second one.
		c.noise.Fill(c.forIVR[:])
	}
	for _, s := range copies {
		c.noise.Fill(c.forIVR[max(0, s.Start):min(audio.FrameSamples, int(s.End))])
	}
	tone.Add(&c.forIVR, relay)
	return &c.forIVR
}

// agentForIVR keeps the agent away from the IVR while a capture collects.
func (c *Conference) agentForIVR(agent *leg) *audio.Frame {
	if c.on {
		return nil
	}
	return raw(agent)
}

func (c *Conference) report(r *Report, heard Transfer) {
	r.N, r.InDoubt, r.Transfer = 0, c.doubt, heard
	for _, l := range c.legs {
		if l == nil {
			continue
		}
		level := math.Round(l.gated.Level())
		r.Legs[r.N] = LegReport{Leg: l.id, Role: l.spec.Role, Held: l.held, DBm0: int8(level), Stats: l.snapshot()}
		r.N++
	}
}

func raw(l *leg) *audio.Frame {
	if l == nil {
		return nil
	}
	return &l.raw
}

func gated(l *leg) mask.Gated {
	if l == nil {
		return mask.Gated{}
	}
	return l.gated
}

func forAgent(customer *leg) mask.Gated {
	if customer == nil {
		return mask.Gated{}
	}
	return customer.forAgent
}
