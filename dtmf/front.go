package dtmf

import "tonegate/internal/audio"

const (
	hop       = 8 // samples per block: windows begin and end on blocks, 1 ms
	newBlocks = audio.FrameSamples / hop
	oldBlocks = maxWindow / hop
	allBlocks = oldBlocks + newBlocks
)

// front is a stream's recent past and its cheap first looks: sums that tell, for
// any window of whole milliseconds, how much of its energy lies near one row and
// one column. What it keeps from frame to frame is small, as a server that goes
// from stream to stream has none of it in its caches; all that can be computed
// from it again is, in the workspace, and most of it not before somebody asks: a window
// that gives hope, as in one frame of speech in five, or the look for repetitions that
// each loud frame gets while tones are likely.
type front struct {
	past past
	*view
}

// past is what is kept from one frame to the next.
type past struct {
	high     [recentPast]float32 // the end of the last frame
	energies [oldBlocks]float32
	sieved   [remembered]strengths
	state    [order]float32    // of the high-pass filter
	frames   [3]audio.Frame    // the last ones, in a ring
	began    [3][order]float32 // its states where, in each of them, a past may begin
	now      int               // the newest
}

const (
	// recentPast is what every frame looks at of the filtered past, in samples.
	recentPast = proofBlocks * hop
	// olderPast is how much of a view's past is of the last frame but one.
	olderPast = maxWindow - audio.FrameSamples
	// pastBegins is where in that frame it begins.
	pastBegins = audio.FrameSamples - olderPast
)

// view is the past and a frame, as the workspace holds them while the frame is
// listened to. Sample i of the frame is at maxWindow+i of the streams, and block
// b of it at oldBlocks+b. The streams and the sums of samples have methods, as most of
// their past is there only once it was asked for.
type view struct {
	raw, high [maxWindow + audio.FrameSamples]float32
	energies  [allBlocks]float32
	energy    [allBlocks + 1]float64 // sums of those before; a loud past must not blur a quiet present
	sums      sums
	sieve     sieve
	looked    looked
	rawSum    [allBlocks + 1]int64           // of the samples before each block,
	rawEnergy [allBlocks + 1]int64           // and of their squares: exact
	asked     struct{ raw, high, sums bool } // for which of the past was
}

// push takes a frame in.
func (f *front) push(x *audio.Frame) {
	f.past.now = (f.past.now + 1) % len(f.past.frames)
	f.recall()
	widen(f.raw[maxWindow:], x[:])
	f.filter()
	energies(f.energies[oldBlocks:], f.high[maxWindow:])
	sum := 0.0 // not read back from what was just written: that takes longer than to add
	for b, e := range &f.energies {
		sum += float64(e)
		f.energy[b+1] = sum
	}
	f.sums.push(&f.high)
	f.sieve.push(&f.sums)
	f.keep(x)
}

// recall makes the view of the past, a frame later.
func (f *front) recall() {
	p, v := &f.past, f.view
	copy(v.high[maxWindow-recentPast:], p.high[:])
	copy(v.energies[:], p.energies[:])
	v.sieve.recall(&p.sieved)
	v.energy[0] = 0
	v.asked.raw, v.asked.high, v.asked.sums = false, false, false
}

// filter filters the frame, and keeps the state to filter it from again.
func (f *front) filter() {
	p, v := &f.past, f.view
	const from = maxWindow + pastBegins
	filter(v.high[maxWindow:from], v.raw[maxWindow:from], &p.state, highPass)
	p.began[p.now] = p.state
	filter(v.high[from:], v.raw[from:], &p.state, highPass)
	flush(&p.state)
}

// keep keeps of a frame and its view what the next one's needs.
func (f *front) keep(x *audio.Frame) {
	p, v := &f.past, f.view
	p.frames[p.now] = *x
	copy(p.high[:], v.high[maxWindow+audio.FrameSamples-recentPast:])
	copy(p.energies[:], v.energies[newBlocks:])
	v.sieve.keep(&p.sieved)
}

// before is the frame so many before the newest.
func (p *past) before(frames int) int { return (p.now + len(p.frames) - frames) % len(p.frames) }

// samples are those of the stream as it is.
func (f *front) samples(from, to int) []float32 {
	if v := f.view; from < maxWindow && !v.asked.raw {
		p := &f.past
		widen(v.raw[:olderPast], p.frames[p.before(2)][pastBegins:])
		widen(v.raw[olderPast:maxWindow], p.frames[p.before(1)][:])
		v.asked.raw = true
	}
	return f.raw[from:to]
}

// filtered are those of the stream without what is low. What is not kept of the past
// is filtered again, from the same state to the same bits.
func (f *front) filtered(from, to int) []float32 {
	if v := f.view; from < maxWindow-recentPast && !v.asked.high {
		x := f.samples(0, maxWindow-recentPast)
		state := f.past.began[f.past.before(2)]
		filter(v.high[:olderPast], x[:olderPast], &state, highPass)
		flush(&state)
		filter(v.high[olderPast:len(x)], x[olderPast:], &state, highPass)
		v.asked.high = true
	}
	return f.high[from:to]
}

// rawEnergyIn is the energy of the blocks [from, to) as they are, but without
// direct current.
func (f *front) rawEnergyIn(from, to int) float32 {
	if v := f.view; !v.asked.sums {
		p := &f.past
		v.rawSum[0], v.rawEnergy[0] = 0, 0
		moments(v.rawSum[:], v.rawEnergy[:], p.frames[p.before(2)][pastBegins:])
		moments(v.rawSum[olderPast/hop:], v.rawEnergy[olderPast/hop:], p.frames[p.before(1)][:])
		moments(v.rawSum[oldBlocks:], v.rawEnergy[oldBlocks:], p.frames[p.now][:])
		v.asked.sums = true
	}
	sum := float64(f.rawSum[to] - f.rawSum[from])
	return float32(float64(f.rawEnergy[to]-f.rawEnergy[from]) - sum*sum/float64((to-from)*hop))
}

// energyIn is the high-passed energy of the blocks [from, to).
func (f *front) energyIn(from, to int) float32 { return float32(f.energy[to] - f.energy[from]) }

// What a quiet at the end of a window is.
const (
	quietFactor = 0.0005 // of the loudest block's energy, -33 dB
	ringing     = 3      // blocks for which the high-pass filter rings on
	stillFalls  = 4      // times in energy, from one half of it to the other
)

// fellQuiet returns how many blocks at the end of a window are so much fainter
// than its loudest that a tone must have ended before them. What is left of it
// there, as an echo, has windows of its own to show in. What still falls is no
// quiet: a concealment on the way fades, and so does a room.
func (f *front) fellQuiet(from, to int) (blocks int) {
	var loudest float32
	for _, e := range f.energies[from:to] {
		loudest = max(loudest, e)
	}
	for to-blocks > from && f.energies[to-blocks-1] < quietFactor*loudest {
		blocks++
	}
	half := (blocks - ringing) / 2
	var first, second float32
	for i := range max(0, half) {
		first += f.energies[to-blocks+ringing+i]
		second += f.energies[to-1-i]
	}
	if first > stillFalls*second {
		return 0
	}
	return blocks
}
