package rtcleg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"

	"tonegate/internal/audio"
	"tonegate/internal/prefetch"
	"tonegate/internal/rtcleg/gathering"
	"tonegate/internal/rtcleg/rawtrack"
)

// startTime is how long the library may take to begin with ICE, which it does at once.
const startTime = 10 * time.Second

// portable is the path of a PeerConnection for each leg, over Go's own sockets.
type portable struct {
	server      *Server
	mux         ice.UDPMux
	certificate webrtc.Certificate
}

func newPortable(s *Server, conns []*net.UDPConn) *portable {
	return &portable{
		server: s, mux: muxOf(conns, logs{s.cfg.Log}),
		certificate: webrtc.CertificateFromX509(s.certificate.PrivateKey, s.certificate.Leaf),
	}
}

func (p *portable) receive(_, _ int) {}
func (p *portable) flush(int)        {}
func (p *portable) answer(bool)      {}
func (p *portable) drops() uint64    { return 0 }
func (p *portable) close() error     { return p.mux.Close() }

// peer is a leg's PeerConnection.
type peer struct {
	leg    *Leg
	pc     *webrtc.PeerConnection
	track  *rawtrack.Track
	queues queues

	started chan struct{} // closed when ICE has the peer's credentials, or never will
	start   func()        // closes it, once
	ended   chan struct{} // closed with the connection
}

func (p *portable) leg() *Leg { return new(Leg) }

func (p *portable) connect(l *Leg) error {
	c := &peer{leg: l, track: rawtrack.New("audio", cname), started: make(chan struct{}), ended: make(chan struct{})}
	c.queues.tooMany = sync.OnceFunc(func() { go l.tooManySources() })
	api, err := p.api(c)
	if err != nil {
		return err
	}
	c.start = sync.OnceFunc(func() { close(c.started) })
	end := sync.OnceFunc(func() { close(c.ended) })
	c.pc, err = api.NewPeerConnection(webrtc.Configuration{Certificates: []webrtc.Certificate{p.certificate}})
	if err != nil {
		return err
	}
	c.pc.OnICEConnectionStateChange(func(webrtc.ICEConnectionState) { c.start() })
	c.pc.OnConnectionStateChange(func(now webrtc.PeerConnectionState) {
		if now == webrtc.PeerConnectionStateClosed {
			c.start()
			end()
		}
		l.connectionChanged()
	})
	c.pc.OnTrack(l.receive)
	sender, err := c.pc.AddTrack(c.track)
	if err != nil {
		_ = c.pc.Close()
		return err
	}
	if l.begin() {
		go l.readRTCP(sender.Read)
	}
	l.conn = c
	return nil
}

// api is made anew for each leg, because a leg's codecs and payload types are
// those of its offer.
func (p *portable) api(c *peer) (*webrtc.API, error) {
	media := &c.leg.media
	engine := new(webrtc.MediaEngine)
	codecs := []webrtc.RTPCodecParameters{{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: "audio/" + media.Law.String(), ClockRate: audio.SampleRate},
		PayloadType:        webrtc.PayloadType(media.Law.PayloadType()),
	}}
	if media.Events {
		codecs = append(codecs, webrtc.RTPCodecParameters{
			RTPCodecCapability: webrtc.RTPCodecCapability{
				MimeType: "audio/telephone-event", ClockRate: media.Clock, SDPFmtpLine: "0-15",
			},
			PayloadType: webrtc.PayloadType(media.Event),
		})
	}
	for _, codec := range codecs {
		if err := engine.RegisterCodec(codec, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	settings, err := p.settings(c)
	if err != nil {
		return nil, err
	}
	return webrtc.NewAPI(
		webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings),
		webrtc.WithInterceptorRegistry(new(interceptor.Registry)),
	), nil
}

// settings are the same for all legs but for the side of the DTLS handshake and the queues.
func (p *portable) settings(c *peer) (webrtc.SettingEngine, error) {
	var e webrtc.SettingEngine
	cfg := &p.server.cfg
	role := webrtc.DTLSRoleServer
	if c.leg.setup == "active" {
		role = webrtc.DTLSRoleClient
	}
	if err := e.SetAnsweringDTLSRole(role); err != nil {
		return e, err
	}
	e.LoggerFactory = logs{cfg.Log}
	e.SetLite(true)
	e.SetICEUDPMux(p.mux)
	e.SetIncludeLoopbackCandidate(true)
	e.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	e.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	e.DisableActiveTCP(true)
	e.SetICETimeouts(cfg.Disconnected, cfg.Failed, keepAlive)
	// Without a limit, a peer that finds a path and then says nothing would be
	// waited for as long as it keeps the path alive.
	e.SetDTLSConnectContextMaker(func() (context.Context, func()) {
		return context.WithTimeout(context.Background(), cfg.Disconnected+cfg.Failed)
	})
	// Otherwise the library waits for a first packet to name the codec, and a
	// first packet of a payload type it does not know leaves the leg deaf.
	e.SetFireOnTrackBeforeFirstRTP(true)
	e.BufferFactory = c.queues.make
	return e, nil
}

// negotiate puts an offer through the library.
func (c *peer) negotiate(ctx context.Context, o *offer, version int) (local, error) {
	offered := webrtc.SessionDescription{Type: webrtc.SDPTypeOffer, SDP: o.forLibrary(c.leg.media, version)}
	switch err := c.pc.SetRemoteDescription(offered); {
	case errors.Is(err, webrtc.ErrConnectionClosed): // by the peer
		return local{}, ErrClosed
	case err != nil:
		return local{}, bad("%w", err)
	}
	answered, err := c.pc.CreateAnswer(nil)
	if err != nil {
		return local{}, err
	}
	// Gathering is a matter of registering with the shared socket; it is waited
	// for so that no check of the peer comes too early.
	gathered := gathering.Complete(c.pc)
	if err := c.pc.SetLocalDescription(answered); err != nil {
		return local{}, err
	}
	// The library starts ICE after it has answered. An offer that came before that
	// would meet an agent without credentials of the peer's, and be taken for one that
	// changes them: a restart that nobody asked for.
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	for _, done := range []<-chan struct{}{gathered, c.started} {
		select {
		case <-done:
		case <-c.ended: // the library does not say so to who waits for candidates
			return local{}, ErrClosed
		case <-ctx.Done():
			return local{}, fmt.Errorf("start ICE: %w", ctx.Err())
		}
	}
	if c.leg.closed.Load() {
		return local{}, ErrClosed
	}
	return readLocal(answered.SDP)
}

func (c *peer) send(h *rtp.Header, payload []byte) (bool, error) { return c.track.Write(h, payload) }
func (c *peer) ssrc() uint32                                     { return c.track.SSRC() }
func (c *peer) report(packets []rtcp.Packet) error               { return c.pc.WriteRTCP(packets) }
func (c *peer) watch(time.Time)                                  {}
func (c *peer) batch(_, _ int, _ ...prefetch.Place)              {}

// close zeroes what waits before it waits for the library: a packet that still comes
// finds its queue closed, old source or new.
func (c *peer) close() error {
	c.queues.close()
	return c.pc.GracefulClose()
}

func (c *peer) state() State {
	switch c.pc.ConnectionState() {
	case webrtc.PeerConnectionStateConnecting:
		return StateConnecting
	case webrtc.PeerConnectionStateConnected:
		return StateConnected
	case webrtc.PeerConnectionStateDisconnected:
		return StateDisconnected
	case webrtc.PeerConnectionStateFailed:
		return StateFailed
	case webrtc.PeerConnectionStateClosed:
		return StateClosed
	default:
		return StateNew
	}
}
