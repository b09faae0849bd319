package rtcleg

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	mathrand "math/rand/v2"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtp"

	"tonegate/internal/audio"
)

// Media is what a leg negotiated.
type Media struct {
	Law    audio.Law
	Events bool   // telephone-event was negotiated
	Event  uint8  // its payload type
	Clock  uint32 // and its clock
}

// Options describe a leg to accept.
type Options struct {
	// TelephoneEvent lets the leg send and receive named events. Legs of people
	// who may not learn keys go without: a browser makes sound of any event.
	TelephoneEvent bool
	// Receiver is given what the leg receives: nobody, if nil, until
	// [Leg.DeliverTo].
	Receiver Receiver
	// OnState is told of changes, in order, one at a time. It may call Close.
	OnState func(State)
}

// Leg is one WebRTC peer.
type Leg struct {
	// Each packet needs these.
	conn       connection
	media      Media
	up         atomic.Bool // connected once, and not closed
	hears      atomic.Bool // the peer wants to receive
	closed     atomic.Bool
	counts     counts
	received   received
	departures departures

	server     *Server
	setup      string
	states     states
	sources    atomic.Int32 // being read
	nextReport time.Time    // of the goroutine that reports

	negotiating sync.Mutex // guards the following
	offer       *offer
	session     uint64
	version     int

	life    sync.Mutex // orders begin and Close
	readers sync.WaitGroup
	done    chan struct{}
}

// Accept makes a leg of an offer and returns the answer to it. The answer is
// complete; the connection comes up on its own, and OnState says so. The offer
// is judged before anything is created: see [ErrBadOffer], [ErrNoCommonCodec].
func (s *Server) Accept(ctx context.Context, offerSDP string, opts Options) (*Leg, string, error) {
	o, err := parseOffer(offerSDP)
	if err != nil {
		return nil, "", fmt.Errorf("accept: %w", err)
	}
	var session [8]byte
	rand.Read(session[:])
	l := s.path.leg()
	l.server, l.offer, l.media, l.setup = s, o, o.choose(opts), "passive"
	l.session = binary.BigEndian.Uint64(session[:]) >> 2 // RFC 9429 §5.2.1: 62 bits
	l.done = make(chan struct{})
	if o.setup == "passive" {
		l.setup = "active"
	}
	l.states.report, l.received.to = opts.OnState, opts.Receiver
	l.departures.audio = l.media.Law.PayloadType()
	l.departures.next = mathrand.N[uint16](1 << 15) // RFC 3711 §3.3.1
	if err := l.open(); err != nil {
		return nil, "", fmt.Errorf("accept: %w", err)
	}
	text, err := l.negotiate(ctx, o)
	if err != nil {
		_ = l.Close()
		return nil, "", fmt.Errorf("accept: %w", err)
	}
	return l, text, nil
}

// choose picks what is answered: the first law, and events if the leg may.
func (o *offer) choose(opts Options) Media {
	m := Media{Law: o.laws[0], Clock: audio.SampleRate}
	if opts.TelephoneEvent && o.events {
		m.Events, m.Event = true, o.event
	}
	return m
}

// open creates the connection and registers the leg.
func (l *Leg) open() (err error) {
	if err = l.server.path.connect(l); err != nil {
		return err
	}
	if err = l.server.add(l); err != nil {
		_ = l.Close()
	}
	return err
}

// Media returns what was negotiated. It does not change during a leg's life.
func (l *Leg) Media() Media { return l.media }

// Send sends one packet with the header's payload type, and sets its SSRC and its
// sequence number. It does not block and keeps nothing. Until the connection is up,
// and while the peer does not want to receive, it drops the packet and counts it.
func (l *Leg) Send(header *rtp.Header, payload []byte) error {
	if l.closed.Load() {
		return ErrClosed
	}
	if !l.up.Load() || !l.hears.Load() {
		l.counts.dropped.Add(1)
		return nil
	}
	sent, err := l.departures.send(l.conn, header, payload)
	if !sent {
		l.counts.dropped.Add(1)
	}
	return err
}

// begin registers a goroutine of the leg, unless the leg is closing.
func (l *Leg) begin() bool {
	l.life.Lock()
	defer l.life.Unlock()
	if l.closed.Load() {
		return false
	}
	l.readers.Add(1)
	return true
}

// Close ends the leg, tells the peer, and waits for the leg's goroutines.
func (l *Leg) Close() error {
	l.life.Lock()
	first := !l.closed.Swap(true)
	l.life.Unlock()
	if !first {
		<-l.done
		return nil
	}
	l.up.Store(false)
	err := l.conn.close()
	l.readers.Wait()
	l.server.remove(l)
	close(l.done)
	l.states.change(StateClosed)
	if err != nil {
		return fmt.Errorf("close leg: %w", err)
	}
	return nil
}

// Done is closed when the leg has been closed and all its goroutines are gone.
func (l *Leg) Done() <-chan struct{} { return l.done }

// sameIdentity reports whether two offers come from the same DTLS endpoint.
func sameIdentity(a, b *offer) bool { return slices.Equal(a.fingerprints, b.fingerprints) }
