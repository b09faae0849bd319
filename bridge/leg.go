package bridge

import (
	"time"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/jitter"
	"tonegate/mixer/mask"
)

// Role is what a leg is in the call.
type Role uint8

// The roles. The zero value is none of them.
const (
	_ Role = iota
	Customer
	Agent
	IVR
	Supervisor
)

// String returns the role's name as the API spells it.
func (r Role) String() string {
	switch r {
	case Customer:
		return "customer"
	case Agent:
		return "agent"
	case IVR:
		return "ivr"
	case Supervisor:
		return "supervisor"
	default:
		return "unknown"
	}
}

// enoughUnnamed is after how many keys that only sounded a source that named one before is
// taken to sound them. Of one key all packets of its event may be lost.
const enoughUnnamed = 2

// LegID names a leg within its conference. Zero is no leg.
type LegID uint16

// Media is what a leg negotiated.
type Media struct {
	Law    audio.Law
	Events bool  // telephone-event was negotiated
	Event  uint8 // its payload type
	Clock  uint32
}

// LegSpec describes a leg that joins.
type LegSpec struct {
	Role    Role
	Builtin bool // no packets: its voice comes from Play, its ears are Output
	Held    bool // it is on hold from its first frame: see [Conference.SetHeld]
	Media   Media
}

// Packet is one RTP packet of a leg. Payload is not kept.
type Packet struct {
	PayloadType uint8
	Marker      bool
	Sequence    uint16
	Timestamp   uint32
	SSRC        uint32
	Payload     []byte
	Arrived     time.Time
}

// ears is a dtmf.Detector, or what a test puts in its place.
type ears interface {
	Arm(armed bool)
	Process(f *audio.Frame, heard dtmf.Reception) dtmf.Evidence
}

// leg is what the conference keeps of one party from tick to tick, in one piece: a server comes
// to it once in 20 ms, and each further page that it has to touch then costs it a
// search for the page as well.
type leg struct {
	// Each packet and each tick needs these first.
	id    LegID
	muted bool
	held  bool
	bound bool // ssrc is known
	// unnamed is how many keys sounded since one was named, up to enoughUnnamed.
	unnamed uint8
	spec    LegSpec
	ssrc    uint32
	seq     sequence
	ears    ears            // detector, or what replaced it
	work    *dtmf.Workspace // of the conference

	*voices       // of this tick
	played   bool // said is for this tick
	heard    bool // raw was received, all of it
	evidence dtmf.Evidence
	stats    Stats

	buffer   jitter.Buffer
	gate     mask.Gate
	aside    mask.Gate // a customer's second one, for the agent alone: see PressTalk
	events   dtmf.EventReceiver
	detector dtmf.Detector
	said     audio.Frame // by a built-in leg: see [Conference.Play]
}

// Stats counts what a leg's packets were and what became of its audio.
type Stats struct {
	Packets       uint64 // audio and event packets
	Lost          uint64 // by sequence numbers (RFC 3550 §A.3)
	Malformed     uint64 // event packets that RFC 4733 does not allow
	UnknownType   uint64 // payload types that were not negotiated
	InBandKeys    uint64
	NamedKeys     uint64
	MaskedSamples uint64
	DetectorFails uint64
	Jitter        jitter.Stats
}

func newLeg(id LegID, spec LegSpec, seed uint64, w *dtmf.Workspace) *leg {
	l := &leg{
		id: id, spec: spec, held: spec.Held, work: w,
		gate:     *mask.NewGate(seed + 1),
		aside:    *mask.NewGate(seed + 1), // the same noise: no press, no difference
		events:   *dtmf.NewEventReceiver(spec.Media.Clock),
		detector: *w.NewDetector(),
	}
	l.ears = &l.detector
	l.buffer.Init(spec.Media.Law, seed)
	l.setMedia(spec.Media)
	return l
}

func (l *leg) setMedia(m Media) {
	if m.Clock != l.spec.Media.Clock {
		l.events = *dtmf.NewEventReceiver(m.Clock)
	}
	l.spec.Media = m
	l.buffer.SetLaw(m.Law)
}

// receive routes a packet by its payload type: what was not negotiated is
// counted and dropped.
func (l *leg) receive(p Packet) {
	switch m := &l.spec.Media; {
	case p.PayloadType == m.Law.PayloadType():
		l.bind(p.SSRC)
		l.count(p.Sequence)
		l.buffer.Insert(p.Timestamp, p.Payload, p.Arrived)
	case m.Events && p.PayloadType == m.Event:
		l.bind(p.SSRC)
		l.count(p.Sequence)
		err := l.events.Receive(dtmf.EventPacket{
			SSRC: p.SSRC, Sequence: p.Sequence, Timestamp: p.Timestamp,
			Marker: p.Marker, Payload: p.Payload,
		})
		if err != nil {
			l.stats.Malformed++
			return
		}
		if len(p.Payload) > 0 { // It names its keys: its audio is not needed for them, and must not be behind.
			l.buffer.Prompt(true)
			l.unnamed = 0
		}
		if m.Clock == audio.SampleRate {
			l.buffer.Cover(p.Timestamp, dtmf.EventLength(p.Payload))
		}
	default:
		l.stats.UnknownType++
	}
}

