package fast

import (
	"crypto/tls"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/logging"
	"golang.org/x/sys/unix"
)

// ErrClosed: the network is closed.
var ErrClosed = errors.New("closed")

// Config describes a [Network].
type Config struct {
	Certificate tls.Certificate // presented by all legs
	// Disconnected is how long a peer may go without a check before it counts
	// as disconnected, and Failed how much longer until it counts as lost.
	Disconnected, Failed time.Duration
	Logs                 logging.LoggerFactory
}

// Network is the sockets and the legs behind them.
type Network struct {
	cfg     Config
	sockets []*socket
	routes  routes
	drops   atomic.Uint64
	single  single

	reading sync.Mutex // held by whoever takes packets off the sockets
	in      *reader
	stages  stages

	batches struct {
		sync.RWMutex
		byShard []*batch
	}

	queue   chan *datagram // to be answered, in order
	spare   chan *datagram
	some    chan struct{} // wakes the goroutine that answers
	answers struct {      // held by whoever answers
		sync.Mutex
		stunAnswers
		closed bool
	}
	ticked  atomic.Int64 // when a shard last came for packets
	wake    int          // a descriptor that ends the watch's wait
	stop    chan struct{}
	stopped sync.WaitGroup
	once    sync.Once
}

// routes say whose packets are whose.
type routes struct {
	sync.RWMutex
	byAddress addresses
	byName    map[string]*Conn // user-name fragments of this side
	closed    bool
}

// New takes over bound sockets and starts to listen.
func New(conns []*net.UDPConn, cfg Config) (*Network, error) {
	n := &Network{
		cfg: cfg, in: newReader(), stop: make(chan struct{}), wake: -1,
		queue: make(chan *datagram, waiting), spare: make(chan *datagram, waiting), some: make(chan struct{}, 1),
	}
	n.routes.byAddress, n.routes.byName = newAddresses(), make(map[string]*Conn)
	for range waiting {
		n.spare <- new(datagram)
	}
	var failed error
	for _, c := range conns {
		s, err := takeOver(c)
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		n.sockets = append(n.sockets, s)
	}
	if failed == nil {
		n.wake, failed = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK)
	}
	if failed != nil {
		n.release()
		return nil, failed
	}
	n.stopped.Go(n.answer)
	n.stopped.Go(n.watch)
	return n, nil
}

// Close frees the sockets. Legs are closed before.
func (n *Network) Close() error {
	n.once.Do(func() {
		n.routes.Lock()
		n.routes.closed = true
		n.routes.Unlock()
		close(n.stop)
		_, _ = unix.Write(n.wake, []byte{1, 0, 0, 0, 0, 0, 0, 0})
		n.stopped.Wait()
		// Shards may still come for packets.
		n.reading.Lock()
		defer n.reading.Unlock()
		n.batches.Lock()
		defer n.batches.Unlock()
		n.answers.Lock()
		defer n.answers.Unlock()
		n.answers.closed = true
		n.release()
		n.sockets, n.batches.byShard, n.stages = nil, nil, nil
	})
	return nil
}

func (n *Network) release() {
	for _, s := range n.sockets {
		s.close()
	}
	if n.wake >= 0 {
		_ = unix.Close(n.wake)
	}
}

// Drops counts packets that the kernel did not take, and checks and handshake
// records that could not wait to be answered.
func (n *Network) Drops() uint64 { return n.drops.Load() }

// Receive takes everything that has arrived off the sockets and delivers what is for
// the legs of a phase of a shard. What is for those of another phase waits for it. It
// does not block. When it returns, nothing that had arrived for the phase before is
// still on its way, whoever took it.
func (n *Network) Receive(shard, phase int) {
	n.ticked.Store(time.Now().UnixNano())
	n.reading.Lock()
	defer n.reading.Unlock()
	n.drain()
	if s := n.stages.of(shard, phase); s != nil {
		s.deliver(shard)
	}
}

// drain takes everything off the sockets. Checks wait to be answered: the caller sees to
// that. The caller holds reading.
func (n *Network) drain() (packets int) {
	c := clock{time.Now()}
	for i, s := range n.sockets {
		for range rounds {
			got := n.in.read(s.fd)
			if got > 0 {
				n.routes.RLock()
				for k := range got {
					n.take(i, s, k, c)
				}
				n.routes.RUnlock()
			}
			if packets += got; got < readAtOnce {
				break
			}
		}
	}
	return packets
}

// take sees one packet off. What its first byte may mean: RFC 7983 §7.
func (n *Network) take(index int, s *socket, k int, c clock) {
	packet := n.in.packet(k)
	if len(packet) == 0 {
		return
	}
	from := endpointOf(index, s.v6, &n.in.names[k])
	switch first := packet[0]; {
	case first < 4: // STUN
		n.later(nil, from, packet)
	case first >= 128 && first < 192: // RTP and RTCP
		switch to := n.routes.byAddress.of(from); {
		case to.stage != nil:
			to.stage.put(to, packet, n.in.arrival(k, c))
		case to.leg != nil:
			to.leg.receive(packet, n.in.arrival(k, c), noShard)
			clear(packet)
		}
	case first >= 20 && first < 64: // DTLS
		if to := n.routes.byAddress.of(from); to.leg != nil {
			n.later(to.leg, from, packet)
			n.wakeAnswer()
		}
	}
}

// Flush sends what the legs of a shard have collected.
func (n *Network) Flush(shard int) {
	n.batches.RLock()
	defer n.batches.RUnlock()
	if shard < len(n.batches.byShard) && n.batches.byShard[shard] != nil {
		if dropped := n.batches.byShard[shard].flush(); dropped > 0 {
			n.drops.Add(uint64(dropped))
		}
	}
}

// batch returns a shard's batch.
func (n *Network) batch(shard int) *batch {
	n.batches.Lock()
	defer n.batches.Unlock()
	for shard >= len(n.batches.byShard) {
		n.batches.byShard = append(n.batches.byShard, nil)
	}
	if n.batches.byShard[shard] == nil {
		n.batches.byShard[shard] = newBatch(n.sockets)
	}
	return n.batches.byShard[shard]
}
