package call

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"tonegate/bridge"
	"tonegate/internal/auth"
	"tonegate/internal/engine"
	"tonegate/internal/recording"
	"tonegate/internal/rtcleg"
	"tonegate/internal/store"
)

// leg is the record of a leg. The service's lock guards it.
type leg struct {
	Leg
	seat      *Seat // the signalling connection, if one is open
	whip      bool  // joined over HTTP: there is no connection to lose
	joined    bool
	granted   []string // by the token of its last join
	resume    [32]byte
	earlier   [32]byte // the secret before, until the new one is known to have arrived
	media     *rtcleg.Leg
	engine    *engine.Leg
	mediaUp   bool
	mediaDead bool   // failed or closed; only a restart or a new one helps
	identity  string // the peer's certificate in its last offer
	busy      bool   // an offer is being answered
	grace     *time.Timer
}

// startGrace gives a lost leg a while to come back. lost is called with the
// timer that ran out: by the time it gets the lock, the leg may be back.
func (l *leg) startGrace(d time.Duration, lost func(*time.Timer)) {
	if l.grace == nil {
		var timer *time.Timer
		ready := make(chan struct{})
		timer = time.AfterFunc(d, func() { <-ready; lost(timer) })
		close(ready)
		l.grace = timer
	}
}

func (l *leg) stopGrace() {
	if l.grace != nil {
		l.grace.Stop()
		l.grace = nil
	}
}

// grants returns what a role may do beyond talking.
func grants(r bridge.Role) []string {
	switch r {
	case bridge.Agent:
		return []string{auth.GrantCapture, auth.GrantTalk, auth.GrantRecord, auth.GrantPage, auth.GrantTransfer, auth.GrantHold}
	case bridge.IVR:
		return []string{auth.GrantCollect}
	default:
		return nil
	}
}

func newLeg(conferenceID string, spec LegSpec) *leg {
	return &leg{Leg: Leg{
		ID: auth.NewID("leg"), ConferenceID: conferenceID, Role: spec.Role,
		Kind: spec.Kind, Identity: spec.Identity, State: LegInvited,
	}}
}

