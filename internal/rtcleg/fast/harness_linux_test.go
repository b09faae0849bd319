package fast

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"net"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/dtls/v3/pkg/crypto/fingerprint"
	"github.com/pion/dtls/v3/pkg/crypto/selfsign"
	"github.com/pion/ice/v4"
	"github.com/pion/logging"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/stun/v4"
	"github.com/pion/transport/v4/packetio"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const patience = 20 * time.Second

func newNetwork(t testing.TB, cfg Config) *Network {
	t.Helper()
	conn, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	if cfg.Disconnected == 0 {
		cfg.Disconnected, cfg.Failed = 10*time.Second, 25*time.Second
	}
	cfg.Certificate, err = selfsign.GenerateSelfSigned()
	require.NoError(t, err)
	cfg.Logs = &logging.DefaultLoggerFactory{DefaultLogLevel: logging.LogLevelDisabled}
	n, err := New([]*net.UDPConn{conn}, cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, n.Close()) })
	return n
}

// caller is a peer that does by hand what a browser does: checks, a handshake,
// and SRTP with contexts that the test may use as it likes.
type caller struct {
	t       testing.TB
	conn    *net.UDPConn
	leg     *Conn
	local   credentials // as the leg sees it
	records *packetio.Buffer
	media   chan []byte // SRTP and SRTCP received
	replies chan *stun.Message
	session *dtls.Conn
	cert    tls.Certificate
	profile srtp.ProtectionProfile
	in, out *srtp.Context
	reader  sync.WaitGroup
	heard   chan rtp.Packet // by the leg
	reports chan []byte
	states  chan struct{}
	sources chan struct{}
	alerts  atomic.Int32 // that came
	on      atomic.Int32 // whose goroutine the leg was given its last packet on
}

// known is how much a network knows of its legs' peers.
type known struct{ addresses, names int }

func (n *Network) known() known {
	n.routes.RLock()
	defer n.routes.RUnlock()
	return known{len(n.routes.byAddress.short) + len(n.routes.byAddress.long), len(n.routes.byName)}
}

const remotePwd = "thepasswordofthecaller"

// The caller sees its own leg's side of things, too.

func (c *caller) Packet(packet []byte, _ time.Time, shard int) {
	c.on.Store(int32(shard))
	var p rtp.Packet
	if p.Unmarshal(append([]byte(nil), packet...)) == nil {
		c.heard <- p
	}
}

func (c *caller) Report(compound []byte, _ time.Time) { c.reports <- append([]byte(nil), compound...) }
func (c *caller) Changed()                            { c.states <- struct{}{} }
func (c *caller) Crowded()                            { c.sources <- struct{}{} }

// rest waits until none of the connection's goroutines runs. The lock tells the race
// detector what the network told the test: that what was sent before was taken.
func (c *Conn) rest() {
	c.mu.Lock()
	c.mu.Unlock() //nolint:staticcheck // see above
	c.running.Wait()
}

// nobody hears nothing.
type nobody struct{ *caller }

func (nobody) Packet([]byte, time.Time, int) {}

func newCaller(t testing.TB, n *Network) *caller { return newCallerOf(t, n, false) }

// newCallerOf says whether the leg begins the handshake.
func newCallerOf(t testing.TB, n *Network, client bool) *caller {
	t.Helper()
	c := &caller{
		t: t, records: packetio.NewBuffer(), media: make(chan []byte, 256), replies: make(chan *stun.Message, 64),
		heard: make(chan rtp.Packet, 256), reports: make(chan []byte, 64), states: make(chan struct{}, 64), sources: make(chan struct{}, 1),
	}
	var err error
	c.cert, err = selfsign.GenerateSelfSigned()
	require.NoError(t, err)
	digest := certificateDigest(t, c.cert)
	c.conn, err = net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.sockets[0].local))
	require.NoError(t, err)
	c.leg = new(Conn)
	require.NoError(t, n.Open(c.leg, Session{
		Client:       client,
		Fingerprints: []Fingerprint{{"sha-256", digest}},
		User:         c,
	}))
	c.negotiate("caller")
	c.reader.Go(c.read)
	t.Cleanup(func() {
		require.NoError(t, c.leg.Close())
		c.hangUp()
	})
	return c
}

func (c *caller) hangUp() {
	if c.session != nil {
		_ = c.session.Close()
	}
	_ = c.conn.Close()
	c.reader.Wait()
}

func (c *caller) negotiate(ufrag string) {
	c.t.Helper()
	var err error
	c.local.remoteUfrag = ufrag
	c.local.localUfrag, c.local.localPwd, err = c.leg.Negotiate(ufrag, remotePwd)
	require.NoError(c.t, err)
}

func certificateDigest(t testing.TB, c tls.Certificate) string {
	t.Helper()
	leaf, err := x509.ParseCertificate(c.Certificate[0])
	require.NoError(t, err)
	f, err := fingerprint.Fingerprint(leaf, 5) // crypto.SHA256
	require.NoError(t, err)
	return f
}

func (c *caller) read() {
	buf := make([]byte, packetBytes)
	for {
		n, err := c.conn.Read(buf)
		if err != nil {
			_ = c.records.Close()
			return
		}
		p := append([]byte(nil), buf[:n]...)
		switch {
		case p[0] < 4:
			m := &stun.Message{Raw: p}
			if m.Decode() == nil {
				c.replies <- m
			}
		case p[0] < 64:
			if p[0] == alertRecord {
				c.alerts.Add(1)
			}
			_, _ = c.records.Write(p)
		default:
			select {
			case c.media <- p:
			default:
			}
		}
	}
}

