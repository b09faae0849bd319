package rtcleg

import (
	"errors"
	"io"
	"sync"
	"time"

	"github.com/pion/interceptor"
	"github.com/pion/rtcp"
	"github.com/pion/webrtc/v4"

	"tonegate/internal/registers"
)

const (
	// packetBytes holds any packet of a network with an MTU of 1500.
	packetBytes = 1600
	// maxSources bounds the sources that a peer may have at a time. It needs one,
	// and two while it changes; each costs buffers.
	maxSources = 8
	// manyErrors in a row end a reader: the library then has nothing to read
	// and says so in a way that is not known here.
	manyErrors      = 100
	payloadTypeBits = 0x7F
	noShard         = -1 // see Receiver
)

// receive reads the packets of one source. The library calls it, on a goroutine
// of its own, for each source it finds.
func (l *Leg) receive(track *webrtc.TrackRemote, receiver *webrtc.RTPReceiver) {
	if !l.begin() {
		return
	}
	defer l.readers.Done()
	defer l.sources.Add(-1)
	if l.sources.Add(1) > maxSources {
		go l.tooManySources()
		return
	}
	if l.begin() {
		go l.readRTCP(receiver.Read)
	}
	buf := make([]byte, packetBytes)
	for failed := 0; failed < manyErrors; {
		n, _, err := track.Read(buf)
		arrived := time.Now()
		// A payload type that was not negotiated comes back with its packet and
		// an error. It is passed on: whoever routes packets counts it.
		if n > 0 {
			failed = 0
			l.take(buf[:n], arrived, noShard)
			clear(buf[:n])
			registers.Clear()
			continue
		}
		if l.closed.Load() || isEnd(err) {
			return
		}
		failed++
		l.counts.readErrors.Add(1)
	}
}

func (l *Leg) tooManySources() {
	l.server.cfg.Log.Warn("a leg was closed: its peer sends from too many sources")
	_ = l.Close()
}

func (l *Leg) take(packet []byte, arrived time.Time, shard int) {
	known := len(packet) < 2 || l.media.has(packet[1]&payloadTypeBits)
	if to := l.received.note(packet, arrived, known); to != nil {
		to.Deliver(packet, arrived, shard)
	}
}

// Receiver is given what a leg receives.
type Receiver interface {
	// Deliver is given each decrypted RTP packet, header included, and when it was
	// read. The packet is valid during the call only. It must not block and must
	// not call Close; it may run on two goroutines while a peer changes its source.
	// shard is whose goroutine that is, as told to [Server.Receive]; negative: any.
	Deliver(packet []byte, arrived time.Time, shard int)
}

// received is what is kept of packets received, under one lock: each further one
// would have the processor wait, at each packet, for what it is writing.
type received struct {
	mu       sync.Mutex
	to       Receiver // known later than the leg
	packets  uint64
	unknown  uint64 // of a payload type that was not negotiated
	arrivals arrivals
}

// note counts a packet, and returns who is given it.
func (r *received) note(packet []byte, arrived time.Time, known bool) Receiver {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.packets++
	if !known {
		r.unknown++
	}
	r.arrivals.note(packet, arrived)
	return r.to
}

func (r *received) counts() (packets, unknown uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.packets, r.unknown
}

func (r *received) heardFrom(compound []byte, at time.Time) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.arrivals.heardFrom(compound, at)
}

func (r *received) report(now time.Time) []rtcp.ReceptionReport {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.arrivals.report(now)
}

// DeliverTo names who is given what the leg receives from now on.
func (l *Leg) DeliverTo(r Receiver) {
	l.received.mu.Lock()
	defer l.received.mu.Unlock()
	l.received.to = r
}

func (m Media) has(payloadType uint8) bool {
	return payloadType == m.Law.PayloadType() || (m.Events && payloadType == m.Event)
}

// readRTCP reads what the peer reports. Only the time of its last report is
// of use, to report it back; unread reports would fill the library's buffers.
func (l *Leg) readRTCP(read func([]byte) (int, interceptor.Attributes, error)) {
	defer l.readers.Done()
	buf := make([]byte, packetBytes)
	for failed := 0; failed < manyErrors; {
		if n, _, err := read(buf); n > 0 {
			failed = 0
			l.takeReport(buf[:n], time.Now())
		} else if l.closed.Load() || isEnd(err) {
			return
		} else {
			failed++
		}
	}
}

func (l *Leg) takeReport(compound []byte, arrived time.Time) {
	l.counts.rtcp.Add(1)
	l.received.heardFrom(compound, arrived)
}

// isEnd reports whether nothing more will be read.
func isEnd(err error) bool {
	return errors.Is(err, io.EOF) || errors.Is(err, io.ErrClosedPipe)
}
