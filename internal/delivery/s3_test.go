package delivery

import (
	"bytes"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// cloud is an S3 server in this process, behind a hook that can spoil requests.
type cloud struct {
	*httptest.Server
	backend *s3mem.Backend
	mu      sync.Mutex
	log     []string // METHOD and what it is about
	spoil   func(n int, w http.ResponseWriter, r *http.Request) bool
}

func newCloud(t *testing.T) *cloud {
	c := &cloud{backend: s3mem.New()}
	require.NoError(t, c.backend.CreateBucket("calls"))
	fake := gofakes3.New(c.backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	c.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.mu.Lock()
		what := r.Method
		for _, q := range []string{"partNumber", "uploads", "uploadId"} {
			if r.URL.Query().Has(q) {
				what += " " + q
			}
		}
		c.log = append(c.log, what)
		n, spoil := len(c.log), c.spoil
		c.mu.Unlock()
		if spoil == nil || !spoil(n, w, r) {
			fake.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(c.Close)
	return c
}

func (c *cloud) count(what string) (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, l := range c.log {
		if l == what {
			n++
		}
	}
	return n
}

func (c *cloud) object(t *testing.T, key string) []byte {
	t.Helper()
	o, err := c.backend.GetObject("calls", key, nil)
	require.NoError(t, err)
	defer o.Contents.Close()
	b, err := io.ReadAll(o.Contents)
	require.NoError(t, err)
	return b
}

func (c *cloud) config(t *testing.T) Config {
	key := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(key, []byte("secret\n"), 0o600))
	return Config{Kind: KindS3, URL: c.URL, PlainLoopback: true, Bucket: "calls", Prefix: "eu/", AccessKey: "key", SecretKeyFile: key}
}

// store is the real thing; its connections end with the test.
func open(t *testing.T, cfg Config) Store {
	t.Helper()
	s, err := cfg.Open(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { http.DefaultTransport.(*http.Transport).CloseIdleConnections() })
	return s
}

func noise(n int) []byte {
	b := make([]byte, n)
	_, _ = rand.NewChaCha8([32]byte{byte(n)}).Read(b)
	return b
}

func TestS3(t *testing.T) {
	c := newCloud(t)
	b := newBench(t, t.TempDir(), open(t, c.config(t)), nil).hasty()
	r := b.recorded(1)
	b.start()
	b.ear.wait(t, "ready 1 ready")
	assert.Equal(t, content(1), c.object(t, "eu/"+r.ID+".age"))
	assert.Equal(t, 1, c.count("PUT"))
	assert.Positive(t, c.count("GET"), "what is there is read again")
	b.Stop() // it is removed after it was told
	assert.NoFileExists(t, r.Path)

	// It can be read, from any place on, and deleted.
	f, err := b.Open(t.Context(), b.index.get(t, r.ID))
	require.NoError(t, err)
	_, err = f.Seek(100, io.SeekStart)
	require.NoError(t, err)
	rest, err := io.ReadAll(f)
	require.NoError(t, err)
	assert.Equal(t, content(1)[100:], rest)
	require.NoError(t, f.Close())
	require.NoError(t, b.Delete(t.Context(), r))
	_, err = c.backend.HeadObject("calls", "eu/"+r.ID+".age")
	assert.Error(t, err)
	b.Stop()
}

// TestS3Parts: a long file goes in parts, through a store that fails at every fourth
// request, and what is there already does not go again.
func TestS3Parts(t *testing.T) {
	c := newCloud(t)
	c.spoil = func(n int, w http.ResponseWriter, r *http.Request) bool {
		if n%4 != 0 {
			return false
		}
		if n%8 == 0 {
			_, _ = io.CopyN(io.Discard, r.Body, 1000)
			panic(http.ErrAbortHandler)
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	s := open(t, c.config(t)).(*bucket)
	s.partSize = 1 << 20
	b := newBench(t, t.TempDir(), s, nil).hasty()
	data := noise(6<<20 + 17)
	r := b.written(1, data)
	b.Add(r)
	b.start()
	b.ear.wait(t, "ready 1 ready")
	b.Stop()
	assert.True(t, bytes.Equal(data, c.object(t, "eu/"+r.ID+".age")))
	assert.LessOrEqual(t, c.count("PUT partNumber uploadId"), 7+7, "seven parts, each at most twice")
	assert.NoFileExists(t, r.Path)
}

// TestS3Restart: another process goes on with the parts that are there.
func TestS3Restart(t *testing.T) {
	c := newCloud(t)
	half := make(chan struct{})
	var once sync.Once
	c.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Query().Get("partNumber") == "3" {
			once.Do(func() { close(half) })
			w.WriteHeader(http.StatusServiceUnavailable)
			return true
		}
		return false
	}
	s := open(t, c.config(t)).(*bucket)
	s.partSize = 1 << 20
	b := newBench(t, t.TempDir(), s, nil).hasty()
	data := noise(4<<20 - 5)
	r := b.written(1, data)
	b.Add(r)
	b.start()
	<-half
	b.Stop()
	c.mu.Lock()
	c.log, c.spoil = nil, nil
	c.mu.Unlock()
	b = b.again(s).hasty()
	b.start()
	b.ear.wait(t, "ready 1 ready")
	b.Stop()
	assert.True(t, bytes.Equal(data, c.object(t, "eu/"+r.ID+".age")))
	assert.Equal(t, 2, c.count("PUT partNumber uploadId"), "the third and the fourth")
	assert.Zero(t, c.count("POST uploads"))
}

// TestS3Lies: a store that holds, or tells, something else does not get the file
// deleted here.
func TestS3Lies(t *testing.T) {
	for name, spoil := range map[string]func(w http.ResponseWriter, r *http.Request) bool{
		"in its SHA-256": func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != http.MethodHead {
				return false
			}
			w.Header().Set("ETag", `"0"`)
			w.Header().Set("Last-Modified", "Tue, 24 Nov 2026 10:00:00 GMT")
			w.Header().Set("Content-Length", strconv.Itoa(len(content(1))))
			w.Header().Set("x-amz-checksum-sha256", "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=")
			return true
		},
		"in what it holds": func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method == http.MethodPut {
				_, _ = io.Copy(io.Discard, r.Body)
				w.Header().Set("ETag", `"0"`)
				return true
			}
			if r.Method == http.MethodDelete {
				return false
			}
			w.Header().Set("ETag", `"0"`)
			w.Header().Set("Last-Modified", "Tue, 24 Nov 2026 10:00:00 GMT")
			_, _ = w.Write(bytes.Repeat([]byte("x"), len(content(1))))
			return true
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCloud(t)
			c.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool { return spoil(w, r) }
			cfg := c.config(t)
			if name == "in its SHA-256" {
				cfg.Verify = "checksum"
			}
			b := newBench(t, t.TempDir(), open(t, cfg), nil).hasty()
			r := b.recorded(1)
			b.start()
			b.ear.wait(t, "trouble store_mismatch")
			assert.FileExists(t, r.Path)
			c.mu.Lock()
			c.spoil = nil
			c.mu.Unlock()
			b.ear.wait(t, "ready 1 ready")
			b.Stop()
			assert.Equal(t, content(1), c.object(t, "eu/"+r.ID+".age"))
		})
	}
}

