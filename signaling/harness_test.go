package signaling_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"go.uber.org/zap"

	"tonegate/dtmf"
	"tonegate/internal/auth"
	"tonegate/internal/call"
	"tonegate/internal/delivery"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/internal/recording"
	"tonegate/internal/rtcleg"
	"tonegate/internal/softphone"
	"tonegate/internal/store"
	"tonegate/signaling"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	apiKey   = "an-api-key-for-tests"
	deadline = 20 * time.Second // of anything that is waited for
)

// clock is a clock that tests move. The zero value shows the real time.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// options differ between tests; the zero value is what most want.
type options struct {
	grace, joinTimeout time.Duration
	max                int
	transferTimeout    time.Duration
	audit              call.Auditor
	origins            []string
	disk               *disk          // nil: one that never fails
	far                delivery.Store // for recordings; nil: they stay
	spoolMax           int64
	uploadPatience     time.Duration
}

// node is a whole server: the surface, the calls behind it, and real sockets.
type node struct {
	t       *testing.T
	url     string
	calls   *call.Service
	private ed25519.PrivateKey
	clock   *clock
	client  *http.Client
	close   func() // ends all calls; the HTTP server stays
	folder  string // of recordings
}

func start(t *testing.T, o options) *node {
	t.Helper()
	n := &node{t: t, clock: new(clock), client: &http.Client{Transport: &http.Transport{}}, folder: filepath.Join(t.TempDir(), "recordings")}
	db, err := store.Open(filepath.Join(t.TempDir(), "data"))
	require.NoError(t, err)
	rtc, err := rtcleg.NewServer(rtcleg.Config{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	prompts, err := ivr.Builtin()
	require.NoError(t, err)
	var state call.Keeper = db
	if o.disk != nil {
		o.disk.Keeper, state = db, o.disk
	}
	_, n.private, err = ed25519.GenerateKey(nil)
	require.NoError(t, err)
	spool := delivery.NewSpool(delivery.SpoolConfig{Folder: n.folder, Store: o.far, Index: db, Check: recording.CheckOuter,
		Local: delivery.Retention{MaxBytes: o.spoolMax}})
	n.calls = call.New(call.Config{
		Log: zap.NewNop(), RTC: rtc, Tokens: auth.NewTokens(n.private, n.clock.now), Used: db,
		Arena: dtmf.NewArena(make([]byte, 1<<12)), Prompts: prompts, Grace: o.grace, TransferTimeout: o.transferTimeout, Shards: 1,
		MaxConferences: o.max, Seed: 1, Now: n.clock.now,
		Connectors: func(name string) (psp.Connector, bool) { return silent{}, name == "psp-main" },
		Audit:      o.audit, State: state, Events: db, Recordings: call.Recordings{Folder: n.folder, Store: db, Files: spool},
	})
	require.NoError(t, spool.Start(n.calls))
	keys := auth.NewKeys(db, n.clock.now)
	_, err = keys.Ensure(apiKey)
	require.NoError(t, err)
	reader, _ := o.audit.(signaling.AuditReader)
	h := httptest.NewServer(signaling.New(signaling.Config{
		Audit: reader, Origins: o.origins,
		Log: zap.NewNop(), Calls: n.calls, Keys: keys, Console: auth.NewCodes[struct{}](time.Minute), Version: "1.2.3",
		JoinTimeout: o.joinTimeout, UploadPatience: o.uploadPatience, Now: n.clock.now, Connectors: []string{"psp-main"},
	}))
	n.url = h.URL
	n.close = sync.OnceFunc(func() { spool.Stop(); n.calls.Close(context.Background()) })
	t.Cleanup(func() {
		n.close()
		h.Close()
		n.client.CloseIdleConnections()
		assert.NoError(t, rtc.Close())
		assert.NoError(t, db.Close())
	})
	return n
}

// silent is a connector that is never asked for anything here.
type silent struct{}

func (silent) Submit(context.Context, psp.Order) (psp.Result, error) {
	return psp.Result{}, &psp.Error{Connector: "psp-main", Class: psp.Unavailable, Text: "not here"}
}

// within returns a context that ends with the test or at the deadline.
func within(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), deadline)
	t.Cleanup(cancel)
	return ctx
}

// answer is an HTTP answer, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a *answer) into(t *testing.T, v any) {
	t.Helper()
	require.NoError(t, json.Unmarshal(a.body, v), "%s", a.body)
}

