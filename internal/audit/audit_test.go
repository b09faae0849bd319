package audit_test

import (
	"bytes"
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tonegate/internal/audit"
)

var (
	key    = ed25519.NewKeyFromSeed(bytes.Repeat([]byte{7}, ed25519.SeedSize))
	public = key.Public().(ed25519.PublicKey)
)

const (
	conference = "conf_0123456789abcdefghjkmnpq"
	another    = "conf_zzzzzzzzzzzzzzzzzzzzzzzz"
	capture    = "cap_0123456789abcdefghjkmnpq"
	agent      = "leg_0123456789abcdefghjkmnpq"
)

func byAgent(a audit.Action, d audit.Detail) audit.Entry {
	return audit.Entry{Action: a, Actor: audit.ByLeg, ActorID: agent, Role: "agent",
		ConferenceID: conference, CaptureID: capture, Detail: d}
}

// desk is a record and what left of it.
type desk struct {
	cfg    audit.Config
	mu     sync.Mutex
	signed []audit.Checkpoint
}

func newDesk(t testing.TB) *desk {
	d := &desk{cfg: audit.Config{Path: filepath.Join(t.TempDir(), "audit.jsonl"), Key: key, Every: 1000, Delay: time.Hour}}
	d.cfg.OnCheckpoint = func(c audit.Checkpoint) {
		d.mu.Lock()
		defer d.mu.Unlock()
		d.signed = append(d.signed, c)
	}
	return d
}

func (d *desk) open(t testing.TB) *audit.Log {
	t.Helper()
	l, err := audit.Open(d.cfg)
	require.NoError(t, err)
	return l
}

func (d *desk) left() []audit.Checkpoint {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.signed
}

func (d *desk) last() *audit.Checkpoint {
	left := d.left()
	return &left[len(left)-1]
}

func (d *desk) read(t testing.TB) []byte {
	t.Helper()
	data, err := os.ReadFile(d.cfg.Path)
	require.NoError(t, err)
	return data
}

// record writes some acts and returns the file.
func (d *desk) record(t testing.TB) []byte {
	l := d.open(t)
	for i, a := range []audit.Action{audit.CaptureStarted, audit.FieldRetried, audit.TalkPressed, audit.TalkReleased, audit.CaptureCompleted} {
		e := byAgent(a, "")
		if i == 1 {
			e.Detail = "cvv"
		}
		_, err := l.Append(e)
		require.NoError(t, err)
	}
	require.NoError(t, l.Close())
	return d.read(t)
}

func TestRecordAndQuery(t *testing.T) {
	d := newDesk(t)
	now := time.Date(2026, 11, 24, 10, 0, 0, 500, time.UTC)
	d.cfg.Now = func() time.Time { return now }
	l := d.open(t)
	e, err := l.Append(byAgent(audit.FieldRetried, "cvv"))
	require.NoError(t, err)
	assert.EqualValues(t, 2, e.Seq, "the first line is the opening")
	assert.Equal(t, now, e.Time)
	_, err = l.Append(audit.Entry{Action: audit.CaptureCancelled, Actor: audit.ByAPIKey, ActorID: "key_0123456789abcdef", ConferenceID: another, Detail: "hang_up"})
	require.NoError(t, err)

	got, err := l.Query(conference, 0, 10)
	require.NoError(t, err)
	assert.Equal(t, []audit.Entry{e}, got)
	got, err = l.Query("", 1, 1)
	require.NoError(t, err)
	assert.Equal(t, []audit.Entry{e}, got)
	got, err = l.Query(conference, 2, 10)
	require.NoError(t, err)
	assert.Empty(t, got)

	c, err := l.Checkpoint()
	require.NoError(t, err)
	assert.EqualValues(t, 3, c.Count)
	lines, err := audit.Verify(bytes.NewReader(d.read(t)), public, &c)
	require.NoError(t, err)
	assert.EqualValues(t, 3, lines)
	require.NoError(t, l.Close())
	require.NoError(t, l.Close())
	_, err = l.Append(byAgent(audit.TalkPressed, ""))
	require.ErrorIs(t, err, audit.ErrClosed)
	_, err = l.Query("", 0, 1)
	require.ErrorIs(t, err, audit.ErrClosed)
}

