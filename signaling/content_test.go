package signaling_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audit"
	"tonegate/internal/auth"
	"tonegate/internal/delivery"
	"tonegate/internal/recording"
)

// faraway is a store for recordings that lies until it is mended.
type faraway struct {
	mu    sync.Mutex
	held  map[string][]byte
	wrong bool // what it says of what it holds
	gone  bool // it does not answer readers
}

func (f *faraway) set(wrong, gone bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.wrong, f.gone = wrong, gone
}

func (f *faraway) Name() string { return "faraway" }

func (f *faraway) Put(_ context.Context, i *delivery.Item, src delivery.Source) (delivery.Confirmation, error) {
	data, err := io.ReadAll(io.NewSectionReader(src, 0, i.Size))
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held[i.ID] = data
	if f.wrong {
		data = nil
	}
	sum := sha256.Sum256(data)
	return delivery.Confirmation{Size: i.Size, SHA256: hex.EncodeToString(sum[:])}, err
}

func (f *faraway) Open(_ context.Context, i *delivery.Item, offset int64) (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return nil, &delivery.Error{Cause: delivery.Down, Err: errors.New("no route")}
	}
	return io.NopCloser(bytes.NewReader(f.held[i.ID][offset:])), nil
}

func (f *faraway) Delete(_ context.Context, i *delivery.Item) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.gone {
		return &delivery.Error{Cause: delivery.Down, Err: errors.New("no route")}
	}
	delete(f.held, i.ID)
	return nil
}

type deliveredShape struct {
	recordingShape
	LegID    string `json:"leg_id"`
	Delivery *struct {
		State, Cause string
		Attempts     int
	}
}

// happened waits for an event of a type.
func (n *node) happened(what string) (state, reason string) {
	n.t.Helper()
	ctx := within(n.t)
	for after := ""; ; {
		found, more, err := n.calls.Events(after, 100)
		require.NoError(n.t, err)
		for _, e := range found {
			if after = e.ID; e.Type == what {
				return e.State, e.Reason
			}
		}
		if len(found) > 0 {
			continue
		}
		select {
		case <-more:
		case <-ctx.Done():
			n.t.Fatalf("no %s", what)
		}
	}
}

func (n *node) mint(c *conference, role string, grants ...string) string {
	n.t.Helper()
	token, _, err := auth.NewTokens(n.private, n.clock.now).Mint(c.ID, c.leg(role).ID, role, grants)
	require.NoError(n.t, err)
	return token
}

