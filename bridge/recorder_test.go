package bridge_test

import (
	"testing"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// TestRecorderChannels: the agent's voice in one channel, gated as everybody's is,
// and in the other what the agent heard: sample for sample, without a press.
func TestRecorderChannels(t *testing.T) {
	r := newRig(t, mask.Strip)
	customer, agent := r.join(bridge.Customer, audio.MuLaw, false), r.join(bridge.Agent, audio.MuLaw, false)
	const agentHz, frames = 510, 150
	hum := make([]int16, frames*audio.FrameSamples)
	for n := range frames {
		f := sine(agentHz, -15, n)
		copy(hum[n*audio.FrameSamples:], f[:])
	}
	// The agent's line echoes a key.
	key := dtmf.Key(5)
	clear(hum[70*audio.FrameSamples:][:1600])
	keyTone(hum, 70*audio.FrameSamples, 1600, key)
	var own, heard, agents []int16
	for n := range frames {
		c, a := sine(spokenHz, -15, n), frameOf(hum, n)
		r.say(customer, &c)
		r.say(agent, &a)
		r.tick()
		x, y, z := r.out.Recorder.Agent().Samples(), r.out.Recorder.Heard().Samples(), r.out.Agent.Samples()
		own, heard, agents = append(own, x[:]...), append(heard, y[:]...), append(agents, z[:]...)
	}
	for i := range heard {
		if heard[i] != agents[i] {
			t.Fatalf("sample %d: the agent heard %d, recorded is %d", i, agents[i], heard[i])
		}
	}
	talk := own[20*audio.FrameSamples : 60*audio.FrameSamples]
	if got := power(talk, agentHz); got < loud {
		t.Errorf("the agent's voice is recorded at %.1f dBm0", got)
	}
	if got := power(talk, spokenHz); got > gone {
		t.Errorf("the customer is in the agent's channel at %.1f dBm0", got)
	}
	if got := power(heard[20*audio.FrameSamples:60*audio.FrameSamples], agentHz); got > gone {
		t.Errorf("the agent is in the other channel at %.1f dBm0", got)
	}
	low, high := key.Frequencies()
	for _, hz := range []float64{low, high} {
		if got := power(own[70*audio.FrameSamples:85*audio.FrameSamples], hz); got > gone {
			t.Errorf("%v Hz is recorded from the agent's line at %.1f dBm0", hz, got)
		}
	}
}

// TestUnheard: what nobody takes is silence, not what it held before, until somebody
// takes it again, and all else is as ever.
func TestUnheard(t *testing.T) {
	r := newRig(t, mask.Strip)
	customer, agent := r.join(bridge.Customer, audio.MuLaw, false), r.join(bridge.Agent, audio.MuLaw, false)
	silence := mask.AgentMix{}
	for n := range 120 {
		nobody, unrecorded := n >= 40 && n < 100, n >= 60 && n < 80
		r.out.Unheard.Supervisor, r.out.Unheard.Recorder = nobody, unrecorded
		c, a := sine(spokenHz, -15, n), sine(510, -15, n)
		r.say(customer, &c)
		r.say(agent, &a)
		r.tick()
		if n < 20 {
			continue // buffers fill
		}
		o := &r.out
		if got := o.Supervisor == silence; got != nobody {
			t.Fatalf("frame %d: the supervisor's mix is silence: %v", n, got)
		}
		if got := o.Recorder.Agent() == silence && o.Recorder.Heard() == silence; got != unrecorded {
			t.Fatalf("frame %d: the recorder's mixes are silence: %v", n, got)
		}
		if o.Agent == silence || o.IVR.Samples() == (audio.Frame{}) || o.Customer.Samples() == (audio.Frame{}) {
			t.Fatalf("frame %d: somebody who is there hears nothing", n)
		}
	}
}
