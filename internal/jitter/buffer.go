package jitter

import (
	"time"

	"tonegate/internal/audio"
)

const (
	// ringSamples is the capacity: 1.024 s, a power of two so that the RTP
	// timestamp's wrap-around is also the ring's.
	ringSamples = 8192
	// maxAhead is how far beyond the playout point a packet may lie before it
	// is taken for a new time base.
	maxAhead = ringSamples - 2*audio.FrameSamples
	// maxBehind is how far behind it may lie and still be called late.
	maxBehind = 2 * audio.SampleRate
	// goneAfter is the number of successive empty frames after which the
	// source is taken to have stopped, and noise follows concealment.
	goneAfter = 3
)

// Stats counts what happened to a leg's audio since the buffer was made. All
// counts but Received and Duplicate and Late are in frames.
type Stats struct {
	Received  uint64 // packets whose audio was taken
	Duplicate uint64 // packets that brought nothing new
	Late      uint64 // packets that came after their frame was played
	Concealed uint64 // frames with concealed samples
	Filled    uint64 // frames filled during a named event
	Inserted  uint64 // frames inserted to grow the delay
	Skipped   uint64 // frames skipped to shrink it
	Resets    uint64 // new time bases
}

// Buffer is one leg's jitter buffer. Use [New].
type Buffer struct {
	law     audio.Law
	ring    [ringSamples]int16
	have    [ringSamples]bool
	started bool
	primed  bool   // a frame has been played since the last reset
	play    uint32 // RTP timestamp of the next sample to play
	end     uint32 // RTP timestamp after the newest sample received
	missing int    // successive frames without any received sample
	conceal concealer
	noise   audio.Noise
	delay   playout
	stats   Stats
}

// New returns an empty buffer for one law; seed drives its comfort noise.
func New(law audio.Law, seed uint64) *Buffer {
	return &Buffer{law: law, noise: audio.NewNoise(seed)}
}

// SetLaw changes the law of packets to come.
func (b *Buffer) SetLaw(law audio.Law) { b.law = law }

// Stats returns the counts so far.
func (b *Buffer) Stats() Stats { return b.stats }

// Reset forgets all audio and the time base, as for a new SSRC. Samples are
// zeroed: nothing of the old source can be replayed.
func (b *Buffer) Reset() {
	clear(b.ring[:])
	clear(b.have[:])
	b.conceal = concealer{}
	b.started, b.primed, b.missing = false, false, 0
	b.delay.reset()
	b.stats.Resets++
}

// Forget zeroes what is left of audio that was played: what concealment would
// repeat if the next packet were lost. Audio still to be played stays.
func (b *Buffer) Forget() { b.conceal.forget() }

// Insert takes the payload of one audio packet. It copies what it needs.
func (b *Buffer) Insert(timestamp uint32, payload []byte, arrived time.Time) {
	n := len(payload)
	if n == 0 || n > maxAhead/2 {
		return
	}
	if b.started {
		offset := int32(timestamp - b.play)
		if offset > maxAhead-int32(n) || offset < -maxBehind {
			b.Reset()
		}
	}
	if !b.started {
		b.started = true
		b.play, b.end = timestamp, timestamp
	}
	if !b.primed && int32(timestamp-b.play) < 0 {
		b.play = timestamp // reordered before playout began
	}
	b.delay.observe(int32(timestamp-b.play), arrived, b.primed)
	b.write(timestamp, payload)
}

func (b *Buffer) write(timestamp uint32, payload []byte) {
	fresh, late := 0, 0
	for i, code := range payload {
		at := timestamp + uint32(i)
		if int32(at-b.play) < 0 {
			late++
			continue
		}
		k := at % ringSamples
		if b.have[k] {
			continue
		}
		b.ring[k], b.have[k] = b.law.DecodeSample(code), true
		fresh++
	}
	if end := timestamp + uint32(len(payload)); int32(end-b.end) > 0 {
		b.end = end
	}
	switch {
	case fresh > 0:
		b.stats.Received++
	case late > 0:
		b.stats.Late++
	default:
		b.stats.Duplicate++
	}
}

