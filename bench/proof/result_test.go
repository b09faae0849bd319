package proof

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEvidence: one file that needs nothing beside it, and says what was red.
func TestEvidence(t *testing.T) {
	picture, err := draw("noise", murmur(1, 900))
	require.NoError(t, err)
	r := Result{Commit: "abc", Memory: []string{"none"}, Ignored: ignored, Unmeant: unmeant, WhileEntering: whileEntering,
		Pictures: []Picture{picture}, Checks: []Check{{Name: "good", Passed: true, Tried: 1}, {Name: "<bad>", Faults: []string{"a fault"}}}}
	folder := filepath.Join(t.TempDir(), "new")
	require.NoError(t, r.write(folder))
	data, err := os.ReadFile(filepath.Join(folder, "evidence.html"))
	require.NoError(t, err)
	page := string(data)
	for _, want := range []string{"data:image/png;base64,iVBOR", "Some checks failed", "&lt;bad&gt;", "a fault", "good", "abc", "resume"} {
		assert.Contains(t, page, want)
	}
	for _, never := range []string{"<script", "http://", "https://", "src=\"/"} {
		assert.NotContains(t, page, never)
	}
	data, err = os.ReadFile(filepath.Join(folder, "evidence.json"))
	require.NoError(t, err)
	assert.Contains(t, string(data), `"passed": false`)
	var out bytes.Buffer
	r.print(&out)
	assert.Equal(t, 1, strings.Count(out.String(), "RED "))
}
