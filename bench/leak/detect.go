package leak

import (
	"tonegate/bench/corpus"
	"tonegate/bench/independent"
)

const (
	soonest = 20 * ms  // after its onset a key can be reported
	latest  = 420 * ms // after its end it is still this key's: its echo's, at worst
)

// Tally counts what a receiver made of strokes.
type Tally struct {
	Valid, Missed     int // strokes that must be reported, and were not
	Doubled           int // reports beyond what a stroke allows
	Wrong             int // reports of a key that nobody pressed then
	Rejects, Accepted int // strokes that must not be reported, and were
	notes             []note
}

// note is one thing that went wrong with one stroke.
type note struct {
	stroke int
	what   string
}

func (t *Tally) note(stroke int, what string, n int) {
	if n > 0 {
		t.notes = append(t.notes, note{stroke, what})
	}
}

func (t *Tally) add(o Tally) {
	t.Valid += o.Valid
	t.Missed += o.Missed
	t.Doubled += o.Doubled
	t.Wrong += o.Wrong
	t.Rejects += o.Rejects
	t.Accepted += o.Accepted
}

// tally matches reports with strokes. Two presses of one key in short order
// may each be reported in the other's time, so the later one takes a report
// only once it can have been heard.
func tally(strokes []corpus.Stroke, keys []independent.Key) Tally {
	var t Tally
	counts := make([]int, len(strokes))
	for _, key := range keys {
		found := -1
		for k, s := range strokes {
			// A report's time is the end of its frame, so 20 ms may be its.
			if key.Symbol == s.Symbol && key.At >= s.Onset+soonest && key.At <= s.End()+latest {
				found = k
			}
		}
		if found < 0 {
			t.strange(strokes, key)
			continue
		}
		if found > 0 && counts[found] >= strokes[found].Max && counts[found-1] < strokes[found-1].Max &&
			strokes[found-1].Symbol == key.Symbol && key.At <= strokes[found-1].End()+latest {
			found--
		}
		counts[found]++
	}
	for k, s := range strokes {
		switch {
		case s.Max == 0:
			t.Rejects++
			t.Accepted += count(counts[k] > 0)
			t.note(k, "accepted", counts[k])
			continue
		case s.Min > 0:
			t.Valid++
		}
		t.Missed += max(0, s.Min-counts[k])
		t.note(k, "missed", s.Min-counts[k])
		t.Doubled += max(0, counts[k]-s.Max)
		t.note(k, "doubled", counts[k]-s.Max)
	}
	return t
}

// strange counts a key that is no stroke's: on a tone that had to be rejected
// it is that tone's, and wrong everywhere else.
func (t *Tally) strange(strokes []corpus.Stroke, key independent.Key) {
	near := 0
	for k, s := range strokes {
		if key.At < s.Onset {
			break
		}
		near = k
		if s.Max == 0 && key.At <= s.End()+latest/4 {
			t.Accepted++
			t.note(k, "accepted as another", 1)
			return
		}
	}
	t.Wrong++
	t.note(near, "wrong", 1)
}
