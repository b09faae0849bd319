package cli_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tonegate/internal/auth"
	"tonegate/internal/cli"
)

// run is a run of the command line.
type run struct {
	status   int
	out, err string
}

func tonegate(in []byte, args ...string) run {
	var out, errOut bytes.Buffer
	status := cli.Main(args, bytes.NewReader(in), &out, &errOut)
	return run{status, out.String(), errOut.String()}
}

// clean removes what the environment says of the product, for one test.
func clean(t *testing.T) {
	for _, e := range os.Environ() {
		if name, _, _ := strings.Cut(e, "="); strings.HasPrefix(name, "TONEGATE_") {
			t.Setenv(name, "") // so that it comes back
			require.NoError(t, os.Unsetenv(name))
		}
	}
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

func TestExitStatus(t *testing.T) {
	clean(t)
	file := write(t, "x", "x")
	for name, tc := range map[string]struct {
		args   []string
		in     []byte
		status int
		says   []string // on standard error
	}{
		"no command":           {nil, nil, 0, nil},
		"help":                 {[]string{"--help"}, nil, 0, nil},
		"version":              {[]string{"version"}, nil, 0, nil},
		"unknown command":      {[]string{"dance"}, nil, 2, []string{"dance", "--help"}},
		"unknown flag":         {[]string{"serve", "--dance"}, nil, 2, []string{"--dance"}},
		"not a number":         {[]string{"serve", "--max-calls=many"}, nil, 2, []string{"--max-calls"}},
		"good config":          {[]string{"config", "check"}, nil, 0, nil},
		"open without TLS":     {[]string{"serve", "--listen=:8080"}, nil, 2, []string{"--listen", "--tls-cert"}},
		"all faults":           {[]string{"config", "check", "--listen=x", "--media=y", "--log-level=z", "--tls-key=k", "--advertise=a"}, nil, 2, []string{"--listen", "--media", "--log-level", "go together", "--advertise"}},
		"all faults, serving":  {[]string{"serve", "--listen=x", "--media=y"}, nil, 2, []string{"--listen", "--media"}},
		"no config file":       {[]string{"--config=none.yaml", "config", "check"}, nil, 2, []string{"none.yaml"}},
		"config is no YAML":    {[]string{"--config", write(t, "c", "a: [b"), "config", "check"}, nil, 2, []string{"YAML"}},
		"unknown keys":         {[]string{"--config", write(t, "c", "lissen: x\nmetia: y\nlisten: 127.0.0.1:0\n"), "config", "check"}, nil, 2, []string{"lissen", "metia"}},
		"bad data folder":      {[]string{"serve", "--listen=127.0.0.1:0", "--media=127.0.0.1:0", "--data=" + file + "/x"}, nil, 1, []string{"--data"}},
		"odd input":            {[]string{"dtmf", "detect"}, []byte("x"), 2, []string{"16-bit"}},
		"odd input to mask":    {[]string{"dtmf", "mask"}, []byte("xyz"), 2, []string{"16-bit"}},
		"mask mode":            {[]string{"dtmf", "mask", "--mode=off"}, nil, 2, []string{"--mode"}},
		"mask replacement":     {[]string{"dtmf", "mask", "--replacement=music"}, nil, 2, []string{"--replacement"}},
		"nothing listens":      {[]string{"healthcheck", "--listen=" + closedPort(t)}, nil, 1, []string{"not reachable"}},
		"bad address":          {[]string{"healthcheck", "--listen=nowhere"}, nil, 2, []string{"--listen"}},
		"mint without key":     {[]string{"token", "mint", "--conference=c", "--leg=l", "--role=agent"}, nil, 2, []string{"--key"}},
		"mint, bad role":       {[]string{"token", "mint", "--key=k", "--conference=c", "--leg=l", "--role=boss"}, nil, 2, []string{"--role"}},
		"mint, bad key":        {[]string{"token", "mint", "--key", file, "--conference=c", "--leg=l", "--role=agent"}, nil, 2, []string{"PEM"}},
		"mint, no key file":    {[]string{"token", "mint", "--key=none.pem", "--conference=c", "--leg=l", "--role=agent"}, nil, 2, []string{"none.pem"}},
		"key file exists":      {[]string{"token", "key", "--out", file}, nil, 1, []string{"exists"}},
		"demo, no such WAV":    {[]string{"demo", "--customer=none.wav"}, nil, 2, []string{"none.wav"}},
		"demo, WAV is no WAV":  {[]string{"demo", "--customer", file}, nil, 2, []string{"RIFF"}},
		"demo, not keys":       {[]string{"demo", "--digits=12E4", "--out=" + t.TempDir()}, nil, 2, nil},
		"demo, what transport": {[]string{"demo", "--transport=pigeon", "--out=" + t.TempDir()}, nil, 2, nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := tonegate(tc.in, tc.args...)
			require.Equal(t, tc.status, r.status, "%s%s", r.out, r.err)
			for _, text := range tc.says {
				assert.Contains(t, r.err, text)
			}
			if tc.status == 0 {
				assert.Empty(t, r.err)
			} else {
				assert.Contains(t, r.err, "tonegate: ")
			}
		})
	}
	assert.Regexp(t, `^tonegate \S+\n$`, tonegate(nil, "version").out)
	assert.Contains(t, tonegate(nil).out, "serve")
}

