package serve_test

import (
	"crypto/tls"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus/testutil/promlint"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/serve"
	"tonegate/internal/softphone"
)

func TestValidate(t *testing.T) {
	folder := t.TempDir()
	broken := filepath.Join(folder, "broken.pem")
	require.NoError(t, os.WriteFile(broken, []byte("x"), 0o600))
	cert, key := certificate(t, folder, 1)
	for name, tc := range map[string]struct {
		change func(*serve.Config)
		says   []string
	}{
		"good":            {func(*serve.Config) {}, nil},
		"IPv6 loopback":   {func(c *serve.Config) { c.Listen = "[::1]:0" }, nil},
		"localhost":       {func(c *serve.Config) { c.Listen = "localhost:0" }, nil},
		"open with TLS":   {func(c *serve.Config) { c.Listen, c.TLSCert, c.TLSKey = ":8443", cert, key }, nil},
		"open, proxied":   {func(c *serve.Config) { c.Listen, c.BehindProxy = "0.0.0.0:8080", true }, nil},
		"all addresses":   {func(c *serve.Config) { c.Listen = ":8080" }, []string{"without TLS", "--tls-cert", "--behind-proxy", "127.0.0.1"}},
		"0.0.0.0":         {func(c *serve.Config) { c.Listen = "0.0.0.0:8080" }, []string{"without TLS"}},
		"another host":    {func(c *serve.Config) { c.Listen = "192.0.2.1:8080" }, []string{"without TLS"}},
		"a host name":     {func(c *serve.Config) { c.Listen = "example.org:8080" }, []string{"without TLS"}},
		"no port":         {func(c *serve.Config) { c.Listen = "127.0.0.1" }, []string{"--listen", "host:port"}},
		"a big port":      {func(c *serve.Config) { c.Listen = "127.0.0.1:70000" }, []string{"--listen", "host:port"}},
		"no media":        {func(c *serve.Config) { c.Media = "5004" }, []string{"--media"}},
		"a big media":     {func(c *serve.Config) { c.Media = ":500400" }, []string{"--media"}},
		"metrics":         {func(c *serve.Config) { c.MetricsListen = "9090" }, []string{"--metrics-listen"}},
		"half TLS":        {func(c *serve.Config) { c.TLSCert = cert }, []string{"go together"}},
		"no such cert":    {func(c *serve.Config) { c.TLSCert, c.TLSKey = "none.pem", key }, []string{"--tls-cert none.pem"}},
		"broken key":      {func(c *serve.Config) { c.TLSCert, c.TLSKey = cert, broken }, []string{"--tls-key " + broken}},
		"advertise":       {func(c *serve.Config) { c.Advertise = []string{"192.0.2.1", "here"} }, []string{`--advertise "here"`}},
		"token key":       {func(c *serve.Config) { c.TokenKeys = []string{broken, cert, "none"} }, []string{broken + ": no PEM", cert, "none"}},
		"prompts":         {func(c *serve.Config) { c.Prompts = broken }, []string{"--prompts"}},
		"prompts missing": {func(c *serve.Config) { c.Prompts = folder }, []string{"greeting.wav", "thanks.wav"}},
		"log level":       {func(c *serve.Config) { c.LogLevel = "loud" }, []string{"--log-level"}},
		"API key":         {func(c *serve.Config) { c.APIKey = "short" }, []string{"TONEGATE_API_KEY"}},
		"data":            {func(c *serve.Config) { c.Data = "" }, []string{"--data"}},
		"recipients":      {func(c *serve.Config) { c.RecordingRecipients = []string{"age1x"} }, []string{"--recording-recipients", "not an age public key"}},
		"calls":           {func(c *serve.Config) { c.MaxCalls = -1 }, []string{"--max-calls"}},
		"transfer":        {func(c *serve.Config) { c.TransferTimeout = -1 }, []string{"--transfer-timeout"}},
		"all at once": {func(c *serve.Config) {
			c.Listen, c.Media, c.MetricsListen, c.TLSKey, c.LogLevel, c.APIKey = "x", "y", "z", key, "loud", "short"
		}, []string{"--listen", "--media", "--metrics-listen", "go together", "--log-level", "TONEGATE_API_KEY"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg := valid(t)
			tc.change(&cfg)
			err := cfg.Validate()
			if len(tc.says) == 0 {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, serve.ErrConfig)
			for _, text := range tc.says {
				assert.ErrorContains(t, err, text)
			}
			assert.NotContains(t, err.Error(), `"short"`, "the key itself is not printed")
			require.ErrorIs(t, serve.Run(t.Context(), cfg), serve.ErrConfig)
			if cfg.Data != "" {
				assert.NoDirExists(t, cfg.Data, "nothing was begun")
			}
		})
	}
}