// TestStoreLies: a store that confirms something else does not get the recording
// deleted here; the call goes on, and the agent is told, and nobody else on it.
func TestStoreLies(t *testing.T) {
	l, far := new(ledger), &faraway{held: map[string][]byte{}, wrong: true}
	n := start(t, options{audit: l, far: far})
	key := newIdentity(t)
	c := n.create(`{"recording":{"recipients":["` + key.Recipient().String() + `"]},"legs":[{"role":"customer"},{"role":"agent"}]}`)
	agent := n.connect(c.leg("agent").Join.Token)
	customer := n.connect(c.leg("customer").Join.Token)
	path := "/v1/conferences/" + c.ID + "/recording"
	var r deliveredShape
	n.must(200, "PUT", path, `{"state":"recording"}`)
	n.must(200, "PUT", path, `{"state":"stopped"}`).into(t, &r)
	assert.Equal(t, "delivering", r.State)
	told := agent.find(func(m message) bool { return m["delivery"] == "store_mismatch" }, "trouble")
	assert.Equal(t, message{"type": "recording", "state": "stopped", "delivery": "store_mismatch"}, told)
	state, reason := n.happened("recording.failed")
	assert.Equal(t, "delivering store_mismatch", state+" "+reason)
	n.must(200, "GET", "/v1/recordings/"+r.ID, "").into(t, &r)
	assert.Equal(t, "delivering waiting store_mismatch", r.State+" "+r.Delivery.State+" "+r.Delivery.Cause)
	_, _, here := n.opened(r.ID, key)
	assert.Equal(t, here, n.must(200, "GET", "/v1/recordings/"+r.ID+"/content", "").body)

	n.must(200, "PUT", path, `{"state":"recording"}`)
	told = agent.find(func(m message) bool { return m["state"] == "recording" && m["delivery"] != nil }, "recording on, in trouble")
	assert.Equal(t, "store_mismatch", told["delivery"])
	customer.recording("recording")
	customer.recording("stopped")
	assert.NotContains(t, customer.recording("recording"), "delivery", "the customer is not told")

	far.set(false, false)
	state, _ = n.happened("recording.ready")
	assert.Equal(t, "ready", state)
	agent.find(func(m message) bool { return m["type"] == "recording" && m["delivery"] == nil }, "the end of the trouble")
	r = deliveredShape{recordingShape: recordingShape{ID: r.ID}}
	n.must(200, "GET", "/v1/recordings/"+r.ID, "").into(t, &r)
	assert.Equal(t, "ready delivered ", r.State+" "+r.Delivery.State+" "+r.Delivery.Cause)
	assert.NoFileExists(t, n.folder+"/"+r.ID+".age")
	assert.Equal(t, here, far.held[r.ID])
	n.reads(c, r.ID, here)

	// The store is down: readers are told, and nothing is deleted by half.
	far.set(false, true)
	n.send("GET", "/v1/recordings/"+r.ID+"/content", "").refused(t, 503, "recording_store_unavailable")
	n.send("DELETE", "/v1/recordings/"+r.ID, "").refused(t, 503, "recording_store_unavailable")
	n.must(200, "GET", "/v1/recordings/"+r.ID, "")
	far.set(false, false)
	l.setFull(true)
	n.send("DELETE", "/v1/recordings/"+r.ID, "").refused(t, 503, "audit_unavailable")
	n.send("GET", "/v1/recordings/"+r.ID+"/content", "").refused(t, 503, "audit_unavailable")
	assert.Contains(t, far.held, r.ID)
	l.setFull(false)
	n.must(204, "DELETE", "/v1/recordings/"+r.ID, "")
	n.send("GET", "/v1/recordings/"+r.ID, "").refused(t, 404, "not_found")
	assert.NotContains(t, far.held, r.ID)
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, act := range []string{"recording_read", "recording_deleted"} {
		i := slices.IndexFunc(l.entries, func(e audit.Entry) bool { return string(e.Action) == act })
		require.GreaterOrEqual(t, i, 0, act)
		assert.Equal(t, r.ID, l.entries[i].RecordingID)
		assert.Equal(t, c.ID, l.entries[i].ConferenceID)
	}
}

// reads reads a delivered recording in the ways that there are.
func (n *node) reads(c *conference, id string, want []byte) {
	t, path := n.t, "/v1/recordings/"+id+"/content"
	t.Helper()
	a := n.must(200, "GET", path, "")
	assert.Equal(t, want, a.body)
	sum := sha256.Sum256(want)
	assert.Equal(t, "sha-256=:"+base64.StdEncoding.EncodeToString(sum[:])+":", a.header.Get("Repr-Digest"))
	assert.Equal(t, "application/age", a.header.Get("Content-Type"))
	a = n.must(206, "GET", path, "", "Range: bytes=10-19")
	assert.Equal(t, want[10:20], a.body)
	assert.Equal(t, want[len(want)-5:], n.must(206, "GET", path, "", "Range: bytes=-5").body)
	assert.Equal(t, 416, n.send("GET", path, "", "Range: bytes=99999999-").status)
	a = n.must(200, "HEAD", path, "")
	assert.Equal(t, strconv.Itoa(len(want)), a.header.Get("Content-Length"))
	assert.Equal(t, 304, n.send("GET", path, "", "If-None-Match: "+a.header.Get("ETag")).status)

	assert.Equal(t, want, n.must(200, "GET", path, "", "Authorization: Bearer "+n.mint(c, "agent", "recordings")).body)
	n.send("GET", path, "", "Authorization: Bearer "+n.mint(c, "agent", "record", "capture", "talk")).refused(t, 403, "forbidden")
	n.send("GET", path, "", "Authorization: Bearer "+c.leg("agent").Join.Token).refused(t, 403, "forbidden")
	n.send("GET", path, "", "Authorization: Bearer nonsense").refused(t, 401, "token")
	n.send("GET", path, "", "Authorization:").refused(t, 401, "token")
	other := n.create(`{"legs":[{"role":"agent"}]}`)
	n.send("GET", path, "", "Authorization: Bearer "+n.mint(other, "agent", "recordings")).refused(t, 403, "forbidden")
	n.send("GET", "/v1/recordings/rec_none/content", "").refused(t, 404, "not_found")
}

