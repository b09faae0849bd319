package serve_test

import (
	"encoding/hex"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/store"
)

// signingSeed ends a server and reads the key that it signs tokens with. The
// folder is its alone while it runs.
func signingSeed(t *testing.T, s *server, folder string) string {
	t.Helper()
	s.stop()
	db, err := store.Open(folder)
	require.NoError(t, err)
	defer db.Close()
	seed, err := db.Meta("token_signing_seed")
	require.NoError(t, err)
	require.Len(t, seed, 32)
	return hex.EncodeToString(seed)
}

// TestUsedTokensOutliveARestart looks at what a join leaves in the folder.
func TestUsedTokensOutliveARestart(t *testing.T) {
	cfg := valid(t)
	s := run(t, cfg)
	c := s.create()
	s.dial(c, 0)
	token := c.Legs[0].Join.Token
	s.stop()

	s = run(t, cfg)
	s.stop()
	db, err := store.Open(cfg.Data)
	require.NoError(t, err)
	defer db.Close()
	first, err := db.Use(claim(t, token, "jti"), time.Now().Add(time.Minute), time.Now())
	require.NoError(t, err)
	assert.False(t, first, "the token was used before the restart")
}
