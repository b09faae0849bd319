package softphone

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/interceptor"
	"github.com/pion/webrtc/v4"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg/gathering"
	"tonegate/internal/rtcleg/rawtrack"
)

// The errors of this package. They are wrapped with what was being done.
var (
	// ErrAnswer: the answer lacks what a call needs.
	ErrAnswer = errors.New("unusable answer")
	// ErrRefused: the server answered an HTTP request with another status.
	ErrRefused = errors.New("refused by the server")
	// ErrClosed: the phone has hung up or lost its connection.
	ErrClosed = errors.New("the phone is closed")
)

// Config describes a phone.
type Config struct {
	// URL is the server's WHIP endpoint, and Token what it wants as bearer; for
	// Dial only.
	URL, Token string
	// HTTPClient is http.DefaultClient if nil.
	HTTPClient *http.Client
	// Laws are offered in this order. PCMU, then PCMA, if empty.
	Laws []audio.Law
	// TelephoneEvent offers named events at 8000 Hz.
	TelephoneEvent bool
	// EventPayloadType is the payload type offered for them; 126, as Chromium
	// has it, if zero.
	EventPayloadType uint8
	// Only restricts the host's addresses that are used. All, if nil.
	Only func(net.IP) bool
	// Discard keeps no recording: for load, where memory would be the limit.
	Discard bool
	// OnPacket, if set, is given each received packet before it is recorded.
	OnPacket func(packet []byte, arrived time.Time)
}

// Phone is one endpoint.
type Phone struct {
	cfg       Config
	pc        *webrtc.PeerConnection
	track     *rawtrack.Track
	sender    *webrtc.RTPSender
	connected chan struct{}
	gone      chan struct{}
	once      struct{ connected, gone sync.Once }
	readers   sync.WaitGroup
	life      sync.Mutex
	closed    bool
	lifted    atomic.Bool // Play is running
	sequence  uint16
	timestamp uint32
	rec       recorder

	media            Media
	location, resume string
}

// Media is what was negotiated, from the answer.
type Media struct {
	Law    audio.Law
	Events bool
	Event  uint8 // payload type of telephone-event
}

const (
	firstSequence  = 65500      // wraps after 36 packets
	firstTimestamp = 0xFFFFF000 // wraps after half a second
)

// New returns a phone that is not connected.
func New(cfg Config) (*Phone, error) {
	if len(cfg.Laws) == 0 {
		cfg.Laws = []audio.Law{audio.MuLaw, audio.ALaw}
	}
	if cfg.EventPayloadType == 0 {
		cfg.EventPayloadType = 126
	}
	if cfg.HTTPClient == nil {
		cfg.HTTPClient = http.DefaultClient
	}
	p := &Phone{
		cfg: cfg, track: rawtrack.New("audio", "softphone"),
		connected: make(chan struct{}), gone: make(chan struct{}),
		sequence: firstSequence, timestamp: firstTimestamp,
	}
	api, err := p.api()
	if err != nil {
		return nil, fmt.Errorf("new phone: %w", err)
	}
	if p.pc, err = api.NewPeerConnection(webrtc.Configuration{}); err != nil {
		return nil, fmt.Errorf("new phone: %w", err)
	}
	p.pc.OnTrack(p.receive)
	p.pc.OnConnectionStateChange(func(webrtc.PeerConnectionState) { p.stateChanged() })
	if p.sender, err = p.pc.AddTrack(p.track); err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("new phone: %w", err)
	}
	p.start(func() { discard(p.sender.Read) })
	return p, nil
}

