package delivery

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// premises is an endpoint as OPERATIONS.md describes it, that can be spoilt.
type premises struct {
	*httptest.Server
	mu       sync.Mutex
	files    map[string][]byte
	whole    map[string]bool
	requests int
	patched  int64 // bytes that arrived in all
	spoil    func(n int, w http.ResponseWriter, r *http.Request) bool
}

func newPremises(t *testing.T) *premises {
	p := &premises{files: map[string][]byte{}, whole: map[string]bool{}}
	p.Server = httptest.NewUnstartedServer(p)
	t.Cleanup(p.Close)
	return p
}

func (p *premises) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	p.requests++
	n, spoil := p.requests, p.spoil
	p.mu.Unlock()
	if spoil != nil && spoil(n, w, r) {
		return
	}
	name := path.Base(r.URL.Path)
	switch r.Method {
	case http.MethodPatch:
		p.patch(w, r, name)
	case http.MethodHead:
		p.head(w, name)
	case http.MethodGet:
		p.mu.Lock()
		b := p.files[name]
		p.mu.Unlock()
		http.ServeContent(w, r, "", time.Time{}, bytes.NewReader(b))
	case http.MethodDelete:
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.files, name)
		delete(p.whole, name)
		w.WriteHeader(http.StatusNoContent)
	}
}

func (p *premises) head(w http.ResponseWriter, name string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	b, ok := p.files[name]
	if !ok {
		w.WriteHeader(http.StatusNotFound)
		return
	}
	w.Header().Set("Upload-Offset", strconv.Itoa(len(b)))
	w.Header().Set("Upload-Complete", "?0")
	if p.whole[name] {
		sum, _ := hex.DecodeString(hashOf(b))
		w.Header().Set("Upload-Complete", "?1")
		w.Header().Set("Repr-Digest", "sha-512=:AAAA:, sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
}

func (p *premises) patch(w http.ResponseWriter, r *http.Request, name string) {
	p.mu.Lock()
	at := len(p.files[name])
	p.mu.Unlock()
	if r.Header.Get("Upload-Offset") != strconv.Itoa(at) || r.Header.Get("Content-Type") != "application/partial-upload" ||
		!strings.HasPrefix(r.Header.Get("Tonegate-Conference"), "conf_") {
		w.WriteHeader(http.StatusConflict)
		return
	}
	buf := make([]byte, 4096)
	for {
		n, err := r.Body.Read(buf)
		p.mu.Lock()
		p.files[name] = append(p.files[name], buf[:n]...)
		p.patched += int64(n)
		p.whole[name] = err == io.EOF && strconv.Itoa(len(p.files[name])) == r.Header.Get("Upload-Length")
		p.mu.Unlock()
		if err != nil {
			break
		}
	}
	w.WriteHeader(http.StatusNoContent)
}

func (p *premises) set(spoil func(n int, w http.ResponseWriter, r *http.Request) bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spoil = spoil
}

// plainly is a store on the endpoint over http, on loopback.
func (p *premises) plainly(t *testing.T) Store {
	p.Start()
	return open(t, Config{Kind: KindHTTPS, URL: p.URL + "/in", PlainLoopback: true})
}

// TestFlaky: a server that drops connections in the middle, answers 5xx and hangs
// up after the last byte gets the file all the same, and few bytes twice.
func TestFlaky(t *testing.T) {
	p := newPremises(t)
	p.set(func(n int, w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.Method == http.MethodPatch && n%5 != 4:
			r.Body = io.NopCloser(io.LimitReader(r.Body, 300_000)) // and then nothing
			p.patch(httptest.NewRecorder(), r, path.Base(r.URL.Path))
			panic(http.ErrAbortHandler)
		case n%7 == 0:
			w.WriteHeader(http.StatusBadGateway)
			return true
		}
		return false
	})
	b := newBench(t, t.TempDir(), p.plainly(t), nil).hasty()
	data := noise(3 << 20)
	r := b.written(1, data)
	b.Add(r)
	b.start()
	b.ear.wait(t, "ready 1 ready")
	p.mu.Lock()
	assert.True(t, bytes.Equal(data, p.files[r.ID+".age"]))
	assert.LessOrEqual(t, p.patched, int64(len(data)), "no byte twice")
	p.mu.Unlock()
	b.Stop() // it is removed after it was told
	assert.NoFileExists(t, r.Path)

	f, err := b.Open(t.Context(), b.index.get(t, r.ID))
	require.NoError(t, err)
	p.set(nil)
	_, err = f.Seek(-10, io.SeekEnd)
	require.NoError(t, err)
	end, err := io.ReadAll(f)
	require.NoError(t, err)
	assert.Equal(t, data[len(data)-10:], end)
	require.NoError(t, f.Close())
	require.NoError(t, b.Delete(t.Context(), r))
	assert.Empty(t, p.files)
	b.Stop()
}

// TestRestartInMidUpload: the other process sends the rest only.
func TestRestartInMidUpload(t *testing.T) {
	p := newPremises(t)
	half, stopped := make(chan struct{}), make(chan struct{})
	var once sync.Once
	p.set(func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodPatch {
			return false
		}
		r.Body = io.NopCloser(io.LimitReader(r.Body, 1<<20))
		p.patch(httptest.NewRecorder(), r, path.Base(r.URL.Path))
		once.Do(func() { close(half) })
		<-stopped
		return true
	})
	s := p.plainly(t)
	b := newBench(t, t.TempDir(), s, nil).hasty()
	data := noise(8 << 20)
	r := b.written(1, data)
	b.Add(r)
	b.start()
	<-half
	b.Stop()
	close(stopped)
	assert.FileExists(t, r.Path)
	p.set(nil)
	b = b.again(s).hasty()
	b.start()
	b.ear.wait(t, "ready 1 ready")
	b.Stop()
	assert.True(t, bytes.Equal(data, p.files[r.ID+".age"]))
	assert.Equal(t, int64(len(data)), p.patched)
}

