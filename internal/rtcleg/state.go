package rtcleg

import (
	"sync"
	"sync/atomic"
	"time"
)

// keepAlive is how often a connection without traffic is kept open.
const keepAlive = 2 * time.Second

// State is what a leg's connection is doing.
type State uint8

// The states of a leg. A leg that failed does not come back by itself, but an
// ICE restart may bring it back; a closed one is gone. States that follow each
// other at once may be reported as the last of them.
const (
	StateNew State = iota
	StateConnecting
	StateConnected
	StateDisconnected
	StateFailed
	StateClosed
)

// String returns the state's name.
func (s State) String() string {
	names := [...]string{"new", "connecting", "connected", "disconnected", "failed", "closed"}
	if int(s) < len(names) {
		return names[s]
	}
	return "unknown"
}

// states reports changes in order and one at a time. The library starts a
// goroutine for each change, so they arrive in any order; and a report may lead
// to the next one, by Close, so no lock is held while it runs.
type states struct {
	report  func(State)
	mu      sync.Mutex
	last    State
	waiting []State
	busy    bool
}

func (s *states) change(to State) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if to == s.last || s.last == StateClosed || to == StateNew {
		return
	}
	s.last = to
	s.waiting = append(s.waiting, to)
	if s.busy || s.report == nil {
		return
	}
	s.busy = true
	for len(s.waiting) > 0 {
		next := s.waiting[0]
		s.waiting = s.waiting[1:]
		s.mu.Unlock()
		s.report(next)
		s.mu.Lock()
	}
	s.busy = false
}

func (s *states) current() State {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.last
}

// State returns what the leg's connection is doing.
func (l *Leg) State() State { return l.states.current() }

// connectionChanged reads the state rather than being told it: of two
// notifications that overtake each other, both then see the newer one.
func (l *Leg) connectionChanged() {
	now := l.conn.state()
	switch now {
	case StateConnected:
		l.up.Store(!l.closed.Load())
	case StateClosed:
		l.up.Store(false)
	}
	l.states.change(now)
}

type counts struct {
	readErrors, dropped, rtcp atomic.Uint64
}

// Stats counts a leg's packets.
type Stats struct {
	Received    uint64 // RTP packets received
	UnknownType uint64 // of those, with a payload type that was not negotiated
	ReadErrors  uint64 // packets that could not be read
	Sent        uint64
	Dropped     uint64 // packets to send while the connection was not up
	RTCP        uint64 // RTCP packets received
}

// Stats returns the leg's counts.
func (l *Leg) Stats() Stats {
	c := &l.counts
	received, unknown := l.received.counts()
	return Stats{
		Received: received, UnknownType: unknown, ReadErrors: c.readErrors.Load(),
		Sent: l.departures.sent(), Dropped: c.dropped.Load(), RTCP: c.rtcp.Load(),
	}
}