// TestNothingUnknownIsRecorded: there is no member that a digit could be put in.
func TestNothingUnknownIsRecorded(t *testing.T) {
	d := newDesk(t)
	l := d.open(t)
	const canary = "4929421234567893"
	before := d.read(t)
	for member, change := range map[string]func(*audit.Entry){
		"action":        func(e *audit.Entry) { e.Action = canary },
		"actor":         func(e *audit.Entry) { e.Actor = canary },
		"actor_id":      func(e *audit.Entry) { e.ActorID = "leg_" + canary },
		"role":          func(e *audit.Entry) { e.Role = canary },
		"conference_id": func(e *audit.Entry) { e.ConferenceID = canary },
		"capture_id":    func(e *audit.Entry) { e.CaptureID = "cap_" + canary },
		"detail":        func(e *audit.Entry) { e.Detail = canary },
	} {
		e := byAgent(audit.CaptureStarted, "")
		change(&e)
		_, err := l.Append(e)
		require.ErrorIs(t, err, audit.ErrEntry, member)
		assert.ErrorContains(t, err, member)
		assert.NotContains(t, err.Error(), canary)
	}
	assert.Equal(t, before, d.read(t))
	for _, detail := range audit.Details() {
		_, err := l.Append(byAgent(audit.CaptureStarted, detail))
		require.NoError(t, err)
	}
	require.NoError(t, l.Close())
}

func TestReopenContinuesTheChain(t *testing.T) {
	d := newDesk(t)
	first := d.record(t)
	old := *d.last()
	l := d.open(t)
	assert.Equal(t, old.Head, d.last().Head, "what was there is signed again at once")
	_, err := l.Append(byAgent(audit.CaptureStarted, ""))
	require.NoError(t, err)
	require.NoError(t, l.Close())
	data := d.read(t)
	assert.True(t, bytes.HasPrefix(data, first))
	for _, c := range []*audit.Checkpoint{&old, d.last()} {
		lines, err := audit.Verify(bytes.NewReader(data), public, c)
		require.NoError(t, err)
		assert.EqualValues(t, 8, lines)
	}
}

// TestTornLineIsCutAndRecorded: a crash in the middle of a line, at each byte.
func TestTornLineIsCutAndRecorded(t *testing.T) {
	d := newDesk(t)
	data := d.record(t)
	start := bytes.LastIndexByte(data[:len(data)-1], '\n') + 1
	for _, end := range []int{start + 1, start + 40, len(data) - 2, len(data) - 1} {
		require.NoError(t, os.WriteFile(d.cfg.Path, data[:end], 0o600))
		_, err := audit.Verify(bytes.NewReader(data[:end]), public, nil)
		require.ErrorContains(t, err, "line 6 is not whole")
		l := d.open(t)
		got, err := l.Query("", 5, 10)
		require.NoError(t, err)
		require.Len(t, got, 1)
		assert.Equal(t, audit.AuditTorn, got[0].Action)
		require.NoError(t, l.Close())
		_, err = audit.Verify(bytes.NewReader(d.read(t)), public, d.last())
		require.NoError(t, err)
	}
}

func TestOpenRefusesAFault(t *testing.T) {
	d := newDesk(t)
	data := bytes.Replace(d.record(t), []byte("talk_pressed"), []byte("masking_armed"), 1)
	require.NoError(t, os.WriteFile(d.cfg.Path, data, 0o600))
	_, err := audit.Open(d.cfg)
	require.ErrorContains(t, err, "line 4 was changed")
	assert.Equal(t, data, d.read(t), "left as it is")

	_, err = audit.Open(audit.Config{})
	for _, member := range []string{"Path", "Key", "OnCheckpoint"} {
		assert.ErrorContains(t, err, member)
	}
	d.cfg.Path = filepath.Join(d.cfg.Path, "x")
	_, err = audit.Open(d.cfg)
	require.Error(t, err)
}

// TestAnyByteIsCovered: no single byte can be changed, of any line.
func TestAnyByteIsCovered(t *testing.T) {
	d := newDesk(t)
	data := d.record(t)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		bad := bytes.Clone(data)
		bad[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "flip"))
		_, err := audit.Verify(bytes.NewReader(bad), public, nil)
		require.Error(t, err, "byte %d", at)
	})
	for at := range data { // and the subtle flips of each
		for _, flip := range []byte{1, 0x20} {
			bad := bytes.Clone(data)
			bad[at] ^= flip
			_, err := audit.Verify(bytes.NewReader(bad), public, nil)
			require.Error(t, err, "byte %d", at)
		}
	}
}

