package psp_test

import (
	"context"
	"crypto/tls"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tonegate/dtmf"
	"tonegate/internal/psp"
	"tonegate/internal/pspstub"
)

// stubRole makes a child process out of this test binary that is a stub
// provider: a search of this process's memory must not find the provider's
// copies.
const (
	stubRole = "PSP_TEST_STUB"
	stubTLS  = "PSP_TEST_STUB_TLS" // 1.2 or none
)

func TestMain(m *testing.M) {
	if b := os.Getenv(stubRole); b != "" {
		cfg := pspstub.Config{Behaviour: pspstub.Behaviour(b)}
		switch os.Getenv(stubTLS) {
		case "1.2":
			cfg.MaxTLS = tls.VersionTLS12
		case "none":
			cfg.Plain = true
		}
		p, err := pspstub.Start(cfg)
		if err != nil {
			panic(err)
		}
		fmt.Printf("%s\n%s\n", p.URL(), p.CA())
		_ = os.Stdout.Close()
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}
	goleak.VerifyTestMain(m)
}

// number is a card number of this package's tests, and code its security code.
const (
	number = "5312908764130754"
	code   = "917"
)

// keyed returns digits as if they had been keyed.
func keyed(t testing.TB, keys string) dtmf.Digits {
	t.Helper()
	d, err := dtmf.NewArena(make([]byte, 64)).New()
	require.NoError(t, err)
	for i := range len(keys) {
		k, ok := dtmf.KeyOf(keys[i])
		require.True(t, ok)
		require.NoError(t, d.Append(k))
	}
	return d
}

// card returns an order for a token.
func card(t testing.TB) psp.Order {
	return psp.Order{
		CaptureID: "cap_1", IdempotencyKey: "idem-1",
		Fields: map[string]dtmf.Digits{psp.CardNumber: keyed(t, number), psp.Expiry: keyed(t, "0831"), psp.SecurityCode: keyed(t, code)},
	}
}

func file(t testing.TB, content []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(name, content, 0o600))
	return name
}

// connector builds one connector.
func connector(t testing.TB, cfg psp.Config, r psp.Runtime) psp.Connector {
	t.Helper()
	set, err := psp.NewSet(psp.Configs{"main": cfg}, r)
	require.NoError(t, err)
	c, ok := set.Get("main")
	require.True(t, ok)
	return c
}

// provider starts a stub provider and a connector to it.
func provider(t testing.TB, stub pspstub.Config, cfg psp.Config) (*pspstub.Provider, psp.Connector) {
	t.Helper()
	p, err := pspstub.Start(stub)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	cfg.Kind, cfg.URL, cfg.CAFile = psp.KindGeneric, p.URL(), file(t, p.CA())
	return p, connector(t, cfg, psp.Runtime{})
}

// says is a provider over TLS that answers every request with the same bytes
// and closes the connection.
func says(t testing.TB, answer string) (psp.Config, *httptest.Server) {
	t.Helper()
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		conn, _, err := http.NewResponseController(w).Hijack()
		if err != nil {
			return
		}
		defer conn.Close()
		_, _ = io.WriteString(conn, answer)
	}))
	t.Cleanup(s.Close)
	return trusting(t, s), s
}

func trusting(t testing.TB, s *httptest.Server) psp.Config {
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
	return psp.Config{Kind: psp.KindGeneric, URL: s.URL + "/pay", CAFile: file(t, ca)}
}

// ok is a good answer with a body.
func ok(body string) string {
	return fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
}

func within(t testing.TB) context.Context {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	return ctx
}

// failure is the error of an order that must fail.
func failure(t testing.TB, c psp.Connector, o psp.Order) *psp.Error {
	t.Helper()
	res, err := c.Submit(within(t), o)
	require.Zero(t, res)
	var e *psp.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, e.Class)
	require.Equal(t, e.Class, psp.ClassOf(fmt.Errorf("capture: %w", err)))
	require.NotContains(t, e.Error(), "\n")
	return e
}

// dialer counts connections, and refuses the first few.
type dialer struct{ tried, refuse int }

func (d *dialer) dial(ctx context.Context, network, addr string) (net.Conn, error) {
	d.tried++
	if d.tried <= d.refuse {
		return nil, &net.OpError{Op: "dial", Net: network, Err: syscall.ECONNREFUSED}
	}
	return (&net.Dialer{}).DialContext(ctx, network, addr)
}
