package load

import (
	"encoding/binary"
	"math/rand/v2"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtp"

	"tonegate/internal/audio"
)

const (
	// phases is over how many moments of a frame legs are spread: each
	// millisecond some are due, as with clients that know nothing of each other.
	phases    = 20
	phaseStep = audio.FrameDuration / phases
	// consentEvery is how often a leg renews consent, in frames: 4 s.
	consentEvery = 200
)

// generator is all the clients and the thread that serves them.
type generator struct {
	socket   *socket
	port     uint16
	base     netip.Addr // the address before the first leg's
	servers  netip.Prefix
	identity identity
	profiles []dtls.SRTPProtectionProfile
	content  *content
	legs     []*leg
	rooms    []*room

	mu      sync.Mutex
	waiting []*leg // to be admitted
	some    atomic.Bool
	tally   atomic.Pointer[tally]
	passed  chan int64 // the step that the loop begins, to whoever waits
	stopped atomic.Bool
	pressed [keyings]atomic.Int64 // keys, so far
	ended   chan struct{}

	// The loop's own.
	at      [phases][]*leg
	out     []*batch
	marked  []*leg
	wire    network
	scratch [4]byte
	plain   [12 + audio.FrameSamples]byte
	decoded [mtu]byte
}

// newGenerator makes the clients and starts their thread. Stop it.
func newGenerator(p plan) (*generator, error) {
	g := &generator{servers: p.network, wire: newNetwork(p.jitter, p.seed), base: p.legs.Masked().Addr(), profiles: p.profiles, passed: make(chan int64), ended: make(chan struct{})}
	var err error
	if g.identity, err = newIdentity(); err != nil {
		return nil, err
	}
	if g.content, err = newContent(); err != nil {
		return nil, err
	}
	if g.socket, err = openSocket(); err != nil {
		return nil, err
	}
	if g.port, err = g.socket.port(); err != nil {
		g.socket.close()
		return nil, err
	}
	order := rand.New(rand.NewPCG(p.seed, 1)).Perm(p.rooms * int(roles))
	for n := range p.rooms {
		r := &room{index: n, keys: keyingOf(n)}
		for k := range roles {
			l := newLeg(len(g.legs), k, r, g.address(len(g.legs)))
			// A random order, but as many legs in each phase: the server's ticks
			// must not meet all rooms at one distance.
			l.phase = int64(order[l.index] % phases)
			r.legs[k] = l
			g.legs = append(g.legs, l)
		}
		g.rooms = append(g.rooms, r)
	}
	go g.run()
	return g, nil
}

// address returns a leg's own address; indexOf is its inverse.
func (g *generator) address(index int) [4]byte {
	b := g.base.As4()
	var a [4]byte
	binary.BigEndian.PutUint32(a[:], binary.BigEndian.Uint32(b[:])+uint32(index)+firstHost)
	return a
}

func (g *generator) indexOf(a [4]byte) int {
	b := g.base.As4()
	return int(binary.BigEndian.Uint32(a[:])) - int(binary.BigEndian.Uint32(b[:])) - firstHost
}

// firstHost leaves room below for the servers.
const firstHost = 256

// admit lets a leg that is connected begin to send.
func (g *generator) admit(l *leg) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.waiting = append(g.waiting, l)
	g.some.Store(true)
}

