package serve_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/johannesboyne/gofakes3"
	"github.com/johannesboyne/gofakes3/backend/s3mem"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/delivery"
	"tonegate/internal/recording"
)

// TestRecordingReachesTheStore: a call is recorded while the store is down. The
// server is ready all the same and ends; another one on its folder brings the file
// to the store, where the key opens it.
func TestRecordingReachesTheStore(t *testing.T) {
	key, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	backend := s3mem.New()
	require.NoError(t, backend.CreateBucket("calls"))
	fake := gofakes3.New(backend, gofakes3.WithLogger(gofakes3.DiscardLog())).Server()
	var up atomic.Bool
	asked := make(chan struct{}, 1)
	far := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if up.Load() {
			fake.ServeHTTP(w, r)
			return
		}
		w.WriteHeader(http.StatusServiceUnavailable)
		select {
		case asked <- struct{}{}:
		default:
		}
	}))
	defer far.Close()
	cfg := valid(t)
	secret := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(secret, []byte("s3cr3t"), 0o600))
	cfg.RecordingRecipients = []string{key.Recipient().String()}
	cfg.RecordingStore = delivery.Config{Kind: "s3", URL: far.URL, PlainLoopback: true, Bucket: "calls", AccessKey: "k", SecretKeyFile: secret}

	s := run(t, cfg)
	var c conference
	require.Equal(t, 201, s.api("POST", "/v1/conferences", `{"recording":{},"legs":[{"role":"customer"},{"role":"agent"}]}`, &c))
	s.dial(&c, 0)
	agent := s.dial(&c, 1)
	require.NoError(t, agent.WaitPackets(within(t), 60))
	require.Equal(t, 200, s.api("POST", "/v1/conferences/"+c.ID+"/end", "", nil))
	<-asked
	res, err := s.client.Get(s.at.HTTP + "/readyz")
	require.NoError(t, err)
	_ = res.Body.Close()
	assert.Equal(t, 200, res.StatusCode, "a store that is down keeps no call out")
	s.stop()
	files, err := filepath.Glob(filepath.Join(cfg.Data, "recordings", "rec_*.age"))
	require.NoError(t, err)
	require.Len(t, files, 1)
	sealed, err := os.ReadFile(files[0])
	require.NoError(t, err)

	up.Store(true)
	s = run(t, cfg)
	var list struct {
		Items []struct{ ID, State string }
	}
	s.until(t, "recording.ready")
	require.Equal(t, 200, s.api("GET", "/v1/recordings", "", &list))
	require.Len(t, list.Items, 1)
	assert.Equal(t, "ready", list.Items[0].State)
	o, err := backend.GetObject("calls", list.Items[0].ID+".age", nil)
	require.NoError(t, err)
	there, err := io.ReadAll(o.Contents)
	require.NoError(t, err)
	assert.True(t, bytes.Equal(sealed, there))
	tl, err := recording.Open(bytes.NewReader(there), []age.Identity{key}, recording.Want{Recording: list.Items[0].ID, Conference: c.ID},
		func(recording.Info) (io.Writer, error) { return io.Discard, nil })
	require.NoError(t, err)
	assert.True(t, tl.Complete, tl.Faults)
	s.stop()
	assert.NoFileExists(t, files[0])
}

// TestBrowsersRecordingReachesTheStore: a file that an agent's browser sealed comes
// after the call, with the leg's resume secret, as the SDK sends it. It is delivered
// to a folder, leaves the spool, and what the API gives of it opens with the key.
func TestBrowsersRecordingReachesTheStore(t *testing.T) {
	key, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	cfg := valid(t)
	share := filepath.Join(t.TempDir(), "share")
	cfg.RecordingStore = delivery.Config{Kind: "folder", Path: share}
	s := run(t, cfg)
	var c conference
	require.Equal(t, 201, s.api("POST", "/v1/conferences", `{"legs":[{"role":"customer"},{"role":"agent"}]}`, &c))
	resume := secretOf(t, s.join(&c, 1))
	require.Equal(t, 200, s.api("POST", "/v1/conferences/"+c.ID+"/end", "", nil))

	id := "rec_" + strings.Repeat("b", 24)
	var sealed bytes.Buffer
	w, err := recording.NewWriter(&sealed, id, c.ID, time.Now(), key.Recipient())
	require.NoError(t, err)
	require.NoError(t, w.Silence(500))
	require.NoError(t, w.Close(recording.EndStopped))
	digest := sha256.Sum256(sealed.Bytes())
	url := s.at.HTTP + "/v1/recordings/" + id + "/content"
	put, err := http.NewRequestWithContext(within(t), http.MethodPut, url, bytes.NewReader(sealed.Bytes()))
	require.NoError(t, err)
	put.Header.Set("Authorization", "Bearer "+resume)
	put.Header.Set("Tonegate-Leg", c.Legs[1].ID)
	put.Header.Set("Content-Type", "application/octet-stream")
	put.Header.Set("Repr-Digest", "sha-256=:"+base64.StdEncoding.EncodeToString(digest[:])+":")
	res, err := s.client.Do(put)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, 201, res.StatusCode)
	assert.Equal(t, []string{"?1", strconv.Itoa(sealed.Len())}, []string{res.Header.Get("Upload-Complete"), res.Header.Get("Upload-Offset")},
		"what the SDK takes for a confirmation")

	s.until(t, "recording.ready")
	there, err := os.ReadFile(filepath.Join(share, id+".age"))
	require.NoError(t, err)
	assert.True(t, bytes.Equal(sealed.Bytes(), there))
	get, err := http.NewRequestWithContext(within(t), http.MethodGet, url, nil)
	require.NoError(t, err)
	get.Header.Set("Authorization", "Bearer "+apiKey)
	status, content := s.do(get)
	require.Equal(t, 200, status)
	tl, err := recording.Open(strings.NewReader(content), []age.Identity{key}, recording.Want{Recording: id, Conference: c.ID},
		func(recording.Info) (io.Writer, error) { return io.Discard, nil })
	require.NoError(t, err)
	assert.True(t, tl.Complete, tl.Faults)

	var r struct {
		State string
		LegID string `json:"leg_id"`
	}
	require.Equal(t, 200, s.api("GET", "/v1/recordings/"+id, "", &r))
	assert.Equal(t, "ready "+c.Legs[1].ID, r.State+" "+r.LegID)
	s.stop()
	left, err := filepath.Glob(filepath.Join(cfg.Data, "recordings", "*"))
	require.NoError(t, err)
	assert.Empty(t, left, "nothing of it stays here")
}

// until reads the stream of events until one of a type.
func (s *server) until(t *testing.T, what string) {
	t.Helper()
	req, err := http.NewRequestWithContext(within(t), http.MethodGet, s.at.HTTP+"/v1/events", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Accept", "text/event-stream")
	res, err := s.client.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	for in := bufio.NewScanner(res.Body); in.Scan(); {
		if in.Text() == "event: "+what {
			return
		}
	}
	t.Fatalf("no %s", what)
}
