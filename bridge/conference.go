package bridge

import (
	"errors"
	"fmt"
	"slices"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/prefetch"
	"tonegate/mixer/mask"
)

// Errors of the conference's methods.
var (
	ErrRoleTaken  = errors.New("the role is taken")
	ErrNoSuchLeg  = errors.New("no such leg")
	ErrBadRole    = errors.New("not a role")
	ErrFull       = errors.New("the conference has no room for another leg")
	ErrCapturing  = errors.New("a capture is already collecting")
	ErrNoCapture  = errors.New("no capture is collecting")
	ErrNotBuiltin = errors.New("the leg is not built in")
)

// MaxLegs bounds the legs of a conference: the three parties and supervisors.
const MaxLegs = 8

// Config describes a conference.
type Config struct {
	// Policy is what the agent hears of the customer outside captures. Its
	// Armed is ignored: only a capture arms.
	Policy mask.Policy
	// Seed drives comfort noise; equal seeds and inputs give equal outputs.
	Seed uint64
	// InDoubt mutes the customer at first: see [Conference.InDoubt].
	InDoubt bool
	// Workspace is where it works: one of its own, if nil.
	Workspace *Workspace
	// Outside says that the agent is outside at first, as after [Conference.SendToIVR].
	Outside bool
}

// Conference is one call. Use [New].
type Conference struct {
	cfg    Config
	alone  bool // the workspace is its own
	legs   [MaxLegs]*leg
	ids    [MaxLegs]LegID // theirs: to look for one must not come by the others
	nextID LegID

	// Each tick looks at these.
	capture   Capture
	on        bool // a capture is collecting
	doubt     bool // see InDoubt
	transfer  Transfer
	comfort   bool // see Comfort
	announced bool // announcement is for this tick
	edited    bool // forIVR holds something
	calm      int  // ticks of audio without a tone since the last one, in doubt
	talk      int  // ticks for which press-to-talk stays open
	returning int  // ticks until the agent is back
	ticks     uint64
	music     music

	tone         dtmf.ToneGenerator
	sender       dtmf.EventSender
	forIVR       audio.Frame        // scratch: the customer as an external IVR hears it
	sustain      dtmf.ToneGenerator // of keys that lack their end
	noise        audio.Noise
	announcement audio.Frame
}

// New returns a conference without legs.
func New(cfg Config) *Conference {
	cfg.Policy.Armed = false
	alone := cfg.Workspace == nil
	if alone {
		cfg.Workspace = new(Workspace)
	}
	c := &Conference{cfg: cfg, alone: alone, doubt: cfg.InDoubt, noise: audio.NewNoise(cfg.Seed), music: newMusic(cfg.Seed + 2)}
	if cfg.Outside {
		c.transfer = WithIVR
	}
	return c
}

// Join adds a leg. It fails with [ErrBadRole], [ErrRoleTaken] or [ErrFull], and
// then changes nothing.
func (c *Conference) Join(spec LegSpec) (LegID, error) {
	if spec.Role < Customer || spec.Role > Supervisor {
		return 0, fmt.Errorf("join: %w: %d", ErrBadRole, spec.Role)
	}
	if spec.Role != Supervisor && c.byRole(spec.Role) != nil {
		return 0, fmt.Errorf("join as %s: %w", spec.Role, ErrRoleTaken)
	}
	for i, l := range c.legs {
		if l != nil {
			continue
		}
		c.ids[i] = c.newID()
		// Seeds must differ between legs, or two comfort noises would add up
		// coherently, and must not depend on anything but the order of joining.
		c.legs[i] = newLeg(c.nextID, spec, c.cfg.Seed+uint64(c.nextID)*0x1000, &c.cfg.Workspace.detectors)
		c.legs[i].voices = &c.cfg.Workspace.voices[i]
		c.legs[i].ears.Arm(c.armed())
		return c.nextID, nil
	}
	return 0, fmt.Errorf("join as %s: %w", spec.Role, ErrFull)
}

// newID returns an ID that no leg has. A call that has used them all begins anew: a
// leg that is still there since keeps its own.
func (c *Conference) newID() LegID {
	for c.nextID++; c.nextID == 0 || slices.Contains(c.ids[:], c.nextID); c.nextID++ {
	}
	return c.nextID
}

// Leave removes a leg. Whatever it still had in its buffers is zeroed.
func (c *Conference) Leave(id LegID) error {
	for i, l := range c.legs {
		if l != nil && l.id == id {
			if l.spec.Role == Agent {
				c.ReleaseTalk() // the next agent has pressed nothing
			}
			l.wipe()
			c.legs[i], c.ids[i] = nil, 0
			return nil
		}
	}
	return fmt.Errorf("leave: %w", ErrNoSuchLeg)
}

// SetMedia changes what a leg negotiated.
func (c *Conference) SetMedia(id LegID, m Media) error {
	l := c.byID(id)
	if l == nil {
		return fmt.Errorf("set media: %w", ErrNoSuchLeg)
	}
	l.setMedia(m)
	return nil
}

// SetMuted stops or resumes taking a leg's voice. In-band tones are part of it;
// named events of a muted leg still count.
func (c *Conference) SetMuted(id LegID, muted bool) error {
	l := c.byID(id)
	if l == nil {
		return fmt.Errorf("mute: %w", ErrNoSuchLeg)
	}
	l.muted = muted
	return nil
}

// SetPolicy changes what the agent hears of the customer outside captures.
func (c *Conference) SetPolicy(p mask.Policy) {
	p.Armed = false
	c.cfg.Policy = p
}

// Receive takes one packet of a leg. Packets of unknown legs are dropped.
func (c *Conference) Receive(id LegID, p Packet) {
	if l := c.byID(id); l != nil && !l.spec.Builtin {
		l.receive(p)
	}
}

// Needs is the memory that Receive looks at for a packet of a leg, and what the tick after it
// would wait for first.
func (c *Conference) Needs(id LegID) []prefetch.Place {
	l := c.byID(id)
	if l == nil {
		return nil
	}
	return []prefetch.Place{
		prefetch.Between(&c.legs, &c.ticks), l.buffer.Needs(), prefetch.Between(&l.id, &l.stats.Packets),
		prefetch.Whole(&l.gate), l.events.Needs(), l.detector.Needs(),
	}
}

// Play sets what a built-in leg says in the next tick.
func (c *Conference) Play(id LegID, voice *audio.Frame) error {
	l := c.byID(id)
	if l == nil {
		return fmt.Errorf("play: %w", ErrNoSuchLeg)
	}
	if !l.spec.Builtin {
		return fmt.Errorf("play: %w", ErrNotBuiltin)
	}
	l.said, l.played = *voice, true
	return nil
}

// Stats returns a leg's counts.
func (c *Conference) Stats(id LegID) (Stats, error) {
	l := c.byID(id)
	if l == nil {
		return Stats{}, fmt.Errorf("stats: %w", ErrNoSuchLeg)
	}
	return l.snapshot(), nil
}

func (c *Conference) byID(id LegID) *leg {
	for i := range c.ids {
		if c.ids[i] == id {
			return c.legs[i]
		}
	}
	return nil
}

func (c *Conference) byRole(r Role) *leg {
	for _, l := range c.legs {
		if l != nil && l.spec.Role == r {
			return l
		}
	}
	return nil
}
