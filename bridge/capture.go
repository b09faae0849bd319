package bridge

import (
	"fmt"

	"tonegate/mixer/mask"
)

// progressTicks is the grid on which anything that follows from keys becomes
// visible outside: 500 ms. A finer grid would show the timing of keys.
const progressTicks = 25

// Capture describes a secure capture: while it collects, the customer's gate is
// armed with its policy and the IVR hears the customer alone.
type Capture struct {
	// Mode is what the agent hears of the customer meanwhile; the conference's
	// own mode stands if it lets less through.
	Mode mask.Mode
}

// BeginCapture arms masking. It holds from the next tick on.
func (c *Conference) BeginCapture(capture Capture) error {
	if c.on {
		return fmt.Errorf("begin capture: %w", ErrCapturing)
	}
	c.capture, c.on = capture, true
	c.arm()
	return nil
}

// EndCapture returns to the conference's own policy. What is in the delay
// lines is discarded first, so nothing of the capture is heard after it, and the
// memory of its audio is zeroed.
func (c *Conference) EndCapture() error {
	if !c.on {
		return fmt.Errorf("end capture: %w", ErrNoCapture)
	}
	c.on = false
	c.capture = Capture{}
	c.arm()
	c.ReleaseTalk()
	for _, l := range c.legs {
		if l != nil {
			l.discard()
			l.wipeHeard()
		}
	}
	return nil
}

// FieldKeyed zeroes what is left in memory of a field's audio, and leaves field
// mode's mask: for a field whose end must not show yet.
func (c *Conference) FieldKeyed() {
	if l := c.byRole(Customer); l != nil {
		l.wipeHeard()
	}
}

// FieldComplete ends field mode's mask: the field has all its keys. What is left
// in memory of its audio is zeroed.
func (c *Conference) FieldComplete() {
	if l := c.byRole(Customer); l != nil {
		l.gate.FieldComplete()
		l.aside.FieldComplete()
		l.wipeHeard()
	}
}

// Capturing reports whether a capture collects.
func (c *Conference) Capturing() bool { return c.on }

// policy returns what a source's gate is told in this tick.
func (c *Conference) policy(r Role) mask.Policy {
	p := c.cfg.Policy
	if c.on {
		p.Mode = mask.Stricter(p.Mode, c.capture.Mode)
	}
	p.Armed = c.armed()
	if c.doubt {
		p.Mode = mask.Mute
	}
	if r != Customer {
		// The other sources are gated for echoes and read-back of tones; the
		// customer's mute or field mode must not silence them.
		p.Mode = mask.Strip
	}
	return p
}
