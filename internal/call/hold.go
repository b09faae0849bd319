package call

import (
	"context"
	"fmt"

	"tonegate/bridge"
	"tonegate/internal/auth"
	"tonegate/internal/store"
)

// SetHeld puts a leg on hold, where it hears music and nobody hears it, or takes
// it off. It returns after the tick from which that holds.
func (s *Service) SetHeld(ctx context.Context, legID string, held bool) (Leg, error) {
	return s.change(ctx, legID,
		func(kept *store.Leg) { kept.OnHold = held },
		func(b *bridge.Conference, id bridge.LegID) error { return b.SetHeld(id, held) },
		func(l *Leg) { l.OnHold = held })
}

// change keeps, does and tells a change of a leg.
func (s *Service) change(ctx context.Context, legID string, kept func(*store.Leg),
	do func(*bridge.Conference, bridge.LegID) error, note func(*Leg)) (Leg, error) {
	s.mu.Lock()
	l := s.legs[legID]
	if l == nil || l.State == LegLeft {
		s.mu.Unlock()
		return Leg{}, fmt.Errorf("leg %w", ErrNotFound)
	}
	e, c := l.engine, s.byID[l.ConferenceID]
	s.mu.Unlock()
	if c == nil {
		return Leg{}, fmt.Errorf("leg %w", ErrNotFound)
	}
	if err := s.keep(c, changeLeg(legID, kept)); err != nil {
		return Leg{}, err
	}
	if e != nil {
		if err := s.do(ctx, l.ConferenceID, func(b *bridge.Conference) error { return do(b, e.ID) }); err != nil {
			return Leg{}, err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	note(&l.Leg)
	c.broadcast(LegChanged{l.Leg})
	return l.Leg, nil
}

// Hold puts a leg of the seat's call on hold or takes it off; others says whether
// the seat may do so to legs that are not its own.
func (t *Seat) Hold(ctx context.Context, legID string, held bool) error {
	if legID == "" {
		legID = t.leg.ID
	}
	if legID != t.leg.ID {
		l, err := t.service.Leg(legID)
		switch {
		case !t.May(auth.GrantHold):
			return fmt.Errorf("%w: of other legs the token grants no hold", ErrForbidden)
		case err != nil:
			return err
		case l.ConferenceID != t.leg.ConferenceID:
			return fmt.Errorf("leg %w", ErrNotFound)
		}
	}
	_, err := t.service.SetHeld(ctx, legID, held)
	return err
}
