package rtcleg

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"go.uber.org/zap"
)

// Config describes a [Server].
type Config struct {
	// Listen is the UDP address of all media: "host:port", or ":port" for every
	// address of the host.
	Listen string
	// AdvertiseIPs take the place of the host's own addresses in answers, for a
	// server behind a 1:1 NAT. The port must be mapped to itself.
	AdvertiseIPs []string
	// Log is given what is useful when a connection does not come up, at debug
	// level. None if nil.
	Log *zap.Logger
	// Disconnected is how long a leg may be silent before it counts as
	// disconnected, and Failed how much longer until it counts as lost. Zero
	// means 10 s (a browser's consent checks may be 6 s apart) and 25 s.
	Disconnected, Failed time.Duration
	// Path is the media path: PathFast, PathPortable, or what DefaultPath says
	// if empty.
	Path string
}

// Server is the WebRTC side of a process: one UDP port and one certificate.
type Server struct {
	cfg         Config
	path        path
	port        uint16
	local       netip.AddrPort
	advertised  []netip.Addr
	certificate tls.Certificate
	fingerprint string // as SDP has it

	mu      sync.Mutex
	legs    map[*Leg]struct{}
	closed  bool
	stop    chan struct{} // ends reporting
	stopped sync.WaitGroup
}

// NewServer binds the port. Its errors name the address and what to do.
func NewServer(cfg Config) (*Server, error) {
	if cfg.Log == nil {
		cfg.Log = zap.NewNop()
	}
	if cfg.Disconnected == 0 {
		cfg.Disconnected = 10 * time.Second
	}
	if cfg.Failed == 0 {
		cfg.Failed = 25 * time.Second
	}
	if cfg.Path == "" {
		cfg.Path = DefaultPath()
	}
	advertised, err := parseIPs(cfg.AdvertiseIPs)
	if err != nil {
		return nil, err
	}
	certificate, err := newCertificate(time.Now())
	if err != nil {
		return nil, fmt.Errorf("make the DTLS certificate: %w", err)
	}
	conns, err := listen(cfg.Listen)
	if err != nil {
		return nil, err
	}
	s := &Server{
		cfg: cfg, certificate: certificate, fingerprint: fingerprintOf(certificate),
		local: localAddr(conns[0]), port: localAddr(conns[0]).Port(),
		advertised: advertised, legs: make(map[*Leg]struct{}), stop: make(chan struct{}),
	}
	if len(conns) > 1 {
		s.local = netip.AddrPortFrom(netip.IPv6Unspecified(), s.port)
	}
	if len(advertised) == 0 {
		for _, c := range conns {
			s.advertised = append(s.advertised, localAddr(c).Addr())
		}
	}
	if s.path, err = s.newPath(conns); err != nil {
		return nil, err
	}
	s.stopped.Go(func() { s.reports(s.stop) })
	return s, nil
}

func parseIPs(texts []string) ([]netip.Addr, error) {
	var ips []netip.Addr
	for _, t := range texts {
		ip, err := netip.ParseAddr(t)
		if err != nil || ip.IsUnspecified() || ip.IsMulticast() || ip.Zone() != "" {
			return nil, fmt.Errorf("%w: cannot advertise %q: give IP addresses that peers can reach", ErrConfig, t)
		}
		ips = append(ips, ip.Unmap())
	}
	return ips, nil
}

// newCertificate makes the certificate that all legs present. Peers trust its
// fingerprint, not its dates, but the library refuses to use one that has
// expired, and its own default lasts a month: less than a server may run.
func newCertificate(now time.Time) (tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return tls.Certificate{}, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 127))
	if err != nil {
		return tls.Certificate{}, err
	}
	name := pkix.Name{CommonName: "tonegate"}
	template := &x509.Certificate{
		SerialNumber: serial, Issuer: name, Subject: name, SignatureAlgorithm: x509.ECDSAWithSHA256,
		NotBefore: now.AddDate(0, 0, -1), NotAfter: now.AddDate(10, 0, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		return tls.Certificate{}, err
	}
	leaf, err := x509.ParseCertificate(der)
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key, Leaf: leaf}, err
}

// fingerprintOf writes a certificate's digest as SDP has it (RFC 8122 §5).
func fingerprintOf(c tls.Certificate) string {
	digest := sha256.Sum256(c.Leaf.Raw)
	return "sha-256 " + strings.ReplaceAll(fmt.Sprintf("% X", digest[:]), " ", ":")
}

// Addr returns the address that is listened on.
func (s *Server) Addr() net.Addr { return net.UDPAddrFromAddrPort(s.local) }

// Close ends all legs and frees the port.
func (s *Server) Close() error {
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stop)
	}
	s.mu.Unlock()
	s.stopped.Wait()
	legs := s.snapshot()
	var wg sync.WaitGroup
	errs := make([]error, len(legs)+1)
	for i, l := range legs {
		wg.Go(func() { errs[i] = l.Close() })
	}
	wg.Wait()
	errs[len(legs)] = s.path.close()
	return errors.Join(errs...)
}

// snapshot lists the legs there are.
func (s *Server) snapshot() []*Leg {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.legs))
}

func (s *Server) add(l *Leg) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return ErrClosed
	}
	s.legs[l] = struct{}{}
	return nil
}

func (s *Server) remove(l *Leg) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.legs, l)
}
