package fast

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v4/packetio"

	"tonegate/internal/prefetch"
)

const (
	// maxPaths bounds the addresses of one peer: its interfaces, and what they
	// look like from here. More displace the oldest.
	maxPaths = 16
	// deserted is how long an address may go without a check until another one
	// that has checks takes its place. Consent is asked for at least that often
	// (RFC 7675 §5.1: every 4 to 6 s).
	deserted = 6 * time.Second
	// maxRecords bounds the handshake records that wait for the handshake.
	maxRecords = 32
)

// State is what a connection is doing.
type State uint8

// The states of a connection.
const (
	Connecting State = iota
	Connected
	Disconnected
	Failed
	Closed

	untold State = 255 // nothing was reported yet
)

// Fingerprint is the digest of a certificate, in the words of SDP: lower-case
// name, upper-case hexadecimal value with colons.
type Fingerprint struct{ Hash, Value string }

// Session is what a connection is for.
type Session struct {
	Client       bool // this side begins the DTLS handshake
	Fingerprints []Fingerprint
	User         User
}

// User is who has a connection: an interface and not functions, as each function
// would be one more piece of memory to come by for each packet. Its methods may run
// on any goroutine.
type User interface {
	// Packet is given each decrypted RTP packet, which is valid during the call.
	// It must not block and must not call Close, of any connection. shard is whose
	// goroutine it runs on, as told to Receive; negative: on any.
	Packet(packet []byte, arrived time.Time, shard int)
	// Report is given each decrypted RTCP compound, in the same way.
	Report(compound []byte, arrived time.Time)
	// Changed is called, on a goroutine of its own, when State may have changed.
	Changed()
	// Crowded is called, on a goroutine of its own, when the peer sends from too
	// many sources.
	Crowded()
}

// Conn is one peer's connection.
type Conn struct {
	// Each packet needs these.
	network *Network
	session Session
	in      inbound
	out     outbound

	ctx     context.Context // ends with the connection
	cancel  context.CancelFunc
	running sync.WaitGroup

	mu         sync.Mutex
	current    credentials
	previous   credentials // until a restart is through
	generation int
	paths      []path
	stage      *stage         // where packets wait for their tick; nil: they do not
	needs      *prefetch.List // what each packet needs then
	to         endpoint
	nominated  bool
	started    bool             // the handshake
	keyed      bool             // and done
	records    *packetio.Buffer // of DTLS, received; nil once it is parked
	dtls       *dtls.Conn
	farewell   farewell
	seen       time.Time // the last check
	lost       bool      // too long without one
	broken     bool      // the handshake failed
	gone       bool      // the peer said goodbye
	closed     bool
	told       State
}

// path is an address of the peer.
type path struct {
	at         endpoint
	generation int       // of the credentials that proved it last
	seen       time.Time // when
}

// Open makes a connection of what is zero, which waits for its peer. Negotiate makes
// it known. It is the caller's memory, so that what comes for each packet can lie with
// what the caller comes for.
func (n *Network) Open(c *Conn, s Session) error {
	n.routes.RLock()
	defer n.routes.RUnlock()
	if n.routes.closed {
		return ErrClosed
	}
	var ssrc [4]byte
	_, _ = rand.Read(ssrc[:]) // never fails
	c.network, c.session, c.seen, c.told = n, s, time.Now(), untold
	c.records = packetio.NewBuffer()
	c.records.SetLimitCount(maxRecords)
	c.ctx, c.cancel = context.WithCancel(context.Background())
	c.out.ssrc = binary.BigEndian.Uint32(ssrc[:]) | 1 // never zero
	return nil
}

// Negotiate takes the peer's credentials and returns this side's. Other ones
// than before restart ICE: the path there is serves on until the peer has
// nominated one with the new credentials.
func (c *Conn) Negotiate(ufrag, pwd string) (localUfrag, localPwd string, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed || c.gone {
		return "", "", ErrClosed
	}
	if c.current.remoteUfrag == ufrag && c.current.remotePwd == pwd {
		return c.current.localUfrag, c.current.localPwd, nil
	}
	c.forgetPrevious()
	c.previous = c.current
	c.current = credentials{remoteUfrag: ufrag, remotePwd: pwd, localPwd: rand.Text()}
	c.current.integrity = stun.NewShortTermIntegrity(c.current.localPwd)
	c.current.localUfrag = c.network.name(c)
	c.generation++
	now := time.Now()
	if c.lost {
		c.lost, c.seen = false, now
	}
	c.tell(now)
	return c.current.localUfrag, c.current.localPwd, nil
}

// name finds a user-name fragment that no other connection has.
func (n *Network) name(c *Conn) string {
	n.routes.Lock()
	defer n.routes.Unlock()
	for {
		ufrag := rand.Text()[:8]
		if n.routes.byName[ufrag] == nil {
			n.routes.byName[ufrag] = c
			return ufrag
		}
	}
}

// State returns what the connection is doing.
func (c *Conn) State() State {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.state(time.Now())
}

func (c *Conn) state(now time.Time) State {
	switch {
	case c.closed || c.gone:
		return Closed
	case c.broken || c.lost:
		return Failed
	case !c.keyed || len(c.paths) == 0:
		return Connecting
	case now.Sub(c.seen) > c.network.cfg.Disconnected:
		return Disconnected
	default:
		return Connected
	}
}

// tell reports a change.
func (c *Conn) tell(now time.Time) {
	if s := c.state(now); s != c.told {
		c.told = s
		go c.session.User.Changed()
	}
}

// Watch notices that the peer has become silent. It is called a few times a
// second.
func (c *Conn) Watch(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	silent := now.Sub(c.seen)
	if !c.closed && !c.gone && !c.lost && silent > c.network.cfg.Disconnected+c.network.cfg.Failed {
		c.lost, c.nominated = true, false
		c.dropPaths(maxPaths, func(*path) bool { return true })
		c.stopSending()
	}
	c.look(now)
	c.tell(now)
}

// Close ends the connection and tells the peer. When it returns, nothing is
// delivered any more.
func (c *Conn) Close() error {
	c.mu.Lock()
	first := !c.closed
	c.closed = true
	session, records := c.dtls, c.records
	c.mu.Unlock()
	if !first {
		return nil
	}
	c.cancel()
	var err error
	if session != nil {
		err = session.Close()
	}
	if records != nil {
		_ = records.Close()
	}
	c.running.Wait()
	c.leave()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.tell(time.Now())
	return err
}

// leave says goodbye and forgets the peer: its addresses, its names and its keys. What
// the libraries hold, for reports (their context has keys for media, too) and of the
// DTLS session, cannot be zeroed, but nothing leads to it any more.
func (c *Conn) leave() {
	c.sayGoodbye()
	c.mu.Lock()
	c.dropPaths(maxPaths, func(*path) bool { return true })
	c.forgetPrevious()
	c.network.unname(c.current.localUfrag, c)
	c.farewell.state, c.farewell.alerts = nil, nil
	c.dtls, c.records = nil, nil
	c.stage, c.needs = nil, nil
	c.mu.Unlock()
	c.forgetKeys()
}
