package leak

import (
	"tonegate/bench/corpus"
	"tonegate/bench/listen"
	"tonegate/dtmf"
)

const (
	oracleMargin = 10 * ms
	searched     = 400 * ms // after a stroke's end
	smearFloor   = 1e-4     // of a tone's power: below it a smeared tone is over
	smearWindow  = 2 * ms
)

// carrying says which samples have something of a tone in them.
func carrying(item *corpus.Item) []bool {
	out := make([]bool, len(item.Samples))
	if !item.Smeared {
		for i, v := range item.Samples {
			out[i] = v != item.Without[i]
		}
		return out
	}
	energy := make([]float64, len(out)+1) // running sum of the difference's
	for i, v := range item.Samples {
		d := float64(v) - float64(item.Without[i])
		energy[i+1] = energy[i] + d*d
	}
	for k, s := range item.Strokes {
		from, to := max(0, s.Onset-4*oracleMargin), until(item, k)
		mean := (energy[s.End()] - energy[s.Onset]) / float64(s.Duration)
		for i := from; i+smearWindow <= to; i += smearWindow / 2 {
			if energy[i+smearWindow]-energy[i] > smearFloor*mean*smearWindow {
				for j := range smearWindow {
					out[i+j] = true
				}
			}
		}
	}
	return out
}

// until is where the search for stroke k ends.
func until(item *corpus.Item, k int) int {
	end := min(item.Strokes[k].End()+searched, len(item.Samples))
	if k+1 < len(item.Strokes) {
		end = min(end, item.Strokes[k+1].Onset)
	}
	return end
}

// oracle is the perfect mask: each tone and 10 ms around it. Echoes and
// concealment that repeat a tone are tones, too; what a codec or a room smears
// beyond the margin is not for the oracle to know.
func oracle(item *corpus.Item, tone []bool) []bool {
	open := make([]bool, len(item.Samples))
	for i := range open {
		open[i] = item.Smeared || !tone[i]
	}
	for _, s := range item.Strokes {
		for i := max(0, s.Onset-oracleMargin); i < min(len(open), s.End()+oracleMargin); i++ {
			open[i] = false
		}
	}
	return open
}

// heardStroke is what the listener made of one stroke behind one mask.
type heardStroke struct {
	right    [listen.ScopeCount]bool
	floor    [listen.ScopeCount]bool // behind the oracle
	named    bool                    // right and sure of it
	exposed  bool                    // something of the tone got through
	released int                     // samples of the tone itself that did
	where    place
}

// place says where a tone's samples got through.
type place struct{ Lead, Inside, Trail, After, All int }

// locate finds the place of what was released of stroke k: before its mask
// begins, in holes of it, after it ends, beyond the oracle's margin, or all of
// it where nothing is masked.
func locate(item *corpus.Item, open, tone, perfect []bool, k int) (p place) {
	s := item.Strokes[k]
	from, to := max(0, s.Onset-oracleMargin), min(s.End()+oracleMargin, len(open))
	first, last := -1, -1
	for i := from; i < to; i++ {
		if !open[i] {
			if first < 0 {
				first = i
			}
			last = i
		}
	}
	for i := from; i < until(item, k); i++ {
		if !open[i] || !tone[i] || perfect[i] {
			continue
		}
		switch {
		case i >= to:
			p.After++
		case first < 0:
			p.All++
		case i < first:
			p.Lead++
		case i > last:
			p.Trail++
		default:
			p.Inside++
		}
	}
	return p
}

// examiner scores items; one per goroutine.
type examiner struct{ ear *listen.Listener }

// guesses listens to every stroke that wanted says.
func (e *examiner) guesses(item *corpus.Item, open []bool, wanted func(k int) bool) []listen.Scoped {
	x := rendered(item.Samples, open, uint64(item.Index))
	out := make([]listen.Scoped, len(item.Strokes))
	for k, s := range item.Strokes {
		if wanted(k) {
			out[k] = e.ear.Scopes(x, listen.Stroke{Symbol: s.Symbol, Onset: s.Onset, Duration: s.Duration}, until(item, k), item.Digits)
		}
	}
	return out
}

// examine compares a mask with the oracle's. Unless thorough, only exposed
// strokes are listened to: no others can leak.
func (e *examiner) examine(item *corpus.Item, open []bool, tone, perfect []bool, floor []listen.Scoped, thorough bool) []heardStroke {
	out := make([]heardStroke, len(item.Strokes))
	same := make([]bool, len(out))
	for k, s := range item.Strokes {
		same[k] = true
		for i := max(0, s.Onset-oracleMargin); i < until(item, k); i++ {
			same[k] = same[k] && open[i] == perfect[i]
			if open[i] && tone[i] {
				out[k].exposed = out[k].exposed || !perfect[i]
				if i >= s.Onset && i < s.End() {
					out[k].released++
				}
			}
		}
	}
	guesses := e.guesses(item, open, func(k int) bool { return out[k].exposed || thorough && !same[k] })
	for k, s := range item.Strokes {
		for scope := range floor[k] {
			out[k].floor[scope] = floor[k][scope].Symbol == s.Symbol
			if guesses[k] != (listen.Scoped{}) {
				out[k].right[scope] = guesses[k][scope].Symbol == s.Symbol
			} else {
				out[k].right[scope] = out[k].floor[scope]
			}
		}
		if out[k].exposed {
			out[k].where = locate(item, open, tone, perfect, k)
		}
		out[k].named = out[k].exposed && out[k].right[0] && guesses[k][0].Confident
	}
	return out
}

// fullReach is the gate's own delay.
const fullReach = dtmf.LookAhead
