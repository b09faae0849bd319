package load

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v4/packetio"
)

// role is a leg's part in its room.
type role uint8

const (
	customer role = iota
	agent
	ivr
	roles
)

func (r role) String() string { return [...]string{"customer", "agent", "ivr"}[r] }

// room is a conference and what its legs are listening for.
type room struct {
	index    int
	legs     [roles]*leg
	keys     keying
	pressing bool // a key, or the pause after it: the loop's
	mark     mark
}

// leg is one client. What is above the line belongs to whoever sets it up until
// it is admitted to the loop; what is below belongs to the loop.
type leg struct {
	index      int
	role       role
	room       *room
	from       [4]byte
	ufrag, pwd string
	ssrc       uint32
	reachable  chan struct{} // the server has answered a check
	reached    sync.Once
	conn       *dtlsConn
	session    *dtls.Conn
	profile    string

	mu          sync.Mutex // of ICE
	remote      answer
	transaction [12]byte

	admitted  bool
	phase     int64
	send      *srtp.Context
	hear      *srtp.Context
	sequence  uint16
	timestamp uint32 // of frame 0
	began     int64  // the first frame
	due       int64  // the step in which its latest packet leaves a jittery network
	header    rtp.Header
	in        inflow
}

const (
	firstSequence  = 65500 // wraps after 36 packets
	firstTimestamp = 0xFFFFF000
	checkEvery     = 50 * time.Millisecond
)

func newLeg(index int, r role, in *room, from [4]byte) *leg {
	return &leg{
		index: index, role: r, room: in, from: from, ufrag: rand.Text()[:8], pwd: rand.Text(), ssrc: random32(),
		reachable: make(chan struct{}), conn: newDTLSConn(), sequence: firstSequence, timestamp: firstTimestamp, began: -1,
	}
}

func random32() uint32 {
	var b [4]byte
	rand.Read(b[:])
	return binary.BigEndian.Uint32(b[:])
}

// identity is the certificate that all legs present.
type identity struct {
	certificate tls.Certificate
	fingerprint string
}

func newIdentity() (identity, error) {
	c, err := selfsign.GenerateSelfSigned()
	if err != nil {
		return identity{}, fmt.Errorf("make the clients' certificate: %w", err)
	}
	sum := sha256.Sum256(c.Certificate[0])
	return identity{c, strings.ReplaceAll(fmt.Sprintf("% X", sum), " ", ":")}, nil
}

// exchange hands an offer to a server and returns its answer.
type exchange func(ctx context.Context, offer string) (string, error)

// connect joins the leg: offer and answer, checks, DTLS, keys.
func (g *generator) connect(ctx context.Context, l *leg, ask exchange) error {
	text, err := ask(ctx, l.offer(g.identity.fingerprint, g.port))
	if err != nil {
		return err
	}
	a, err := parseAnswer(text, g.servers.Contains)
	if err != nil {
		return err
	}
	l.mu.Lock()
	l.remote = a
	l.mu.Unlock()
	if err := g.reach(ctx, l); err != nil {
		return err
	}
	return g.secure(ctx, l)
}

// reach sends checks until one is answered.
func (g *generator) reach(ctx context.Context, l *leg) error {
	tick := time.NewTicker(checkEvery)
	defer tick.Stop()
	for {
		l.mu.Lock()
		packet, err := l.check()
		l.mu.Unlock()
		if err == nil {
			err = g.socket.sendOne(packet, l.from, l.remote.media)
		}
		if err != nil {
			return fmt.Errorf("check the path: %w", err)
		}
		select {
		case <-l.reachable:
			return nil
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("check the path to %s: %w", l.remote.media, ctx.Err())
		}
	}
}