// closedPort returns an address at which nothing listens.
func closedPort(t *testing.T) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer l.Close()
	return l.Addr().String()
}

// TestPrecedence: flag over environment over file over default. What wins is
// seen by the fault that it causes.
func TestPrecedence(t *testing.T) {
	clean(t)
	file := write(t, "c.yaml", "log-level: from-file\ntoken_key: [from-file.pem]\nmax-calls: 7\n")
	check := func(args ...string) string {
		t.Helper()
		r := tonegate(nil, args...)
		require.Contains(t, []int{0, 2}, r.status, r.err)
		return r.err
	}
	assert.Empty(t, check("config", "check"))
	says := check("--config", file, "config", "check")
	assert.Contains(t, says, "from-file")
	assert.Contains(t, says, "--token-key from-file.pem", "underscores are as good as dashes")
	t.Setenv("TONEGATE_LOG_LEVEL", "from-env")
	says = check("--config", file, "config", "check")
	assert.Contains(t, says, `"from-env"`)
	assert.NotContains(t, says, `"from-file"`)
	assert.Contains(t, says, "--token-key from-file.pem")
	says = check("--config", file, "config", "check", "--log-level=from-flag", "--token-key=from-flag.pem")
	assert.Contains(t, says, `"from-flag"`)
	assert.NotContains(t, says, "from-env")
	assert.NotContains(t, says, "from-file")
	t.Setenv("TONEGATE_CONFIG", file)
	assert.Contains(t, check("config", "check"), "--token-key from-file.pem")
}

func TestAPIKeyFile(t *testing.T) {
	clean(t)
	t.Setenv("TONEGATE_API_KEY", "")
	require.NoError(t, os.Unsetenv("TONEGATE_API_KEY"))
	t.Setenv("TONEGATE_API_KEY_FILE", write(t, "key", "a-long-enough-key\n"))
	r := tonegate(nil, "config", "check")
	require.Equal(t, 0, r.status, r.err)
	assert.Empty(t, os.Getenv("TONEGATE_API_KEY"), "a secret from a file stays out of the environment")

	t.Setenv("TONEGATE_API_KEY_FILE", write(t, "key", "short-key\n"))
	r = tonegate(nil, "config", "check")
	require.Equal(t, 2, r.status)
	assert.Contains(t, r.err, "TONEGATE_API_KEY")
	assert.NotContains(t, r.err+r.out, "short-key")

	t.Setenv("TONEGATE_API_KEY", "the-variable-itself-wins")
	assert.Equal(t, 0, tonegate(nil, "config", "check").status)
	require.NoError(t, os.Unsetenv("TONEGATE_API_KEY"))
	t.Setenv("TONEGATE_API_KEY_FILE", "none")
	r = tonegate(nil, "config", "check")
	require.Equal(t, 2, r.status)
	assert.Contains(t, r.err, "TONEGATE_API_KEY_FILE")
	assert.Equal(t, 0, tonegate(nil, "version").status, "only the server reads it")
}

