package corpus

import (
	"math"
	"math/rand/v2"

	"tonegate/internal/audio"
)

// scene is an item under construction: what the customer's set sends as tones
// and all the rest apart, so that the rest can be rendered alone.
type scene struct {
	rng      *rand.Rand
	material *part
	heldOut  bool
	strokes  int // keys wanted
	law      audio.Law
	tone     []float64
	rest     []float64
	presses  []press
	limit    float64 // where the tone clips, 0 for nowhere
	channel  channel
	loss     loss
	sent     [2][]int16 // with and without keys, as they went into the loss
	smeared  bool
	digits   bool
}

// press is one key with everything that can be wrong with it.
type press struct {
	symbol         byte
	onset, length  int
	row, column    float64 // dBm0
	offRow, offCol float64 // relative
	shape          func(i int) float64
	hole, holeAt   int // samples of interruption, and where
	invalid        bool
	gap            int // to the same key before it; 0 for another key
}

const allKeys = "0123456789*#ABCD"

// plain returns an ordinary press of a random key.
func (s *scene) plain() press {
	symbol := allKeys[s.rng.IntN(len(allKeys))]
	if s.digits {
		symbol = allKeys[s.rng.IntN(10)]
	}
	level := s.within(-16, -6)
	return press{
		symbol: symbol, length: int(s.within(45, 120) * ms),
		row: level - s.within(0, 3), column: level,
		offRow: s.within(-0.01, 0.01), offCol: s.within(-0.01, 0.01),
	}
}

func (s *scene) within(from, to float64) float64 { return from + (to-from)*s.rng.Float64() }

// spread lays presses out with room for the search after each, and sizes the
// item.
func (s *scene) spread(make func(i int) press) {
	at := int(s.within(500, 900) * ms)
	for i := range s.strokes {
		p := make(i)
		p.onset = at
		at += p.length + int(s.within(430, 700)*ms)
		s.presses = append(s.presses, p)
	}
	s.size(at)
}

// size allocates the tracks for n samples, rounded up to frames.
func (s *scene) size(n int) {
	n = (n/audio.FrameSamples + 1) * audio.FrameSamples
	s.tone, s.rest = make([]float64, n), make([]float64, n)
}

// play renders the presses onto the tone track.
func (s *scene) play() {
	for _, p := range s.presses {
		low, high := pitches(p.symbol)
		wl := 2 * math.Pi * low * (1 + p.offRow) / audio.SampleRate
		wh := 2 * math.Pi * high * (1 + p.offCol) / audio.SampleRate
		al, ah := audio.AmplitudeOf(p.row), audio.AmplitudeOf(p.column)
		fl, fh := s.within(0, 2*math.Pi), s.within(0, 2*math.Pi)
		for i := range p.length {
			if i >= p.holeAt && i < p.holeAt+p.hole {
				continue
			}
			v := al*math.Sin(wl*float64(i)+fl) + ah*math.Sin(wh*float64(i)+fh)
			if p.shape != nil {
				v *= p.shape(i)
			}
			if s.limit > 0 {
				v = max(-s.limit, min(s.limit, v))
			}
			s.tone[p.onset+i] += v
		}
	}
}

// pitches returns a key's frequencies in Hz (ITU-T Q.23 §6). The table is
// written out a third time on purpose: detector, listener and generator must
// not share a mistake.
func pitches(symbol byte) (low, high float64) {
	const grid = "123A456B789C*0#D"
	for i := range grid {
		if grid[i] == symbol {
			return [4]float64{697, 770, 852, 941}[i/4], [4]float64{1209, 1336, 1477, 1633}[i%4]
		}
	}
	panic("corpus: no such key")
}

// Q.24 and its national columns, the strictest of each.
const (
	mustHear    = 40 * ms
	mustNotHear = 20 * ms
	faintest    = -25.0 // dBm0, AT&T's
	pull        = 0.015 // relative frequency offset to accept
	reject      = 0.035 // and to reject
	rowOver     = 8.0   // dB by which the row may exceed the column
	columnOver  = 4.0
	mustBridge  = 10 * ms // an interruption within one key
	mustPart    = 30 * ms // a pause between two
)

// expected turns presses into what a receiver has to make of them.
func (s *scene) expected() []Stroke {
	var out []Stroke
	for _, p := range s.presses {
		k := Stroke{Symbol: p.symbol, Onset: p.onset, Duration: p.length}
		k.Min, k.Max = p.bounds()
		out = append(out, k)
	}
	return out
}

// bounds is how often a receiver may report the press.
func (p *press) bounds() (least, most int) {
	off := max(math.Abs(p.offRow), math.Abs(p.offCol))
	if p.length <= mustNotHear || off >= reject {
		return 0, 0
	}
	least, most = 1, 1
	if p.hole > mustBridge {
		most = 2
	}
	switch {
	case p.invalid, p.length < mustHear, off > pull, p.gap > 0 && p.gap < mustPart:
		least = 0
	case min(p.row, p.column) < faintest, p.row-p.column > rowOver, p.column-p.row > columnOver:
		least = 0
	case p.hole > 0 && max(p.holeAt, p.length-p.holeAt-p.hole) < mustHear:
		least = 0
	}
	return least, most
}
