package dtmf

import (
	"math"
	"math/bits"

	"tonegate/internal/audio"
)

// window is one length of window that the detector lays over the newest
// samples, and the score in it that raises suspicion.
type window struct {
	blocks int     // length in milliseconds
	every  int     // one window ends every so many milliseconds
	guard  int32   // samples masked after a hit
	raw    float32 // score wanted of the samples as they are
	high   float32 // and of their high-passed copy
	sieve  float32 // share of a score that the sieve must see,
	guess  float32 // that a guess must show,
	climb  float32 // and that each tone at its best must, to be worth a joint fit
}

// The shares are what windows that reached the score had nearly always shown on
// the way: of 4 million in the bench's tones fewer than one in 4000 had not (of
// those of 4 ms, one in 1500), and a window that ends a millisecond later then
// had. Scores wanted of short windows are high and the coarse grid leaves a little
// unexplained in any, so of those a smaller share is asked for.
//
// The longer a window, the less likely that speech looks like two steady
// sinusoids all through it, so the less contrast is asked for. After a hit a
// tone may reach beyond the window by a hop. Before it a tone may have begun
// without looking like one: codecs garble onsets, clipping and rising levels
// hide them. So a hit masks everything that is still held: it costs a voice
// next to nothing.
var windows = [...]window{
	{blocks: 10, every: 1, guard: 24, raw: db(5.5), high: db(7), sieve: 0.2, guess: 1. / 8, climb: 1. / 4},
	{blocks: 4, every: 1, guard: 20, raw: db(16), high: db(18), sieve: 0.3, guess: 1. / 48, climb: 1. / 12},
	{blocks: 5, every: 1, guard: 20, raw: db(13), high: db(15), sieve: 0.3, guess: 1. / 24, climb: 1. / 12},
	{blocks: 7, every: 1, guard: 20, raw: db(9), high: db(11), sieve: 0.3, guess: 1. / 12, climb: 1. / 6},
	{blocks: 15, every: 2, guard: 16, raw: db(4), high: db(5.5), sieve: 0.4, guess: 1. / 8, climb: 1. / 4},
	{blocks: 20, every: 4, guard: 12, raw: db(3), high: db(4), sieve: 0.4, guess: 1. / 8, climb: 1. / 4},
	{blocks: 35, every: 5, guard: 12, raw: db(1.5), high: db(2.5), sieve: 0.4, guess: 1. / 6, climb: 1. / 4},
}

func db(v float64) float32 { return float32(math.Pow(10, v/10)) }

const (
	offGrid       = 0.028 // relative deviation beyond which more is wanted
	offGridUnwary = 0.024
	hang          = 64                         // samples masked after the last sign of a tone, 8 ms
	absentTime    = 1000 * audio.SamplesPerMs  // for which a source may be late
	crossFade     = 32                         // samples of it that a concealment reaches into the next frame
	faintest      = 3                          // amplitude of a tone too faint to be one
	faintestShort = 8                          // and of one in a window below 10 ms
	waryGuard     = 60                         // samples masked after a hit when tones are likely
	waryTime      = 10000 * audio.SamplesPerMs // after a key more are
	sameKeyTime   = 350 * audio.SamplesPerMs   // of echoes, and of a room's ringing
)

// Scores wanted fall, as factors, when a tone is likelier than usual.
var (
	offGridFactor = db(3)
	// A voice's formants are off, too, so outside captures more is asked.
	offGridUnwaryFactor = db(1)
	// What fits best at the end of the range may lie beyond it.
	edgeFactor = db(6)
	waryFactor = db(-1)
	// Without hum, what the high-passed copy finds and the original does not is
	// mostly a voice whose formants lie on a key.
	highFactor    = db(1.5)
	recentFactor  = db(-2.5)
	sameKeyFactor = db(-5)
	// Beyond what two tones alone must show, as a limiter explains some voices.
	limitedFactor     = db(4)
	waryLimitedFactor = db(2)
)

// suspicion is what the windows of a frame came to. Whatever is found, the mask
// begins with the oldest sample still held, so only its end has to be kept.
type suspicion struct {
	until int32      // the last sign of a tone, in samples relative to the frame
	seen  [Keys]bool // keys that it looked like
}

// extend masks up to a sample.
func (s *suspicion) extend(until int32) { s.until = max(s.until, until) }

// any reports whether anything was found.
func (s *suspicion) any() bool { return s.until > -LookAhead-hang }

// suspect lays every window over the frame, those that end last first: once one
// shows a tone, those that would not prolong the mask are passed over.
func (d *Detector) suspect() {
	var wanted [len(windows)]float32
	for i := range windows {
		w := &windows[i]
		wanted[i] = w.sieve * d.wantedRaw(w) * d.sieveBias()
	}
	lets := d.front.lets(&wanted)
	var any uint32
	for _, ends := range lets {
		any |= ends
	}
	for any != 0 {
		end := bits.Len32(any) - 1
		any &^= 1 << end
		for i := range windows {
			if lets[i]&(1<<end) != 0 {
				d.tryWindow(&windows[i], end)
			}
		}
	}
}

// tryWindow looks at the window that ends with block end of the frame.
func (d *Detector) tryWindow(w *window, end int) {
	if d.reach(w, end) <= d.found.until {
		return
	}
	s := d.front.siftClosely(w.blocks, end)
	from, to := oldBlocks+end-w.blocks, oldBlocks+end
	if in := d.promising(w, &s, d.front.rawEnergyIn(from, to)); in != nowhere {
		g := d.front.look(from, to)
		d.judge(w, end, in, &g)
	}
}