func (g *generator) take() {
	if !g.some.Load() {
		return
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, l := range g.waiting {
		l.admitted = true
		g.at[l.phase] = append(g.at[l.phase], l)
	}
	g.waiting = g.waiting[:0]
	g.some.Store(false)
}

// record makes the loop count into t from its next step on, or nowhere if t is
// nil. When it returns, the tally before is the caller's.
func (g *generator) record(t *tally) {
	g.tally.Store(t)
	<-g.passed
	<-g.passed
}

// stop ends the thread and lets go of everything.
func (g *generator) stop() {
	g.stopped.Store(true)
	<-g.ended
	var wg sync.WaitGroup
	for _, l := range g.legs {
		wg.Go(l.close)
	}
	wg.Wait()
	g.socket.close()
}

// run is the clients' thread.
func (g *generator) run() {
	defer close(g.ended)
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	var c clock
	c.sharpen()
	start := c.now() + phaseStep
	var none tally
	for step := int64(0); !g.stopped.Load(); step++ {
		select {
		case g.passed <- step:
		default:
		}
		t := g.tally.Load()
		if t == nil {
			none.reset()
			t = &none
		}
		if t.dropped == 0 {
			t.dropped, t.droppedBefore = g.socket.dropped, g.socket.dropped
		}
		g.take()
		g.wire.release(step, func(l *leg, packet []byte) {
			b := g.room()
			b.put(copy(b.data[b.n][:], packet), l.from, l.remote.media)
		})
		legs := g.at[step%phases]
		for _, l := range legs {
			g.prepare(l, step, t)
		}
		due := start + time.Duration(step)*phaseStep
		c.sleepUntil(due)
		g.flush(t)
		if len(legs) > 0 {
			t.late = append(t.late, int32((c.now()-due)/time.Microsecond))
		}
		g.receive(t)
	}
}

// prepare encrypts what a leg sends in the frame that a step belongs to.
func (g *generator) prepare(l *leg, step int64, t *tally) {
	frame := step / phases
	if l.began < 0 {
		l.began = frame
	}
	p := g.content.at(l, frame, &g.scratch)
	header := rtp.Header{
		Version: 2, PayloadType: p.kind, SSRC: l.ssrc, Marker: p.first || frame == l.began,
		Timestamp: l.timestamp + uint32(frame-l.began)*audio.FrameSamples - p.age,
	}
	for range p.copies {
		header.SequenceNumber = l.sequence
		n, err := header.MarshalTo(g.plain[:])
		if err != nil {
			t.refused++
			continue
		}
		n += copy(g.plain[n:], p.payload)
		b := g.room()
		sealed, err := l.send.EncryptRTP(b.data[b.n][:], g.plain[:n], &l.header)
		if err != nil {
			t.refused++
			continue
		}
		if !g.wire.hold(l, sealed, step) {
			b.put(len(sealed), l.from, l.remote.media)
		}
		l.sequence++
		t.sent++
	}
	if p.marked {
		g.marked = append(g.marked, l)
	}
	if p.pressed != noKeys {
		t.keys++
		g.pressed[p.pressed].Add(1)
	}
	if (frame+int64(l.index))%consentEvery == 0 {
		g.consent(l)
	}
}

func (g *generator) consent(l *leg) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if packet, err := l.check(); err == nil {
		b := g.room()
		b.put(copy(b.data[b.n][:], packet), l.from, l.remote.media)
	}
}

// room returns a batch that has room for a packet.
func (g *generator) room() *batch {
	if n := len(g.out); n > 0 && g.out[n-1].n < batchSize {
		return g.out[n-1]
	}
	if n := len(g.out); n < cap(g.out) {
		if g.out = g.out[:n+1]; g.out[n] != nil {
			return g.out[n]
		}
		g.out[n] = newBatch()
		return g.out[n]
	}
	g.out = append(g.out, newBatch())
	return g.out[len(g.out)-1]
}

// flush sends what was prepared, and notes the moment at which marks left.
func (g *generator) flush(t *tally) {
	now := time.Now().UnixNano()
	for _, l := range g.marked {
		l.room.mark.set(l.role, now, t)
	}
	g.marked = g.marked[:0]
	for _, b := range g.out {
		t.refused += g.socket.send(b)
	}
	g.out = g.out[:0]
}

// receive takes all that has come.
func (g *generator) receive(t *tally) {
	g.socket.receive(func(data []byte, to [4]byte, from netip.AddrPort, arrived int64) {
		i := g.indexOf(to)
		if i < 0 || i >= len(g.legs) || len(data) < 12 {
			t.strange++
			return
		}
		l := g.legs[i]
		switch first := data[0]; { // RFC 7983
		case first < 4:
			l.mu.Lock()
			reply := l.onSTUN(data, from)
			l.mu.Unlock()
			if reply != nil {
				_ = g.socket.sendOne(reply, l.from, from)
			}
		case first >= 20 && first < 64:
			l.conn.deliver(data)
		case first >= 128 && first < 192 && l.admitted: // we have its keys
			g.onMedia(l, data, arrived, t)
		}
	})
	t.dropped = g.socket.dropped
}
