package jitter

import (
	"time"

	"tonegate/internal/audio"
	"tonegate/internal/prefetch"
)

// goneAfter is the number of successive empty frames after which the
// source is taken to have stopped, and noise follows concealment.
const goneAfter = 3

// Stats counts what happened to a leg's audio since the buffer was made. All
// counts but Received, Duplicate and Late are in frames. What is dropped of what comes
// at once behind a standstill was received, and is late.
type Stats struct {
	Received  uint64 // packets whose audio was taken
	Duplicate uint64 // packets that brought nothing new
	Late      uint64 // packets that came after their frame was played
	Concealed uint64 // frames with concealed samples
	Filled    uint64 // frames filled during a named event
	Inserted  uint64 // frames by which the delay grew
	Skipped   uint64 // frames skipped to shrink it
	Resets    uint64 // new time bases, and sources that went on where they had stopped
}

// Buffer is one leg's jitter buffer. Use [New].
type Buffer struct {
	ring    ring
	law     audio.Law
	started bool
	primed  bool // a frame has been played since the last reset
	covers  bool // an event was said to cover something since the last reset
	prompt  bool // playout does not wait: see Prompt
	beginning
	play    uint32 // RTP timestamp of the next sample to play
	end     uint32 // RTP timestamp after the newest sample received
	newest  uint32 // RTP timestamp after the newest sample ever received of this source
	empty   int32  // successive frames without any received sample
	waited  int32  // samples made up since the playout began to wait: see wait
	noise   audio.Noise
	delay   playout
	stats   Stats
	conceal concealer
}

// New returns an empty buffer for one law; seed drives its comfort noise.
func New(law audio.Law, seed uint64) *Buffer {
	b := new(Buffer)
	b.Init(law, seed)
	return b
}

// Init makes an empty buffer of what is zero, for who keeps it among other things.
func (b *Buffer) Init(law audio.Law, seed uint64) {
	b.law, b.noise = law, audio.NewNoise(seed)
}

// SetLaw changes the law of packets to come.
func (b *Buffer) SetLaw(law audio.Law) { b.law = law }

// Needs is the memory that the buffer looks at for each packet, but for the audio itself.
func (b *Buffer) Needs() prefetch.Place { return prefetch.Between(&b.law, &b.stats) }

// Stats returns the counts so far.
func (b *Buffer) Stats() Stats { return b.stats }

// Reset forgets all audio and the time base, as for a new SSRC. Samples are
// zeroed: nothing of the old source can be replayed.
func (b *Buffer) Reset() {
	b.ring.wipe()
	b.conceal = concealer{}
	b.started, b.primed, b.covers, b.empty, b.waited = false, false, false, 0, 0
	b.beginning = beginning{}
	b.delay.reset()
	b.stats.Resets++
}

// Wipe zeroes everything. The buffer is of no use any more.
func (b *Buffer) Wipe() {
	b.ring.wipe()
	*b = Buffer{}
}

// Forget zeroes what is left of audio that was played: what concealment would
// repeat if the next packet were lost. Audio still to be played stays.
func (b *Buffer) Forget() { b.conceal.forget() }

// ForgetBefore zeroes audio that was played, but for its last n samples: it must
// not be repeated. Losses are silent until enough has come to repeat.
func (b *Buffer) ForgetBefore(n int) { b.conceal.forgetBefore(max(0, n)) }

// Frame says how the frame of one Pop came about.
type Frame struct {
	Concealed bool // some samples were not received and are made up
	// Blank is true of a concealed frame if it is made up altogether, of silence: nothing
	// of what was heard before is in it, or reaches from it into the next frame.
	Blank   bool
	Silent  bool // the source is not sending; the frame is comfort noise
	Covered bool // a named event was sent in place of some samples
	Absent  bool // none of it was received, nor anything newer
	// Passed is how many samples took their time between the frames: what was waited for
	// before and did not come, and what was dropped of what came late.
	Passed int32
	// Back is for how many samples the source had stood still, while frames were played
	// in which it was silent.
	Back int32
	// Waited is how many samples at its end may still come, and take their time then. (It
	// does not lie beside Passed: whoever copies both would read at once what was written
	// in two pieces just before.)
	Waited int32
	// Anew is true of the first frame of a new time base, and of a source that came back.
	Anew bool
	// Timestamp is the RTP timestamp of the frame's first sample, or of the next
	// one to play if it was inserted. Timed is false before any packet came.
	Timestamp uint32
	Timed     bool
	// Ahead is how many samples from the end of this frame to the newest one
	// received.
	Ahead uint32
}

// Pop produces the frame to play at now into dst. hold forbids moving the
// playout delay; event says that a named event accounts for missing audio.
func (b *Buffer) Pop(dst *audio.Frame, now time.Time, hold, event bool) (f Frame) {
	b.PopTo(&f, dst, now, hold, event)
	return f
}

// PopTo is Pop, for who has room for what it says. (What is larger than some registers is
// not handed from one function to the next here: to read it back just after it was written,
// in other pieces, a processor waits.)
func (b *Buffer) PopTo(f *Frame, dst *audio.Frame, now time.Time, hold, event bool) {
	*f = Frame{}
	at, waiting := b.play, int32(b.end-b.play)
	played := b.pop(f, dst, now, hold, event)
	if b.started {
		f.Timestamp, f.Timed = at+uint32(f.Passed), true
		f.Ahead = b.end - b.play
	}
	if played && b.length > 0 {
		b.began(f, waiting)
	}
}