func (l *leg) count(seq uint16) {
	l.stats.Packets++
	l.seq.take(seq)
}

// sequence counts what a source's sequence numbers say is missing.
type sequence struct {
	received, span uint64 // packets, and numbers from the first to the highest
	highest        uint16
}

func (s *sequence) take(seq uint16) {
	s.received++
	if s.received == 1 {
		s.highest, s.span = seq, 1
		return
	}
	if ahead := int16(seq - s.highest); ahead > 0 {
		s.highest, s.span = seq, s.span+uint64(ahead)
	}
}

func (s *sequence) lost() uint64 {
	if s.span < s.received { // duplicates
		return 0
	}
	return s.span - s.received
}

// bind starts a new time base when the source changes.
func (l *leg) bind(ssrc uint32) {
	if l.bound && l.ssrc != ssrc {
		l.buffer.Reset()
		l.buffer.Prompt(false)
		l.stats.Lost += l.seq.lost()
		l.seq = sequence{}
	}
	l.ssrc, l.bound = ssrc, true
}

// hear takes this tick's frame off the buffer and listens to it.
func (l *leg) hear(now time.Time) {
	heard := dtmf.Reception{Event: l.events.Tick()}
	if l.spec.Builtin {
		if l.raw = (audio.Frame{}); l.played {
			l.raw, l.played = l.said, false
		}
	} else {
		var f jitter.Frame
		l.buffer.PopTo(&f, &l.raw, now, l.evidence.Suspicious(), heard.Event.Active)
		heard.Concealed, heard.Blank = f.MadeUp()
		heard.Absent, heard.Waited, heard.Passed = f.Absent, f.Waited, f.Passed
		heard.Anew, heard.Back = f.Anew, f.Back
		heard.Covered = f.Covered || f.Silent && heard.Event.Active
		heard.Ahead, heard.Timestamp = f.Ahead, f.Timestamp
		heard.Timed = f.Timed && l.spec.Media.Clock == audio.SampleRate
		l.heard = !heard.Concealed && !f.Covered && !f.Silent
	}
	// A muted leg is still listened to: what it said just before is in the gate.
	heard.Muted = l.muted
	l.listen(&heard)
	if l.evidence.Unnamed() && l.unnamed < enoughUnnamed {
		if l.unnamed++; l.unnamed == enoughUnnamed {
			l.buffer.Prompt(false)
		}
	}
	if clean, over := l.evidence.Over(); over {
		l.buffer.ForgetBefore(clean)
	}
	if l.muted {
		l.raw = audio.Frame{}
	}
	if c := l.evidence.Counts(); c != (dtmf.Counts{}) {
		l.stats.InBandKeys += uint64(c.InBand)
		l.stats.NamedKeys += uint64(c.Named)
	}
}

// mask passes this tick's frame through the leg's gates.
func (l *leg) mask(p, agents mask.Policy) {
	l.gated = l.gate.Push(p, &l.raw, l.evidence)
	if l.spec.Role == Customer {
		l.forAgent = l.aside.Push(agents, &l.raw, l.evidence)
	}
}

// listen runs the detector. A detector that fails has said nothing, and the
// zero evidence masks; it starts anew with the next frame.
func (l *leg) listen(heard *dtmf.Reception) {
	if attend(&l.evidence, l.ears, &l.raw, heard) {
		l.ears = l.work.NewDetector()
		l.ears.Arm(true) // a failure is a doubt
		l.stats.DetectorFails++
	}
}

// attend runs a detector, and reports whether it failed. Whatever happens, ev is not what
// it was of the frame before.
func attend(ev *dtmf.Evidence, e ears, f *audio.Frame, heard *dtmf.Reception) (failed bool) {
	defer func() {
		if recover() != nil {
			*ev, failed = dtmf.Evidence{}, true
			if d, ok := e.(*dtmf.Detector); ok {
				d.Wipe() // what it heard is not left to lie about
			}
		}
	}()
	*ev = e.Process(f, *heard)
	return false
}

func (l *leg) snapshot() Stats {
	s := l.stats
	s.Lost += l.seq.lost()
	s.Jitter = l.buffer.Stats()
	s.MaskedSamples = l.gate.MaskedSamples()
	return s
}
