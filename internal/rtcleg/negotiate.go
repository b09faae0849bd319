package rtcleg

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/pion/ice/v4"
	"github.com/pion/webrtc/v4"
)

// settings are the same for all legs but for the side of the DTLS handshake.
func (s *Server) settings(setup string) (webrtc.SettingEngine, error) {
	var e webrtc.SettingEngine
	role := webrtc.DTLSRoleServer
	if setup == "active" {
		role = webrtc.DTLSRoleClient
	}
	if err := e.SetAnsweringDTLSRole(role); err != nil {
		return e, err
	}
	e.LoggerFactory = logs{s.cfg.Log}
	e.SetLite(true)
	e.SetICEUDPMux(s.mux)
	e.SetIncludeLoopbackCandidate(true)
	e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.DisableActiveTCP(true)
	e.SetICETimeouts(s.cfg.Disconnected, s.cfg.Failed, keepAlive)
	// Without a limit, a peer that finds a path and then says nothing would be
	// waited for as long as it keeps the path alive.
	e.SetDTLSConnectContextMaker(func() (context.Context, func()) {
		return context.WithTimeout(context.Background(), s.cfg.Disconnected+s.cfg.Failed)
	})
	// Otherwise the library waits for a first packet to name the codec, and a
	// first packet of a payload type it does not know leaves the leg deaf.
	e.SetFireOnTrackBeforeFirstRTP(true)
	e.BufferFactory = newQueue
	return e, nil
}

// negotiate puts an offer through the library and writes the answer.
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
	offered := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: o.forLibrary(l.media, l.version)}
	switch err := l.pc.SetRemoteDescription(offered); {
	case errors.Is(err, webrtc.ErrConnectionClosed): // by the peer
		return nil, ErrClosed
	case err != nil:
		return nil, bad("%w", err)
	}
	answered, err := l.pc.CreateAnswer(nil)
	if err != nil {
		return nil, err
	}
	// Gathering is a matter of registering with the shared socket; it is waited
	// for so that no check of the peer comes too early.
	gathered := webrtc.GatheringCompletePromise(l.pc)
	if err := l.pc.SetLocalDescription(answered); err != nil {
		return nil, err
	}
	select {
	case <-gathered:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	local, err := readLocal(answered.SDP)
	if err != nil {
		return nil, err
	}
	l.offer = o
	l.hears.Store(o.direction == "sendrecv" || o.direction == "recvonly")
	s := l.server
	return &answer{
		offer: o, media: l.media, local: local, setup: l.setup,
		fingerprint: s.fingerprint.Algorithm + " " + strings.ToUpper(s.fingerprint.Value),
		session:     l.session, version: l.version, addresses: s.advertised, port: s.port,
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
