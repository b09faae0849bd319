package jitter

import (
	"time"

	"tonegate/internal/audio"
)

// move is what playout does at one tick apart from playing the next frame.
type move uint8

const (
	stay move = iota
	grow
	shrink
)

const (
	// The slack that shrinking must leave is by how much packets differed, within
	// these: with less, the next burst of jitter would be late at once.
	leastReserve = 3 * time.Millisecond
	mostReserve  = 6 * time.Millisecond
	// calm is how long every packet must have had a frame of slack to spare
	// before the delay shrinks.
	calm = 4 * time.Second
	// stillCalm is the same just after it shrank: what one long delay made it grow
	// by is gone in seconds, and not in minutes.
	stillCalm = time.Second
	// maxDelaySamples bounds growth: beyond it, late packets are lost packets.
	maxDelaySamples = 12 * audio.FrameSamples
)

// playout decides when the delay moves. Its measure is slack: how long a
// packet waits between its arrival and the tick that plays it. Negative slack
// is a late packet.
type playout struct {
	lastTick time.Time
	ticked   bool
	late     bool          // a packet came too late since the last move
	eager    bool          // it shrank by less than mostReserve allows
	wary     bool          // and packets were late then: it does so no more
	shrank   bool          // it shrank when the last calm period ended, and nothing was late since
	least    time.Duration // least slack of the calm period under way
	most     time.Duration // and the most
	since    time.Time     // when that period began; zero if none
}

func (p *playout) reset() { *p = playout{lastTick: p.lastTick, ticked: p.ticked} }

// observe notes the arrival of a packet that starts offset samples after the
// next sample to play.
func (p *playout) observe(offset int32, arrived time.Time, primed bool) {
	if !p.ticked || !primed {
		return
	}
	// The frame at the playout point plays one tick after the last one.
	frames := time.Duration(offset) / audio.FrameSamples
	if offset < 0 {
		frames = -((time.Duration(-offset) + audio.FrameSamples - 1) / audio.FrameSamples)
	}
	due := p.lastTick.Add((frames + 1) * audio.FrameDuration)
	slack := due.Sub(arrived)
	if slack < 0 {
		p.late = true
	}
	if p.since.IsZero() {
		p.since, p.least, p.most = arrived, slack, slack
	}
	p.least, p.most = min(p.least, slack), max(p.most, slack)
}

// anew begins a calm period, a long one.
func (p *playout) anew() { p.since, p.shrank = time.Time{}, false }

// grew notes that packets were late.
func (p *playout) grew() {
	p.wary = p.wary || p.eager
	p.anew()
}

// patience is how long a calm period must last.
func (p *playout) patience() time.Duration {
	if p.shrank {
		return stillCalm
	}
	return calm
}

// reserve is what a delay a frame shorter must leave of the slack.
func (p *playout) reserve() time.Duration {
	if p.wary {
		return mostReserve
	}
	return min(max(leastReserve, p.most-p.least), mostReserve)
}

// tick says what to do at now with ahead samples waiting.
func (p *playout) tick(now time.Time, ahead uint32, hold bool) move {
	p.lastTick, p.ticked = now, true
	if hold {
		return stay
	}
	// Ticks that this machine missed left audio behind; nothing needs so much.
	if ahead > maxDelaySamples+2*audio.FrameSamples {
		return shrink
	}
	if p.late {
		p.late = false
		p.grew()
		if ahead < maxDelaySamples {
			return grow
		}
		return stay
	}
	if !p.since.IsZero() && now.Sub(p.since) >= p.patience() {
		spare, eager := p.least-p.reserve(), p.least-mostReserve < audio.FrameDuration
		p.anew()
		if spare >= audio.FrameDuration && ahead >= 2*audio.FrameSamples {
			p.shrank, p.eager = true, p.eager || eager
			return shrink
		}
	}
	return stay
}
