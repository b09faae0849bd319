package rtcleg

import (
	"context"
	"errors"
	"fmt"
	"net"
	"time"
	"unsafe"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"tonegate/internal/prefetch"
	"tonegate/internal/rtcleg/fast"
)

// fastPath is the path of the package fast.
type fastPath struct{ network *fast.Network }

func newFast(s *Server, conns []*net.UDPConn) (path, error) {
	n, err := fast.New(conns, fast.Config{
		Certificate: s.certificate, Disconnected: s.cfg.Disconnected, Failed: s.cfg.Failed, Logs: logs{s.cfg.Log},
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w: --media-path portable does without", ErrListen, err)
	}
	return fastPath{n}, nil
}

func (p fastPath) receive(shard, phase int) { p.network.Receive(shard, phase) }
func (p fastPath) flush(shard int)          { p.network.Flush(shard) }
func (p fastPath) answer(hasTime bool)      { p.network.Answer(hasTime) }
func (p fastPath) drops() uint64            { return p.network.Drops() }
func (p fastPath) close() error             { return p.network.Close() }

// fastLeg is a leg and its connection, in one piece that begins a page of memory: what
// each packet needs of it is then met in one page.
type fastLeg struct {
	Leg
	conn fast.Conn
	_    [legBytes - unsafe.Sizeof(Leg{}) - unsafe.Sizeof(fast.Conn{})]byte
}

// legBytes is a page, but for what the allocator puts before what holds pointers. If there
// is no room to fill, a leg no longer fits into one.
const legBytes = 4096 - 8

func (p fastPath) leg() *Leg {
	l := new(fastLeg)
	l.Leg.conn = fastConnection{&l.conn}
	return &l.Leg
}

func (p fastPath) connect(l *Leg) error {
	session := fast.Session{Client: l.setup == "active", User: (*fastUser)(l)}
	for _, f := range l.offer.fingerprints {
		session.Fingerprints = append(session.Fingerprints, fast.Fingerprint{Hash: f.hash, Value: f.value})
	}
	if err := p.network.Open(l.conn.(fastConnection).conn, session); err != nil {
		return fmt.Errorf("%w: %w", ErrClosed, err)
	}
	return nil
}

// fastUser is a leg as its connection sees it.
type fastUser Leg

func (u *fastUser) Packet(packet []byte, arrived time.Time, shard int) {
	(*Leg)(u).take(packet, arrived, shard)
}
func (u *fastUser) Report(compound []byte, arrived time.Time) {
	(*Leg)(u).takeReport(compound, arrived)
}
func (u *fastUser) Changed() { (*Leg)(u).connectionChanged() }
func (u *fastUser) Crowded() { (*Leg)(u).tooManySources() }

// fastConnection is a connection of the fast path in this package's words.
type fastConnection struct{ conn *fast.Conn }

func (c fastConnection) negotiate(_ context.Context, o *offer, _ int) (local, error) {
	ufrag, pwd, err := c.conn.Negotiate(o.ufrag, o.pwd)
	if errors.Is(err, fast.ErrClosed) {
		return local{}, ErrClosed
	}
	return local{ufrag: ufrag, pwd: pwd, sources: []string{
		fmt.Sprintf("ssrc:%d cname:%s", c.conn.SSRC(), cname), "msid:" + cname + " audio",
	}}, err
}

func (c fastConnection) send(h *rtp.Header, payload []byte) (bool, error) {
	return c.conn.Send(h, payload)
}

func (c fastConnection) report(packets []rtcp.Packet) error {
	raw, err := rtcp.Marshal(packets)
	if err != nil {
		return err
	}
	return c.conn.SendReport(raw)
}

func (c fastConnection) ssrc() uint32        { return c.conn.SSRC() }
func (c fastConnection) watch(now time.Time) { c.conn.Watch(now) }
func (c fastConnection) batch(shard, phase int, needs ...prefetch.Place) {
	c.conn.Batch(shard, phase, needs...)
}
func (c fastConnection) close() error { return c.conn.Close() }

func (c fastConnection) state() State {
	switch c.conn.State() {
	case fast.Connecting:
		return StateConnecting
	case fast.Connected:
		return StateConnected
	case fast.Disconnected:
		return StateDisconnected
	case fast.Failed:
		return StateFailed
	default:
		return StateClosed
	}
}
