package bridge

import "tonegate/mixer/mask"

// RecorderMix is what a recording may hold of 20 ms. It is a type of its own so
// that what press-to-talk lets through, an AgentMix too, cannot be handed to a
// recorder: only [Conference.Tick] makes one that is not silence.
// It is mixed when it is asked for: most calls are not recorded.
type RecorderMix struct{ agent, customer, ivr mask.Gated }

// Agent returns the agent's own voice, gated.
func (m *RecorderMix) Agent() mask.AgentMix { return mask.ForAgent(m.agent) }

// Heard returns what the agent heard: the IVR, and of the customer what the
// capture's mask lets through, whether talk is pressed or not.
func (m *RecorderMix) Heard() mask.AgentMix { return mask.ForAgent(m.customer, m.ivr) }
