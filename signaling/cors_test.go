package signaling_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestUploadsOfOtherOrigins: pages that may connect may upload, and that is all
// they may.
func TestUploadsOfOtherOrigins(t *testing.T) {
	n := start(t, options{origins: []string{"*.desk.example", "https://other.example"}})
	preflight := func(path, origin string) *http.Response {
		r, err := http.NewRequestWithContext(within(t), http.MethodOptions, n.url+path, nil)
		require.NoError(t, err)
		r.Header.Set("Origin", origin)
		r.Header.Set("Access-Control-Request-Method", "PUT")
		res, err := n.client.Do(r)
		require.NoError(t, err)
		require.NoError(t, res.Body.Close())
		return res
	}
	const content = "/v1/recordings/rec_0123456789abcdefghjkmnpq/content"
	for _, origin := range []string{"https://a.desk.example", "https://other.example"} {
		res := preflight(content, origin)
		assert.Equal(t, http.StatusNoContent, res.StatusCode)
		assert.Equal(t, origin, res.Header.Get("Access-Control-Allow-Origin"))
		assert.Contains(t, res.Header.Get("Access-Control-Allow-Methods"), "PUT")
		assert.Contains(t, res.Header.Get("Access-Control-Allow-Headers"), "Repr-Digest")
		assert.Empty(t, res.Header.Get("Access-Control-Allow-Credentials"))
		assert.Equal(t, "Origin", res.Header.Get("Vary"))
	}
	for origin, path := range map[string]string{
		"https://desk.example.evil.example": content, "http://other.example": content, "null": content, "": content,
		"https://a.desk.example": "/v1/recordings", "https://b.desk.example": "/v1/recordings/a/b/content",
		"https://c.desk.example": "/v1/conferences",
	} {
		res := preflight(path, origin)
		assert.Equal(t, http.StatusNotFound, res.StatusCode, origin)
		assert.Empty(t, res.Header.Get("Access-Control-Allow-Origin"), origin)
	}
}
