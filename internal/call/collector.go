package call

import (
	"fmt"
	"slices"

	"tonegate/bridge"
	"tonegate/internal/auth"
)

// Collector returns who speaks for a capture with a leg token: an external IVR
// whose token grants it, and for captures of its own conference only. Whether
// there is such a capture is nobody else's business. The token is not used up:
// it is not a join.
func (s *Service) Collector(token, captureID string) (Actor, error) {
	claims, err := s.cfg.Tokens.Verify(token)
	if err != nil {
		return Actor{}, fmt.Errorf("%w: %w", ErrToken, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	l, capture := s.legs[claims.Leg], s.captures[captureID]
	switch {
	case !slices.Contains(claims.Grants, auth.GrantCollect):
		return Actor{}, fmt.Errorf("%w: the token does not grant collect", ErrForbidden)
	case l == nil || l.ConferenceID != claims.Conference || l.Role.String() != claims.Role ||
		l.Role != bridge.IVR || l.Kind != KindExternal || l.State == LegLeft:
		return Actor{}, fmt.Errorf("%w: the token is not that of an external ivr on a call", ErrForbidden)
	case capture == nil || capture.ConferenceID != l.ConferenceID:
		return Actor{}, fmt.Errorf("%w: no capture of the token's conference", ErrForbidden)
	}
	return Actor{LegID: l.ID, Role: l.Role}, nil
}

// Vouches reports whether a leg token is valid, whatever it is good for.
func (s *Service) Vouches(token string) bool {
	_, err := s.cfg.Tokens.Verify(token)
	return err == nil
}