// send makes a request. A header is "Name: value"; an empty value removes it.
func (n *node) send(method, path, body string, headers ...string) *answer {
	n.t.Helper()
	req, err := http.NewRequestWithContext(within(n.t), method, n.url+path, strings.NewReader(body))
	require.NoError(n.t, err)
	req.Header.Set("Authorization", "Bearer "+apiKey)
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ":")
		req.Header.Del(name)
		if value = strings.TrimSpace(value); value != "" {
			req.Header.Set(name, value)
		}
	}
	res, err := n.client.Do(req)
	require.NoError(n.t, err)
	defer res.Body.Close()
	data, err := io.ReadAll(res.Body)
	require.NoError(n.t, err)
	return &answer{res.StatusCode, res.Header, data}
}

// must is send for what has to succeed.
func (n *node) must(status int, method, path, body string, headers ...string) *answer {
	n.t.Helper()
	a := n.send(method, path, body, headers...)
	require.Equal(n.t, status, a.status, "%s %s: %s", method, path, a.body)
	return a
}

// problem is what every error looks like.
type problem struct {
	Type      string `json:"type"`
	Title     string `json:"title"`
	Status    int    `json:"status"`
	Detail    string `json:"detail"`
	Code      string `json:"code"`
	RequestID string `json:"request_id"`
}

// refused checks that an answer is a problem of a kind.
func (a *answer) refused(t *testing.T, status int, code string) problem {
	t.Helper()
	require.Equal(t, status, a.status, "%s", a.body)
	assert.Equal(t, "application/problem+json", a.header.Get("Content-Type"))
	var p problem
	a.into(t, &p)
	assert.Equal(t, code, p.Code)
	assert.Equal(t, status, p.Status)
	assert.Equal(t, http.StatusText(status), p.Title)
	assert.Equal(t, "urn:tonegate:problem:"+code, p.Type)
	assert.NotEmpty(t, p.Detail)
	assert.NotEmpty(t, p.RequestID)
	assert.Equal(t, a.header.Get("X-Request-Id"), p.RequestID)
	assert.Equal(t, "no-store", a.header.Get("Cache-Control"))
	assert.False(t, bytes.Contains(a.body, []byte(badValue)), "an error must not repeat a value: %s", a.body)
	return p
}

// badValue is put wherever a value can be wrong.
const badValue = "4929421234567893"

type join struct {
	Token        string   `json:"token"`
	SignalingURL string   `json:"signaling_url"`
	WHIPURL      string   `json:"whip_url"`
	ICEServers   []string `json:"ice_servers"`
}

type leg struct {
	ID    string `json:"id"`
	Role  string `json:"role"`
	Kind  string `json:"kind"`
	State string `json:"state"`
	Muted bool   `json:"muted"`
	Join  *join  `json:"join"`
}

type conference struct {
	ID    string `json:"id"`
	State string `json:"state"`
	Legs  []leg  `json:"legs"`
}

func (c *conference) leg(role string) *leg {
	for i := range c.Legs {
		if c.Legs[i].Role == role {
			return &c.Legs[i]
		}
	}
	return nil
}

const threeLegs = `{"legs":[{"role":"customer"},{"role":"agent","identity":"agent-17"},{"role":"ivr","kind":"builtin"}]}`

func (n *node) create(body string) *conference {
	n.t.Helper()
	c := new(conference)
	n.must(201, "POST", "/v1/conferences", body).into(n.t, c)
	return c
}

func (n *node) conferences() []conference {
	n.t.Helper()
	var list struct{ Items []conference }
	n.must(200, "GET", "/v1/conferences", "").into(n.t, &list)
	return list.Items
}

func (n *node) legState(id string) string {
	n.t.Helper()
	var l leg
	n.must(200, "GET", "/v1/legs/"+id, "").into(n.t, &l)
	return l.State
}

// dial joins over HTTP and waits for the media.
func (n *node) dial(l *leg) *softphone.Phone {
	n.t.Helper()
	ctx := within(n.t)
	p, err := softphone.Dial(ctx, softphone.Config{
		URL: l.Join.WHIPURL, Token: l.Join.Token, TelephoneEvent: true, Only: net.IP.IsLoopback, HTTPClient: n.client,
	})
	require.NoError(n.t, err)
	n.t.Cleanup(func() { _ = p.Close() })
	connected(n.t, p)
	return p
}

func connected(t *testing.T, p *softphone.Phone) {
	t.Helper()
	select {
	case <-p.Connected():
	case <-p.Gone():
		t.Fatal("the phone's connection failed")
	case <-within(t).Done():
		t.Fatal("the phone does not connect")
	}
}
