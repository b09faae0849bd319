// Package pspstub is a payment provider for tests and demonstrations. It takes
// the generic Pay connector's JSON over TLS on loopback, with a certificate
// made for the occasion, and answers well or in one of the ways in which
// providers go wrong. It is for test cards only, and the server must not be
// able to import it.
//
// Of a card it keeps nothing but a keyed fingerprint whose key ends with the
// process, so that a test can ask whether the right number arrived. Tokens come
// from a seed and the idempotency key, never from the card: the same order gets
// the same token, and two runs that differ in the card alone see the same one.
package pspstub

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"
)

// ErrConfig is wrapped by every error about the configuration.
var ErrConfig = errors.New("bad stub provider")

// Behaviour is how the provider answers.
type Behaviour string

// The behaviours.
const (
	OK             Behaviour = "ok"              // a token or a charge
	Latency        Behaviour = "latency"         // the same, after Config.Latency
	Decline        Behaviour = "decline"         // 402 with an error_code
	TimeOut        Behaviour = "time-out"        // takes the order and never answers
	Failure        Behaviour = "5xx"             // 503
	SlowLoris      Behaviour = "slow-loris"      // a good answer, one byte each Config.Latency
	Echo           Behaviour = "echo"            // sends the card back
	Nonsense       Behaviour = "nonsense"        // 200 with a web page
	Redirect       Behaviour = "redirect"        // 307 to another path of this provider
	BadCertificate Behaviour = "bad-certificate" // signed by an authority that nobody knows
)

// Behaviours returns all behaviours.
func Behaviours() []Behaviour {
	return []Behaviour{OK, Latency, Decline, TimeOut, Failure, SlowLoris, Echo, Nonsense, Redirect, BadCertificate}
}

// Config is a provider's configuration.
type Config struct {
	Listen    string        // a loopback host:port; empty is 127.0.0.1:0
	Behaviour Behaviour     // empty is OK
	Latency   time.Duration // empty is 50 ms
	Seed      string        // of the tokens
	Plain     bool          // HTTP without TLS
	MaxTLS    uint16        // the newest version spoken, such as tls.VersionTLS12; zero is the newest there is
	// Seen is called for every order; nil is nobody.
	Seen func(Order)
}

// Validate reports all faults at once.
func (c Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...)))
	}
	if c.Listen != "" {
		host, _, err := net.SplitHostPort(c.Listen)
		if ip := net.ParseIP(host); err != nil || ip == nil || !ip.IsLoopback() {
			fault("listen %q: give an address on loopback, such as 127.0.0.1:0", c.Listen)
		}
	}
	if c.Behaviour != "" && !slices.Contains(Behaviours(), c.Behaviour) {
		fault("behaviour %q: one of %v", c.Behaviour, Behaviours())
	}
	if c.Latency < 0 {
		fault("latency %s: give a positive duration", c.Latency)
	}
	if c.Plain && c.Behaviour == BadCertificate {
		fault("plain and bad-certificate exclude each other")
	}
	return errors.Join(faults...)
}

// Order is what the provider remembers of an order. It holds no digit of the
// card.
type Order struct {
	TransactionID, IdempotencyKey, Authorization     string
	Method, Description, Amount, TokenType, Currency string
	Fields                                           []string // members that came with digits, in the request's order of names
	Behaviour                                        Behaviour
	fingerprint                                      [sha256.Size]byte
}

// Provider is a running stub provider.
type Provider struct {
	cfg      Config
	identity *identity
	key      [32]byte // of the fingerprints
	listener net.Listener
	server   *http.Server
	done     chan struct{}
	running  sync.WaitGroup

	mu        sync.Mutex
	behaviour Behaviour
	orders    []Order
}

// Start starts a provider. Close ends it.
func Start(cfg Config) (*Provider, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if cfg.Listen == "" {
		cfg.Listen = "127.0.0.1:0"
	}
	if cfg.Behaviour == "" {
		cfg.Behaviour = OK
	}
	if cfg.Latency == 0 {
		cfg.Latency = 50 * time.Millisecond
	}
	id, err := newIdentity()
	if err != nil {
		return nil, err
	}
	p := &Provider{cfg: cfg, identity: id, behaviour: cfg.Behaviour, done: make(chan struct{})}
	_, _ = rand.Read(p.key[:]) // never fails
	if p.listener, err = net.Listen("tcp", cfg.Listen); err != nil {
		return nil, fmt.Errorf("%w: listen: %w", ErrConfig, err)
	}
	l := p.listener
	if !cfg.Plain {
		l = tls.NewListener(l, &tls.Config{MinVersion: tls.VersionTLS12, MaxVersion: p.cfg.MaxTLS, GetCertificate: p.certificate})
	}
	// A client that gives up, or does not trust us, is what tests are about.
	p.server = &http.Server{Handler: http.HandlerFunc(p.serve), ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: 10 * time.Second}
	p.running.Go(func() { _ = p.server.Serve(l) })
	return p, nil
}

// URL returns where orders are posted to.
func (p *Provider) URL() string {
	scheme := "https"
	if p.cfg.Plain {
		scheme = "http"
	}
	return scheme + "://" + p.listener.Addr().String() + "/pay"
}

// CA returns the authority's certificate (PEM) to trust.
func (p *Provider) CA() []byte { return p.identity.ca }

// Behave changes the behaviour for orders to come.
func (p *Provider) Behave(b Behaviour) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.behaviour = b
}

// Orders returns the orders seen so far, in order.
func (p *Provider) Orders() []Order {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.orders)
}

// Was reports whether an order came with exactly these digits, each given as
// name=digits.
func (p *Provider) Was(o Order, digits ...string) bool {
	return hmac.Equal(o.fingerprint[:], p.fingerprint(digits))
}

func (p *Provider) fingerprint(digits []string) []byte {
	digits = slices.Sorted(slices.Values(digits))
	mac := hmac.New(sha256.New, p.key[:])
	_, _ = io.WriteString(mac, strings.Join(digits, "&"))
	return mac.Sum(nil)
}

// Close ends the provider and every answer under way.
func (p *Provider) Close() error {
	close(p.done)
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	err := p.server.Shutdown(ctx)
	if err != nil {
		err = p.server.Close()
	}
	p.running.Wait()
	return err
}

func (p *Provider) now() Behaviour {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.behaviour
}

func (p *Provider) certificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	if p.now() == BadCertificate {
		return &p.identity.stranger, nil
	}
	return &p.identity.leaf, nil
}

// token returns an id that depends on the seed and the idempotency key alone.
func (p *Provider) token(kind, idempotencyKey string) string {
	mac := hmac.New(sha256.New, []byte(p.cfg.Seed))
	_, _ = io.WriteString(mac, kind+"\x00"+idempotencyKey)
	text := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(mac.Sum(nil)[:15])
	return kind + "_" + strings.ToLower(text)
}
