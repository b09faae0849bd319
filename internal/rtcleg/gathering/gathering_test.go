package gathering

import (
	"testing"

	"github.com/pion/webrtc/v4"
)

// gatherer sets and tells its state as the library does, and completes at a step of
// whoever asks.
type gatherer struct {
	state      webrtc.ICEGatheringState
	tell       func(webrtc.ICEGatheringState)
	step, ends int
}

func (g *gatherer) stepped() {
	if g.step++; g.step == g.ends {
		g.complete()
	}
}

func (g *gatherer) complete() {
	g.state = webrtc.ICEGatheringStateComplete
	if g.tell != nil {
		g.tell(g.state)
	}
}

func (g *gatherer) OnICEGatheringStateChange(f func(webrtc.ICEGatheringState)) {
	g.stepped()
	g.tell = f
	g.stepped()
}

func (g *gatherer) ICEGatheringState() webrtc.ICEGatheringState {
	defer g.stepped()
	return g.state
}

// TestCompleteIsNeverMissed: whenever gathering ends, whoever asked is told, and not
// before.
func TestCompleteIsNeverMissed(t *testing.T) {
	for ends := range 4 {
		g := &gatherer{state: webrtc.ICEGatheringStateGathering, ends: ends}
		complete := Complete(g)
		select {
		case <-complete:
			if ends == 0 {
				t.Fatal("told before the end")
			}
		default:
			if ends > 0 {
				t.Fatalf("not told of an end at step %d", ends)
			}
			g.tell(webrtc.ICEGatheringStateGathering)
			g.complete()
			g.complete() // of a restart
			<-complete
		}
	}
}
