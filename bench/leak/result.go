package leak

import (
	"slices"

	"tonegate/bench/corpus"
	"tonegate/bench/listen"
)

// ModeResult is the leak of one set of strokes in one variant, in percent.
type ModeResult struct {
	Strokes  int
	Leak     Estimate // anywhere, or in a worse scope where that is certain
	Scope    string   // which that is
	Plain    Estimate // without regard to exposure, anywhere
	Read     float64  // the listener's advantage over chance, anywhere
	Floor    float64  // the same behind the oracle
	Exposed  float64  // share of strokes of which something got out
	Named    int      // strokes read rightly and with confidence
	Released float64  // samples of a stroke released, on average
}

// FamilyResult is everything about one family.
type FamilyResult struct {
	Name, Clause string
	Class        corpus.Class
	Failed       string // why it could not be measured
	Variants     []ModeResult
	Parts        [2]ModeResult // armed, on tuning and on held-out material
	Ours         Tally
	Spandsp      Tally
	Read         float64 // digits per item that the listener read, armed
	ReadOracle   float64
	Cases        []Case // what went wrong, for whoever looks for the cause
}

// Result is everything measured.
type Result struct {
	Seed     uint64
	Tones    int
	Variants []variant
	Families []FamilyResult
	Overall  []ModeResult // by variant, without cards
	Parts    [2]ModeResult
	Trained  []Trained
	Sounds   map[string]*[2]Damage // armed, not armed
	Altered  int                   // samples outside masks that changed
	Late     Estimate              // percent of voices back later than 60 ms
	Slowest  float64               // ms, at the 99th percentile
	Spandsp  bool                  // whether it was there
	Ear      listen.Calibration
	Checks   []Check
}

// score sums strokes up.
func score(strokes []heardStroke) ModeResult {
	r := ModeResult{Strokes: len(strokes)}
	n := len(strokes)
	if n == 0 {
		return r
	}
	var more, less [listen.ScopeCount]int
	plainMore, plainLess, read, floor, exposed, released := 0, 0, 0, 0, 0, 0
	for i := range strokes {
		s := &strokes[i]
		for k := range s.right {
			if s.exposed && s.right[k] && !s.floor[k] {
				more[k]++
			}
			if s.exposed && !s.right[k] && s.floor[k] {
				less[k]++
			}
		}
		plainMore += count(s.right[0] && !s.floor[0])
		plainLess += count(!s.right[0] && s.floor[0])
		read += count(s.right[0])
		floor += count(s.floor[0])
		exposed += count(s.exposed)
		r.Named += count(s.named)
		released += s.released
	}
	for k := range more {
		e := paired(more[k], less[k], n).percent()
		// The worst of six noisy figures is noise: an edge counts once it is
		// certain that more is read there than behind the oracle.
		if k == 0 || e.Value > r.Leak.Value && e.Low > (e.High-e.Low)*doubt {
			r.Leak, r.Scope = e, listen.Scope(k).String()
		}
	}
	r.Plain = paired(plainMore, plainLess, n).percent()
	r.Read = wilson(read, n).advantage().Value * 100
	r.Floor = wilson(floor, n).advantage().Value * 100
	r.Exposed = 100 * float64(exposed) / float64(n)
	r.Released = float64(released) / float64(n)
	return r
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// pool collects the strokes of outcomes, by variant.
func pool(outcomes []outcome, variants int, keep func(o *outcome) bool) [][]heardStroke {
	out := make([][]heardStroke, variants)
	for i := range outcomes {
		if o := &outcomes[i]; o.err == nil && keep(o) {
			for v := range out {
				out[v] = append(out[v], o.strokes[v]...)
			}
		}
	}
	return out
}

func everything(*outcome) bool { return true }
func tuned(o *outcome) bool    { return !o.heldOut }
func heldOut(o *outcome) bool  { return o.heldOut }

// familyResult sums one family up.
func (b *bench) familyResult(f corpus.Family, outcomes []outcome) FamilyResult {
	r := FamilyResult{Name: f.Name, Clause: f.Clause, Class: f.Class}
	for i := range outcomes {
		o := &outcomes[i]
		if o.err != nil {
			r.Failed = o.err.Error()
			continue
		}
		r.Ours.add(o.ours)
		r.Spandsp.add(o.spandsp)
		r.Cases = append(r.Cases, o.cases(i)...)
		for _, s := range o.strokes[0] {
			r.Read += float64(count(s.right[0])) / float64(len(outcomes))
			r.ReadOracle += float64(count(s.floor[0])) / float64(len(outcomes))
		}
	}
	for _, strokes := range pool(outcomes, len(b.variants), everything) {
		r.Variants = append(r.Variants, score(strokes))
	}
	r.Parts[0] = score(pool(outcomes, 1, tuned)[0])
	r.Parts[1] = score(pool(outcomes, 1, heldOut)[0])
	return r
}

// summarise folds all outcomes, in order.
func (b *bench) summarise(r *Result, outcomes [][]outcome) {
	var tones []outcome // without cards
	var back []int
	var sets [modeCount][]example
	for i, f := range b.plan.Families {
		r.Families = append(r.Families, b.familyResult(f, outcomes[i]))
		if f.Name != cardFamily {
			tones = append(tones, outcomes[i]...)
		}
		for _, o := range outcomes[i] {
			r.Altered += o.altered
			back = append(back, o.returns...)
			for m := range sets {
				if f.Name != cardFamily {
					sets[m] = append(sets[m], o.examples[m]...)
				}
			}
		}
	}
	for _, strokes := range pool(tones, len(b.variants), everything) {
		r.Overall = append(r.Overall, score(strokes))
	}
	r.Parts[0] = score(pool(tones, 1, tuned)[0])
	r.Parts[1] = score(pool(tones, 1, heldOut)[0])
	r.Trained = trained(sets)
	late := 0
	for _, n := range back {
		late += count(n > returnLimit)
	}
	r.Late = wilson(late, len(back)).percent()
	if slices.Sort(back); len(back) > 0 {
		r.Slowest = float64(back[len(back)*99/100]) / ms
	}
}

const (
	// doubt widens 95 % bounds to what five more looks want (99 %).
	doubt       = 0.16
	cardFamily  = "card"
	returnLimit = 60 * ms
)