func TestPortTaken(t *testing.T) {
	held, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	defer held.Close()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	require.NoError(t, err)
	defer udp.Close()
	for flag, change := range map[string]func(*serve.Config) string{
		"--listen":         func(c *serve.Config) string { c.Listen = held.Addr().String(); return c.Listen },
		"--metrics-listen": func(c *serve.Config) string { c.MetricsListen = held.Addr().String(); return c.MetricsListen },
		"--media":          func(c *serve.Config) string { c.Media = udp.LocalAddr().String(); return c.Media },
	} {
		cfg := valid(t)
		address := change(&cfg)
		err := serve.Run(t.Context(), cfg)
		require.Error(t, err)
		assert.NotErrorIs(t, err, serve.ErrConfig)
		for _, text := range []string{flag, address, "choose another port"} {
			assert.ErrorContains(t, err, text)
		}
	}
}

func TestDataFolderInUse(t *testing.T) {
	cfg := valid(t)
	run(t, cfg)
	err := serve.Run(t.Context(), cfg)
	require.Error(t, err)
	for _, text := range []string{cfg.Data, "in use by another process", "--data"} {
		assert.ErrorContains(t, err, text)
	}
}

// TestRestart: the API key, the key that signs tokens and what was used outlive
// a restart; calls do not.
func TestRestart(t *testing.T) {
	cfg := valid(t)
	cfg.APIKey = ""
	s := run(t, cfg)
	require.NotEmpty(t, s.at.APIKey)
	key := s.at.APIKey
	list := func(s *server) int {
		req, err := http.NewRequestWithContext(within(t), "GET", s.at.HTTP+"/v1/conferences", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", "Bearer "+key)
		status, _ := s.do(req)
		return status
	}
	assert.Equal(t, 200, list(s))
	seed := signingSeed(t, s, cfg.Data)
	s = run(t, cfg)
	assert.Empty(t, s.at.APIKey, "it is made once")
	assert.Equal(t, 200, list(s))
	assert.Equal(t, seed, signingSeed(t, s, cfg.Data))
	entries, err := os.ReadDir(cfg.Data)
	require.NoError(t, err)
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(cfg.Data, e.Name()))
		require.NoError(t, err)
		assert.NotContains(t, string(data), key, "kept as a hash only")
	}
}

func TestTLSIsReloaded(t *testing.T) {
	cfg := valid(t)
	folder := t.TempDir()
	cfg.TLSCert, cfg.TLSKey = certificate(t, folder, 1)
	s := run(t, cfg)
	require.True(t, strings.HasPrefix(s.at.HTTP, "https://"))
	serial := func() int64 {
		conn, err := tls.Dial("tcp", strings.TrimPrefix(s.at.HTTP, "https://"), &tls.Config{InsecureSkipVerify: true})
		require.NoError(t, err)
		defer conn.Close()
		return conn.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	assert.EqualValues(t, 1, serial())
	certificate(t, folder, 2)
	require.NoError(t, os.WriteFile(cfg.TLSKey+".later", nil, 0o600))
	for ctx := within(t); serial() != 2; {
		require.NoError(t, ctx.Err(), "the new certificate is not used")
	}
	_, err := tls.Dial("tcp", strings.TrimPrefix(s.at.HTTP, "https://"), &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11})
	require.Error(t, err, "old versions are refused")

	s.client.Transport.(*http.Transport).TLSClientConfig = &tls.Config{InsecureSkipVerify: true}
	c := s.create()
	assert.True(t, strings.HasPrefix(c.Legs[0].Join.URL, "wss://"))
	assert.True(t, strings.HasPrefix(c.Legs[0].Join.WHIPURL, "https://"))
}

// TestEndOfServerEndsCalls: phones and pages see an orderly end.
func TestEndOfServerEndsCalls(t *testing.T) {
	s := run(t, valid(t))
	c := s.create()
	phone, agent := s.dial(c, 0), s.join(c, 1)
	s.cancel()
	agent.wait(t, `"going_away"`)
	agent.wait(t, `"bye"`, `"ended"`)
	select {
	case <-phone.Gone():
	case <-within(t).Done():
		t.Fatal("the phone does not notice the end")
	}
	<-agent.ended
	assert.EqualValues(t, 1000, agent.status)
	s.stop()
	_, err := softphone.Dial(t.Context(), softphone.Config{URL: c.Legs[0].Join.WHIPURL, Token: "x", HTTPClient: s.client})
	require.Error(t, err, "the port is free")
}

