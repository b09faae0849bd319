package dtmf

import (
	"math/bits"

	"tonegate/internal/audio"
)

// Confirmation follows ITU-T Q.24: a tone of 40 ms must count and one of 20 ms
// must not, so what is asked for lies between.
const (
	proofBlocks  = 12                      // window of a proof, 12 ms
	proofEvery   = 2                       // one proof ends every 2 ms
	shortest     = 28 * audio.SamplesPerMs // of proofs in a row
	lasting      = 40 * audio.SamplesPerMs // of proofs that end in clear ones
	clearProofs  = 2
	clearPull    = 0.016                   // Q.24: 1.5 % must count
	patient      = 34 * audio.SamplesPerMs // of proofs in a row that are less clear
	proofSieve   = 0.4                     // share of heldScore that the sieve must see,
	proofGuess   = 1. / 16                 // and that a guess must show
	checkBlocks  = 20                      // window that decides the frequencies
	longestBreak = 14 * audio.SamplesPerMs // within a key
	longestLoss  = 60 * audio.SamplesPerMs // the same, of what was not received
	tolerance    = 0.025                   // between the 1.5 % and 3.5 % of Q.24
	never        = int32(1 << 30)          // a time long ago
	echoTime     = 400 * audio.SamplesPerMs
	tailTime     = 150 * audio.SamplesPerMs
	ringTime     = 30 * audio.SamplesPerMs // Q.24: a gap as long separates two keys
)

var (
	proofScore   = db(4)
	heldScore    = db(3) // while the same key is believed to be down
	clearScore   = db(7)
	quickScore   = db(6)   // of the check after the shortest run
	checkScore   = db(2.5) // and of one after a longer run
	unseenScore  = db(3)
	twistLimit   = db(14) // either way; Q.24 asks for 8 and 4, and rooms add to it
	dropLimit    = db(-15)
	echoDrop     = db(-13)
	tailDrop     = db(-4)
	tailWeak     = db(-6)
	fading       = db(-2)
	fastFading   = db(-6)   // no press fades so fast
	tailEchoDrop = db(-9.5) // nobody presses so much fainter within tailTime
	ringDrop     = db(-3)
)

// heldEffort is what proofs and checks are worth going on with.
var heldEffort = effortLimits{guess: proofGuess * heldScore, climb: heldScore / 4}

// run is a sequence of proofs of one key, in samples relative to the frame.
type run struct {
	on          bool
	key         Key
	first, last int32   // start of the first proof, end of the last
	concealed   int32   // samples since last that the network lost
	peak        float32 // power of the strongest proof
	power       float32 // of the last
	weak        float32 // the same of the weaker tone alone
	clear       int     // clear proofs in a row
	cut         bool    // a receiver has a key of it: what is left must not go to an IVR
}

// shift moves a run into the time of a frame that begins n samples later.
func (r *run) shift(n int32) {
	r.first -= n
	r.last -= n
	if r.last < -8000 {
		r.on = false
	}
	r.first = max(r.first, -80000)
}

// continues reports whether a proof of the key at [start, end) with the given
// power belongs to the run.
func (r *run) continues(key Key, start int32, power float32) bool {
	return r.on && r.key == key && start-r.last <= longestBreak+r.concealed && power >= r.peak*dropLimit
}

func (r *run) extend(end int32, p *tonePair) {
	r.last, r.concealed = end, 0
	r.power = p.lowE + p.highE
	r.peak, r.weak = max(r.peak, p.lowE+p.highE), max(r.weak, min(p.lowE, p.highE))
	if r.clear++; p.score() < clearScore {
		r.clear = 0
	}
}

// confirm looks for a key that became certain in this frame. The candidate
// becomes the held key when it is confirmed; a held key that goes on, through
// short interruptions and lost frames, is not pressed again. hopes are the ends of the
// windows that may prove something, as bits.
func (d *Detector) confirm(heard *Reception, hopes uint32, seen proofSight) {
	lost := d.lose(heard)
	for _, r := range [2]*run{&d.held, &d.candidate} {
		r.shift(d.took + heard.Passed - heard.Back)
		if heard.Back > 0 { // what was taken for lost was not sent
			r.concealed = 0
		}
		r.concealed = min(r.concealed+lost, never)
	}
	if heard.Concealed || heard.Covered {
		return
	}
	for ; hopes != 0; hopes &= hopes - 1 {
		end := bits.TrailingZeros32(hopes)
		if g, ok := seen(end); ok {
			d.prove(end, &g)
		}
	}
}

// everyProof are the ends of the windows of proofs, as bits.
const everyProof = 0x155554

// proofHopes are those among them that the sieve lets through.
func (f *front) proofHopes() (hopes uint32) {
	const (
		late, early = sieve7, sieve5 // the window in two pieces
		between     = 7
	)
	rows, columns := &f.sieve.low, &f.sieve.high
	for end := proofEvery; end <= newBlocks; end += proofEvery {
		last := oldBlocks + end - 1
		s := sight{
			low:    float32(rows[last][late]*sieveScale[late]) + float32(rows[last-between][early]*sieveScale[early]),
			high:   float32(columns[last][late]*sieveScale[late]) + float32(columns[last-between][early]*sieveScale[early]),
			energy: f.energyIn(last+1-proofBlocks, last+1),
		}
		if s.promises(proofSieve * heldScore) {
			hopes |= 1 << end
		}
	}
	return hopes
}

// proofSight is a look at the window of a proof, and whether it gives hope.
type proofSight func(end int) (g glance, ok bool)