func (p *Phone) api() (*webrtc.API, error) {
	engine := new(webrtc.MediaEngine)
	for _, law := range p.cfg.Laws {
		if err := engine.RegisterCodec(codec("audio/"+law.String(), law.PayloadType(), ""), webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	if p.cfg.TelephoneEvent {
		c := codec("audio/telephone-event", p.cfg.EventPayloadType, "0-15")
		if err := engine.RegisterCodec(c, webrtc.RTPCodecTypeAudio); err != nil {
			return nil, err
		}
	}
	var settings webrtc.SettingEngine
	settings.SetIncludeLoopbackCandidate(true)
	settings.SetICEMulticastDNSMode(ice.MulticastDNSModeDisabled)
	settings.SetNetworkTypes([]webrtc.NetworkType{webrtc.NetworkTypeUDP4, webrtc.NetworkTypeUDP6})
	settings.SetFireOnTrackBeforeFirstRTP(true)
	settings.LoggerFactory = quiet{}
	if p.cfg.Only != nil {
		settings.SetIPFilter(p.cfg.Only)
	}
	return webrtc.NewAPI(
		webrtc.WithMediaEngine(engine), webrtc.WithSettingEngine(settings),
		webrtc.WithInterceptorRegistry(new(interceptor.Registry)),
	), nil
}

func codec(mime string, payloadType uint8, fmtp string) webrtc.RTPCodecParameters {
	return webrtc.RTPCodecParameters{
		RTPCodecCapability: webrtc.RTPCodecCapability{MimeType: mime, ClockRate: audio.SampleRate, SDPFmtpLine: fmtp},
		PayloadType:        webrtc.PayloadType(payloadType),
	}
}

// Offer returns a complete offer. A later one restarts ICE.
func (p *Phone) Offer(ctx context.Context) (string, error) {
	var options *webrtc.OfferOptions
	if p.pc.CurrentRemoteDescription() != nil {
		options = &webrtc.OfferOptions{ICERestart: true}
	}
	offer, err := p.pc.CreateOffer(options)
	if err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	gathered := gathering.Complete(p.pc)
	if err := p.pc.SetLocalDescription(offer); err != nil {
		return "", fmt.Errorf("offer: %w", err)
	}
	select {
	case <-gathered:
		return p.pc.LocalDescription().SDP, nil
	case <-p.gone:
		return "", fmt.Errorf("offer: gather candidates: %w", ErrClosed)
	case <-ctx.Done():
		return "", fmt.Errorf("offer: gather candidates: %w", ctx.Err())
	}
}

// Accept takes the answer. The connection comes up on its own; see Connected.
func (p *Phone) Accept(answer string) error {
	media, err := readAnswer(answer)
	if err != nil {
		return fmt.Errorf("accept answer: %w", err)
	}
	if p.media != media { // a later answer repeats it while Play reads it
		p.media = media
	}
	p.rec.begin(media, p.cfg.Discard)
	if err := p.pc.SetRemoteDescription(webrtc.SessionDescription{Type: webrtc.SDPTypeAnswer, SDP: answer}); err != nil {
		return fmt.Errorf("accept answer: %w", err)
	}
	return nil
}

// readAnswer finds the codec and the payload type of events.
func readAnswer(text string) (Media, error) {
	var m Media
	found := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if rest, ok := strings.CutPrefix(line, "m=audio "); ok && !found {
			fields := strings.Fields(rest)
			if len(fields) < 3 || fields[0] == "0" {
				return m, fmt.Errorf("%w: audio was rejected", ErrAnswer)
			}
			switch fields[2] {
			case "0":
				m.Law = audio.MuLaw
			case "8":
				m.Law = audio.ALaw
			default:
				return m, fmt.Errorf("%w: payload type %s", ErrAnswer, fields[2])
			}
			found = true
		}
		if rest, ok := strings.CutPrefix(line, "a=rtpmap:"); ok && strings.HasSuffix(rest, " telephone-event/8000") {
			number, _, _ := strings.Cut(rest, " ")
			pt, err := strconv.ParseUint(number, 10, 7)
			if err != nil {
				return m, fmt.Errorf("%w: %w", ErrAnswer, err)
			}
			m.Events, m.Event = true, uint8(pt)
		}
	}
	if !found {
		return m, fmt.Errorf("%w: no audio", ErrAnswer)
	}
	return m, nil
}

// Media returns what was negotiated. It is valid after Accept.
func (p *Phone) Media() Media { return p.media }

// Connected is closed when packets can be sent for the first time.
func (p *Phone) Connected() <-chan struct{} { return p.connected }

// Gone is closed when the connection has failed or ended.
func (p *Phone) Gone() <-chan struct{} { return p.gone }

func (p *Phone) stateChanged() {
	switch p.pc.ConnectionState() {
	case webrtc.PeerConnectionStateConnected:
		p.once.connected.Do(func() { close(p.connected) })
	case webrtc.PeerConnectionStateFailed, webrtc.PeerConnectionStateClosed:
		p.once.gone.Do(func() { close(p.gone) })
	}
}

// LocalAddr returns the address that the phone sends from, once connected.
func (p *Phone) LocalAddr() (string, error) {
	pair, err := p.pc.SCTP().Transport().ICETransport().GetSelectedCandidatePair()
	if err != nil || pair == nil {
		return "", fmt.Errorf("local address: %w", errors.Join(err, ErrClosed))
	}
	return net.JoinHostPort(pair.Local.Address, strconv.Itoa(int(pair.Local.Port))), nil
}

// start runs f on a goroutine that Close waits for.
func (p *Phone) start(f func()) {
	p.life.Lock()
	defer p.life.Unlock()
	if !p.closed {
		p.readers.Go(f)
	}
}

// Close ends the connection without telling the HTTP server.
func (p *Phone) Close() error {
	p.life.Lock()
	p.closed = true
	p.life.Unlock()
	err := p.pc.GracefulClose()
	p.readers.Wait()
	p.once.gone.Do(func() { close(p.gone) })
	if err != nil {
		return fmt.Errorf("close phone: %w", err)
	}
	return nil
}

// receive records one source.
func (p *Phone) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	p.start(func() { discard(receiver.Read) })
	p.start(func() {
		buf := make([]byte, 1600)
		for {
			n, _, err := track.Read(buf)
			arrived := time.Now()
			if n == 0 && err != nil {
				return
			}
			if p.cfg.OnPacket != nil {
				p.cfg.OnPacket(buf[:n], arrived)
			}
			p.rec.take(buf[:n], arrived)
		}
	})
}

func discard(read func([]byte) (int, interceptor.Attributes, error)) {
	buf := make([]byte, 1600)
	for {
		if _, _, err := read(buf); err != nil {
			return
		}
	}
}