// pop is Pop, but for dates: it says in f, which is zero, how the frame came about, and
// whether audio was played, or what was made up for it.
func (b *Buffer) pop(f *Frame, dst *audio.Frame, now time.Time, hold, event bool) (played bool) {
	if !b.started {
		b.noise.Fill(dst[:])
		f.Silent, f.Absent = true, true
		return false
	}
	switch move := b.delay.tick(now, b.end-b.play, hold); {
	case move == grow && b.primed:
		b.stats.Inserted++
		b.conceal.lose(dst[:])
		f.Concealed, f.Blank = true, b.conceal.blank()
		return false
	case move == grow: // still filling up before the first frame
		b.noise.Fill(dst[:])
		f.Silent, f.Absent = true, true
		return false
	case move == shrink:
		*f = b.skip(dst, event)
	default:
		b.read(f, dst, event)
	}
	return true
}

// skip plays two frames in the time of one, cross-faded.
func (b *Buffer) skip(dst *audio.Frame, event bool) Frame {
	var second audio.Frame
	var first, after Frame
	b.read(&first, dst, event)
	b.read(&after, &second, event)
	for i := range dst {
		w := int32(i)
		dst[i] = int16((int32(dst[i])*(audio.FrameSamples-w) + int32(second[i])*w) / audio.FrameSamples)
	}
	b.stats.Skipped++
	return Frame{
		Concealed: first.Concealed || after.Concealed,
		Blank:     first.Blank && after.Blank,
		Silent:    first.Silent && after.Silent,
		Covered:   first.Covered || after.Covered,
		Absent:    first.Absent && after.Absent,
		Waited:    after.Waited,
		Passed:    first.Passed,
	}
}

// read takes one frame off the ring, makes up what is missing, and says so in f, which
// is zero.
func (b *Buffer) read(f *Frame, dst *audio.Frame, event bool) {
	b.primed = true
	passed := b.resume(event)
	got, byName, blank, early := 0, false, true, 0
	for i := 0; i < len(dst); {
		if run := b.take(dst[i:], b.play+uint32(i)); run > 0 {
			got += run
			i += run
			continue
		}
		run, what := b.runAt(b.play+uint32(i), len(dst)-i)
		part := dst[i : i+run]
		if what == missing && i+run == len(dst) && !event && !byName {
			early = b.wait(uint32(i), run)
		}
		switch {
		case what == covered || byName || event || b.empty >= goneAfter:
			b.noise.Fill(part)
			b.conceal.forget()
			b.uncover(b.play+uint32(i), run)
			byName = byName || what == covered
		default:
			b.conceal.lose(part)
			blank = blank && b.conceal.blank()
		}
		i += run
	}
	b.advance(len(dst) - early)
	f.Concealed, f.Silent = b.account(got, len(dst), event || byName)
	f.Covered, f.Blank, f.Absent = byName, f.Concealed && blank && got == 0, got == 0 && b.end == b.play
	f.Waited, f.Passed = int32(early), passed
}

// advance moves the playout on by n samples.
func (b *Buffer) advance(n int) {
	b.play += uint32(n)
	if int32(b.end-b.play) < 0 {
		b.end = b.play
	}
	b.ring.settle(b.play, int(b.end-b.play))
}

// account counts a frame by how many samples of it were received, and says whether it was
// concealed, or its source is not sending.
func (b *Buffer) account(got, want int, event bool) (concealed, silent bool) {
	if got == want {
		b.empty = 0
		return false, false
	}
	if got > 0 {
		b.empty = 0
	} else {
		b.empty++
	}
	switch {
	case event:
		b.empty = 0
		b.stats.Filled++
		return false, got == 0
	case b.empty > goneAfter:
		return false, true
	default:
		b.stats.Concealed++
		return true, false
	}
}

// runAt returns the length, up to limit, of the run of samples of one kind that
// starts at timestamp at, not before the playout. It ends where the ring's memory does.
func (b *Buffer) runAt(at uint32, limit int) (n int, what slot) {
	limit = min(limit, len(b.ring.all())-int(at-b.play))
	what = b.ring.place(at).slot()
	for n = 1; n < limit && b.ring.place(at+uint32(n)).slot() == what; n++ {
	}
	return n, what
}

// uncover frees a stretch that has been played.
func (b *Buffer) uncover(at uint32, n int) {
	for i := range uint32(n) {
		*b.ring.place(at + i) = missing.of(0)
	}
}

// take decodes the samples of one law that were received from timestamp at on, zeroes
// them in the ring, and returns how many they are.
func (b *Buffer) take(dst []int16, at uint32) (n int) {
	all := b.ring.all()
	k := int(at) & (len(all) - 1)
	what := all[k].slot()
	if what < received {
		return 0
	}
	for part := all[k:]; n < len(dst) && part[0].slot() == what; part = all {
		i := expand(dst[n:], part, what)
		clear(part[:i])
		if n += i; i < len(part) {
			break
		}
	}
	b.conceal.receive(dst[:n])
	return n
}
