package bridge

import (
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer"
	"tonegate/mixer/mask"
)

// Workspace is what a conference works in during a tick: nothing of it is needed from
// one tick to the next. Conferences that never tick at the same time may share one, as
// those of a thread do: it then stays in the processor's caches, while what each has
// for itself has left them by its next turn.
type Workspace struct {
	detectors dtmf.Workspace
	voices    [MaxLegs]voices
	mixes     Mixes
}

// voices are a leg's frames of one tick.
type voices struct {
	raw      audio.Frame // before the gate
	gated    mask.Gated
	forAgent mask.Gated // a customer's: gated, or what press-to-talk lets through
}

// Wipe zeroes what the last ticks left, mixes included. Who shares a workspace among
// conferences wipes it when they have ticked, as a call's audio might lie there for long.
func (w *Workspace) Wipe() {
	if w != nil {
		*w = Workspace{}
	}
}

// Mixes are what is heard in one tick, and what may be known about the last ones.
// They hold what the last tick made until the next one of whichever conference shares
// the workspace.
type Mixes struct {
	// made are the mixes that are not silence: the others' memory is left alone.
	made struct{ waiting, supervisor, recorder bool }

	Customer mixer.CustomerMix
	IVR      mixer.IVRMix
	// Agent is what the agent hears. While talk is pressed it holds what nobody
	// else may hear, so nothing else may take it.
	Agent      mask.AgentMix
	Supervisor mask.AgentMix
	// Recorder is what a recording may hold.
	Recorder RecorderMix
	// Waiting is what legs on hold hear of the agent's kind.
	Waiting mask.AgentMix
	// Report is filled every 500 ms.
	Report Report
}
