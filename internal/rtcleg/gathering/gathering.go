// Package gathering waits until a PeerConnection of pion/webrtc has its candidates.
//
// The library's own promise can be missed when ICE restarts, as gathering begins before
// anybody can ask for it: at its end the library looks up whom to tell, then says that
// it is complete, and then tells. Who asks between the first two is told nothing, and
// finds nothing complete. Changes of the state are told in an order that leaves no gap:
// the state is set, and then it is looked up whom to tell.
package gathering

import (
	"sync"

	"github.com/pion/webrtc/v4"
)

// connection is what a PeerConnection has for it.
type connection interface {
	OnICEGatheringStateChange(func(webrtc.ICEGatheringState))
	ICEGatheringState() webrtc.ICEGatheringState
}

// Complete returns what is closed once gathering is complete, at once if it is. It takes
// the connection's only handler of that state.
func Complete(pc connection) <-chan struct{} {
	complete := make(chan struct{})
	told := sync.OnceFunc(func() { close(complete) })
	pc.OnICEGatheringStateChange(func(now webrtc.ICEGatheringState) {
		if now == webrtc.ICEGatheringStateComplete {
			told()
		}
	})
	if pc.ICEGatheringState() == webrtc.ICEGatheringStateComplete {
		told()
	}
	return complete
}
