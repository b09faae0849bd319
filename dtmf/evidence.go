package dtmf

// LookAhead is how far back, in samples, the detector may still reach when it
// finds that a tone began earlier than it was noticed: the gate delays what it
// protects by exactly this much. 80 samples are 10 ms.
const LookAhead = 80

// MaxSpans bounds the spans of one Evidence.
const MaxSpans = 1

// maxKeys bounds the keys that one frame can report.
const maxKeys = 4

// Span is a run of samples that must not be heard, relative to the first
// sample of the frame it was reported with. Start may be as low as
// -[LookAhead]; End is exclusive and at most one frame.
type Span struct{ Start, End int16 }

// Evidence is what one frame of one source says about DTMF: where, not only
// whether. It is a value that only this package can make, and its zero value
// says that nobody looked, on which a gate masks everything it holds.
type Evidence struct {
	examined   bool
	suspicious bool
	unnamed    bool
	nSpans     uint8
	nKeys      uint8
	nCopies    uint8
	spans      [MaxSpans]Span
	keys       [maxKeys]Key
	copies     [MaxSpans]Span
	relay      Relay
	sustain    Relay
	counts     Counts
	toneStart  int32
	toneEnd    int32
	clean      int32
}

// Counts says how the keys of a frame were learnt, for metrics that are
// published on a coarse grid.
type Counts struct {
	InBand uint8 // keys confirmed from audio
	Named  uint8 // keys begun by a named event
}

// Relay is a piece of one named event on its way to an IVR leg: a key that no
// in-band tone has carried there.
type Relay struct {
	On    bool // a piece is present
	Start bool // this is the key's first piece
	End   bool // this is the key's last piece
	Key   Key  // which key
	// Continues is true if a tone in the audio carried the beginning of the key,
	// and this is to sound right behind it.
	Continues bool
	Samples   uint16 // duration of the key at the end of this piece, in samples
}

// Examined reports whether a detector made this evidence.
func (e *Evidence) Examined() bool { return e.examined }

// Suspicious reports that a tone, an event or their echo may be present in or
// just before this frame. Playout must not be adapted meanwhile.
func (e *Evidence) Suspicious() bool { return !e.examined || e.suspicious }

// Unnamed reports that a key was heard a while ago and no named event came with it. A
// source whose keys are known by both does not do that, unless all of an event was lost.
func (e *Evidence) Unnamed() bool { return e.unnamed }

// Spans returns the parts to mask. The slice aliases the receiver.
func (e *Evidence) Spans() []Span { return e.spans[:e.nSpans] }

// Pressed returns the keys that became known with this frame, each once
// however many transports carried it. The slice aliases the receiver.
func (e *Evidence) Pressed() []Key { return e.keys[:e.nKeys] }

// Over returns for how many samples, at the end of this frame and before, no sign
// of a tone was seen, and whether that is long enough for a tone to be over and not
// interrupted. Then nothing older may be repeated to fill a loss, or the tone would
// come back.
func (e *Evidence) Over() (samples int, over bool) { return int(e.clean), e.clean > longestBreak }

// Tone returns where the in-band tone of the last confirmed key lies, in samples
// relative to this frame, end exclusive. The end is -1 unless the tone was still
// heard in this frame.
func (e *Evidence) Tone() (start, end int) { return int(e.toneStart), int(e.toneEnd) }

// InBandCopies returns the parts of this frame (never before it) that repeat a
// key which the IVR has got already: by a named event, or by what it heard of the same
// tone before the rest was late.
func (e *Evidence) InBandCopies() []Span { return e.copies[:e.nCopies] }

// Relay returns the piece of a named event to send to an IVR leg, if any.
func (e *Evidence) Relay() Relay { return e.relay }

// Sustained returns what an IVR that hears the audio is to hear of a tone while the
// rest of it is late, if any: it stands in place of the frame.
func (e *Evidence) Sustained() Relay { return e.sustain }

// Counts returns how this frame's keys were learnt.
func (e *Evidence) Counts() Counts { return e.counts }

// Reception is what the network says of a frame before anyone listens to it.
type Reception struct {
	// Concealed is true if any sample of the frame was not received.
	Concealed bool
	// Blank is true of a concealed frame that is made up from nothing that was
	// heard: it cannot repeat a tone.
	Blank bool
	// Absent is true if none of the frame was received, nor anything newer: what comes
	// next may have followed at once on what was received last.
	Absent bool
	// Waited is how many samples at the end of a concealed frame may still come, and
	// then be heard: they took no time of the source. Passed is how many took theirs
	// between the frames: what was waited for before and did not come, and what came too
	// late.
	Waited, Passed int32
	// Back is for how many samples the source's clock stood still in the frames before,
	// in which it was absent. What it sent last is that much less long ago.
	Back int32
	// Anew is true of the first frame of a new time base, and of a source that stood
	// still: it may begin with the end of a tone of which nothing else is heard.
	Anew bool
	// Covered is true if some of it was not sent, because a named event was. A
	// tone before that hole and its remainder after it are one key.
	Covered bool
	// Muted is true if nobody is to hear the frame, the IVR included: its tones
	// are masked as ever, but they are no keys.
	Muted bool
	// Event is the state of named events as of this frame.
	Event NamedEvents
	// Timed is true if Timestamp is the RTP timestamp of the frame's first sample
	// and events are stamped by the same clock (RFC 4733 §2.2): then it is known
	// where in the audio an event belongs, however late either comes.
	Timed     bool
	Timestamp uint32
	// Ahead is how many samples of received audio wait in the jitter buffer
	// behind this frame. Events are read on arrival and audio when it is played,
	// so an event that came just now belongs this far ahead, if no timestamp says
	// better.
	Ahead uint32
}
