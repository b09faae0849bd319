package psp

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"strings"
	"time"

	"tonegate/internal/tlsclient"
)

// connect opens the connection, over TLS unless it may be plain. Only a failed
// dial is tried again: nothing was sent then.
func (g *generic) connect(ctx context.Context) (net.Conn, *Error) {
	conn, err := g.dial(ctx)
	if err != nil {
		return nil, g.broken(ctx, err, false)
	}
	if deadline, ok := ctx.Deadline(); ok {
		_ = conn.SetDeadline(deadline)
	}
	if g.tls == nil {
		if host, _, err := net.SplitHostPort(conn.RemoteAddr().String()); err != nil || !tlsclient.IsLoopback(host) {
			_ = conn.Close()
			return nil, g.fail(Unavailable, false, "plain http did not end on loopback: use https")
		}
		return conn, nil
	}
	secured := tls.Client(conn, g.tls)
	if err := secured.HandshakeContext(ctx); err != nil {
		_ = conn.Close()
		return nil, g.broken(ctx, err, false)
	}
	return secured, nil
}

func (g *generic) dial(ctx context.Context) (conn net.Conn, err error) {
	port := g.url.Port()
	if port == "" {
		port = "443"
		if g.tls == nil {
			port = "80"
		}
	}
	pause := firstPause
	for try := range dials {
		if try > 0 {
			wait := time.NewTimer(pause)
			select {
			case <-wait.C:
			case <-ctx.Done():
				wait.Stop()
				return nil, ctx.Err()
			}
			pause *= 2
		}
		if conn, err = g.runtime.Dial(ctx, "tcp", net.JoinHostPort(g.url.Hostname(), port)); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// broken sorts an error of the connection into its class.
func (g *generic) broken(ctx context.Context, err error, sent bool) *Error {
	var timeout net.Error
	var untrusted *tls.CertificateVerificationError
	switch {
	case errors.Is(ctx.Err(), context.Canceled):
		return g.fail(Cancelled, sent, "the order was called off before its outcome was known")
	case ctx.Err() != nil, errors.Is(err, context.DeadlineExceeded), errors.As(err, &timeout) && timeout.Timeout():
		return g.fail(Slow, sent, "no whole answer in time: look at the provider's state before trying again")
	case errors.As(err, &untrusted):
		return g.fail(BadCertificate, sent, "the provider's certificate "+untrustedWhy(err))
	case oursRefused(err):
		return g.fail(BadCertificate, sent, "the provider refuses our certificate: check client_cert_file")
	case sent:
		return g.fail(Unavailable, sent, "the connection broke off before the answer: look at the provider's state before trying again")
	default:
		return g.fail(Unavailable, sent, "no connection: check the connector's url and that the provider is up")
	}
}

// untrustedWhy words what is wrong with a certificate, in our own words.
func untrustedWhy(err error) string {
	var authority x509.UnknownAuthorityError
	var host x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &authority):
		return "is signed by an authority that is not trusted: check ca_file"
	case errors.As(err, &host):
		return "is for another name: check the connector's url"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "is past or before its time: the provider must renew it, or check this machine's clock"
	default:
		return "cannot be verified: check ca_file and the connector's url"
	}
}

// oursRefused reports an alert of the other side about a certificate (RFC 8446
// §6.2); crypto/tls tells it by its words alone.
func oursRefused(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error" && strings.Contains(op.Err.Error(), "certificate")
}