// AddLeg adds a leg to a conference. A builtin one takes part at once.
func (s *Service) AddLeg(ctx context.Context, conferenceID string, spec LegSpec) (Leg, error) {
	err := spec.check()
	if err == nil {
		err = noCard("/identity", spec.Identity)
	}
	if err != nil {
		return Leg{}, err
	}
	l := newLeg(conferenceID, spec)
	s.mu.Lock()
	c, err := s.open(conferenceID)
	if err == nil {
		err = c.admit(spec.Role)
	}
	if err != nil {
		s.mu.Unlock()
		return Leg{}, err
	}
	c.legs = append(c.legs, l)
	s.legs[l.ID] = l
	s.mu.Unlock()

	if err = s.keep(c, nil); err == nil && spec.Kind == KindBuiltin {
		err = s.attachBuiltin(ctx, c, l)
	}
	if err != nil {
		_ = s.RemoveLeg(ctx, l.ID, "failed")
		return Leg{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return l.Leg, nil
}

// open returns a conference that has not ended. The caller holds the lock.
func (s *Service) open(id string) (*conference, error) {
	c := s.byID[id]
	switch {
	case c == nil:
		return nil, fmt.Errorf("conference %w", ErrNotFound)
	case c.State == ConferenceEnded:
		return nil, ErrEnded
	}
	return c, nil
}

func (c *conference) admit(r bridge.Role) error {
	present := 0
	for _, l := range c.legs {
		if l.State == LegLeft {
			continue
		}
		present++
		if l.Role == r && r != bridge.Supervisor {
			return fmt.Errorf("%w: the conference has a leg of role %s", ErrRoleTaken, r)
		}
	}
	if present >= bridge.MaxLegs {
		return fmt.Errorf("%w: %d legs are the limit", ErrTooMany, bridge.MaxLegs)
	}
	return nil
}

func (s *Service) attachBuiltin(ctx context.Context, c *conference, l *leg) error {
	e, err := s.engine.Attach(context.WithoutCancel(ctx), c.ID, bridge.LegSpec{Role: l.Role, Builtin: true, Held: l.OnHold}, nil)
	if err != nil {
		return fmt.Errorf("attach the builtin leg: %w", err)
	}
	err = s.do(ctx, c.ID, func(*bridge.Conference) error {
		c.session.Voice(s.cfg.Prompts, e.ID)
		return nil
	})
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l.engine, l.State = e, LegConnected
	s.onTape(c, l, recording.LegJoined)
	return nil
}

// Leg returns a leg.
func (s *Service) Leg(id string) (Leg, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.legs[id]
	if l == nil {
		return Leg{}, fmt.Errorf("leg %w", ErrNotFound)
	}
	return l.Leg, nil
}

// Ticket mints a token that lets a leg join once.
func (s *Service) Ticket(legID string) (Ticket, error) {
	l, err := s.Leg(legID)
	switch {
	case err != nil:
		return Ticket{}, err
	case l.Kind == KindBuiltin:
		return Ticket{}, ErrBuiltin
	case l.State == LegLeft:
		return Ticket{}, fmt.Errorf("leg %w: it has left", ErrNotFound)
	}
	token, expires, err := s.cfg.Tokens.Mint(l.ConferenceID, l.ID, l.Role.String(), grants(l.Role))
	return Ticket{token, expires}, err
}

// SetMuted stops or resumes taking a leg's voice.
func (s *Service) SetMuted(ctx context.Context, legID string, muted bool) (Leg, error) {
	return s.change(ctx, legID,
		func(kept *store.Leg) { kept.Muted = muted },
		func(b *bridge.Conference, id bridge.LegID) error { return b.SetMuted(id, muted) },
		func(l *Leg) { l.Muted = muted })
}

// RemoveLeg takes a leg out of its call.
func (s *Service) RemoveLeg(ctx context.Context, legID, reason string) error {
	return s.removeIf(ctx, legID, reason, func(*leg) bool { return true })
}

// removeIf removes a leg of which still is true, asked under the lock.
func (s *Service) removeIf(ctx context.Context, legID, reason string, still func(*leg) bool) error {
	s.mu.Lock()
	l := s.legs[legID]
	if l == nil {
		s.mu.Unlock()
		return fmt.Errorf("leg %w", ErrNotFound)
	}
	c := s.byID[l.ConferenceID]
	if l.State == LegLeft || c == nil || !still(l) {
		s.mu.Unlock()
		return nil
	}
	l.State, l.mediaUp = LegLeft, false
	l.stopGrace()
	s.hush(l, "hang_up")
	s.emitLeg(c, l, "left")
	e, seat, media := l.engine, l.seat, l.media
	l.engine, l.seat, l.media = nil, nil, nil
	if seat != nil {
		seat.push(Ended{Reason: reason})
		seat.finish(nil)
		delete(c.seats, seat)
	}
	c.broadcast(LegChanged{l.Leg})
	s.review(c)
	s.watchPage(c, l)
	// Without the one who keys or the one who reads there is nothing to collect.
	hungUp := l.Role == bridge.Customer || l.Role == bridge.IVR
	s.watchAbandoned(c)
	s.mu.Unlock()

	ctx = context.WithoutCancel(ctx)
	_ = s.keep(c, nil) // logged; the leg leaves all the same
	if hungUp {
		s.endCaptureOf(ctx, c)
	}
	if l.Kind == KindBuiltin {
		_ = s.engine.Do(ctx, c.ID, func(*bridge.Conference) error { c.session.Voice(nil, 0); return nil })
	}
	switch {
	case e != nil:
		return s.engine.Detach(ctx, e)
	case media != nil:
		return media.Close()
	}
	return nil
}

// connect answers an offer: the first one makes the leg's transport and lets
// it take part, later ones renegotiate.
func (s *Service) connect(ctx context.Context, l *leg, offer string) (answer string, err error) {
	s.mu.Lock()
	if l.State == LegLeft {
		s.mu.Unlock()
		return "", fmt.Errorf("leg %w: it has left", ErrNotFound)
	}
	if l.busy {
		s.mu.Unlock()
		return "", fmt.Errorf("%w: another offer is being answered", ErrInvalid)
	}
	l.busy = true
	media, identity := l.media, fingerprints(offer)
	// A page that was loaded again comes with a new certificate: a new peer for
	// the same leg. So does one whose connection is gone for good. Nobody holds its
	// button any more.
	if media != nil && (identity != l.identity || media.State() == rtcleg.StateClosed) {
		media = nil
		s.hush(l, "hang_up")
	}
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		l.busy = false
		s.mu.Unlock()
	}()
	if media != nil {
		return media.Renegotiate(ctx, offer)
	}
	return s.newMedia(context.WithoutCancel(ctx), l, offer)
}

// fingerprints returns what names the peer in an offer.
func fingerprints(offer string) string {
	var found []string
	for line := range strings.Lines(offer) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "a=fingerprint:"); ok {
			found = append(found, strings.ToLower(rest))
		}
	}
	slices.Sort(found)
	return strings.Join(slices.Compact(found), " ")
}

