package signaling_test

import (
	"os"
	"path/filepath"
	"testing"

	"crypto/ed25519"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audit"
	"tonegate/internal/auth"
)

type auditPage struct {
	Items []struct {
		Seq                    uint64
		Action, Actor, ActorID string
		ConferenceID           string `json:"conference_id"`
		Detail                 string
	}
	NextCursor *string `json:"next_cursor"`
}

func openRecord(t *testing.T) (l *audit.Log, file string) {
	file = filepath.Join(t.TempDir(), "audit.jsonl")
	_, key, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	l, err = audit.Open(audit.Config{Path: file, Key: key, OnCheckpoint: func(audit.Checkpoint) {}})
	require.NoError(t, err)
	t.Cleanup(func() { _ = l.Close() })
	return l, file
}

// TestAuditPages reads one conference's acts page by page.
func TestAuditPages(t *testing.T) {
	l, file := openRecord(t)
	n := start(t, options{audit: l})
	c, other := n.create(threeLegs), n.create(threeLegs)
	for i, id := range []string{c.ID, other.ID, c.ID} {
		var capture struct{ ID string }
		n.must(201, "POST", "/v1/conferences/"+id+"/captures", `{}`, "Idempotency-Key: "+string(rune('a'+i))).into(t, &capture)
		n.must(200, "POST", "/v1/captures/"+capture.ID+"/cancel", "")
	}
	n.close()
	var acts []string
	path := "/v1/audit?limit=3&conference_id=" + c.ID
	pages := 0
	for cursor := ""; ; pages++ {
		var page auditPage
		n.must(200, "GET", path+"&cursor="+cursor, "").into(t, &page)
		for _, e := range page.Items {
			assert.Equal(t, c.ID, e.ConferenceID)
			acts = append(acts, e.Action+" "+e.Actor)
		}
		if page.NextCursor == nil {
			break
		}
		assert.Len(t, page.Items, 3)
		cursor = *page.NextCursor
	}
	once := []string{"capture_started api_key", "masking_armed api_key", "capture_cancelled api_key", "masking_released system"}
	assert.Equal(t, append(once, once...), acts)
	assert.Equal(t, 2, pages)

	n.send("GET", path+"&cursor=x", "").refused(t, 422, "invalid")
	n.send("GET", path+"&cursor=99999999999999999999", "").refused(t, 422, "invalid")
	n.send("GET", "/v1/audit", "", "Authorization: Bearer "+auth.Secret()).refused(t, 401, "unauthorized")

	// What was tampered with is not shown as if it were the record.
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	data[len(data)/2] ^= 1
	require.NoError(t, os.WriteFile(file, data, 0o600))
	n.send("GET", path, "").refused(t, 500, "audit_damaged")
}
