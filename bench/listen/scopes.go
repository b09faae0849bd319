package listen

// Scope is a part of a stroke that is listened to for itself.
type Scope int

// The scopes.
const (
	Anywhere Scope = iota // from the onset to 400 ms after it, what is inside the tone first
	Whole                 // inside the tone
	Leading               // around the onset
	Trailing              // around the end
	After                 // from the end on
	Apart                 // row and column each where it stands out most
	ScopeCount
)

// String returns the scope's name.
func (s Scope) String() string {
	return [ScopeCount]string{"anywhere", "whole", "leading", "trailing", "after", "apart"}[s]
}

// edge is how far around the onset and the end an edge reaches.
const edge = 20 * perMs

// Scoped holds a guess for each scope.
type Scoped [ScopeCount]Guess

// Scopes guesses the key of one stroke in every scope, looking until the given
// sample but not beyond 400 ms after its end. digits says that the key is known
// to be one of 0–9.
func (l *Listener) Scopes(samples []int16, s Stroke, until int, digits bool) Scoped {
	until = min(until, s.Onset+s.Duration+after)
	x := l.hear(samples, s.Onset-before, until)
	var best Scoped
	for i := range best {
		best[i].Score = -1e9
	}
	row, column := fit{low: -1e9}, fit{high: -1e9}
	for _, w := range lengths {
		b := l.bank(w.samples)
		for at := 0; at+w.samples <= len(x); at += max(2, w.samples/6) {
			from := at - before
			in := scopesOf(from, w.samples, s.Duration)
			if !in[Anywhere] {
				continue
			}
			f, ok := b.best(x[at:at+w.samples], digits)
			if !ok {
				continue
			}
			contrast := min(f.contrast-w.wanted, certain)
			away := distance(from, w.samples, s.Duration)
			best.offer(in, f, contrast, away)
			f.low, f.high = f.low-w.wanted-away, f.high-w.wanted-away
			if f.low > row.low {
				row = f
			}
			if f.high > column.high {
				column = f
			}
		}
	}
	if best[Anywhere].Symbol != 0 {
		best[Apart] = Guess{Symbol: symbolAt(row.row, column.column), Score: min(row.low, column.high)}
	}
	for i := range best {
		best[i].settle()
	}
	return best
}

// offer makes the fit of a window known to the scopes that the window is in.
func (p *Scoped) offer(in [ScopeCount]bool, f fit, contrast, away float64) {
	for i := range in {
		score := contrast
		if Scope(i) == Anywhere {
			score -= away
		}
		if in[i] && score > p[i].Score {
			p[i] = Guess{Symbol: symbolAt(f.row, f.column), Score: score}
		}
	}
}

// scopesOf says which scopes a window is in; from is relative to the onset.
func scopesOf(from, length, duration int) (in [ScopeCount]bool) {
	to := from + length
	fits := length <= max(duration, shortest)
	in[Anywhere] = fits
	in[Whole] = fits && from >= -before && to <= duration+before
	in[Leading] = fits && from >= -before && to <= edge
	in[Trailing] = fits && from >= duration-edge && to <= duration+edge
	in[After] = fits && from >= duration
	return in
}

// settle finishes a guess.
func (g *Guess) settle() {
	if g.Symbol == 0 {
		g.Score = 0
	}
	g.Confident = g.Symbol != 0 && g.Score >= 0
}