func TestHealthAndMetrics(t *testing.T) {
	cfg := valid(t)
	cfg.MetricsListen = "127.0.0.1:0"
	s := run(t, cfg)
	c := s.create()
	phone := s.dial(c, 0)
	require.NoError(t, phone.WaitPackets(within(t), 30)) // a report's time
	for path, want := range map[string]string{"/healthz": "ok\n", "/readyz": "ready\n"} {
		status, body := s.get(s.at.Metrics + path)
		assert.Equal(t, 200, status)
		assert.Equal(t, want, body)
	}
	status, _ := s.get(s.at.HTTP + "/metrics")
	assert.NotEqual(t, 200, status, "metrics have their own port")
	status, text := s.get(s.at.Metrics + "/metrics")
	require.Equal(t, 200, status)
	checkMetrics(t, text)
	for _, id := range []string{c.ID, c.Legs[0].ID, "127.0.0.1", "conf_", "leg_"} {
		assert.NotContains(t, text, id, "no metric names a call")
	}
	assert.Contains(t, text, "tonegate_conferences 1")
	assert.Contains(t, text, `tonegate_legs{role="customer"} 1`)
}

// TestMetricsAreNotForEverybody: they count keys and masked frames, so on a port
// that is reached from outside they want an API key.
func TestMetricsAreNotForEverybody(t *testing.T) {
	cfg := valid(t)
	s := run(t, cfg)
	status, _ := s.get(s.at.HTTP + "/metrics")
	assert.Equal(t, 200, status, "on loopback")
	s.stop()
	cfg = valid(t)
	cfg.BehindProxy = true
	s = run(t, cfg)
	for key, want := range map[string]int{"": 401, "Bearer wrong": 401, apiKey: 401, "Bearer " + apiKey: 200, "bearer  " + apiKey: 200} {
		req, err := http.NewRequestWithContext(within(t), "GET", s.at.HTTP+"/metrics", nil)
		require.NoError(t, err)
		req.Header.Set("Authorization", key)
		status, text := s.do(req)
		assert.Equal(t, want, status, key)
		assert.Equal(t, want == 200, strings.Contains(text, "tonegate_"), key)
	}
}

var metricLine = regexp.MustCompile(`(?m)^# TYPE (\S+) (\S+)$`)

// checkMetrics applies the rules of names to an exposition.
func checkMetrics(t *testing.T, text string) {
	t.Helper()
	problems, err := promlint.New(strings.NewReader(text)).Lint()
	require.NoError(t, err)
	for _, p := range problems {
		if strings.HasPrefix(p.Metric, "tonegate_") {
			t.Errorf("%s: %s", p.Metric, p.Text)
		}
	}
	own := 0
	for _, m := range metricLine.FindAllStringSubmatch(text, -1) {
		name, kind := m[1], m[2]
		if strings.HasPrefix(name, "go_") || strings.HasPrefix(name, "process_") {
			continue // the runtime's and the process's
		}
		own++
		assert.Regexp(t, `^tonegate_[a-z_]+$`, name)
		assert.Equal(t, kind == "counter", strings.HasSuffix(name, "_total"), name)
	}
	assert.Greater(t, own, 10)
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "tonegate_") {
			assert.NotRegexp(t, `[{,](id|key|digit|conference|leg|call|capture|identity|address)[^=]*=`, line)
		}
	}
}

// TestDrainedIsNotReady: a load balancer sends nobody here any more.
func TestDrainedIsNotReady(t *testing.T) {
	s := run(t, valid(t))
	status, _ := s.get(s.at.HTTP + "/readyz")
	require.Equal(t, 200, status)
	require.Equal(t, 200, s.api("POST", "/v1/node/drain", "", nil))
	status, body := s.get(s.at.HTTP + "/readyz")
	assert.Equal(t, "503 draining\n", strconv.Itoa(status)+" "+body)
	status, _ = s.get(s.at.HTTP + "/healthz")
	assert.Equal(t, 200, status)
	var record struct{ Items []struct{ Action string } }
	require.Equal(t, 200, s.api("GET", "/v1/audit", "", &record))
	assert.Equal(t, "node_drained", record.Items[len(record.Items)-1].Action)
}
