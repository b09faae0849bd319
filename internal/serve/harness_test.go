package serve_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tonegate/internal/serve"
	"tonegate/internal/softphone"
)

func TestMain(m *testing.M) {
	if folder := os.Getenv(childFolder); folder != "" {
		child(folder)
	}
	goleak.VerifyTestMain(m)
}

const (
	apiKey   = "an-api-key-for-tests"
	deadline = 20 * time.Second
)

// valid returns a configuration that works on any free ports.
func valid(t *testing.T) serve.Config {
	return serve.Config{
		Listen: "127.0.0.1:0", Media: "127.0.0.1:0", Data: filepath.Join(t.TempDir(), "data"),
		APIKey: apiKey, LogLevel: "info", Version: "1.2.3",
	}
}

// server is a server that runs.
type server struct {
	t      *testing.T
	at     serve.Addresses
	client *http.Client
	cancel context.CancelFunc
	ended  chan error
	seen   func([]byte) // gets the body of every answer, if set
}

func run(t *testing.T, cfg serve.Config) *server {
	t.Helper()
	s := &server{t: t, client: &http.Client{Transport: &http.Transport{}}, ended: make(chan error, 1)}
	ctx, cancel := context.WithCancel(context.Background())
	s.cancel = cancel
	ready := make(chan serve.Addresses, 1)
	cfg.Ready = func(a serve.Addresses) { ready <- a }
	go func() { s.ended <- serve.Run(ctx, cfg) }()
	select {
	case s.at = <-ready:
	case err := <-s.ended:
		cancel()
		t.Fatal("the server does not start:", err)
	case <-time.After(deadline):
		t.Fatal("the server does not get ready")
	}
	t.Cleanup(s.stop)
	return s
}

// stop ends the server and waits for it.
func (s *server) stop() {
	s.t.Helper()
	s.client.CloseIdleConnections()
	s.cancel()
	select {
	case err := <-s.ended:
		require.NoError(s.t, err)
		s.ended <- nil // for those who ask again
	case <-time.After(deadline):
		s.t.Fatal("the server does not end")
	}
}

func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	return ctx
}

func (s *server) get(url string) (status int, body string) {
	s.t.Helper()
	req, err := http.NewRequestWithContext(within(s.t), "GET", url, nil)
	require.NoError(s.t, err)
	return s.do(req)
}

func (s *server) do(req *http.Request) (status int, body string) {
	s.t.Helper()
	res, err := s.client.Do(req)
	require.NoError(s.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(s.t, err)
	if s.seen != nil {
		s.seen(data)
	}
	return res.StatusCode, string(data)
}

// api makes a request to the API with the key and decodes the answer.
func (s *server) api(method, path, body string, out any) int {
	s.t.Helper()
	req, err := http.NewRequestWithContext(within(s.t), method, s.at.HTTP+path, strings.NewReader(body))
	require.NoError(s.t, err)
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", rand.Text())
	status, answer := s.do(req)
	if out != nil {
		require.NoError(s.t, json.Unmarshal([]byte(answer), out), answer)
	}
	return status
}

type conference struct {
	ID   string
	Legs []struct {
		ID, Role, State string
		Join            *struct {
			Token   string
			WHIPURL string `json:"whip_url"`
			URL     string `json:"signaling_url"`
		}
	}
}

func (s *server) create() *conference {
	s.t.Helper()
	c := new(conference)
	require.Equal(s.t, 201, s.api("POST", "/v1/conferences",
		`{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr","kind":"builtin"}]}`, c))
	return c
}

// dial joins leg i over HTTP and waits for its media.
func (s *server) dial(c *conference, i int) *softphone.Phone {
	s.t.Helper()
	ctx := within(s.t)
	p, err := softphone.Dial(ctx, softphone.Config{URL: c.Legs[i].Join.WHIPURL, Token: c.Legs[i].Join.Token,
		TelephoneEvent: true, Only: net.IP.IsLoopback, HTTPClient: s.client})
	require.NoError(s.t, err)
	s.t.Cleanup(func() { _ = p.Close() })
	select {
	case <-p.Connected():
	case <-p.Gone():
		s.t.Fatal("the phone's connection failed")
	case <-ctx.Done():
		s.t.Fatal("the phone does not connect")
	}
	return p
}

// socket is a joined WebSocket, read by one goroutine into messages.
type socket struct {
	conn     *websocket.Conn
	messages chan string
	joined   string // the answer to its join
	ended    chan struct{}
	status   websocket.StatusCode
}

func (s *server) join(c *conference, i int) *socket {
	s.t.Helper()
	return s.enter(c.Legs[i].Join.URL, `{"type":"join","token":"`+c.Legs[i].Join.Token+`"}`)
}

// enter opens a WebSocket with its first message.
func (s *server) enter(url, first string) *socket {
	s.t.Helper()
	conn, _, err := websocket.Dial(within(s.t), url,
		&websocket.DialOptions{Subprotocols: []string{"tonegate.v1"}, HTTPClient: s.client})
	require.NoError(s.t, err)
	w := &socket{conn: conn, messages: make(chan string, 4096), ended: make(chan struct{})}
	go func() {
		defer close(w.ended)
		for {
			_, data, err := conn.Read(context.Background())
			if err != nil {
				w.status = websocket.CloseStatus(err)
				return
			}
			w.messages <- string(data)
		}
	}()
	s.t.Cleanup(func() {
		_ = conn.CloseNow()
		<-w.ended
	})
	w.tell(s.t, first)
	w.joined = w.wait(s.t, `"type":"joined"`)
	return w
}

func (w *socket) tell(t *testing.T, message string) {
	t.Helper()
	require.NoError(t, w.conn.Write(within(t), websocket.MessageText, []byte(message)))
}

// wait returns the next message with all of some texts in it.
func (w *socket) wait(t *testing.T, texts ...string) string {
	t.Helper()
	ctx := within(t)
next:
	for {
		select {
		case m := <-w.messages:
			for _, text := range texts {
				if !strings.Contains(m, text) {
					continue next
				}
			}
			return m
		case <-ctx.Done():
			t.Fatalf("no message with %q in time", texts)
		}
	}
}

// certificate writes a self-signed certificate with a serial number.
func certificate(t *testing.T, folder string, serial int64) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	cert, key = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	write := func(name, kind string, b []byte) {
		// Renamed into place, as renewals do.
		require.NoError(t, os.WriteFile(name+".new", pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b}), 0o600))
		at := time.Unix(1_700_000_000+serial, 0) // file systems may be too coarse for the present
		require.NoError(t, os.Chtimes(name+".new", at, at))
		require.NoError(t, os.Rename(name+".new", name))
	}
	write(cert, "CERTIFICATE", der)
	write(key, "PRIVATE KEY", pkcs8)
	return cert, key
}
