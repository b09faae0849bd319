package call

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"tonegate/bridge"
	"tonegate/internal/auth"
)

// Seat is one signalling connection's hold on a leg.
type Seat struct {
	service *Service
	leg     *leg
	resume  string
	snap    Joined
	events  chan Event
	once    sync.Once
	confirm sync.Once
	done    chan struct{}
	cause   error
}

// Joined is what a leg is told when it joins.
type Joined struct {
	Leg        Leg
	Conference Conference
	Grants     []string
	Masking    Masking
	Capture    *Capture
}

// seatQueue bounds what waits for a subscriber.
const seatQueue = 128

// Join opens a leg with a token, once. over says whether the connection is one
// that can be lost (WebSocket) or not (HTTP).
func (s *Service) Join(token string, overHTTP bool) (*Seat, error) {
	claims, err := s.cfg.Tokens.Verify(token)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrToken, err)
	}
	if _, err := s.joinable(claims); err != nil {
		return nil, err
	}
	// The disk is not waited for under the lock; what changed meanwhile is
	// looked at again.
	first, err := s.cfg.Used.Use(claims.ID, claims.Forget(), s.cfg.Now())
	if err != nil {
		return nil, err
	}
	if !first {
		return nil, fmt.Errorf("%w: %w", ErrToken, auth.ErrUsed)
	}
	l, err := s.joinable(claims)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	if l.State == LegLeft {
		s.mu.Unlock()
		return nil, fmt.Errorf("the token's leg has left: %w", ErrNotFound)
	}
	// Over WebSocket the earlier join's secret stays good until this one's is
	// known to have arrived.
	l.earlier, l.granted = l.resume, claims.Grants
	if overHTTP {
		l.earlier = [32]byte{}
	}
	first = !l.joined
	seat := s.sit(l, overHTTP)
	c := s.byID[l.ConferenceID]
	s.mu.Unlock()
	return s.kept(c, seat, first)
}

// kept returns a seat once its resume secret would outlive the process: the
// client is told of no other. If it would not, a first join has not been, and
// whoever had joined before may come back as before.
func (s *Service) kept(c *conference, seat *Seat, first bool) (*Seat, error) {
	if err := s.keep(c, nil); err != nil {
		if first {
			seat.Reset()
		}
		seat.Lost()
		return nil, err
	}
	return seat, nil
}

// joinable returns the leg that a token opens, if it can be joined now.
func (s *Service) joinable(claims *auth.Claims) (*leg, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.draining {
		return nil, ErrDraining
	}
	l := s.legs[claims.Leg]
	if l == nil || l.ConferenceID != claims.Conference {
		return nil, fmt.Errorf("the token's leg: %w", ErrNotFound)
	}
	if l.Role.String() != claims.Role {
		return nil, fmt.Errorf("%w: the token's role is not the leg's", ErrForbidden)
	}
	if _, err := s.open(l.ConferenceID); err != nil {
		return nil, err
	}
	if l.State == LegLeft {
		return nil, fmt.Errorf("the token's leg has left: %w", ErrNotFound)
	}
	return l, nil
}

// Resume lets a leg come back with the resume secret of its last join.
func (s *Service) Resume(legID, secret string) (*Seat, error) {
	c, seat, err := s.comeBack(legID, secret)
	if err != nil {
		return nil, err
	}
	return s.kept(c, seat, false)
}

func (s *Service) comeBack(legID, secret string) (*conference, *Seat, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closing {
		return nil, nil, ErrDraining
	}
	l, err := s.authorised(legID, secret)
	if err != nil {
		return nil, nil, err
	}
	// The client is known to hold this secret; the one that follows may get
	// lost on its way, more than once.
	l.earlier = auth.Hash(secret)
	return s.byID[l.ConferenceID], s.sit(l, false), nil
}

// authorised returns a leg whose resume secret is the given one. An unknown leg
// and a wrong secret look the same from outside.
func (s *Service) authorised(legID, secret string) (*leg, error) {
	l := s.legs[legID]
	if l == nil || !l.joined || l.State == LegLeft || !auth.Equal(secret, l.resume) && !auth.Equal(secret, l.earlier) {
		return nil, fmt.Errorf("%w: the resume secret is not valid", ErrToken)
	}
	return l, nil
}

// sit gives a leg a new seat and a new resume secret. The caller holds the
// lock.
func (s *Service) sit(l *leg, overHTTP bool) *Seat {
	c := s.byID[l.ConferenceID]
	if old := l.seat; old != nil {
		delete(c.seats, old)
		old.finish(ErrSuperseded)
		l.seat = nil
		s.hush(l, "hang_up")
	}
	seat := &Seat{
		service: s, leg: l, resume: auth.Secret(),
		events: make(chan Event, seatQueue), done: make(chan struct{}),
	}
	l.resume, l.joined, l.whip = auth.Hash(seat.resume), true, overHTTP
	if l.State == LegInvited {
		l.State = LegJoining
		c.broadcast(LegChanged{l.Leg})
	}
	if !overHTTP {
		l.seat = seat
		c.seats[seat] = struct{}{}
	}
	s.refresh(c, l)
	seat.snap = Joined{Leg: l.Leg, Conference: c.snapshot(), Grants: l.granted, Masking: c.maskingFor(l.Role)}
	seat.snap.Conference.Recording = s.tapeFor(seat.snap.Conference.Recording, l.Role)
	if c.capture != nil && seesCaptures(l.Role) {
		capture := c.capture.seenBy(l.Role)
		seat.snap.Capture = &capture
	}
	return seat
}

// Snapshot returns what the leg is told when it joins.
func (t *Seat) Snapshot() Joined { return t.snap }

