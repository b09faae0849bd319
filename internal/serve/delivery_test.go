package serve_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"

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