// sieveBias is keyBias before the frequencies are known.
func (d *Detector) sieveBias() float32 {
	if d.sinceKey < sameKeyTime {
		return sameKeyFactor
	}
	return 1
}

// reach is how far a hit in a window masks, at most.
func (d *Detector) reach(w *window, end int) int32 {
	if d.wary {
		return int32(end)*hop + waryGuard // a tone that codecs broke up is one tone
	}
	return int32(end)*hop + w.guard
}

// place says in which of a window's two forms a tone may be found.
type place uint8

const (
	inRaw place = 1 << iota
	inHigh
	nowhere place = 0
)

// lowPart is how much more energy than its high-passed copy a window may have
// for a fit of the window as it is to be worth a try: a pair of tones has at most
// a third more, and what is added to it would be residual.
const lowPart = 4

// promising says where the sieve sees hope in a window.
func (d *Detector) promising(w *window, s *sight, raw float32) (in place) {
	share := w.sieve * d.sieveBias()
	if raw <= lowPart*s.energy && s.promises(share*d.wantedRaw(w)) {
		in |= inRaw
	}
	if s.promises(share * d.wantedHigh(w)) {
		in |= inHigh
	}
	return in
}

func (d *Detector) wantedRaw(w *window) float32 { return w.raw * d.eagerness }

func (d *Detector) wantedHigh(w *window) float32 {
	if d.wary {
		return w.high * d.eagerness
	}
	return w.high * d.eagerness * highFactor
}

// judge fits a window if a glance at it gives hope, and masks if it is a hit.
func (d *Detector) judge(w *window, end int, in place, g *glance) {
	if !d.front.tonal(g, d.wantedRaw(w)*d.keyBias(g.row, g.column), w.guess) {
		return
	}
	if key, found := d.pairIn(w, end, in, g); found {
		d.found.seen[key] = true
		quiet := d.front.fellQuiet(oldBlocks+end-w.blocks, oldBlocks+end)
		d.found.extend(d.reach(w, end) - int32(quiet)*hop)
	}
}

// pairIn fits a window, as it is, as a limiter may have cut it, and high-passed.
func (d *Detector) pairIn(w *window, end int, in place, g *glance) (Key, bool) {
	from, to := maxWindow+(end-w.blocks)*hop, maxWindow+end*hop
	bias := d.keyBias(g.row, g.column)
	if in&inRaw != 0 {
		wanted := d.wantedRaw(w)
		d.work.fit.load(d.front.samples(from, to))
		least := w.effort(wanted * bias)
		limit, flat := d.work.fit.flat()
		if flat { // a limiter hides how well the pair fits
			least = effortLimits{climb: wanted / 12}
		}
		p := d.work.fit.best(g.row, g.column, least)
		if d.believes(&p, wanted) || flat && d.believesLimited(&p, limit, wanted) {
			return p.key(), true
		}
	}
	wanted := d.wantedHigh(w)
	if in&inHigh == 0 || g.guess < w.guess*wanted*bias {
		return 0, false
	}
	d.work.fit.load(d.front.filtered(from, to))
	p := d.work.fit.best(g.row, g.column, w.effort(wanted*bias))
	return p.key(), d.believes(&p, wanted)
}

// effort is how well a fit must go on the way to the score wanted.
func (w *window) effort(wanted float32) effortLimits {
	l := effortLimits{guess: w.guess * wanted, climb: w.climb * wanted}
	if w.blocks > longestLook {
		l.guess = 0 // too long for a guess on the coarse grid
	}
	return l
}

// believes reports whether a fit is good enough for suspicion.
func (d *Detector) believes(p *tonePair, wanted float32) bool {
	samples := 2 * d.work.fit.half
	faint := float32(faintest)
	if samples < 10*hop {
		faint = faintestShort
	}
	if min(p.lowE, p.highE)*2 < faint*faint*float32(samples) {
		return false
	}
	wanted *= d.keyBias(p.row, p.column)
	if p.deviation() > offGrid {
		wanted *= offGridFactor
	}
	if !d.wary && p.deviation() > offGridUnwary {
		wanted *= offGridUnwaryFactor
	}
	if p.atEdge() {
		wanted *= edgeFactor
	}
	return p.score() >= wanted
}

// believesLimited is believes for a window whose peaks are cut off.
func (d *Detector) believesLimited(p *tonePair, limit, wanted float32) bool {
	d.work.fit.limited(p, limit)
	if d.wary {
		return d.believes(p, wanted*waryLimitedFactor)
	}
	return d.believes(p, wanted*limitedFactor)
}

// keyBias makes the frequencies of the last key likelier just after it.
func (d *Detector) keyBias(row, column int) float32 {
	if d.sinceKey < sameKeyTime && keyAt[nominals[row].index][nominals[column].index] == d.lastKey {
		return sameKeyFactor
	}
	return 1
}

// setEagerness works out how much less than usual is wanted of a score: during
// a capture, and for some time after a key, since nobody presses one alone.
func (d *Detector) setEagerness() {
	d.wary = d.armed || d.sinceKey < waryTime
	d.eagerness = 1
	if d.wary {
		d.eagerness = waryFactor
	}
	if d.sinceKey < waryTime {
		d.eagerness *= recentFactor
	}
}