// TestLinesOutOfPlace: a line that is deleted, doubled, swapped with another or
// put in from elsewhere is found and named.
func TestLinesOutOfPlace(t *testing.T) {
	d, other := newDesk(t), newDesk(t)
	lines := bytes.SplitAfter(d.record(t), []byte("\n"))
	lines = lines[:len(lines)-1]
	foreign := bytes.SplitAfter(other.record(t), []byte("\n"))
	verify := func(ls [][]byte, c *audit.Checkpoint) error {
		_, err := audit.Verify(bytes.NewReader(bytes.Join(ls, nil)), public, c)
		return err
	}
	require.NoError(t, verify(lines, d.last()))
	rapid.Check(t, func(t *rapid.T) {
		n := len(lines)
		i := rapid.IntRange(0, n-1).Draw(t, "i")
		j := (i + rapid.IntRange(1, n-1).Draw(t, "away")) % n
		ls := append([][]byte(nil), lines...)
		var fault *audit.Fault
		switch rapid.SampledFrom([]string{"delete", "double", "swap", "insert"}).Draw(t, "what") {
		case "delete":
			err := verify(append(ls[:i:i], ls[i+1:]...), d.last())
			require.ErrorAs(t, err, &fault)
			if i == n-1 {
				require.Equal(t, audit.Fault{Kind: audit.Cut, Line: uint64(n - 1), Want: uint64(n)}, *fault)
			} else {
				require.Equal(t, audit.Fault{Kind: audit.Missing, Line: uint64(i + 1), Want: uint64(i + 1)}, *fault)
			}
		case "double":
			ls = append(ls[:i+1:i+1], lines[i:]...)
			require.ErrorAs(t, verify(ls, nil), &fault)
			require.Equal(t, audit.Fault{Kind: audit.Added, Line: uint64(i + 2)}, *fault)
		case "swap":
			ls[i], ls[j] = ls[j], ls[i]
			require.ErrorAs(t, verify(ls, nil), &fault)
			require.Equal(t, audit.Fault{Kind: audit.Reordered, Line: uint64(min(i, j) + 1)}, *fault)
		case "insert":
			at := max(1, i) // the other record's first line is a first line
			ls[at] = foreign[at]
			require.ErrorAs(t, verify(ls, nil), &fault)
			require.Equal(t, audit.Added, fault.Kind)
			require.Equal(t, uint64(at+1), fault.Line)
		}
	})
}

// TestCutAndRewritten: what the chain alone cannot show, a checkpoint does.
func TestCutAndRewritten(t *testing.T) {
	d, forged := newDesk(t), newDesk(t)
	data := d.record(t)
	for at := 0; at < len(data); at = at + bytes.IndexByte(data[at:], '\n') + 1 {
		_, err := audit.Verify(bytes.NewReader(data[:at]), public, nil)
		require.NoError(t, err, "a shorter chain is a chain")
		_, err = audit.Verify(bytes.NewReader(data[:at]), public, d.last())
		require.ErrorContains(t, err, "the record was cut after line")
	}
	// Somebody with the file writes a whole new one.
	_, err := audit.Verify(bytes.NewReader(forged.record(t)), public, d.last())
	require.ErrorContains(t, err, "line 6 is not the one that the checkpoint signs")

	// … and checkpoints of his own.
	mine, _, err := ed25519.GenerateKey(nil)
	require.NoError(t, err)
	_, err = audit.Verify(bytes.NewReader(data), mine, d.last())
	require.ErrorIs(t, err, audit.ErrSignature)
	for _, change := range []func(*audit.Checkpoint){
		func(c *audit.Checkpoint) { c.Count-- },
		func(c *audit.Checkpoint) { c.Head = strings.Repeat("0", 64) },
		func(c *audit.Checkpoint) { c.Time = c.Time.Add(time.Nanosecond) },
		func(c *audit.Checkpoint) { c.Signature = "" },
	} {
		c := *d.last()
		change(&c)
		_, err = audit.Verify(bytes.NewReader(data), public, &c)
		require.ErrorIs(t, err, audit.ErrSignature)
	}
}

func TestManyAtOnce(t *testing.T) {
	d := newDesk(t)
	d.cfg.Every = 10
	l := d.open(t)
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				_, err := l.Append(byAgent(audit.TalkPressed, ""))
				assert.NoError(t, err)
				_, err = l.Query(conference, 0, 1)
				assert.NoError(t, err)
			}
		})
	}
	wg.Wait()
	require.NoError(t, l.Close())
	for i := range d.left() {
		lines, err := audit.Verify(bytes.NewReader(d.read(t)), public, &d.left()[i])
		require.NoError(t, err)
		assert.EqualValues(t, 81, lines)
	}
}

// FuzzVerify: whatever is read, nothing panics, and only what begins like the
// record is one.
func FuzzVerify(f *testing.F) {
	d := newDesk(f)
	data := d.record(f)
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add([]byte("{}\n"))
	f.Add(bytes.Repeat([]byte("x"), 5000))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, err := audit.Verify(bytes.NewReader(text), public, d.last())
		if err == nil && (lines < d.last().Count || !bytes.HasPrefix(text, data)) {
			t.Error("a record that was not written here passes")
		}
	})
}