// Frame says how the frame of one Pop came about.
type Frame struct {
	Concealed bool // some samples were not received and are made up
	Silent    bool // the source is not sending; the frame is comfort noise
	// Ahead is how many samples from the end of this frame to the newest one
	// received.
	Ahead uint32
}

// Pop produces the frame to play at now into dst. hold forbids moving the
// playout delay; event says that a named event accounts for missing audio.
func (b *Buffer) Pop(dst *audio.Frame, now time.Time, hold, event bool) Frame {
	f := b.pop(dst, now, hold, event)
	if b.started {
		f.Ahead = b.end - b.play
	}
	return f
}

func (b *Buffer) pop(dst *audio.Frame, now time.Time, hold, event bool) Frame {
	if !b.started {
		b.noise.Fill(dst[:])
		return Frame{Silent: true}
	}
	switch move := b.delay.tick(now, b.end-b.play, hold); {
	case move == grow && b.primed:
		b.stats.Inserted++
		b.conceal.lose(dst[:])
		return Frame{Concealed: true}
	case move == grow: // still filling up before the first frame
		b.noise.Fill(dst[:])
		return Frame{Silent: true}
	case move == shrink:
		return b.skip(dst, event)
	}
	return b.read(dst, event)
}

// skip plays two frames in the time of one, cross-faded.
func (b *Buffer) skip(dst *audio.Frame, event bool) Frame {
	var second audio.Frame
	first := b.read(dst, event)
	after := b.read(&second, event)
	for i := range dst {
		w := int32(i)
		dst[i] = int16((int32(dst[i])*(audio.FrameSamples-w) + int32(second[i])*w) / audio.FrameSamples)
	}
	b.stats.Skipped++
	return Frame{
		Concealed: first.Concealed || after.Concealed,
		Silent:    first.Silent && after.Silent,
	}
}

// read takes one frame off the ring and makes up what is missing.
func (b *Buffer) read(dst *audio.Frame, event bool) Frame {
	b.primed = true
	got := 0
	for i := 0; i < len(dst); {
		run, have := b.runAt(b.play+uint32(i), len(dst)-i)
		part := dst[i : i+run]
		switch {
		case have:
			b.take(part, b.play+uint32(i))
			got += run
		case event || b.missing >= goneAfter:
			b.noise.Fill(part)
			b.conceal.forget()
		default:
			b.conceal.lose(part)
		}
		i += run
	}
	b.play += uint32(len(dst))
	if int32(b.end-b.play) < 0 {
		b.end = b.play
	}
	return b.account(got, len(dst), event)
}

func (b *Buffer) account(got, want int, event bool) Frame {
	if got == want {
		b.missing = 0
		return Frame{}
	}
	if got > 0 {
		b.missing = 0
	} else {
		b.missing++
	}
	switch {
	case event:
		b.missing = 0
		b.stats.Filled++
		return Frame{Silent: got == 0}
	case b.missing > goneAfter:
		return Frame{Silent: true}
	default:
		b.stats.Concealed++
		return Frame{Concealed: true}
	}
}

// runAt returns the length, up to limit, of the run of received or of missing
// samples that starts at timestamp at.
func (b *Buffer) runAt(at uint32, limit int) (n int, have bool) {
	have = b.have[at%ringSamples]
	for n = 1; n < limit && b.have[(at+uint32(n))%ringSamples] == have; n++ {
	}
	return n, have
}

// take moves received samples out of the ring and zeroes them there.
func (b *Buffer) take(dst []int16, at uint32) {
	for i := range dst {
		k := (at + uint32(i)) % ringSamples
		dst[i] = b.ring[k]
		b.ring[k], b.have[k] = 0, false
	}
	b.conceal.receive(dst)
}
