package bridge

import (
	"fmt"

	"tonegate/mixer/mask"
)

// SetHeld puts a leg on hold or takes it off. A leg on hold hears comfort music
// and is heard by nobody; the others go on. Its detector and its gates go on too,
// but keys of a customer on hold do not count: nobody asks for them.
func (c *Conference) SetHeld(id LegID, held bool) error {
	l := c.byID(id)
	if l == nil {
		return fmt.Errorf("hold: %w", ErrNoSuchLeg)
	}
	if l.held != held {
		l.held = held
		l.discard() // what was said on hold is heard by nobody later either
	}
	return nil
}

// onHold reports whether a leg is there and on hold.
func onHold(l *leg) bool { return l != nil && l.held }

// talking is a leg that others may hear, or nil.
func talking(l *leg) *leg {
	if onHold(l) {
		return nil
	}
	return l
}

// discard masks what a leg's gates hold.
func (l *leg) discard() {
	l.gate.Discard()
	l.aside.Discard()
}

// waited reports whether anybody hears the music.
func (c *Conference) waited() bool {
	if c.outside() || c.comfort {
		return true
	}
	for _, l := range c.legs {
		if onHold(l) {
			return true
		}
	}
	return false
}

// counts reports whether the customer's keys are read: not while the customer is
// on hold, nor while the IVR is.
func (c *Conference) counts(customer *leg) bool {
	return customer != nil && !customer.held && !onHold(c.byRole(IVR))
}

// holdSupervisors notes which supervisors hear music.
func (c *Conference) holdSupervisors(out *Output) {
	out.held = [MaxLegs]LegID{}
	for i, l := range c.legs {
		if onHold(l) && l.spec.Role == Supervisor {
			out.held[i] = l.id
		}
	}
}

// ForSupervisor returns what a supervisor hears.
func (o *Output) ForSupervisor(id LegID) mask.AgentMix {
	for _, held := range o.held {
		if held == id && id != 0 {
			return o.Waiting
		}
	}
	return o.Supervisor
}
