package call

import (
	"context"
	"sync"
	"time"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/ivr"
	"tonegate/internal/rtcleg"
	"tonegate/internal/store"
)

// notice is something a shard or a transport said.
type notice struct {
	conference string
	failed     bool
	progress   *ivr.Progress
	commanded  bool // somebody asked for what progress tells
	keep       bool // the conference is to be written
	hush       bool // press-to-talk is over
	tape       bool // the recording that was asked for is to begin
	why        audit.Detail
	back       string // why the agent is to be brought back
	returned   bool   // the agent is back
	await      bool   // whether a customer waits for the agent is to be looked at
	leg        *leg
	media      *rtcleg.Leg
	state      rtcleg.State
	heard      chan struct{} // closed when all before it is applied
}

// notices is the queue between those who must not wait and the service's
// worker.
type notices struct {
	mu     sync.Mutex
	queue  []notice
	ready  chan struct{}
	closed chan struct{}
	levels reports
}

// reports are the latest that conferences said of their levels. They wait to be looked
// at: each conference has two a second, and to wake up a goroutine for each would cost a
// server of many calls more than all that is done with them.
type reports struct {
	mu  sync.Mutex
	all map[string]*reported
}

// reported is a conference's.
type reported struct {
	report bridge.Report
	fresh  bool
}

// lookEvery is how often reports are looked at.
const lookEvery = 100 * time.Millisecond

// put has a report wait, in place of the one before.
func (l *reports) put(id string, r *bridge.Report) {
	l.mu.Lock()
	defer l.mu.Unlock()
	to := l.all[id]
	if to == nil {
		to = new(reported)
		l.all[id] = to
	}
	to.report, to.fresh = *r, true
}

// fresh are the conferences whose reports wait.
func (l *reports) fresh() (ids []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for id, r := range l.all {
		if r.fresh {
			ids = append(ids, id)
		}
	}
	return ids
}

// take returns what waits of a conference.
func (l *reports) take(id string) bridge.Report {
	l.mu.Lock()
	defer l.mu.Unlock()
	r := l.all[id]
	r.fresh = false
	return r.report
}

// forget lets go of a conference.
func (l *reports) forget(id string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	delete(l.all, id)
}

func newNotices() *notices {
	return &notices{
		ready: make(chan struct{}, 1), closed: make(chan struct{}), levels: reports{all: make(map[string]*reported)},
	}
}

func (n *notices) put(v notice) {
	n.mu.Lock()
	n.queue = append(n.queue, v)
	n.mu.Unlock()
	select {
	case n.ready <- struct{}{}:
	default:
	}
}

func (n *notices) take() []notice {
	n.mu.Lock()
	defer n.mu.Unlock()
	q := n.queue
	n.queue = nil
	return q
}

func (n *notices) close() { close(n.closed) }

// heard waits until what was put so far is applied.
func (n *notices) heard(ctx context.Context) {
	heard := make(chan struct{})
	n.put(notice{heard: heard})
	select {
	case <-heard:
	case <-n.closed:
	case <-ctx.Done():
	}
}

// Report implements engine.Observer.
func (n *notices) Report(id string, r *bridge.Report) { n.levels.put(id, r) }

// Failed implements engine.Observer.
func (n *notices) Failed(id string) { n.put(notice{conference: id, failed: true}) }

func (n *notices) progress(id string, p ivr.Progress, commanded bool) {
	n.put(notice{conference: id, progress: &p, commanded: commanded})
}

func (n *notices) mediaState(l *leg, m *rtcleg.Leg, s rtcleg.State) {
	n.put(notice{conference: l.ConferenceID, leg: l, media: m, state: s})
}

// work applies notices until the service closes.
func (s *Service) work() {
	look := time.NewTicker(lookEvery)
	defer look.Stop()
	for {
		select {
		case <-look.C:
			s.look()
		case <-s.notices.ready:
			for _, n := range s.notices.take() {
				switch {
				case n.heard != nil:
					close(n.heard)
				case n.failed:
					s.fail(n.conference)
				default:
					s.before(n)
					s.apply(n)
				}
			}
		case <-s.notices.closed:
			return
		}
	}
}

// before puts on record and on the disk what apply is about to tell.
func (s *Service) before(n notice) {
	s.mu.Lock()
	c := s.byID[n.conference]
	s.mu.Unlock()
	switch {
	case c == nil:
	case n.keep:
		_ = s.keep(c, nil) // logged
	case n.tape:
		// Not here: it waits for a disk and for a tick.
		if s.begins() {
			go func() { defer s.tapes.Done(); s.autoRecord(c) }()
		}
	case n.hush:
		_ = s.releaseTalk(context.Background(), c.ID, Actor{}, n.why) // the call has ended
	case n.back != "":
		_ = s.takeBack(context.Background(), Actor{}, c.ID, n.back) // on its way, or the call has ended
	case n.await:
		s.await(c)
	case n.progress != nil:
		if s.concludes(n) {
			s.recordEnd(c.ID, *n.progress)
		}
		if s.releases(c, n.progress) {
			s.endTalkOf(c)
			s.captureOnTape(c, "", false)
			s.recordReleased(c.ID, n.progress.CaptureID, "")
		}
		if n.progress.Reason == ivr.SubmitTimeout {
			s.mu.Lock()
			if c.capture != nil && c.capture.ID == n.progress.CaptureID {
				c.capture.unknown()
			}
			s.mu.Unlock()
		}
		if !n.progress.State.Open() {
			_ = s.keep(c, changeCapture(n.progress.CaptureID, at(*n.progress))) // logged
		}
	}
}

