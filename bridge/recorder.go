package bridge

import "tonegate/mixer/mask"

// RecorderMix is what a recording may hold of 20 ms. It is a type of its own so
// that what press-to-talk lets through, an AgentMix too, cannot be handed to a
// recorder: only [Conference.Tick] makes one that is not silence.
type RecorderMix struct{ own, heard mask.AgentMix }

// Agent returns the agent's own voice, gated.
func (m *RecorderMix) Agent() mask.AgentMix { return m.own }

// Heard returns what the agent heard: the IVR, and of the customer what the
// capture's mask lets through, whether talk is pressed or not.
func (m *RecorderMix) Heard() mask.AgentMix { return m.heard }
