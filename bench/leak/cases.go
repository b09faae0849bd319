package leak

import (
	"fmt"

	"tonegate/bench/corpus"
)

// Case is one stroke that leaked or was heard wrongly.
type Case struct {
	Item, Stroke int
	What         string
	Released     *place `json:",omitempty"`
	Press        string // the stroke
}

// cases lists what went wrong in an item, armed unless it says otherwise.
func (o *outcome) cases(item int) []Case {
	var out []Case
	add := func(stroke int, what string, p *place) {
		out = append(out, Case{item, stroke, what, p, describe(o.pressed[stroke])})
	}
	for v, name := range []string{"leak", "leak, not armed"} {
		for k := range o.strokes[v] {
			if s := &o.strokes[v][k]; s.leaks() {
				add(k, name, &s.where)
			}
		}
	}
	for _, n := range o.ours.notes {
		add(n.stroke, n.what, nil)
	}
	for _, n := range o.spandsp.notes {
		add(n.stroke, "spandsp: "+n.what, nil)
	}
	return out
}

// leaks reports whether some scope read what the oracle hides.
func (s *heardStroke) leaks() bool {
	for k := range s.right {
		if s.exposed && s.right[k] && !s.floor[k] {
			return true
		}
	}
	return false
}

func describe(s corpus.Stroke) string {
	return fmt.Sprintf("%c at %.3f s for %.1f ms", s.Symbol, float64(s.Onset)/1000/ms, float64(s.Duration)/ms)
}