// seeProof is the proofSight of a detector.
func (d *Detector) seeProof(end int) (g glance, ok bool) {
	if s := d.front.siftClosely(proofBlocks, end); !s.promises(proofSieve * heldScore) {
		return g, false
	}
	g = d.front.look(oldBlocks+end-proofBlocks, oldBlocks+end)
	return g, d.front.tonal(&g, heldScore, proofGuess)
}

func (d *Detector) prove(end int, g *glance) {
	p, _ := d.fitBetter(end, proofBlocks, g)
	key, start, stop := p.key(), int32(end-proofBlocks)*hop, int32(end)*hop
	power := p.lowE + p.highE
	if p.lowE > p.highE*twistLimit || p.highE > p.lowE*twistLimit ||
		p.score() < heldScore || min(p.lowE, p.highE) < 20*20/2*proofBlocks*hop {
		return
	}
	if d.held.continues(key, start, power) {
		d.held.extend(stop, &p)
		d.candidate.on = false
		d.found.seen[key] = true
		d.found.extend(stop)
		return
	}
	if d.echoes(key, start, &p) {
		return
	}
	if !d.candidate.continues(key, start, power) {
		if p.score() < proofScore {
			return
		}
		d.candidate = run{on: true, key: key, first: start}
	}
	d.candidate.extend(stop, &p)
	if stop-d.candidate.first >= shortest {
		d.decide(end, &p)
	}
}

// echoes reports whether a proof that does not continue the held key is an echo
// of it, or the room's ringing, and no new press: the same key again, soon and
// much fainter, or after a gap too short for a new press and falling.
func (d *Detector) echoes(key Key, start int32, p *tonePair) bool {
	if !d.held.on || d.held.key != key {
		return false
	}
	gap, power := start-d.held.last, p.lowE+p.highE
	drop := echoDrop
	switch {
	case gap < ringTime:
		drop = ringDrop
	case gap < tailTime:
		drop = tailEchoDrop
	}
	return gap <= echoTime && power < d.held.peak*drop
}

// tails reports whether the whole candidate is what a room made of the held key:
// the same key again, soon, and never as strong, or one of its tones much
// fainter, since rooms ring on at one frequency more than at another. What does
// not fade is a fainter press.
func (d *Detector) tails() bool {
	c, h := &d.candidate, &d.held
	if !h.on || h.key != c.key || c.first-h.last >= tailTime {
		return false
	}
	return c.power < c.peak*fading &&
		(c.peak < h.peak*tailDrop || c.weak < h.weak*tailWeak || c.peak < h.peak && c.power < c.peak*fastFading)
}

// decide confirms the candidate if a longer window agrees on its frequencies,
// or if it lasted and the last proofs were beyond doubt: a longer window of a
// tone that a codec broke up is worse than its best part.
func (d *Detector) decide(end int, proof *tonePair) {
	length := int32(end)*hop - d.candidate.first
	sure := length >= lasting && d.candidate.clear >= clearProofs && proof.deviation() <= clearPull
	if d.tails() || !sure && !d.agrees(end, length) {
		return
	}
	d.held = d.candidate
	d.candidate.on = false
	d.found.seen[d.held.key] = true
	d.found.extend(int32(end) * hop)
	if d.nConfirmed < len(d.confirmed) {
		d.confirmed[d.nConfirmed] = d.held
		d.nConfirmed++
	}
}

// agrees fits a longer window, of which more is asked the shorter the run is.
func (d *Detector) agrees(end int, length int32) bool {
	g := d.front.look(oldBlocks+end-checkBlocks, oldBlocks+end)
	p, raw := d.fitBetter(end, checkBlocks, &g)
	if raw {
		d.work.fit.load(d.front.samples(maxWindow+(end-checkBlocks)*hop, maxWindow+end*hop))
	}
	low, high := d.work.fit.refine(&p)
	wantLow, wantHigh := d.candidate.key.Frequencies()
	wanted := quickScore
	if length >= patient {
		// What no window found suspicious must be the clearer: it may be a voice.
		wanted = unseenScore
		if d.found.any() || d.suspected {
			wanted = checkScore
		}
	}
	return p.score() >= wanted && p.key() == d.candidate.key && near(low, wantLow) && near(high, wantHigh)
}

func near(got, want float64) bool {
	return got >= want*(1-tolerance) && got <= want*(1+tolerance)
}

// fitBetter fits the window that ends with block end, on the samples as they
// are and, should those not do, on their high-passed copy. It says which it was.
func (d *Detector) fitBetter(end, blocks int, g *glance) (p tonePair, raw bool) {
	from, to := maxWindow+(end-blocks)*hop, maxWindow+end*hop
	d.work.fit.load(d.front.samples(from, to))
	p = d.work.fit.best(g.row, g.column, heldEffort)
	if p.score() >= proofScore {
		return p, true
	}
	d.work.fit.load(d.front.filtered(from, to))
	if q := d.work.fit.best(g.row, g.column, heldEffort); q.score() > p.score() {
		return q, false
	}
	return p, true
}

// refine interpolates between grid frequencies: the residual is a parabola
// near its minimum.
func (f *fitter) refine(p *tonePair) (low, high float64) {
	at := func(row, column int) float64 {
		f.correlate(row)
		f.correlate(column)
		q := f.pair(row, column)
		return float64(q.residual)
	}
	mid := float64(p.residual)
	low = vertex(at(p.row-1, p.column), mid, at(p.row+1, p.column)) + float64(p.row)
	high = vertex(at(p.row, p.column-1), mid, at(p.row, p.column+1)) + float64(p.column)
	return low * gridHz, high * gridHz
}

// vertex returns the abscissa of the extremum of a parabola through the values
// at -1, 0 and 1.
func vertex(before, at, after float64) float64 {
	curve := before - 2*at + after
	if curve <= 0 {
		return 0
	}
	return max(-1, min(1, (before-after)/(2*curve)))
}
