package cli_test

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestConnectors: connectors come from the configuration file or from a file of
// their own, and every fault of them is named at once.
func TestConnectors(t *testing.T) {
	clean(t)
	const good = "psp-main: {kind: generic, url: 'https://pay.example/pay', budget: 5s}\n"
	const bad = "psp-main: {kind: generic, url: 'http://pay.example/pay'}\nother: {kind: carrier-pigeon}\n"
	inside := func(text string) string {
		out := "connectors:\n"
		for _, line := range []byte("  " + text) {
			out += string(line)
			if line == '\n' {
				out += "  "
			}
		}
		return out
	}
	for name, args := range map[string][]string{
		"a file of their own": {"config", "check", "--connectors", write(t, "good.yaml", good)},
		"configuration file":  {"--config", write(t, "c.yaml", inside(good)), "config", "check"},
	} {
		assert.Zero(t, tonegate(nil, args...).status, name)
	}
	for name, args := range map[string][]string{
		"a file of their own": {"config", "check", "--connectors", write(t, "bad.yaml", bad), "--log-level=z"},
		"configuration file":  {"--config", write(t, "d.yaml", inside(bad)), "config", "check", "--log-level=z"},
	} {
		r := tonegate(nil, args...)
		require.Equal(t, 2, r.status, name+r.err)
		for _, text := range []string{"psp-main", "https", "other", "no such kind", "--log-level"} {
			assert.Contains(t, r.err, text, name)
		}
	}
	for _, args := range [][]string{
		{"config", "check", "--connectors=none.yaml"},
		{"config", "check", "--connectors", write(t, "e.yaml", "psp-main: {kind: generic, urll: x}\n")},
		{"config", "check", "--connectors", write(t, "f.yaml", "[1]\n")},
	} {
		r := tonegate(nil, args...)
		assert.Equal(t, 2, r.status, r.err)
		assert.Contains(t, r.err, "--connectors")
	}
}

// TestDocumentedConnectors: the configuration in the documentation is one, but for
// the files that it names.
func TestDocumentedConnectors(t *testing.T) {
	clean(t)
	doc, err := os.ReadFile("../../docs/CONNECTORS.md")
	require.NoError(t, err)
	_, example, found := strings.Cut(string(doc), "```yaml\n")
	require.True(t, found)
	example, _, _ = strings.Cut(example, "```")
	r := tonegate(nil, "config", "check", "--connectors", write(t, "example.yaml", example))
	require.Equal(t, 2, r.status, r.err)
	faults := strings.Split(strings.TrimSpace(r.err), "\n")
	assert.Len(t, faults, strings.Count(example, "_file: ")-1, "certificate and key are one")
	for _, fault := range faults {
		assert.Contains(t, fault, "no such file")
	}
}

// TestRecordingStore: the store for recordings comes in the same two ways.
func TestRecordingStore(t *testing.T) {
	clean(t)
	good := "kind: https\nurl: https://rec.example/in\nmax_age: 2160h\n"
	assert.Zero(t, tonegate(nil, "config", "check", "--recording-store", write(t, "g.yaml", good), "--recording-max-age=720h", "--recording-max-bytes=1000000").status)
	assert.Zero(t, tonegate(nil, "--config", write(t, "h.yaml", "recording-store: {kind: folder, path: /srv/recordings}\nrecording-max-age: 720h\n"), "config", "check").status)
	bad := "kind: s3\nurl: http://s3.example\nsecret_key_file: none\n"
	r := tonegate(nil, "config", "check", "--recording-store", write(t, "i.yaml", bad), "--recording-max-age=1s", "--recording-max-bytes=-1", "--log-level=z")
	require.Equal(t, 2, r.status, r.err)
	for _, text := range []string{"has scheme http", "bucket", "access_key", "secret_key_file", "--recording-max-age", "--recording-max-bytes", "--log-level"} {
		assert.Contains(t, r.err, text)
	}
	for name, text := range map[string]string{"unknown": "kind: folder\npaht: x\n", "a list": "[1]\n"} {
		r := tonegate(nil, "config", "check", "--recording-store", write(t, name+".yaml", text))
		assert.Equal(t, 2, r.status, r.err)
		assert.Contains(t, r.err, "--recording-store")
	}
}