// secure does the DTLS handshake and takes its keys for SRTP.
func (g *generator) secure(ctx context.Context, l *leg) (err error) {
	l.conn.write = func(p []byte) error { return g.socket.sendOne(p, l.from, l.remote.media) }
	l.session, err = dtls.Client(l.conn, net.UDPAddrFromAddrPort(l.remote.media), &dtls.Config{
		Certificates: []tls.Certificate{g.identity.certificate}, SRTPProtectionProfiles: g.profiles,
		ExtendedMasterSecret: dtls.RequireExtendedMasterSecret, LoggerFactory: &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled},
		// A server that is not ready yet, as Janus is until its own check succeeds,
		// loses the first flight.
		FlightInterval: 100 * time.Millisecond,
		// A peer is known by the fingerprint that came with the answer.
		InsecureSkipVerify: true,
		VerifyPeerCertificate: func(certificates [][]byte, _ [][]*x509.Certificate) error {
			if len(certificates) == 0 {
				return errAnswer
			}
			if sum := sha256.Sum256(certificates[0]); !bytes.Equal(sum[:], l.remote.fingerprint) {
				return fmt.Errorf("%w: another certificate than announced", errAnswer)
			}
			return nil
		},
	})
	if err == nil {
		err = l.session.HandshakeContext(ctx)
	}
	if err != nil {
		return fmt.Errorf("DTLS: %w", err)
	}
	state, up := l.session.ConnectionState()
	profile, agreed := l.session.SelectedSRTPProtectionProfile()
	if !up || !agreed {
		return fmt.Errorf("DTLS: %w: no SRTP profile", errAnswer)
	}
	keys := srtp.Config{Profile: srtp.ProtectionProfile(profile)}
	if err := keys.ExtractSessionKeysFromDTLS(&state, true); err != nil {
		return fmt.Errorf("SRTP keys: %w", err)
	}
	k := keys.Keys
	l.profile = keys.Profile.String()
	if l.send, err = srtp.CreateContext(k.LocalMasterKey, k.LocalMasterSalt, keys.Profile); err == nil {
		l.hear, err = srtp.CreateContext(k.RemoteMasterKey, k.RemoteMasterSalt, keys.Profile)
	}
	if err != nil {
		return fmt.Errorf("SRTP keys: %w", err)
	}
	return nil
}

func (l *leg) close() {
	if l.session != nil {
		_ = l.session.Close()
	}
	_ = l.conn.Close()
}

// dtlsConn is the leg's part of the socket, as far as DTLS sees it.
type dtlsConn struct {
	in    *packetio.Buffer
	write func([]byte) error
}

func newDTLSConn() *dtlsConn {
	c := &dtlsConn{in: packetio.NewBuffer()}
	c.in.SetLimitCount(16)
	return c
}

// deliver takes a packet from the loop, which may not wait: DTLS sends again what
// is lost.
func (c *dtlsConn) deliver(data []byte) { _, _ = c.in.Write(data) }

func (c *dtlsConn) ReadFrom(p []byte) (int, net.Addr, error) {
	n, err := c.in.Read(p)
	return n, c.LocalAddr(), err
}

func (c *dtlsConn) WriteTo(p []byte, _ net.Addr) (int, error) { return len(p), c.write(p) }
func (c *dtlsConn) Close() error                              { return c.in.Close() }
func (c *dtlsConn) LocalAddr() net.Addr                       { return net.UDPAddrFromAddrPort(netip.AddrPort{}) }
func (c *dtlsConn) SetDeadline(t time.Time) error             { return c.SetReadDeadline(t) }
func (c *dtlsConn) SetWriteDeadline(time.Time) error          { return nil }
func (c *dtlsConn) SetReadDeadline(t time.Time) error         { return c.in.SetReadDeadline(t) }

// profileNames are the SRTP profiles that legs may offer, by the flag's word.
var profileNames = map[string][]dtls.SRTPProtectionProfile{
	"any": {dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80},
	"gcm": {dtls.SRTP_AEAD_AES_128_GCM},
	"cm":  {dtls.SRTP_AES128_CM_HMAC_SHA1_80},
}
