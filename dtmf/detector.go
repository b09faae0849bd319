package dtmf

import "tonegate/internal/audio"

// Detector listens to one source: to its audio and, through what the caller
// received beside it, to its named events and its losses. It is not safe for
// concurrent use.
type Detector struct {
	front front
	fit   fitter
	armed bool
	now   int64 // position of the frame in the stream, in samples

	eagerness float32 // factor on scores, below one when tones are likely
	sinceKey  int32   // samples since a key was last heard, saturating
	lastKey   Key
	found     suspicion
	lastEnd   int32 // end of the last hit, relative to the frame
	wary      bool  // a capture is on, or a key was heard not long ago
	suspected bool  // the frame before was suspicious
	repeated  int   // how many frames up to this one were repetitions

	held, candidate run
	confirmed       [2]run
	nConfirmed      int

	pairs   pairing
	relays  relayQueue
	namedAt [Keys]int64 // where the last named event of each key began
	copied  Key         // the key whose in-band copy is being reported
	copies  bool        // one is
	copyEnd int64       // where it was last heard, in samples of the stream
}

// NewDetector returns a detector in its initial state.
func NewDetector() *Detector {
	d := &Detector{sinceKey: never, lastEnd: -never}
	d.forgetNamed()
	return d
}

// forgetNamed forgets which keys named events brought.
func (d *Detector) forgetNamed() {
	for k := range d.namedAt {
		d.namedAt[k] = -int64(never)
	}
}

// Arm makes the detector more suspicious (a capture is on) or less.
func (d *Detector) Arm(armed bool) { d.armed = armed }

// Process listens to one frame and says what it found. Frames must come in
// order and without holes: a frame that was not received is passed as its
// substitute, with heard.Concealed set. Process does not allocate. Without a
// frame it has listened to nothing, and says so.
func (d *Detector) Process(f *audio.Frame, heard Reception) Evidence {
	if d == nil || f == nil {
		return Evidence{}
	}
	d.listen(f)
	d.suspect()
	return d.conclude(heard, d.seeProof)
}

// listen takes a frame in.
func (d *Detector) listen(f *audio.Frame) {
	d.found = suspicion{until: -never}
	d.nConfirmed = 0
	d.setEagerness()
	d.front.push(f)
}

// conclude draws on what was found suspicious in the frame.
func (d *Detector) conclude(heard Reception, seen proofSight) Evidence {
	d.confirm(heard.Concealed || heard.Covered, seen)
	ev := Evidence{examined: true, toneEnd: -1}
	if d.held.on && d.held.last > 0 {
		ev.toneStart, ev.toneEnd = d.held.first, d.held.last
	}
	d.pressed(&ev, heard)
	d.toIVR(&ev, heard)
	d.mask(&ev, heard)
	d.remember(heard.Event)
	d.now += audio.FrameSamples
	return ev
}

// remember keeps track of how long ago a key was last heard.
func (d *Detector) remember(named NamedEvents) {
	d.sinceKey = min(d.sinceKey+audio.FrameSamples, never)
	if d.held.on && d.held.last > 0 {
		d.sinceKey, d.lastKey = audio.FrameSamples-d.held.last, d.held.key
	}
	if named.Active {
		d.sinceKey = 0
		if named.latest.isKey {
			d.lastKey = named.latest.key
		}
	}
}
