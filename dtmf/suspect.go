package dtmf

import (
	"math"

	"tonegate/internal/audio"
)

// window is one length of window that the detector lays over the newest
// samples, and the score in it that raises suspicion.
type window struct {
	blocks int     // length in milliseconds
	every  int     // one window ends every so many milliseconds
	before int32   // samples masked before a hit
	guard  int32   // and after it
	raw    float32 // score wanted of the samples as they are
	high   float32 // and of their high-passed copy
}

// The longer a window, the less likely that speech looks like two steady
// sinusoids all through it, so the less contrast is asked for. After a hit a
// tone may reach beyond the window by a hop. Before it a tone may have begun
// without looking like one: codecs garble onsets, clipping and rising levels
// hide them. The samples there are still held, and masking them costs little.
var windows = [...]window{
	{blocks: 10, every: 1, before: 72, guard: 24, raw: db(5.5), high: db(7)},
	{blocks: 4, every: 1, before: 60, guard: 20, raw: db(16), high: db(18)},
	{blocks: 5, every: 1, before: 60, guard: 20, raw: db(13), high: db(15)},
	{blocks: 7, every: 1, before: 60, guard: 20, raw: db(9), high: db(11)},
	{blocks: 15, every: 2, before: 60, guard: 16, raw: db(4), high: db(5.5)},
	{blocks: 20, every: 4, before: 40, guard: 12, raw: db(3), high: db(4)},
	{blocks: 35, every: 5, before: 40, guard: 12, raw: db(1.5), high: db(2.5)},
}

func db(v float64) float32 { return float32(math.Pow(10, v/10)) }

const (
	offGrid     = 0.028 // relative deviation beyond which more is wanted
	hang        = 64    // samples masked after the last sign of a tone, 8 ms
	faintest    = 3     // amplitude of a tone too faint to be one
	recentTime  = 300 * audio.SamplesPerMs
	armedTime   = 10000 * audio.SamplesPerMs
	sameKeyTime = 350 * audio.SamplesPerMs // of echoes, and of a room's ringing
)

// Scores wanted fall, as factors, when a tone is likelier than usual.
var (
	offGridFactor = db(3)
	armedFactor   = db(-1)
	// Without hum, what the high-passed copy finds and the original does not is
	// mostly a voice whose formants lie on a key.
	highFactor    = db(1.5)
	recentFactor  = db(-1.5)
	sameKeyFactor = db(-4)
)

// hit is a stretch of a frame in which a tone is suspected: the windows that
// showed it, and the guards around them.
type hit struct {
	start, end         int32
	coreStart, coreEnd int32
}

// touches reports whether two hits are within a hang-over of each other.
func (h *hit) touches(o *hit) bool { return h.start <= o.end+hang && o.start <= h.end+hang }

// join makes h cover both hits and what lies between them.
func (h *hit) join(o *hit) {
	h.start, h.end = min(h.start, o.start), max(h.end, o.end)
	h.coreStart, h.coreEnd = min(h.coreStart, o.coreStart), max(h.coreEnd, o.coreEnd)
}

// suspicion collects the hits of a frame.
type suspicion struct {
	hits [MaxSpans]hit
	n    int
	seen [Keys]bool // keys that the hits looked like
}

// add joins a hit to those it touches. When there are too many it joins one
// that it does not touch: masking between them errs on the safe side.
func (s *suspicion) add(start, end, before, after int32) {
	h := hit{start - before, end + after, start, end}
	for i := 0; i < s.n; {
		if !h.touches(&s.hits[i]) {
			i++
			continue
		}
		h.join(&s.hits[i])
		s.n--
		s.hits[i] = s.hits[s.n]
		i = 0
	}
	if s.n == len(s.hits) {
		s.hits[0].join(&h)
		return
	}
	s.hits[s.n] = h
	s.n++
}

// covers reports whether a window lies inside what other windows showed. What
// lies in a guard only is worth a look: the guard it brings reaches further.
func (s *suspicion) covers(start, end int32) bool {
	for i := range s.hits[:s.n] {
		if h := &s.hits[i]; h.coreStart <= start && end <= h.coreEnd {
			return true
		}
	}
	return false
}

// suspect lays every window over the frame. Those that lie inside a stretch
// found already are passed over: on a steady tone few fits are made.
func (d *Detector) suspect() {
	for i := range windows {
		w := &windows[i]
		for back := 0; back < newBlocks; back += w.every {
			d.tryWindow(w, newBlocks-back)
		}
	}
}

// tryWindow looks at the window that ends with block end of the frame.
func (d *Detector) tryWindow(w *window, end int) {
	start32, end32 := int32(end-w.blocks)*hop, int32(end)*hop
	if d.found.covers(start32, end32) {
		return
	}
	factor := d.eagerness
	g := d.front.look(oldBlocks+end-w.blocks, oldBlocks+end)
	if !g.tonal(w.raw * factor * d.keyBias(g.row, g.column)) {
		return
	}
	from, to := maxWindow+int(start32), maxWindow+int(end32)
	d.fit.load(d.front.raw[from:to])
	p := d.fit.best(g.row, g.column, w.raw*factor)
	if !d.believes(&p, w.raw*factor, to-from) {
		d.fit.load(d.front.high[from:to])
		high := w.high * factor
		if !d.armed {
			high *= highFactor
		}
		p = d.fit.best(g.row, g.column, high)
		if !d.believes(&p, high, to-from) {
			return
		}
	}
	d.found.seen[p.key()] = true
	after := w.guard
	if d.armed {
		after = w.before // a tone that codecs broke up is one tone
	}
	d.found.add(start32, end32, w.before, after)
}

// believes reports whether a fit is good enough for suspicion.
func (d *Detector) believes(p *tonePair, wanted float32, samples int) bool {
	if min(p.lowE, p.highE)*2 < faintest*faintest*float32(samples) {
		return false
	}
	wanted *= d.keyBias(p.row, p.column)
	if p.deviation() > offGrid {
		wanted *= offGridFactor
	}
	return p.score() >= wanted
}

// keyBias makes the frequencies of the last key likelier just after it.
func (d *Detector) keyBias(row, column int) float32 {
	if d.sinceKey < sameKeyTime && keyAt[nominals[row].index][nominals[column].index] == d.lastKey {
		return sameKeyFactor
	}
	return 1
}

// setEagerness works out how much less than usual is wanted of a score.
func (d *Detector) setEagerness() {
	d.eagerness = 1
	memory := int32(recentTime)
	if d.armed {
		d.eagerness = armedFactor
		memory = armedTime
	}
	if d.sinceKey < memory {
		d.eagerness *= recentFactor
	}
}
