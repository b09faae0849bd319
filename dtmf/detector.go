package dtmf

import (
	"tonegate/internal/audio"
	"tonegate/internal/prefetch"
)

// Detector listens to one source: to its audio and, through what the caller
// received beside it, to its named events and its losses. It is not safe for
// concurrent use.
type Detector struct {
	// Each frame needs these first: see Needs.
	work  *Workspace
	armed bool
	now   int64 // position of the frame in the stream, in samples
	took  int32 // how far it is from there to the next frame

	eagerness float32 // factor on scores, below one when tones are likely
	sinceKey  int32   // samples since a key was last heard, saturating
	lastKey   Key
	found     suspicion
	lastEnd   int32 // end of the last hit, relative to the frame
	wary      bool  // a capture is on, or a key was heard not long ago
	suspected bool  // the frame before was suspicious
	repeated  int   // how many frames up to this one were repetitions

	copied  Key   // the key whose in-band copy is being reported
	copies  bool  // one is
	copyEnd int64 // where it was last heard, in samples of the stream
	stalled int32 // samples waited for audio that is late
	unheard int32 // samples since the last frame that was received: see lose
	absent  int32 // the same, waits included

	waits bool // something, in pairs or relays

	held, candidate run
	confirmed       [2]run
	nConfirmed      int

	front front

	// What few frames need comes last, so that the rest lies close together. It is
	// not looked at unless something waits in it.
	pairs   pairing
	relays  relayQueue
	namedAt [Keys]int64 // where the last named event of each key began
}

// NewDetector returns a detector in its initial state, with a workspace of its
// own.
func NewDetector() *Detector { return new(Workspace).NewDetector() }

// Workspace is what a detector works in while it listens to a frame. It keeps
// nothing from one frame to the next, so detectors that never listen at the same
// time may share one: it then stays in the processor's caches. What a frame left
// in it lies there until a later one needs the place; see [Workspace.Wipe].
type Workspace struct {
	fit  fitter
	view view
}

// NewDetector returns a detector in its initial state that works here.
func (w *Workspace) NewDetector() *Detector {
	d := &Detector{work: w, sinceKey: never, lastEnd: -never}
	d.front.view = &w.view
	d.forgetNamed()
	return d
}

// Wipe zeroes what the last frame left. A nil workspace holds nothing.
func (w *Workspace) Wipe() {
	if w != nil {
		*w = Workspace{}
	}
}

// Wipe zeroes everything that the detector holds, and its workspace. It does not
// listen any more.
func (d *Detector) Wipe() {
	d.work.Wipe()
	*d = Detector{}
}

// Needs is the memory that Process looks at first, for who knows that it will be called.
func (d *Detector) Needs() prefetch.Place { return prefetch.Between(&d.work, &d.waits) }

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
// frame, and once it was wiped, it has listened to nothing, and says so.
func (d *Detector) Process(f *audio.Frame, heard Reception) Evidence {
	if d == nil || f == nil || d.work == nil {
		return Evidence{}
	}
	d.listen(f)
	d.suspect()
	var hopes uint32
	if !heard.Concealed && !heard.Covered { // what was made up proves nothing
		hopes = d.front.proofHopes()
	}
	return d.conclude(&heard, hopes, d.seeProof)
}

// listen takes a frame in.
func (d *Detector) listen(f *audio.Frame) {
	d.found = suspicion{until: -never}
	d.nConfirmed = 0
	d.setEagerness()
	d.front.push(f)
}

// conclude draws on what was found suspicious in the frame.
func (d *Detector) conclude(heard *Reception, hopes uint32, seen proofSight) Evidence {
	d.now += int64(max(0, heard.Passed-heard.Back)) // what was dropped was sent in time that has passed
	d.confirm(heard, hopes, seen)
	ev := Evidence{examined: true, toneEnd: -1}
	if d.held.on && d.held.last > 0 {
		ev.toneStart, ev.toneEnd = d.held.first, d.held.last
	}
	d.pressed(&ev, heard)
	d.toIVR(&ev, heard)
	d.mask(&ev, heard)
	d.took = audio.FrameSamples - heard.Waited
	d.remember(&heard.Event)
	d.now += int64(d.took)
	return ev
}

// remember keeps track of how long ago a key was last heard.
func (d *Detector) remember(named *NamedEvents) {
	d.sinceKey = min(d.sinceKey+d.took, never)
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
