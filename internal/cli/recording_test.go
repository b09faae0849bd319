package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/recording"
	"tonegate/mixer/mask"
)

const (
	recID  = "rec_0123456789abcdefghjkmnpq"
	confID = "conf_0123456789abcdefghjkmnpq"
)

// sealed writes a recording of a second and the identity that opens it.
func sealed(t *testing.T) (file, identity string) {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	var b bytes.Buffer
	w, err := recording.NewWriter(&b, recID, confID, time.Unix(0, 0), key.Recipient())
	require.NoError(t, err)
	for range 50 {
		require.NoError(t, w.Frame(mask.ForAgent(), mask.ForAgent()))
	}
	require.NoError(t, w.Close(recording.EndStopped))
	return write(t, recID+".age", b.String()), write(t, "key.txt", "# a key\n"+key.String()+"\n")
}

// TestRecordingOpenSeveral: each file is opened, one that cannot be keeps no other
// from it, and what stood there is not left readable by others.
func TestRecordingOpenSeveral(t *testing.T) {
	clean(t)
	file, key := sealed(t)
	out := t.TempDir()
	wide := filepath.Join(out, recID+".wav")
	require.NoError(t, os.WriteFile(wide, []byte("old"), 0o644))
	r := tonegate(nil, "recording", "open", "--identity", key, "--out", out, key, file)
	assert.Equal(t, 1, r.status)
	assert.Contains(t, r.err, key+": no intact part")
	assert.Contains(t, r.out, recID+" of "+confID)
	for _, name := range []string{wide, filepath.Join(out, recID+".json")} {
		st, err := os.Stat(name)
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), st.Mode().Perm(), name)
	}
	r = tonegate(nil, "recording", "open", "--identity", key, "--out", out, "--recording", recID, file, file)
	assert.Equal(t, 2, r.status, "one name is not two files'")
	sum := sha256.Sum256(must(os.ReadFile(file)))
	for want, status := range map[string]int{hex.EncodeToString(sum[:]): 0, strings.Repeat("0", 64): 1, "abc": 2} {
		r = tonegate(nil, "recording", "open", "--identity", key, "--out", t.TempDir(), "--sha256", want, file)
		assert.Equal(t, status, r.status, r.err)
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestRecordingOpen(t *testing.T) {
	clean(t)
	file, key := sealed(t)
	_, another := sealed(t)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	cut := write(t, recID+"-cut.age", string(data[:len(data)-700]))
	for name, tc := range map[string]struct {
		args   []string
		status int
		says   string
		opens  bool
	}{
		"whole":                {[]string{"--identity", key, "--conference", confID, file}, 0, recID + " of " + confID + ", 1.00 s", true},
		"cut":                  {[]string{"--identity", key, cut}, 1, "the end is missing", true},
		"another's key":        {[]string{"--identity", another, file}, 1, "not sealed to this key: give the --identity", false},
		"another conference":   {[]string{"--identity", key, "--conference", confID[:28] + "r", file}, 1, "it was swapped or renamed", false},
		"renamed":              {[]string{"--identity", key, write(t, recID[:27]+"r.age", string(data))}, 1, "it was swapped or renamed", false},
		"no recording":         {[]string{"--identity", key, key}, 1, "no intact part", false},
		"no file":              {[]string{"--identity", key, file + "x"}, 2, "no such file", false},
		"no identity":          {[]string{file}, 2, "identity", false},
		"not an identity":      {[]string{"--identity", file, file}, 2, "not an age identity file", false},
		"out is not a folder":  {[]string{"--identity", key, "--out", "/dev/null/x", file}, 2, "--out", false},
		"a public key instead": {[]string{"--identity", write(t, "pub", "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"), file}, 2, "AGE-SECRET-KEY", false},
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), "opened")
			args := append([]string{"recording", "open"}, tc.args...)
			if !slices.Contains(tc.args, "--out") {
				args = append(args, "--out", out)
			}
			r := tonegate(nil, args...)
			assert.Equal(t, tc.status, r.status, r.err)
			assert.Contains(t, r.out+r.err, tc.says)
			text, err := os.ReadFile(filepath.Join(out, recID+".json"))
			if !tc.opens {
				assert.Error(t, err)
				return
			}
			require.NoError(t, err)
			var tl recording.Timeline
			require.NoError(t, json.Unmarshal(text, &tl))
			assert.Equal(t, tc.status == 0, tl.Complete)
			st, err := os.Stat(filepath.Join(out, recID+".wav"))
			require.NoError(t, err)
			assert.Equal(t, 58+16*tl.Duration, st.Size())
			assert.Equal(t, os.FileMode(0o600), st.Mode().Perm())
		})
	}
}
