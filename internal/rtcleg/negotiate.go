package rtcleg

import (
	"context"
	"fmt"
	"slices"

	"github.com/pion/ice/v4"
)

// negotiate gives an offer to the connection and writes the answer.
func (l *Leg) negotiate(ctx context.Context, o *offer) (string, error) {
	l.negotiating.Lock()
	defer l.negotiating.Unlock()
	a, err := l.apply(ctx, o)
	if err != nil {
		return "", err
	}
	return a.String(), nil
}

// apply is negotiate without the lock and the text.
func (l *Leg) apply(ctx context.Context, o *offer) (*answer, error) {
	if l.closed.Load() {
		return nil, ErrClosed
	}
	l.version++
	local, err := l.conn.negotiate(ctx, o, l.version)
	if err != nil {
		return nil, err
	}
	l.offer = o
	l.hears.Store(o.direction == "sendrecv" || o.direction == "recvonly")
	s := l.server
	return &answer{
		offer: o, media: l.media, local: local, setup: l.setup,
		fingerprint: s.fingerprint, session: l.session, version: l.version, addresses: s.advertised, port: s.port,
	}, nil
}

// Renegotiate answers a later offer of the same peer: an ICE restart, a hold, a
// new source. The codec, the payload types and the peer's certificate stay.
func (l *Leg) Renegotiate(ctx context.Context, offerSDP string) (string, error) {
	o, err := parseOffer(offerSDP)
	if err != nil {
		return "", fmt.Errorf("renegotiate: %w", err)
	}
	l.negotiating.Lock()
	defer l.negotiating.Unlock()
	if err := l.continues(o); err != nil {
		return "", fmt.Errorf("renegotiate: %w", err)
	}
	a, err := l.apply(ctx, o)
	if err != nil {
		return "", fmt.Errorf("renegotiate: %w", err)
	}
	return a.String(), nil
}

// continues checks that an offer belongs to the connection there is.
func (l *Leg) continues(o *offer) error {
	switch {
	case !slices.Contains(o.laws, l.media.Law):
		return fmt.Errorf("%w: %s is no longer offered", ErrCodecChanged, l.media.Law)
	case l.media.Events && (!o.events || o.event != l.media.Event):
		return fmt.Errorf("%w: telephone-event was payload type %d", ErrCodecChanged, l.media.Event)
	case !sameIdentity(o, l.offer):
		return bad("another a=fingerprint; a new certificate needs a new leg")
	}
	return nil
}

// AddCandidate takes a trickled candidate of the peer, or an empty string at
// their end. It checks and then forgets it: an ICE-lite agent sends no checks,
// and an address that a peer merely names must not be sent to. The peer's own
// checks, which are signed, make its addresses known.
func (l *Leg) AddCandidate(candidate string) error {
	if l.closed.Load() {
		return fmt.Errorf("add candidate: %w", ErrClosed)
	}
	if err := checkCandidate(candidate); err != nil {
		return fmt.Errorf("add candidate: %w", err)
	}
	return nil
}

func checkCandidate(text string) error {
	if text == "" {
		return nil
	}
	if len(text) > 1024 {
		return fmt.Errorf("%w: longer than 1024 bytes", ErrBadCandidate)
	}
	if _, err := ice.UnmarshalCandidate(text); err != nil {
		return fmt.Errorf("%w: %w", ErrBadCandidate, err)
	}
	return nil
}