// ResumeSecret returns the secret with which the leg may come back.
func (t *Seat) ResumeSecret() string { return t.resume }

// Confirm says that the client has its new resume secret: it spoke on the new
// connection. Until then the one before still works, or a connection that broke
// while the answer was on its way would lock the leg out.
func (t *Seat) Confirm() {
	t.confirm.Do(func() {
		t.service.mu.Lock()
		defer t.service.mu.Unlock()
		if t.leg.resume == auth.Hash(t.resume) {
			t.leg.earlier = [32]byte{}
			if c := t.service.byID[t.leg.ConferenceID]; c != nil {
				t.service.keepLater(c)
			}
		}
	})
}

// Events are what the leg may know. Read until Done is closed.
func (t *Seat) Events() <-chan Event { return t.events }

// Done is closed when the seat is over.
func (t *Seat) Done() <-chan struct{} { return t.done }

// Cause says why the seat is over: nil after an orderly end.
func (t *Seat) Cause() error { return t.cause }

// push queues an event. A subscriber that does not read loses its seat rather
// than hold up the call.
func (t *Seat) push(e Event) {
	select {
	case t.events <- e:
	default:
		t.finish(errSlowSubscriber)
	}
}

func (t *Seat) finish(cause error) {
	t.once.Do(func() {
		t.cause = cause
		close(t.done)
	})
}

// Offer answers an SDP offer.
func (t *Seat) Offer(ctx context.Context, sdp string) (string, error) {
	return t.service.connect(ctx, t.leg, sdp)
}

// Candidate takes a trickled candidate.
func (t *Seat) Candidate(candidate string) error {
	t.service.mu.Lock()
	media := t.leg.media
	t.service.mu.Unlock()
	if media == nil {
		return fmt.Errorf("%w: a candidate before an offer", ErrNotNegotiated)
	}
	return media.AddCandidate(candidate)
}

// Mute stops or resumes taking the leg's voice.
func (t *Seat) Mute(ctx context.Context, muted bool) error {
	_, err := t.service.SetMuted(ctx, t.leg.ID, muted)
	return err
}

// May reports whether the leg has a grant.
func (t *Seat) May(grant string) bool {
	for _, g := range t.snap.Grants {
		if g == grant {
			return true
		}
	}
	return false
}

// Leave ends the leg.
func (t *Seat) Leave(ctx context.Context) error {
	return t.service.RemoveLeg(ctx, t.leg.ID, "left")
}

// Lost says that the connection broke: the leg has a while to come back.
func (t *Seat) Lost() {
	s := t.service
	s.mu.Lock()
	defer s.mu.Unlock()
	t.finish(errors.New("connection lost"))
	c := s.byID[t.leg.ConferenceID]
	if t.leg.seat != t || c == nil || c.State == ConferenceEnded {
		return
	}
	t.leg.seat = nil
	delete(c.seats, t)
	s.hush(t.leg, "hang_up")
	s.watchPage(c, t.leg)
	s.refresh(c, t.leg)
}

// LeaveWith ends a leg that joined over HTTP.
func (s *Service) LeaveWith(ctx context.Context, legID, secret string) error {
	s.mu.Lock()
	_, err := s.authorised(legID, secret)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	return s.RemoveLeg(ctx, legID, "left")
}

// Fragment applies a trickle or ICE restart fragment (RFC 8840) to a leg that
// joined over HTTP.
func (s *Service) Fragment(ctx context.Context, legID, secret, fragment string) (answer string, restarted bool, err error) {
	s.mu.Lock()
	l, err := s.authorised(legID, secret)
	if err == nil && l.media == nil {
		err = ErrNotNegotiated
	}
	if err != nil {
		s.mu.Unlock()
		return "", false, err
	}
	media := l.media
	s.mu.Unlock()
	return media.ApplyFragment(ctx, fragment)
}

func seesCaptures(r bridge.Role) bool { return r == bridge.Agent || r == bridge.Supervisor }

// broadcast tells every seat. The caller holds the lock.
func (c *conference) broadcast(e Event) {
	for seat := range c.seats {
		seat.push(e)
	}
}

// qualityTicks is how many reports pass between two quality events: 5 s.
const qualityTicks = 10

// tellLevels tells each seat the levels of the legs that it heard, and hears still.
func (c *conference) tellLevels(r *bridge.Report) {
	c.ticks++
	for seat := range c.seats {
		var levels []Level
		for i := range r.N {
			rep := &r.Legs[i]
			l := c.byEngine(rep.Leg)
			if l == nil {
				continue
			}
			if c.hearsNow(seat.leg, l) && heardThen(r, seat.leg, l) {
				levels = append(levels, Level{l.ID, int(rep.DBm0)})
			}
			if l == seat.leg && c.ticks%qualityTicks == 0 {
				j := rep.Stats.Jitter
				seat.push(Quality{Received: j.Received, Lost: rep.Stats.Lost, Concealed: j.Concealed})
			}
		}
		if len(levels) > 0 {
			seat.push(Levels{levels})
		}
	}
}

func (c *conference) byEngine(id bridge.LegID) *leg {
	for _, l := range c.legs {
		if l.is(id) {
			return l
		}
	}
	return nil
}

// Reset gives up a join whose first offer was refused: the leg is invited
// again, and its record shows nothing of the attempt.
func (t *Seat) Reset() {
	s := t.service
	s.mu.Lock()
	defer s.mu.Unlock()
	l := t.leg
	if l.media != nil || l.State != LegJoining {
		return
	}
	l.State, l.whip, l.joined = LegInvited, false, false
	if c := s.byID[l.ConferenceID]; c != nil {
		c.broadcast(LegChanged{l.Leg})
		s.keepLater(c)
	}
}