// TestEndpointLies: whatever is wrong with the confirmation, the file stays.
func TestEndpointLies(t *testing.T) {
	size := strconv.Itoa(len(content(1)))
	for name, lie := range map[string]func(*premises) func(int, http.ResponseWriter, *http.Request) bool{
		"another hash":   says("Upload-Offset", size, "Upload-Complete", "?1", "Repr-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"),
		"no hash":        says("Upload-Offset", size, "Upload-Complete", "?1"),
		"another length": says("Upload-Offset", "3", "Upload-Complete", "?1", "Repr-Digest", "sha-256=:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=:"),
		"too long":       says("Upload-Offset", "99999999", "Upload-Complete", "?0"),
		"an echo":        echo,
	} {
		t.Run(name, func(t *testing.T) {
			p := newPremises(t)
			p.set(lie(p))
			b := newBench(t, t.TempDir(), p.plainly(t), nil).hasty()
			r := b.recorded(1)
			b.start()
			b.ear.wait(t, "trouble store_mismatch")
			assert.FileExists(t, r.Path)
			p.set(nil)
			b.ear.wait(t, "ready 1 ready")
			b.Stop()
			assert.Equal(t, content(1), p.files[r.ID+".age"])
		})
	}
}

// says answers HEAD with the same fields always.
func says(fields ...string) func(*premises) func(int, http.ResponseWriter, *http.Request) bool {
	return func(*premises) func(int, http.ResponseWriter, *http.Request) bool {
		return func(_ int, w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodHead {
				return false
			}
			for i := 0; i < len(fields); i += 2 {
				w.Header().Set(fields[i], fields[i+1])
			}
			return true
		}
	}
}

// echo keeps something else of the same length, and confirms with the digest that
// it was sent along with it, if there was one.
func echo(p *premises) func(int, http.ResponseWriter, *http.Request) bool {
	var mu sync.Mutex
	var said string
	return func(_ int, w http.ResponseWriter, r *http.Request) bool {
		mu.Lock()
		defer mu.Unlock()
		if d := r.Header.Get("Repr-Digest"); d != "" {
			said = d
		}
		switch r.Method {
		case http.MethodPatch:
			n, _ := io.Copy(io.Discard, r.Body)
			r.Body = io.NopCloser(bytes.NewReader(make([]byte, n)))
		case http.MethodHead:
			name := path.Base(r.URL.Path)
			p.head(w, name)
			if w.Header().Get("Repr-Digest") != "" {
				w.Header().Set("Repr-Digest", said)
			}
			return true
		}
		return false
	}
}

