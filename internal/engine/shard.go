package engine

import (
	"context"
	"fmt"
	"slices"
	"time"

	"tonegate/bridge"
	"tonegate/internal/audio"
)

const (
	// phases is the number of offsets over which a shard spreads its ticks.
	phases = 10
	// phaseStep is the time between two of them: 2 ms.
	phaseStep = audio.FrameDuration / phases
	// together is how many conferences share a phase before another is used.
	together = 10
	// leaveTogether is after how many conferences of a phase their packets leave:
	// the fewer, the less one's packets wait for the others' work, which takes now
	// more and now less time.
	leaveTogether = 4
	// mailboxSize bounds waiting commands; senders wait when it is full.
	mailboxSize = 256
	// maxBacklog is how late a phase may run before the shard gives up the
	// ticks it missed. Catching up on more would send a burst that no jitter
	// buffer takes.
	maxBacklog = 5 * audio.FrameDuration
)

type command struct{ run func() }

// do runs it, and leaves nothing of it on the stack.
func (c command) do() {
	c.run()
	scrub()
}

// shard is one goroutine and the conferences that it owns.
type shard struct {
	cfg     *Config
	index   int
	mailbox chan command
	quit    chan struct{}
	stopped chan struct{}
	rooms   [phases][]*room
	count   int
	work    *bridge.Workspace // of all its conferences
	scratch scratch
	forget  func(*room)
	start   time.Time // shards begin apart, so that they wake up in turn
	step    int64     // the next phase, counted from start
}

func newShard(cfg *Config, index int, start time.Time, forget func(*room)) *shard {
	return &shard{
		cfg: cfg, index: index, start: start, forget: forget, work: new(bridge.Workspace),
		mailbox: make(chan command, mailboxSize),
		quit:    make(chan struct{}),
		stopped: make(chan struct{}),
	}
}

func (s *shard) post(c command) {
	select {
	case s.mailbox <- c:
	case <-s.stopped:
	}
}

func (s *shard) send(ctx context.Context, c command) error {
	select {
	case s.mailbox <- c:
		return nil
	case <-s.stopped:
		return ErrClosed
	case <-ctx.Done():
		return fmt.Errorf("wait for the mailbox: %w", ctx.Err())
	}
}

// run is the shard's goroutine.
func (s *shard) run() {
	defer close(s.stopped)
	if s.cfg.Network != nil {
		s.runAlone()
		return
	}
	timer := time.NewTimer(time.Hour)
	defer timer.Stop()
	for {
		var due <-chan time.Time
		if s.count > 0 {
			timer.Reset(time.Until(s.nextDeadline()))
			due = timer.C
		}
		select {
		case <-s.quit:
			s.removeAll()
			return
		case c := <-s.mailbox:
			c.do()
		case <-due:
			s.tickPhase(time.Now())
		}
	}
}

// runAlone is run for a shard that nobody may wake: it looks into its mailbox
// when it is awake anyway. What a command does is acknowledged after a tick in
// any case, so nobody waits longer for that.
func (s *shard) runAlone() {
	sleep := newSleeper()
	defer sleep.close()
	for {
		if s.count == 0 {
			select {
			case <-s.quit:
				return
			case c := <-s.mailbox:
				c.do()
			}
			continue
		}
		select {
		case <-s.quit:
			s.removeAll()
			return
		case c := <-s.mailbox:
			c.do()
			continue
		default:
		}
		sleep.until(s.nextDeadline())
		s.tickPhase(time.Now())
		// Not before the tick's frames are off the stack.
		s.cfg.Network.Answer(s.count > 0 && time.Now().Before(s.nextDeadline()))
	}
}

func (s *shard) deadline() time.Time { return s.start.Add(time.Duration(s.step) * phaseStep) }

// nextDeadline passes over phases without conferences.
func (s *shard) nextDeadline() time.Time {
	for len(s.rooms[s.step%phases]) == 0 {
		s.step++
	}
	return s.deadline()
}

// tickPhase ticks the conferences of the current phase.
func (s *shard) tickPhase(now time.Time) {
	reserve()
	defer scrub()
	deadline := s.deadline()
	late := now.Sub(deadline)
	s.cfg.Metrics.lateness.Observe(max(0, late).Seconds())
	if late > maxBacklog {
		skipped := int64(late / audio.FrameDuration)
		s.step += skipped * phases
		s.cfg.Metrics.skipped.Add(float64(skipped))
		deadline = s.deadline()
	}
	if s.cfg.Network != nil {
		s.cfg.Network.Receive(s.index, int(s.step%phases))
	}
	rooms := s.rooms[s.step%phases]
	// Backwards: a conference that fails is removed from the list meanwhile.
	for i := len(rooms) - 1; i >= 0; i-- {
		rooms[i].tick(deadline)
		if (len(rooms)-i)%leaveTogether == 0 && i > 0 && s.cfg.Network != nil {
			s.cfg.Network.Flush(s.index)
		}
	}
	if s.cfg.Network != nil {
		s.cfg.Network.Flush(s.index)
	}
	s.work.Wipe()
	s.step++
}

// phaseFor chooses the phase of a new conference. A shard wakes once for each
// phase that has any, so the first ones are filled a little before the next are
// begun; from then on the conferences are spread evenly.
func (s *shard) phaseFor() int {
	best := -1
	for p := range s.rooms {
		if n := len(s.rooms[p]); n > 0 && n < together && (best < 0 || n > len(s.rooms[best])) {
			best = p
		}
	}
	if best >= 0 {
		return best
	}
	best = 0
	for i := range phases {
		// In steps of 3 a few phases lie well apart.
		if p := i * 3 % phases; len(s.rooms[p]) < len(s.rooms[best]) {
			best = p
		}
	}
	return best
}

// add gives a conference to a phase.
func (s *shard) add(r *room) {
	least := s.phaseFor()
	if s.count == 0 {
		// Nothing has ticked for a while: start from now, not from then.
		s.step = int64(time.Since(s.start)/phaseStep) + 1
	}
	r.phase = least
	s.rooms[least] = append(s.rooms[least], r)
	s.count++
}

// remove ends a conference.
func (s *shard) remove(r *room) {
	if r.ended {
		return
	}
	r.ended, r.recorder = true, nil
	if i := slices.Index(s.rooms[r.phase], r); i >= 0 {
		s.rooms[r.phase] = slices.Delete(s.rooms[r.phase], i, i+1)
		s.count--
	}
	for len(r.legs) > 0 {
		r.detach(r.legs[0], s.cfg)
	}
	r.conference.Wipe()
	r.out.Wipe()
	s.scratch.payload = [160]byte{} // a transport may have failed with it
	for _, w := range r.waiting {
		w.done <- ErrFailed
	}
	r.waiting = r.waiting[:0]
	s.forget(r)
}

func (s *shard) removeAll() {
	for p := range s.rooms {
		for len(s.rooms[p]) > 0 {
			s.remove(s.rooms[p][0])
		}
	}
}
