package cli_test

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/dtmf"
	"tonegate/internal/cli"
	"tonegate/internal/psp"
)

// TestPSPStub: the command is a provider that a connector can use with the
// certificate it wrote, it tells of orders without their digits, and it ends
// when told to.
func TestPSPStub(t *testing.T) {
	clean(t)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	out, in := io.Pipe()
	status := make(chan int, 1)
	go func() {
		status <- cli.Main([]string{"psp-stub", "--ca-out", ca, "--seed", "7"}, nil, in, io.Discard)
		_ = in.Close()
	}()
	lines := bufio.NewReader(out)
	first, err := lines.ReadString('\n')
	require.NoError(t, err)
	url := regexp.MustCompile(`https://127\.0\.0\.1:\d+/pay`).FindString(first)
	require.NotEmpty(t, url, first)

	set, err := psp.NewSet(psp.Configs{"stub": {Kind: psp.KindGeneric, URL: url, CAFile: ca}}, psp.Runtime{})
	require.NoError(t, err)
	connector, _ := set.Get("stub")
	number, err := dtmf.NewArena(make([]byte, 64)).New()
	require.NoError(t, err)
	for _, symbol := range []byte("4111111111111111") {
		key, _ := dtmf.KeyOf(symbol)
		require.NoError(t, number.Append(key))
	}
	submitted := make(chan error, 1)
	go func() {
		res, err := connector.Submit(context.Background(), psp.Order{
			CaptureID: "cap_7", IdempotencyKey: "k", Fields: map[string]dtmf.Digits{psp.CardNumber: number},
		})
		assert.Regexp(t, "^tok_", res.Token)
		submitted <- err
	}()
	second, err := lines.ReadString('\n')
	require.NoError(t, err)
	require.NoError(t, <-submitted)
	assert.Equal(t, "order \"cap_7\", amount \"0\" \"\", with cardnumber: ok\n", second)

	require.NoError(t, syscall.Kill(os.Getpid(), syscall.SIGTERM))
	rest, err := io.ReadAll(lines)
	require.NoError(t, err)
	assert.Empty(t, rest)
	assert.Zero(t, <-status)
}

func TestPSPStubFaults(t *testing.T) {
	clean(t)
	r := tonegate(nil, "psp-stub", "--listen=0.0.0.0:0", "--behaviour=dance", "--latency=-1s")
	assert.Equal(t, 2, r.status)
	for _, want := range []string{"loopback", "dance", "latency"} {
		assert.Contains(t, r.err, want)
	}
	r = tonegate(nil, "psp-stub", "--ca-out", filepath.Join(t.TempDir(), "none", "ca.pem"))
	assert.Equal(t, 1, r.status)
	assert.Contains(t, r.err, "--ca-out")
}