// TestS3Checksum: a store that tells a SHA-256 is not read again, unless it shall.
func TestS3Checksum(t *testing.T) {
	for _, verify := range []string{"checksum", "read"} {
		t.Run(verify, func(t *testing.T) {
			c := newCloud(t)
			var sent string
			c.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
				c.mu.Lock()
				defer c.mu.Unlock()
				if v := r.Header.Get("x-amz-checksum-sha256"); v != "" {
					sent = v
				}
				if r.Method == http.MethodHead && sent != "" {
					w.Header().Set("x-amz-checksum-sha256", sent)
				}
				return false
			}
			cfg := c.config(t)
			cfg.Verify = verify
			b := newBench(t, t.TempDir(), open(t, cfg), nil).hasty()
			b.recorded(1)
			b.start()
			b.ear.wait(t, "ready 1 ready")
			b.Stop()
			assert.Equal(t, verify == "checksum", c.count("GET") == 0)
		})
	}
}

func TestS3Refusals(t *testing.T) {
	for code, want := range map[string]Cause{
		"403 AccessDenied": Refused, "404 NoSuchBucket": Refused, "503 SlowDown": Down, "500 InternalError": Down,
		"507 XMinioStorageFull": Full, "400 BadDigest": Mismatch, "403 QuotaExceeded": Full,
	} {
		t.Run(code, func(t *testing.T) {
			c := newCloud(t)
			c.spoil = func(_ int, w http.ResponseWriter, r *http.Request) bool {
				if r.Method == http.MethodHead {
					return false
				}
				status, name, _ := strings.Cut(code, " ")
				w.WriteHeader(map[string]int{"403": 403, "404": 404, "503": 503, "500": 500, "507": 507, "400": 400}[status])
				_, _ = io.WriteString(w, `<?xml version="1.0"?><Error><Code>`+name+`</Code><Message>4929421234567893</Message></Error>`)
				return true
			}
			s := open(t, c.config(t))
			b := newBench(t, t.TempDir(), s, nil)
			r := b.recorded(1)
			item := itemOf(&r)
			_, err := s.Put(t.Context(), &item, &plain{bytes.NewReader(content(1))})
			assert.Equal(t, want, causeOf(err), "%v", err)
			assert.NotContains(t, err.Error(), "4929", "a store's words are not repeated")
		})
	}
}

// plain is a Source without a spool.
type plain struct{ *bytes.Reader }

func (plain) Moved()            {}
func (plain) Keep(string) error { return nil }