// TestRecordingInProgress: what is being written is neither read nor deleted.
func TestRecordingInProgress(t *testing.T) {
	n := start(t, options{})
	key := newIdentity(t)
	c := n.create(`{"recording":{"recipients":["` + key.Recipient().String() + `"]},"legs":[{"role":"agent"}]}`)
	var r recordingShape
	n.must(200, "PUT", "/v1/conferences/"+c.ID+"/recording", `{"state":"recording"}`).into(t, &r)
	n.send("GET", "/v1/recordings/"+r.ID+"/content", "").refused(t, 409, "recording_in_progress")
	n.send("DELETE", "/v1/recordings/"+r.ID, "").refused(t, 409, "recording_in_progress")
	n.must(200, "PUT", "/v1/conferences/"+c.ID+"/recording", `{"state":"stopped"}`)
	_, _, here := n.opened(r.ID, key)
	assert.Equal(t, here, n.must(200, "GET", "/v1/recordings/"+r.ID+"/content", "").body)
	n.must(204, "DELETE", "/v1/recordings/"+r.ID, "")
	assert.NoFileExists(t, n.folder+"/"+r.ID+".age")
}

// TestSpoolFull: without room nothing is recorded, the call goes on, and the agent
// is told why.
func TestSpoolFull(t *testing.T) {
	n := start(t, options{far: &faraway{held: map[string][]byte{}, wrong: true}, spoolMax: 1})
	key := newIdentity(t)
	c := n.create(`{"recording":{"recipients":["` + key.Recipient().String() + `"]},"legs":[{"role":"customer"},{"role":"agent"}]}`)
	path := "/v1/conferences/" + c.ID + "/recording"
	n.must(200, "PUT", path, `{"state":"recording"}`)
	n.must(200, "PUT", path, `{"state":"stopped"}`)
	n.send("PUT", path, `{"state":"recording"}`).refused(t, 503, "recording_unavailable")
	_, joined := n.joined(c.leg("agent").Join.Token)
	assert.Subset(t, joined["recording"], message{"state": "failed", "reason": "spool_full"})
	_, joined = n.joined(c.leg("customer").Join.Token)
	assert.Equal(t, map[string]any{"state": "failed"}, joined["recording"], "the customer is not told why")

	c = n.create(`{"recording":{"recipients":["` + key.Recipient().String() + `"]},"legs":[{"role":"customer"},{"role":"agent"}]}`)
	agent := n.connect(c.leg("agent").Join.Token)
	n.dial(c.leg("customer"))
	assert.Equal(t, "spool_full", agent.recording("failed")["reason"])
	var shape conference
	n.must(200, "GET", "/v1/conferences/"+c.ID, "").into(t, &shape)
	assert.Equal(t, "active", shape.State)
}

// sealedFile is a recording as a browser makes it.
func sealedFile(t *testing.T, id, conference string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := recording.NewWriter(&out, id, conference, time.Now(), newIdentity(t).Recipient())
	require.NoError(t, err)
	require.NoError(t, w.Silence(500))
	require.NoError(t, w.Close(recording.EndStopped))
	return out.Bytes()
}