func TestEndpointRefuses(t *testing.T) {
	for status, want := range map[int]Cause{
		401: Refused, 403: Refused, 405: Refused, 413: Full, 507: Full, 429: Down, 500: Down, 503: Down, 302: Refused, 200: Refused, // without Upload-Offset
	} {
		p := newPremises(t)
		p.set(func(_ int, w http.ResponseWriter, _ *http.Request) bool {
			w.Header().Set("Location", "/elsewhere")
			w.WriteHeader(status)
			_, _ = io.WriteString(w, "4929421234567893")
			return true
		})
		s := p.plainly(t)
		_, err := s.Put(t.Context(), &Item{ID: recID(1), SHA256: hashOf(nil)}, &plain{bytes.NewReader(nil)})
		assert.Equal(t, want, causeOf(err), "%d: %v", status, err)
		assert.NotContains(t, err.Error(), "4929")
		assert.Equal(t, 1, p.requests, "no redirect is followed")
	}
	s := open(t, Config{Kind: KindHTTPS, URL: "http://127.0.0.1:1/", PlainLoopback: true})
	_, err := s.Put(t.Context(), &Item{ID: recID(1)}, &plain{bytes.NewReader(nil)})
	assert.Equal(t, Down, causeOf(err))
}

// authority issues certificates, and writes them to files.
type authority struct {
	t    *testing.T
	dir  string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) *authority {
	a := &authority{t: t, dir: t.TempDir()}
	a.key, a.cert = a.issue("ca", nil)
	return a
}

func (a *authority) file(name string) string { return filepath.Join(a.dir, name) }

func (a *authority) issue(name string, parent *x509.Certificate) (*ecdsa.PrivateKey, *x509.Certificate) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(a.t, err)
	template := &x509.Certificate{
		SerialNumber: big.NewInt(time.Now().UnixNano()), Subject: pkix.Name{CommonName: name}, NotBefore: time.Now().Add(-time.Hour),
		NotAfter: time.Now().Add(time.Hour), IsCA: parent == nil, BasicConstraintsValid: true, IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
	}
	signer := a.key
	if parent == nil {
		parent, signer = template, key
	}
	der, err := x509.CreateCertificate(rand.Reader, template, parent, key.Public(), signer)
	require.NoError(a.t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(a.t, err)
	pkcs, err := x509.MarshalPKCS8PrivateKey(key)
	require.NoError(a.t, err)
	require.NoError(a.t, os.WriteFile(a.file(name+".pem"), pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	require.NoError(a.t, os.WriteFile(a.file(name+".key"), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: pkcs}), 0o600))
	return key, cert
}

// TestCertificates: the far end is known by its authority and asks for a
// certificate; neither without the other.
func TestCertificates(t *testing.T) {
	ours, other := newAuthority(t), newAuthority(t)
	ours.issue("server", ours.cert)
	ours.issue("client", ours.cert)
	other.issue("client", other.cert)
	p := newPremises(t)
	pair, err := tls.LoadX509KeyPair(ours.file("server.pem"), ours.file("server.key"))
	require.NoError(t, err)
	pool := x509.NewCertPool()
	pool.AddCert(ours.cert)
	p.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientCAs: pool, ClientAuth: tls.RequireAndVerifyClientCert}
	p.StartTLS()
	authorization := ours.file("authorization")
	require.NoError(t, os.WriteFile(authorization, []byte("Bearer s3cr3t\n"), 0o600))
	p.set(func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.Header.Get("Authorization") == "Bearer s3cr3t" {
			return false
		}
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
	good := Config{Kind: KindHTTPS, URL: p.URL, CAFile: ours.file("ca.pem"), ClientCertFile: ours.file("client.pem"),
		ClientKeyFile: ours.file("client.key"), AuthorizationFile: authorization}
	for name, change := range map[string]func(*Config){
		"no authority":      func(c *Config) { c.CAFile = "" },
		"another authority": func(c *Config) { c.CAFile = other.file("ca.pem") },
		"no certificate":    func(c *Config) { c.ClientCertFile, c.ClientKeyFile = "", "" },
		"another certificate": func(c *Config) {
			c.ClientCertFile, c.ClientKeyFile = other.file("client.pem"), other.file("client.key")
		},
		"no credentials": func(c *Config) { c.AuthorizationFile = "" },
	} {
		c := good
		change(&c)
		s := open(t, c)
		_, err := s.Put(t.Context(), &Item{ID: recID(1), Size: 1, SHA256: hashOf([]byte("x"))}, &plain{bytes.NewReader([]byte("x"))})
		assert.Equal(t, Refused, causeOf(err), "%s: %v", name, err)
	}
	assert.Empty(t, p.files)
	b := newBench(t, t.TempDir(), open(t, good), nil).hasty()
	r := b.recorded(1)
	b.start()
	b.ear.wait(t, "ready 1 ready")
	b.Stop()
	assert.Equal(t, content(1), p.files[r.ID+".age"])
}
