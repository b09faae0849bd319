package tlsclient_test

import (
	"crypto/tls"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/tlsclient"
)

// faults collects what is wrong.
type faults []string

func (f *faults) add(format string, args ...any) { *f = append(*f, fmt.Sprintf(format, args...)) }

func TestTarget(t *testing.T) {
	for url, want := range map[string]string{
		"":                       "url is missing",
		"host":                   "is not one",
		"https://":               "is not one",
		"https://u:secret@host/": "user or a fragment",
		"https://host/#f":        "user or a fragment",
		"https://h\u00e9/":       "odd characters",
		"https://host/" + strings.Repeat("x", 1024): "too long",
		"http://192.0.2.1/":                         "beyond loopback",
		"ftp://host/":                               "cards go over https only",
	} {
		var f faults
		require.NotNil(t, tlsclient.Target("url", url, "cards", true, f.add))
		require.Len(t, f, 1, url)
		assert.Contains(t, f[0], want)
		assert.NotContains(t, f[0], "secret")
	}
	var f faults
	assert.Equal(t, "host:1", tlsclient.Target("url", "https://host:1/a", "cards", false, f.add).Host)
	tlsclient.Target("url", "http://127.0.0.1:1/a", "cards", true, f.add)
	assert.Empty(t, f)
	tlsclient.Target("url", "http://127.0.0.1:1/a", "cards", false, f.add)
	assert.Len(t, f, 1)
}

func TestSecretsAreNotShown(t *testing.T) {
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte("Bearer s3cr3t\n"), 0o600))
	var f faults
	s := tlsclient.Line("authorization_file", file, f.add)
	assert.Equal(t, "Bearer s3cr3t", string(s))
	for _, verb := range []string{"%v", "%s", "%q", "%+v", "%#v", "%x", "%d"} {
		assert.Equal(t, "[redacted]", fmt.Sprintf(verb, s), verb)
	}
	require.NoError(t, os.WriteFile(file, []byte("s3cr3t\ns3cr3t"), 0o600))
	tlsclient.Line("authorization_file", file, f.add)
	tlsclient.Line("authorization_file", file+"x", f.add)
	require.Len(t, f, 2)
	assert.NotContains(t, strings.Join(f, ""), "s3cr3t")
}

func TestFiles(t *testing.T) {
	var f faults
	c := tlsclient.Files{}.Config("host", f.add)
	assert.Equal(t, uint16(tls.VersionTLS12), c.MinVersion)
	assert.False(t, c.InsecureSkipVerify)
	assert.Empty(t, f)
	empty := filepath.Join(t.TempDir(), "empty.pem")
	require.NoError(t, os.WriteFile(empty, nil, 0o600))
	tlsclient.Files{CA: empty, Cert: empty}.Config("host", f.add)
	tlsclient.Files{CA: empty + "x", Cert: empty, Key: empty}.Config("host", f.add)
	assert.Len(t, f, 4, "%q", f)
}
