package bridge

// calmTicks is how long the customer must be heard without a key or tone before
// a doubt is over: 2 s, as long as field mode stays shut after a key.
const calmTicks = 100

// InDoubt reports whether the conference took over from a process that ended:
// nobody knows what the customer was keying then. The customer is muted to the
// agent, as if a capture collected, until 2 s of received audio held no tone.
func (c *Conference) InDoubt() bool { return c.doubt }

// settle follows a doubt: only audio that was received can end it.
func (c *Conference) settle(customer *leg) {
	switch {
	case !c.doubt:
		return
	case customer == nil || customer.suspicious():
		c.calm = 0
	case customer.heard:
		c.calm++
	}
	if c.calm == calmTicks {
		c.doubt = false
		c.arm()
	}
}

// suspicious reports whether the last frame held, or may have held, a key.
func (l *leg) suspicious() bool {
	ev := &l.evidence
	return !ev.Examined() || ev.Suspicious() || len(ev.Spans()) > 0 || len(ev.Pressed()) > 0
}

// armed reports whether keys are to be expected.
func (c *Conference) armed() bool { return c.on || c.doubt || c.outside() }

// arm tells all detectors how suspicious to be.
func (c *Conference) arm() {
	for _, l := range c.legs {
		if l != nil {
			l.ears.Arm(c.armed())
		}
	}
}
