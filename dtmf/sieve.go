package dtmf

// The sieve is the very first look at a window, and nearly all that speech ever
// gets: how much of its energy do the strongest of four row and of seven column
// frequencies explain? It says so for all windows of a frame at once, and lets
// one in thirty of speech through. It is no bound but experience: the reference
// of the tests has it in plain form, and another without it tells what it costs.

// The lengths that the sieve looks at in one piece, in blocks; longer windows are
// looked at in pieces of those.
const (
	sieve4 = iota
	sieve5
	sieve7
	sieve10
	sieveLengths
)

const longestPiece = 10

// sieve holds the power at the strongest row and at the strongest column of the
// windows that end with each block.
type sieve struct{ low, high [allBlocks]bests }

// piece is a part of a window that the sieve looks at on its own: of one of its
// lengths, so many blocks before the window's end.
type piece struct{ length, before int }

// pieces are what windows are looked at in, by length in blocks.
var pieces = [maxWindow/hop + 1][]piece{
	4:  {{sieve4, 0}},
	5:  {{sieve5, 0}},
	7:  {{sieve7, 0}},
	10: {{sieve10, 0}},
	12: {{sieve7, 0}, {sieve5, 7}},
	15: {{sieve10, 0}, {sieve5, 10}},
	20: {{sieve10, 0}, {sieve10, 10}},
	35: {{sieve10, 0}, {sieve10, 10}, {sieve10, 20}, {sieve5, 30}},
}

var sieveBlocks = [sieveLengths]int{4, 5, 7, 10}

// sieveScale makes an energy of a power over that many blocks.
var sieveScale = bests{2. / (4 * hop), 2. / (5 * hop), 2. / (7 * hop), 2. / (10 * hop)}

// remembered is how many of the things that the sieve saw in a frame are looked at
// in the next ones, as the earlier pieces of windows that end there.
const remembered = 18

// strengths is one of them: the power at the strongest row and column.
type strengths struct{ row, column float32 }

// memories say which those are: by their block in the view, and their length.
var memories = newMemories()

type memory struct{ block, length int }

func newMemories() (all [remembered]memory) {
	wanted := map[memory]bool{}
	note := func(blocks, every int) {
		for end := newBlocks; end > 0; end -= every {
			for _, p := range pieces[blocks] {
				// What is old now was so, or new, a frame ago.
				for at := oldBlocks + end - 1 - p.before; at < oldBlocks; at += newBlocks {
					wanted[memory{at, p.length}] = true
				}
			}
		}
	}
	for i := range windows {
		note(windows[i].blocks, windows[i].every)
	}
	note(proofBlocks, proofEvery)
	n := 0
	for at := range oldBlocks {
		for length := range sieveLengths {
			if m := (memory{at, length}); wanted[m] {
				all[n] = m
				n++
			}
		}
	}
	if n != remembered {
		panic("the detector remembers something else than it looks at")
	}
	return all
}

// recall puts what was remembered where a frame later it belongs.
func (s *sieve) recall(from *[remembered]strengths) {
	for i, m := range &memories {
		s.low[m.block][m.length], s.high[m.block][m.length] = from[i].row, from[i].column
	}
}

// keep remembers what the next frame needs.
func (s *sieve) keep(in *[remembered]strengths) {
	for i, m := range &memories {
		in[i] = strengths{s.low[m.block+newBlocks][m.length], s.high[m.block+newBlocks][m.length]}
	}
}

// sight is what the sieve sees of a window.
type sight struct {
	low, high float32 // energy that the strongest row and column explain alone
	energy    float32
}

// sieveLeak is what the sieve adds to what it sees explained: frequencies 80 Hz
// apart miss some of a tone, and two tones of a short window leak into each other.
const sieveLeak = 1.2

// promises reports whether the weaker tone stands out from the rest enough for a
// fit of the window to be worth a try. It goes by experience and is no bound.
func (s *sight) promises(wanted float32) bool {
	rest := s.energy - float32(sieveLeak*(s.low+s.high))
	return s.energy >= 1 && 2*min(s.low, s.high) >= wanted*rest
}

// sift is what the sieve sees of the window of so many blocks that ends with
// block end of the frame, at most: the pieces of a long window are taken each at
// its own strongest frequencies.
func (f *front) sift(blocks, end int) sight {
	last := oldBlocks + end - 1
	g := sight{energy: f.energyIn(last+1-blocks, last+1)}
	for _, p := range pieces[blocks] {
		scale := sieveScale[p.length]
		g.low += f.sieve.low[last-p.before][p.length] * scale
		g.high += f.sieve.high[last-p.before][p.length] * scale
	}
	return g
}

// lets returns, as bits by the block of the frame that they end with, the windows
// of each kind that promise what is wanted.
func (f *front) lets(wanted *[len(windows)]float32) (ends [len(windows)]uint32) {
	var short [sieveLengths]uint32
	var of bests
	for i := range windows {
		if l, whole := windows[i].inOnePiece(); whole {
			of[l] = wanted[i]
		}
	}
	promised(&short, (*[newBlocks]bests)(f.sieve.low[oldBlocks:]), (*[newBlocks]bests)(f.sieve.high[oldBlocks:]),
		(*[newBlocks + longestPiece]float64)(f.energy[oldBlocks+1-longestPiece:]), &of)
	for i := range windows {
		w := &windows[i]
		if l, whole := w.inOnePiece(); whole {
			ends[i] = short[l]
			continue
		}
		for end := newBlocks; end > 0; end -= w.every {
			if s := f.sift(w.blocks, end); s.promises(wanted[i]) {
				ends[i] |= 1 << end
			}
		}
	}
	return ends
}

// inOnePiece reports whether the sieve looks at such windows in one piece, and
// one ends with every block, and in which of its lengths.
func (w *window) inOnePiece() (length int, whole bool) {
	p := pieces[w.blocks]
	return p[0].length, len(p) == 1 && w.every == 1
}

// siftClosely is sift without the mercy: all pieces at the same frequencies.
func (f *front) siftClosely(blocks, end int) sight {
	if len(pieces[blocks]) == 1 {
		return f.sift(blocks, end)
	}
	last := oldBlocks + end - 1
	g := sight{energy: f.energyIn(last+1-blocks, last+1)}
	var explained lanes
	for _, p := range pieces[blocks] {
		to := last + 1 - p.before
		var at phasors
		var power lanes
		f.sumUp(&at, &power, to-sieveBlocks[p.length], to)
		for k := range sieveAll {
			explained[k] += power[k] * sieveScale[p.length]
		}
	}
	g.low = explained[strongest(&explained, 0, 0, sieveRows)]
	g.high = explained[strongest(&explained, sieveRows, sieveRows, sieveAll)]
	return g
}

// push looks at all windows that end in the frame.
func (s *sieve) push(in *sums) {
	sift((*[newBlocks]bests)(s.low[oldBlocks:]), (*[newBlocks]bests)(s.high[oldBlocks:]), &in.before)
}
