package corpus

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"tonegate/bench/independent"
	"tonegate/internal/audio"
)

// ErrNotInstalled marks what could not be generated because a program or a
// package of recordings is missing. It is a failure, never a pass.
var ErrNotInstalled = errors.New("corpus: not installed")

const ms = audio.SamplesPerMs

// Stroke is one key that was pressed.
type Stroke struct {
	Symbol          byte
	Onset, Duration int
	// Min and Max bound how often a receiver may report the key: 1 and 1 for a
	// valid key, 0 and 0 for a tone that must be rejected, 0 and 1 where the
	// standards leave it open.
	Min, Max int
}

// End is the sample after the stroke's last.
func (s Stroke) End() int { return s.Onset + s.Duration }

// Item is one piece of a call.
type Item struct {
	Family  string
	Index   int
	HeldOut bool // its background comes from the held-out material
	Law     audio.Law
	Samples []int16 // as received, keys and all; whole frames
	Without []int16 // the same line, had nobody pressed a key
	Strokes []Stroke
	// Concealed marks the frames that the receiver knows were made up.
	Concealed []bool
	// Smeared is set where the channel spreads a tone beyond itself (codecs,
	// rooms): there the difference to Without has no sharp edge.
	Smeared bool
	Digits  bool // only 0–9 are used, and the listener knows

	sent [2][]int16 // with and without keys, before the loss: see Replay
	lost []bool
}

// Class groups families by the leak that the specification allows them.
type Class string

// The classes.
const (
	Plain    Class = "plain"
	Loss     Class = "loss"
	Degraded Class = "degraded"
	LowRate  Class = "AMR 4.75"
)

// Family is one kind of trouble.
type Family struct {
	Name    string
	Class   Class
	Clause  string // what it stands for
	Strokes int    // keys per item
	build   func(*scene)
}

// Generator makes items. It is safe for concurrent use.
type Generator struct {
	seed     uint64
	material *Material
	codecs   *independent.Codecs
}

// NewGenerator returns a generator. Without codecs the families that need them
// fail with [ErrNotInstalled].
func NewGenerator(seed uint64, m *Material, codecs *independent.Codecs) *Generator {
	return &Generator{seed, m, codecs}
}

// Make makes one item. It depends on nothing but the seed, the family's name,
// the index and the material.
func (g *Generator) Make(ctx context.Context, f Family, index int) (*Item, error) {
	s := newScene(g.seed, f, index, g.material)
	f.build(s)
	item := &Item{
		Family: f.Name, Index: index, HeldOut: s.heldOut, Law: s.law,
		Strokes: s.expected(), Smeared: s.smeared, Digits: s.digits,
	}
	if err := s.render(ctx, g.codecs, item); err != nil {
		return nil, fmt.Errorf("family %s, item %d: %w", f.Name, index, err)
	}
	return item, nil
}

// newScene returns the empty scene of an item.
func newScene(seed uint64, f Family, index int, m *Material) *scene {
	h := fnv.New64a()
	_, _ = h.Write([]byte(f.Name))
	s := &scene{
		rng:     rand.New(rand.NewPCG(seed^h.Sum64(), uint64(index))),
		strokes: f.Strokes,
		heldOut: index%2 == 1,
	}
	s.material = m.part(s.heldOut)
	s.law = audio.MuLaw
	if s.rng.IntN(2) == 1 {
		s.law = audio.ALaw
	}
	return s
}

// Find returns the families with the given names, or all for no names.
func Find(names []string) ([]Family, error) {
	all := Families()
	if len(names) == 0 {
		return all, nil
	}
	var out []Family
	for _, n := range names {
		found := false
		for _, f := range all {
			if f.Name == n {
				out, found = append(out, f), true
			}
		}
		if !found {
			return nil, fmt.Errorf("corpus: no family %q", n)
		}
	}
	return out, nil
}
