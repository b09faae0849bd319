package cli_test

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audit"
)

// record writes an audit record of three lines and returns its file, its last
// checkpoint and the file of the key that signed it.
func record(t *testing.T) (file, checkpoint, key string) {
	t.Helper()
	private := ed25519.NewKeyFromSeed(bytes.Repeat([]byte{3}, ed25519.SeedSize))
	file = filepath.Join(t.TempDir(), "audit.jsonl")
	l, err := audit.Open(audit.Config{Path: file, Key: private, OnCheckpoint: func(c audit.Checkpoint) {
		text, err := json.Marshal(c)
		assert.NoError(t, err)
		checkpoint = string(text)
	}})
	require.NoError(t, err)
	for _, a := range []audit.Action{audit.CaptureStarted, audit.CaptureCompleted} {
		_, err = l.Append(audit.Entry{Action: a, Actor: audit.BySystem})
		require.NoError(t, err)
	}
	require.NoError(t, l.Close())
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	require.NoError(t, err)
	return file, checkpoint, write(t, "key.pub", string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})))
}

func TestAuditVerify(t *testing.T) {
	clean(t)
	file, checkpoint, key := record(t)
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	lines := bytes.SplitAfter(data, []byte("\n"))
	changed := write(t, "changed", string(bytes.Replace(data, []byte("capture_completed"), []byte("capture_cancelled"), 1)))
	missing := write(t, "missing", string(lines[0])+string(lines[2]))
	cut := write(t, "cut", string(lines[0])+string(lines[1]))
	signed, err := audit.ParseCheckpoint([]byte(checkpoint))
	require.NoError(t, err)
	line := signed.Line() // as the log and the events spell it
	for name, tc := range map[string]struct {
		args   []string
		status int
		says   string
	}{
		"whole":                {[]string{file}, 0, "3 lines, the chain is whole. Give --checkpoint"},
		"unsigned":             {[]string{"--checkpoint", checkpoint, file}, 0, "Give --key"},
		"signed":               {[]string{"--checkpoint", checkpoint, "--key", key, file}, 0, "holds the 3 of the signed checkpoint"},
		"checkpoint in a file": {[]string{"--checkpoint", write(t, "c", checkpoint), "--key", key, file}, 0, "signed checkpoint"},
		"as logged":            {[]string{"--checkpoint", line, "--key", key, file}, 0, "holds the 3 of the signed checkpoint"},
		"as logged, in a file": {[]string{"--checkpoint", write(t, "l", line+"\n"), "--key", key, file}, 0, "signed checkpoint"},
		"as logged, cut":       {[]string{"--checkpoint", line, "--key", key, cut}, 1, "cut after line 2: the checkpoint signs 3 lines"},
		"changed":              {[]string{changed}, 1, "line 3 was changed"},
		"missing":              {[]string{missing}, 1, "line 2 is missing"},
		"cut, unseen":          {[]string{cut}, 0, "2 lines, the chain is whole"},
		"cut":                  {[]string{"--checkpoint", checkpoint, "--key", key, cut}, 1, "cut after line 2: the checkpoint signs 3 lines"},
		"another's signature":  {[]string{"--checkpoint", checkpoint[:len(checkpoint)-8] + `AAAA=="}`, "--key", key, file}, 1, "signature is not by this key"},
		"no such file":         {[]string{file + "x"}, 2, "no such file"},
		"no checkpoint":        {[]string{"--checkpoint", "{}", file}, 2, "--checkpoint"},
		"no checkpoint file":   {[]string{"--checkpoint", file + "x", file}, 2, "--checkpoint"},
		"no key":               {[]string{"--checkpoint", checkpoint, "--key", file, file}, 2, "--key"},
		"a key alone":          {[]string{"--key", key, file}, 2, "give both"},
	} {
		t.Run(name, func(t *testing.T) {
			r := tonegate(nil, append([]string{"audit", "verify"}, tc.args...)...)
			assert.Equal(t, tc.status, r.status, r.err)
			assert.Contains(t, r.out+r.err, tc.says)
			assert.Equal(t, 1, bytes.Count([]byte(r.out+r.err), []byte("\n")), "one line: %s", r.out+r.err)
		})
	}
}
