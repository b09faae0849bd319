package rtcleg

import (
	"context"
	"fmt"
	"net"
	"runtime"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"tonegate/internal/prefetch"
)

// The media paths: how packets get from the socket to a leg and back.
const (
	// PathFast is raw sockets that the shards read and write in batches, on
	// Linux. See the package fast.
	PathFast = "fast"
	// PathPortable is a stock PeerConnection over net.UDPConn, anywhere.
	PathPortable = "portable"
)

// DefaultPath returns the media path of a server that is not told which.
func DefaultPath() string {
	if runtime.GOOS == "linux" {
		return PathFast
	}
	return PathPortable
}

// path is a media path: it makes the connections of a server's legs.
type path interface {
	// leg makes an empty leg, with memory for its connection where that is kept with
	// it, and connect the connection, once the leg's offer is known.
	leg() *Leg
	connect(l *Leg) error
	// receive delivers what has arrived, and flush sends what a shard's legs
	// have collected, where a path leaves that to the shards. answer answers checks
	// that wait for a shard to have time for them.
	receive(shard, phase int)
	flush(shard int)
	answer(hasTime bool)
	drops() uint64
	close() error
}

// connection is what carries a leg. All methods but negotiate are called from
// any goroutine.
type connection interface {
	// negotiate takes the peer's offer, the first or a later one.
	negotiate(ctx context.Context, o *offer, version int) (local, error)
	// send sends a packet with the header as it is, but for the SSRC.
	send(header *rtp.Header, payload []byte) (sent bool, err error)
	// ssrc is the source of what is sent, or zero if that is not known yet.
	ssrc() uint32
	report(packets []rtcp.Packet) error
	state() State
	// watch is called a few times a second.
	watch(now time.Time)
	batch(shard, phase int, needs ...prefetch.Place)
	close() error
}

// newPath makes the path of a name out of bound sockets.
func (s *Server) newPath(conns []*net.UDPConn) (path, error) {
	switch name := s.cfg.Path; name {
	case PathPortable:
		return newPortable(s, conns), nil
	case PathFast:
		return newFast(s, conns)
	default:
		closeAll(conns)
		return nil, fmt.Errorf("%w: media path %q: one of %s, %s", ErrConfig, name, PathFast, PathPortable)
	}
}

// Batches reports whether the server leaves it to those who tick legs to have
// packets received and sent.
func (s *Server) Batches() bool { return s.cfg.Path == PathFast }

// Receive delivers what has arrived on the fast path for the legs of a phase of a
// shard. Who ticks them calls it before. It does not wait, and it does nothing on the
// portable path.
func (s *Server) Receive(shard, phase int) { s.path.receive(shard, phase) }

// Flush sends what the legs of a shard have collected; see [Leg.Batch].
func (s *Server) Flush(shard int) { s.path.flush(shard) }

// Answer answers some of the peers' checks that came with what Receive took, if there is
// time; else a goroutine does. Shards call it when what they ticked has left.
func (s *Server) Answer(hasTime bool) { s.path.answer(hasTime) }

// Drops counts packets that were lost in this process for want of room, where a
// path can tell.
func (s *Server) Drops() uint64 { return s.path.drops() }

// Batch has the leg's packets collected until the shard's next [Server.Flush], and
// those it receives until [Server.Receive] for the phase. On the portable path they
// are sent, and delivered, at once all the same. needs is memory that the receiver looks
// at for each.
func (l *Leg) Batch(shard, phase int, needs ...prefetch.Place) {
	own := prefetch.Between(&l.conn, &l.departures)
	l.conn.batch(shard, phase, append([]prefetch.Place{own}, needs...)...)
}