func (c *caller) ReadFrom(p []byte) (int, net.Addr, error) {
	n, err := c.records.Read(p)
	return n, recordAddr{}, err
}
func (c *caller) WriteTo(p []byte, _ net.Addr) (int, error) { return c.conn.Write(p) }
func (c *caller) Close() error                              { return c.records.Close() }
func (c *caller) LocalAddr() net.Addr                       { return recordAddr{} }
func (c *caller) SetDeadline(t time.Time) error             { return c.records.SetReadDeadline(t) }
func (c *caller) SetReadDeadline(t time.Time) error         { return c.records.SetReadDeadline(t) }
func (c *caller) SetWriteDeadline(time.Time) error          { return nil }

// check sends a check from a socket and does not wait for its answer.
func (c *caller) check(from *net.UDPConn, k credentials, more ...stun.Setter) {
	c.t.Helper()
	_, err := from.Write(c.binding(k, more...).Raw)
	require.NoError(c.t, err)
}

// binding is a check with credentials and what else it says.
func (c *caller) binding(k credentials, more ...stun.Setter) *stun.Message {
	c.t.Helper()
	all := append([]stun.Setter{stun.BindingRequest, stun.TransactionID,
		stun.NewUsername(k.localUfrag + ":" + k.remoteUfrag), ice.PriorityAttr(1)}, more...)
	m, err := stun.Build(append(all, stun.NewShortTermIntegrity(k.localPwd), stun.Fingerprint)...)
	require.NoError(c.t, err)
	return m
}

func (c *caller) reply() *stun.Message {
	c.t.Helper()
	select {
	case m := <-c.replies:
		return m
	case <-time.After(patience):
		c.t.Fatal("no answer to a check")
		return nil
	}
}

// connect does all it takes to talk, with the SRTP profiles given.
func (c *caller) connect(profiles ...dtls.SRTPProtectionProfile) {
	c.t.Helper()
	c.check(c.conn, c.local, ice.UseCandidate(), ice.AttrControlling(1))
	require.Equal(c.t, stun.BindingSuccess, c.reply().Type)
	var err error
	if c.leg.session.Client {
		c.session, err = dtls.ServerWithOptions(c, recordAddr{}, dtls.WithCertificates(c.cert),
			dtls.WithSRTPProtectionProfiles(profiles...), dtls.WithInsecureSkipVerify(true), dtls.WithInsecureSkipVerifyHello(true))
	} else {
		c.session, err = dtls.ClientWithOptions(c, recordAddr{}, dtls.WithCertificates(c.cert),
			dtls.WithSRTPProtectionProfiles(profiles...), dtls.WithInsecureSkipVerify(true))
	}
	require.NoError(c.t, err)
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	require.NoError(c.t, c.session.HandshakeContext(ctx))
	c.waitState(Connected)
	agreed, _ := c.session.SelectedSRTPProtectionProfile()
	c.profile = srtp.ProtectionProfile(agreed)
	state, _ := c.session.ConnectionState()
	keys := srtp.Config{Profile: c.profile}
	require.NoError(c.t, keys.ExtractSessionKeysFromDTLS(&state, !c.leg.session.Client))
	c.out, err = srtp.CreateContext(keys.Keys.LocalMasterKey, keys.Keys.LocalMasterSalt, c.profile)
	require.NoError(c.t, err)
	c.in, err = srtp.CreateContext(keys.Keys.RemoteMasterKey, keys.Keys.RemoteMasterSalt, c.profile)
	require.NoError(c.t, err)
}

func (c *caller) waitState(want State) {
	c.t.Helper()
	timeout := time.After(patience)
	for c.leg.State() != want {
		select {
		case <-c.states:
		case <-timeout:
			c.t.Fatalf("never %d, but %d", want, c.leg.State())
		}
	}
}

// packet is an encrypted packet of the caller's.
func (c *caller) packet(ssrc uint32, sequence uint16, payload ...byte) []byte {
	c.t.Helper()
	p := rtp.Packet{Header: rtp.Header{Version: 2, SSRC: ssrc, SequenceNumber: sequence}, Payload: payload}
	raw, err := p.Marshal()
	require.NoError(c.t, err)
	sealed, err := c.out.EncryptRTP(nil, raw, nil)
	require.NoError(c.t, err)
	return sealed
}

func (c *caller) send(packet []byte) {
	c.t.Helper()
	_, err := c.conn.Write(packet)
	require.NoError(c.t, err)
}

// hears waits for the next packet that the leg is given.
func (c *caller) hears() rtp.Packet {
	c.t.Helper()
	select {
	case p := <-c.heard:
		return p
	case <-time.After(patience):
		c.t.Fatal("nothing heard")
		return rtp.Packet{}
	}
}

// receives waits for a packet from the leg and decrypts it.
func (c *caller) receives() rtp.Packet {
	c.t.Helper()
	select {
	case sealed := <-c.media:
		raw, err := c.in.DecryptRTP(nil, sealed, nil)
		require.NoError(c.t, err)
		var p rtp.Packet
		require.NoError(c.t, p.Unmarshal(raw))
		return p
	case <-time.After(patience):
		c.t.Fatal("nothing received")
		return rtp.Packet{}
	}
}
