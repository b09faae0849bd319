package bridge

import (
	"errors"
	"fmt"

	"tonegate/mixer/mask"
)

// talkTicks bounds one press of press-to-talk: 10 s.
const talkTicks = 500

// Errors of press-to-talk.
var (
	ErrNoTalk  = errors.New("press-to-talk is for captures that mute the customer")
	ErrTalking = errors.New("press-to-talk is pressed already")
)

// PressTalk lets the agent, and nobody else, hear the customer's speech during a
// capture that mutes it: for 10 s at most, and with every tone still replaced.
// Supervisors and the recorder hear nothing of it. It fails with [ErrNoCapture],
// [ErrNoTalk] or [ErrTalking]; a press is not lengthened by another.
func (c *Conference) PressTalk() error {
	switch {
	case !c.on:
		return fmt.Errorf("press to talk: %w", ErrNoCapture)
	case c.capture.Mode != mask.Mute || c.cfg.Policy.Mode == mask.Mute || c.doubt || c.outside():
		return fmt.Errorf("press to talk: %w", ErrNoTalk)
	case c.talk > 0:
		return fmt.Errorf("press to talk: %w", ErrTalking)
	}
	c.talk = talkTicks
	return nil
}

// ReleaseTalk ends a press. What was said while it lasted is still in the delay
// line, and is heard.
func (c *Conference) ReleaseTalk() { c.talk = 0 }

// talkPolicy is what the agent's own gate of the customer is told: the capture's
// mask is set aside while talk is pressed, the conference's own is not.
func (c *Conference) talkPolicy() mask.Policy {
	p := c.policy(Customer)
	if c.talk > 0 && c.on && !c.doubt {
		p.Mode = mask.Stricter(c.cfg.Policy.Mode, mask.Strip)
	}
	return p
}

// countTalk counts a press down, and reports whether its time is over.
func (c *Conference) countTalk() bool {
	if c.talk == 0 {
		return false
	}
	c.talk--
	return c.talk == 0
}
