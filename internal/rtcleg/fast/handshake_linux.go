package fast

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"crypto/x509"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/srtp/v3"
	"github.com/pion/transport/v4/packetio"

	"tonegate/internal/rtcleg/fast/gcm"
)

// replayWindow is how far behind the newest a packet may be, as on the portable path.
const replayWindow = gcm.Window

var (
	errFingerprint = errors.New("the peer's certificate is not the one in its offer")
	errProfile     = errors.New("no SRTP profile was agreed on")
)

// run shakes hands, and then waits for media, or for the peer to say goodbye. It
// runs from the first check on, because there is nobody to talk to before.
func (c *Conn) run() {
	session, err := c.handshake()
	if err == nil {
		err = c.expectGoodbye(session)
	}
	if err == nil {
		err = c.key(session)
	}
	c.mu.Lock()
	c.broken, c.keyed = err != nil, err == nil
	if err == nil {
		c.dtls = session
	}
	closed := c.closed
	c.tell(time.Now())
	c.mu.Unlock()
	if err != nil {
		c.network.log(err)
	}
	if err != nil || closed {
		if session != nil {
			_ = session.Close()
		}
		return
	}
	if c.attend(session) {
		c.park(session)
		return
	}
	_ = session.Close()
	c.hungUp()
}

func (n *Network) log(err error) {
	n.cfg.Logs.NewLogger("dtls").Warnf("a leg's handshake: %v", err)
}

// options are those of a session on either side, and of one that is opened again.
func (c *Conn) options() []dtls.Option {
	return []dtls.Option{
		dtls.WithCertificates(c.network.cfg.Certificate),
		dtls.WithSRTPProtectionProfiles(dtls.SRTP_AEAD_AES_128_GCM, dtls.SRTP_AES128_CM_HMAC_SHA1_80),
		// The fingerprint says who the peer is; no authority does.
		dtls.WithInsecureSkipVerify(true),
		dtls.WithVerifyPeerCertificate(c.verify),
		dtls.WithLoggerFactory(c.network.cfg.Logs),
	}
}

func (c *Conn) handshake() (*dtls.Conn, error) {
	var session *dtls.Conn
	var err error
	if c.session.Client {
		var all []dtls.ClientOption
		for _, o := range c.options() {
			all = append(all, o)
		}
		session, err = dtls.ClientWithOptions(recordConn{c, c.records}, recordAddr{}, all...)
	} else {
		all := []dtls.ServerOption{dtls.WithClientAuth(dtls.RequireAnyClientCert),
			// A check has proved the address already; a cookie would do it again.
			dtls.WithInsecureSkipVerifyHello(true)}
		for _, o := range c.options() {
			all = append(all, o)
		}
		session, err = dtls.ServerWithOptions(recordConn{c, c.records}, recordAddr{}, all...)
	}
	if err != nil {
		return nil, err
	}
	// Without a limit, a peer that finds a path and then says nothing would be
	// waited for as long as it keeps the path alive.
	ctx, cancel := context.WithTimeout(c.ctx, c.network.cfg.Disconnected+c.network.cfg.Failed)
	defer cancel()
	return session, session.HandshakeContext(ctx)
}

// verify checks the peer's certificate against the fingerprints of its offer
// (RFC 8122 §6.2). Any of them will do.
func (c *Conn) verify(raw [][]byte, _ [][]*x509.Certificate) error {
	if len(raw) == 0 {
		return errFingerprint
	}
	for _, f := range c.session.Fingerprints {
		var digest []byte
		switch f.Hash {
		case "sha-256":
			d := sha256.Sum256(raw[0])
			digest = d[:]
		case "sha-384":
			d := sha512.Sum384(raw[0])
			digest = d[:]
		case "sha-512":
			d := sha512.Sum512(raw[0])
			digest = d[:]
		default:
			continue
		}
		want, err := hex.DecodeString(strings.ReplaceAll(f.Value, ":", ""))
		if err == nil && bytes.Equal(want, digest) {
			return nil
		}
	}
	return errFingerprint
}

// key exports the keys of both directions (RFC 5764 §4.2).
func (c *Conn) key(session *dtls.Conn) error {
	agreed, _ := session.SelectedSRTPProtectionProfile()
	var profile srtp.ProtectionProfile
	switch agreed {
	case dtls.SRTP_AEAD_AES_128_GCM:
		profile = srtp.ProtectionProfileAeadAes128Gcm
	case dtls.SRTP_AES128_CM_HMAC_SHA1_80:
		profile = srtp.ProtectionProfileAes128CmHmacSha1_80
	default:
		return errProfile
	}
	state, ok := session.ConnectionState()
	if !ok {
		return fmt.Errorf("export the keys: %w", ErrClosed)
	}
	exported := srtp.Config{Profile: profile}
	if err := exported.ExtractSessionKeysFromDTLS(&state, c.session.Client); err != nil {
		return fmt.Errorf("export the keys: %w", err)
	}
	defer func() { // by then each has derived its own
		k := &exported.Keys
		for _, b := range [][]byte{k.RemoteMasterKey, k.RemoteMasterSalt, k.LocalMasterKey, k.LocalMasterSalt} {
			clear(b)
		}
	}()
	in, err := srtp.CreateContext(exported.Keys.RemoteMasterKey, exported.Keys.RemoteMasterSalt, profile,
		srtp.SRTPReplayProtection(replayWindow), srtp.SRTCPReplayProtection(replayWindow))
	if err != nil {
		return fmt.Errorf("make the keys: %w", err)
	}
	out, err := srtp.CreateContext(exported.Keys.LocalMasterKey, exported.Keys.LocalMasterSalt, profile)
	if err != nil {
		return fmt.Errorf("make the keys: %w", err)
	}
	isGCM := profile == srtp.ProtectionProfileAeadAes128Gcm
	if err := c.setKeys(keys{in, isGCM, exported.Keys.RemoteMasterKey, exported.Keys.RemoteMasterSalt},
		keys{out, isGCM, exported.Keys.LocalMasterKey, exported.Keys.LocalMasterSalt}); err != nil {
		return fmt.Errorf("make the keys: %w", err)
	}
	return nil
}

// recordConn is the connection as DTLS sees it: records come out of the queue,
// and go to wherever the leg sends.
type recordConn struct {
	c  *Conn
	in *packetio.Buffer
}

func (r recordConn) ReadFrom(p []byte) (int, net.Addr, error) {
	n, err := r.in.Read(p)
	return n, recordAddr{}, err
}

func (r recordConn) WriteTo(p []byte, _ net.Addr) (int, error) {
	r.c.sendRecord(p)
	return len(p), nil // what is lost is sent again
}

func (r recordConn) Close() error                      { return r.in.Close() }
func (r recordConn) LocalAddr() net.Addr               { return recordAddr{} }
func (r recordConn) SetDeadline(t time.Time) error     { return r.SetReadDeadline(t) }
func (r recordConn) SetReadDeadline(t time.Time) error { return r.in.SetReadDeadline(t) }
func (r recordConn) SetWriteDeadline(time.Time) error  { return nil }

// recordAddr stands for the peer, wherever it is.
type recordAddr struct{}

func (recordAddr) Network() string { return "dtls" }
func (recordAddr) String() string  { return "peer" }
