package call

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"tonegate/internal/audit"
	"tonegate/internal/ivr"
)

// TestAFailedConferenceIsOnRecord: a room that panicked in mid-capture leaves the
// end of the capture and of its masking in the audit record, once, whether or not
// somebody ends the conference as well.
func TestAFailedConferenceIsOnRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "audit.jsonl")
	log, err := audit.Open(audit.Config{Path: path, Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), OnCheckpoint: func(audit.Checkpoint) {}})
	require.NoError(t, err)
	defer log.Close()
	const id, capture = "conf_0123456789abcdefghjkmnpq", "cap_0123456789abcdefghjkmnpq"
	c := &conference{
		Conference: Conference{ID: id}, session: new(ivr.Session),
		capture: &Capture{ID: capture, Progress: ivr.Progress{CaptureID: capture, State: ivr.Collecting, Armed: true}},
	}
	s := &Service{cfg: Config{Log: zap.NewNop(), Now: time.Now, Audit: log}, byID: map[string]*conference{id: c}}
	s.fail(id)
	s.fail(id)
	_, err = s.End(t.Context(), id)
	require.NoError(t, err)
	assert.Equal(t, ConferenceEnded, c.State)
	written, err := os.ReadFile(path)
	require.NoError(t, err)
	for _, act := range []string{`"capture_cancelled"`, `"masking_released"`} {
		assert.Equal(t, 1, bytes.Count(written, []byte(act)), "%s in\n%s", act, written)
	}
}