// newMedia makes a leg's transport of an offer and lets the leg take part with
// it, in place of the one it had, if any. An offer that is refused changes
// nothing.
func (s *Service) newMedia(ctx context.Context, l *leg, offer string) (string, error) {
	media, answer, err := s.accept(ctx, l, offer)
	if err != nil {
		return "", err
	}
	if err := s.dropMedia(ctx, l); err != nil {
		_ = media.Close()
		return "", fmt.Errorf("%w: %w", ErrMediaSetup, err)
	}
	m := media.Media()
	s.mu.Lock()
	held := l.OnHold
	s.mu.Unlock()
	e, err := s.engine.Attach(ctx, l.ConferenceID, bridge.LegSpec{Role: l.Role, Held: held, Media: bridge.Media{
		Law: m.Law, Events: m.Events, Event: m.Event, Clock: m.Clock,
	}}, media)
	if err != nil {
		_ = media.Close()
		return "", fmt.Errorf("%w: %w", ErrMediaSetup, err)
	}
	media.DeliverTo(e)
	s.mu.Lock()
	if l.State == LegLeft { // removed meanwhile
		s.mu.Unlock()
		_ = s.engine.Detach(ctx, e)
		return "", fmt.Errorf("leg %w: it has left", ErrNotFound)
	}
	l.media, l.engine, l.mediaDead, l.identity = media, e, false, fingerprints(offer)
	muted, onHold := l.Muted, l.OnHold
	s.mu.Unlock()
	if onHold != held { // changed meanwhile
		if _, err = s.SetHeld(ctx, l.ID, onHold); err != nil {
			return "", err
		}
	}
	if muted {
		// Before the answer: nothing of the peer can have arrived yet.
		_, err = s.SetMuted(ctx, l.ID, true)
	}
	return answer, err
}

// dropMedia ends the transport that a leg had.
func (s *Service) dropMedia(ctx context.Context, l *leg) error {
	s.mu.Lock()
	old := l.engine
	l.engine, l.media, l.mediaUp = nil, nil, false
	if c := s.byID[l.ConferenceID]; old != nil && c != nil && c.State != ConferenceEnded && l.State == LegConnected {
		s.refresh(c, l)
	}
	s.mu.Unlock()
	if old == nil {
		return nil
	}
	return s.engine.Detach(ctx, old)
}

// accept answers an offer with a transport, whose packets go nowhere yet.
func (s *Service) accept(ctx context.Context, l *leg, offer string) (*rtcleg.Leg, string, error) {
	var self atomic.Pointer[rtcleg.Leg]
	media, answer, err := s.cfg.RTC.Accept(ctx, offer, rtcleg.Options{
		// Named events reach the bridge from customers and IVRs only; an agent
		// neither sends nor receives them.
		TelephoneEvent: l.Role == bridge.Customer || l.Role == bridge.IVR,
		OnState: func(state rtcleg.State) {
			if m := self.Load(); m != nil {
				s.notices.mediaState(l, m, state)
			}
		},
	})
	switch {
	case err == nil:
		self.Store(media)
	case errors.Is(err, rtcleg.ErrBadOffer) && withoutAudio(offer):
		// Well-formed, but with nothing to talk with.
		err = rtcleg.ErrNoCommonCodec
	}
	return media, answer, err
}

// withoutAudio reports whether an offer has media, but no audio.
func withoutAudio(offer string) bool {
	return strings.Contains(offer, "\nm=") && !strings.Contains(offer, "\nm=audio")
}