func TestUploadFromABrowser(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	c := n.create(`{"legs":[{"role":"customer"},{"role":"agent"}]}`)
	id := "rec_" + strings.Repeat("b", 24)
	path, data := "/v1/recordings/"+id+"/content", sealedFile(t, id, c.ID)
	agent, joined := n.joined(c.leg("agent").Join.Token)
	resume := "Authorization: Bearer " + joined["resume"].(string)
	legHeader := "Tonegate-Leg: " + c.leg("agent").ID
	age := "Content-Type: application/age"
	put := func(body []byte, headers ...string) *answer {
		return n.send("PUT", path, string(body), append([]string{age, resume, legHeader}, headers...)...)
	}

	for name, a := range map[string]*answer{
		"an API key":        n.send("PUT", path, string(data), age),
		"another's secret":  n.send("PUT", path, string(data), age, resume, "Tonegate-Leg: "+c.leg("customer").ID),
		"a wrong secret":    n.send("PUT", path, string(data), age, "Authorization: Bearer nonsense", legHeader),
		"a secret as token": n.send("PUT", path, string(data), age, resume),
		"nothing":           n.send("PUT", path, string(data), age, "Authorization:"),
	} {
		assert.Equal(t, 401, a.status, name)
	}
	n.send("PUT", path, string(data), age, "Authorization: Bearer "+n.mint(c, "customer")).refused(t, 403, "forbidden")
	put(data, "Content-Type: audio/wav").refused(t, 415, "unsupported_media_type")
	put(data, "Upload-Offset: x").refused(t, 400, "bad_request")
	put(data, "Repr-Digest: md5").refused(t, 400, "bad_request")
	n.send("PUT", "/v1/recordings/rec_UP/content", string(data), age, resume, legHeader).refused(t, 422, "invalid")
	assert.NoDirExists(t, n.folder)
	put([]byte("RIFF....WAVE in the clear")).refused(t, 422, "not_sealed")

	// In pieces, the second of them by a token, with a question in between.
	n.must(204, "HEAD", path, "", resume, legHeader)
	assert.Equal(t, 204, put(data[:700], "Upload-Complete: ?0").status)
	a := n.must(204, "HEAD", path, "", resume, legHeader)
	assert.Equal(t, "700 ?0", a.header.Get("Upload-Offset")+" "+a.header.Get("Upload-Complete"))
	a = put(data, "Upload-Complete: ?1")
	a.refused(t, 409, "upload_offset")
	assert.Equal(t, "700", a.header.Get("Upload-Offset"))
	n.send("GET", path, "").refused(t, 409, "recording_in_progress")
	agent.tell(message{"type": "leave"})
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	sum := sha256.Sum256(data)
	digest := "Repr-Digest: sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
	token := "Authorization: Bearer " + n.mint(c, "agent", "record")
	l.setFull(true)
	n.send("PUT", path, string(data[700:]), age, token, digest, "Upload-Offset: 700").refused(t, 503, "audit_unavailable")
	l.setFull(false)
	n.must(201, "PUT", path, string(data[700:]), age, token, digest, "Upload-Offset: 700")
	put(data).refused(t, 409, "recording_complete")
	received := 0
	for _, act := range l.acts() {
		if strings.HasPrefix(act, string(audit.RecordingReceived)) {
			received++
		}
	}
	assert.Equal(t, 1, received, "what did not come is not on record")
	var r deliveredShape
	n.must(200, "GET", "/v1/recordings/"+id, "").into(t, &r)
	assert.Equal(t, []string{"ready", c.ID, c.leg("agent").ID, hex.EncodeToString(sum[:])}, []string{r.State, r.ConferenceID, r.LegID, r.SHA256})
	assert.Equal(t, data, n.must(200, "GET", path, "").body)
	n.happened("recording.ready")

	// Another conference's leg does not get at it.
	other := n.create(`{"legs":[{"role":"agent"}]}`)
	foreign := "Authorization: Bearer " + n.mint(other, "agent", "record")
	n.send("PUT", path, string(data), age, foreign).refused(t, 403, "forbidden")
	n.send("HEAD", path, "", foreign)
	for i := range 16 {
		id := "rec_" + strings.Repeat(string(rune('c'+i)), 24)
		n.must(204, "PUT", "/v1/recordings/"+id+"/content", "age", age, foreign, "Upload-Complete: ?0")
	}
	n.send("PUT", "/v1/recordings/rec_"+strings.Repeat("z", 24)+"/content", "age", age, foreign).refused(t, 429, "too_many_uploads")
}

// TestStalledUpload: a piece that does not go forward is given up; the file is free
// again, and what arrived is gone on from.
func TestStalledUpload(t *testing.T) {
	n := start(t, options{uploadPatience: 500 * time.Millisecond})
	c := n.create(`{"legs":[{"role":"agent"}]}`)
	id := "rec_" + strings.Repeat("b", 24)
	path, data := "/v1/recordings/"+id+"/content", sealedFile(t, id, c.ID)
	token := "Authorization: Bearer " + n.mint(c, "agent", "record")
	conn, err := net.Dial("tcp", strings.TrimPrefix(n.url, "http://"))
	require.NoError(t, err)
	defer conn.Close()
	require.NoError(t, conn.SetDeadline(time.Now().Add(deadline)))
	_, err = fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: x\r\nContent-Type: application/age\r\n%s\r\nContent-Length: %d\r\n\r\n%s",
		path, token, len(data), data[:700])
	require.NoError(t, err)
	res, err := http.ReadResponse(bufio.NewReader(conn), nil)
	require.NoError(t, err)
	defer res.Body.Close()
	assert.Equal(t, 408, res.StatusCode)
	body, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	assert.Contains(t, string(body), `"upload_timeout"`)
	assert.Equal(t, "700", n.must(204, "HEAD", path, "", token).header.Get("Upload-Offset"))
	n.must(201, "PUT", path, string(data[700:]), "Content-Type: application/age", token, "Upload-Offset: 700")
}