// fail ends a conference whose room is gone.
func (s *Service) fail(id string) {
	s.mu.Lock()
	c := s.byID[id]
	if c == nil {
		s.mu.Unlock()
		return
	}
	// Whoever ended it meanwhile could not reach the room any more.
	c.session.End()
	if c.State == ConferenceEnded {
		s.mu.Unlock()
		return
	}
	record := s.conclude(c, "failed")
	s.mu.Unlock()
	record()
	s.endTape(c)
}

func (s *Service) apply(n notice) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byID[n.conference]
	if c == nil || c.State == ConferenceEnded {
		return
	}
	switch {
	case n.progress != nil:
		s.applyProgress(c, *n.progress)
	case n.returned:
		s.applyReturned(c)
	case n.leg != nil:
		s.applyMedia(c, n)
	}
}

// look tells what conferences reported to whom it concerns.
func (s *Service) look() {
	for _, id := range s.notices.levels.fresh() {
		r := s.notices.levels.take(id)
		if !s.tell(id, &r) {
			s.notices.levels.forget(id)
		}
	}
}

// tell follows a report, and reports whether there is such a conference still. The lock is
// taken for each: there may be many.
func (s *Service) tell(id string, r *bridge.Report) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byID[id]
	if c == nil || c.State == ConferenceEnded {
		return false
	}
	if c.doubt && !r.InDoubt {
		c.doubt = false
		c.broadcastMasking()
	}
	c.tellLevels(r)
	return true
}

func (s *Service) applyProgress(c *conference, p ivr.Progress) {
	if c.capture == nil || c.capture.ID != p.CaptureID {
		return
	}
	armed := c.capture.Progress.Armed
	s.emitProgress(c, &c.capture.Progress, &p)
	c.capture.Progress = p
	c.broadcastCapture()
	if p.Armed != armed {
		c.broadcastMasking()
	}
	s.endsTransfer(c, &p)
	if !p.State.Open() {
		s.cfg.Log.Info("capture ended", zap.String("conference_id", c.ID),
			zap.String("capture_id", p.CaptureID), zap.Stringer("state", p.State), zap.Stringer("reason", p.Reason))
	}
}

// applyMedia follows a leg's transport.
func (s *Service) applyMedia(c *conference, n notice) {
	l := n.leg
	if l.media != n.media || l.State == LegLeft {
		return // an earlier transport of a leg that has a new one
	}
	switch n.state {
	case rtcleg.StateConnected:
		l.mediaUp, l.mediaDead = true, false
	case rtcleg.StateDisconnected:
		l.mediaUp = false
	case rtcleg.StateFailed, rtcleg.StateClosed:
		l.mediaUp, l.mediaDead = false, true
	default:
		return
	}
	s.refresh(c, l)
}

// refresh derives a leg's state from its signalling and its media, and starts
// or stops the time it has to come back. The caller holds the lock.
func (s *Service) refresh(c *conference, l *leg) {
	before := l.State
	// Over HTTP there is no connection to lose; its media shows that it is there.
	reachable := l.seat != nil || l.whip && !l.mediaDead
	switch {
	case l.mediaUp && reachable:
		l.State = LegConnected
		l.stopGrace()
	case before == LegReconnecting && l.seat != nil && l.media == nil:
		// It came back and has offered nothing yet: as after its first join.
		l.State = LegJoining
		l.stopGrace()
	case before == LegConnected || before == LegReconnecting, before == LegJoining && !reachable:
		l.State = LegReconnecting
		s.awaitReturn(l)
	}
	if l.State == LegConnected && c.State == ConferenceCreated {
		c.State = ConferenceActive
		s.emit(c, store.Event{Type: "conference.started"})
		s.keepLater(c)
		if c.tape.spec != nil && !c.tape.spec.Wait {
			s.notices.put(notice{conference: c.ID, tape: true})
		}
	}
	if l.State != before {
		switch l.State {
		case LegConnected:
			s.emitLeg(c, l, "joined")
		case LegReconnecting:
			s.emitLeg(c, l, "reconnecting")
		}
		s.cfg.Log.Info("leg state", zap.String("conference_id", c.ID), zap.String("leg_id", l.ID),
			zap.Stringer("role", l.Role), zap.String("state", l.State))
		c.broadcast(LegChanged{l.Leg})
		s.review(c)
	}
}

// awaitReturn gives a lost leg a while to come back. The caller holds the lock.
func (s *Service) awaitReturn(l *leg) {
	l.startGrace(s.cfg.Grace, func(timer *time.Timer) {
		_ = s.removeIf(context.Background(), l.ID, "lost", func(l *leg) bool { return l.grace == timer })
	})
}