func TestTokenRoundTrip(t *testing.T) {
	clean(t)
	file := filepath.Join(t.TempDir(), "platform.pem")
	r := tonegate(nil, "token", "key", "--out", file)
	require.Equal(t, 0, r.status, r.err)
	assert.Contains(t, r.out, "--token-key "+file+".pub")
	st, err := os.Stat(file)
	require.NoError(t, err)
	assert.EqualValues(t, 0o600, st.Mode().Perm())
	require.Equal(t, 0, tonegate(nil, "config", "check", "--token-key", file+".pub").status)
	r = tonegate(nil, "config", "check", "--token-key", file)
	require.Equal(t, 2, r.status, "a private key is none to trust by")

	r = tonegate(nil, "token", "mint", "--key", file, "--conference=conf_1", "--leg=leg_1", "--role=agent", "--grant=capture")
	require.Equal(t, 0, r.status, r.err)
	assert.Contains(t, r.err, "valid until")
	pub, err := os.ReadFile(file + ".pub")
	require.NoError(t, err)
	block, _ := pem.Decode(pub)
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	require.NoError(t, err)
	_, other, _ := ed25519.GenerateKey(nil)
	claims, err := auth.NewTokens(other, time.Now, key.(ed25519.PublicKey)).Verify(strings.TrimSpace(r.out))
	require.NoError(t, err)
	assert.Equal(t, []string{"conf_1", "leg_1", "agent", "capture"}, append([]string{claims.Conference, claims.Leg, claims.Role}, claims.Grants...))
}

func TestHealthcheck(t *testing.T) {
	clean(t)
	status := http.StatusOK
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }))
	defer h.Close()
	r := tonegate(nil, "healthcheck", "--listen", h.Listener.Addr().String())
	assert.Equal(t, run{0, "ready\n", ""}, r)
	status = http.StatusServiceUnavailable
	r = tonegate(nil, "healthcheck", "--listen", h.Listener.Addr().String())
	assert.Equal(t, 1, r.status)
	assert.Contains(t, r.err, "503")
}

func TestDTMFStreams(t *testing.T) {
	clean(t)
	silence := make([]byte, 16000)
	assert.Equal(t, run{0, "", ""}, tonegate(silence, "dtmf", "detect"))
	for _, args := range [][]string{{}, {"--armed"}, {"--mode=mute"}, {"--mode=field", "--replacement=tone"}, {"--replacement=silence"}} {
		r := tonegate(silence, append([]string{"dtmf", "mask"}, args...)...)
		assert.Equal(t, 0, r.status, r.err)
		assert.Len(t, r.out, len(silence))
	}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// trigger is a writer that calls f once, when a text has been written.
type trigger struct {
	bytes.Buffer
	text string
	f    func()
}

func (w *trigger) Write(b []byte) (int, error) {
	n, err := w.Buffer.Write(b)
	if w.f != nil && strings.Contains(w.String(), w.text) {
		w.f()
		w.f = nil
	}
	return n, err
}

// TestServeUntilInterrupted sends this process the signal that Ctrl-C sends.
func TestServeUntilInterrupted(t *testing.T) {
	clean(t)
	var log bytes.Buffer
	out := &trigger{text: "Ctrl-C", f: func() { assert.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGINT)) }}
	data := filepath.Join(t.TempDir(), "data")
	status := cli.Main([]string{"serve", "--listen=127.0.0.1:0", "--media=127.0.0.1:0", "--data", data}, nil, out, &log)
	require.Equal(t, 0, status, log.String())
	for _, want := range []string{"http://127.0.0.1:", "/#login=", "tgk_", "/metrics", "udp 127.0.0.1:"} {
		assert.Contains(t, out.String(), want)
	}
	assert.NotContains(t, log.String(), "tgk_", "the key is shown, not logged")
	for line := range strings.Lines(log.String()) {
		assert.True(t, json.Valid([]byte(line)), line)
	}
	assert.Contains(t, log.String(), `"serving"`)
}
