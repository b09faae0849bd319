package load

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/netip"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tonegate/internal/serve"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// begin runs a server in this process, which measures itself from outside.
func begin(t *testing.T) *tonegate {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	ready, ended := make(chan serve.Addresses, 1), make(chan error, 1)
	const key = "key-of-the-load-0123"
	go func() {
		ended <- serve.Run(ctx, serve.Config{
			Listen: "127.0.0.1:0", Media: "127.0.0.1:0", Data: filepath.Join(t.TempDir(), "data"), LogLevel: "error",
			MaxCalls: 4, APIKey: key, Ready: func(a serve.Addresses) { ready <- a },
		})
	}()
	s := &tonegate{key: key, id: os.Getpid(), client: newClient()}
	select {
	case at := <-ready:
		s.base = at.HTTP
	case err := <-ended:
		require.NoError(t, err)
	}
	t.Cleanup(func() {
		require.NoError(t, s.stop())
		stop()
		<-ended
	})
	return s
}

func small() plan {
	return plan{rooms: 2, tries: 1, window: time.Second, network: loopback, legs: legNetwork,
		profiles: profileNames["any"], seed: 1, say: func(string, ...any) {}}
}

// Two rooms over the public API: all legs are up, marks are heard on every
// way, keys are counted, sequence numbers wrap, and nothing is lost.
func TestTwoRooms(t *testing.T) {
	s := begin(t)
	g, err := newGenerator(small())
	require.NoError(t, err)
	stop := sync.OnceFunc(g.stop)
	defer stop()
	require.NoError(t, g.fill(t.Context(), s))
	got := newTally(len(g.legs), 5*time.Second)
	g.record(got)
	const steps = 3 * period / 2 * phases // three seconds by the generator's clock
	for end := <-g.passed + steps; <-g.passed < end; {
	}
	g.record(nil)
	// Not that none is missed: a mark is one frame, and a machine that is too busy
	// for ticks in time makes the server conceal or mask it.
	for p := range paths {
		assert.NotEmpty(t, got.delays[p], p.String())
	}
	assert.Positive(t, got.keys)
	assert.Equal(t, got.expected, got.received, "lost")
	assert.Zero(t, got.undecipherable+got.strange+got.refused+int(got.dropped))
	assert.GreaterOrEqual(t, got.sent, steps/phases*len(g.legs)*9/10)
	assert.NotEmpty(t, got.late)
	m, err := s.metrics(t.Context())
	require.NoError(t, err)
	stop()
	assert.Less(t, g.legs[0].sequence, uint16(firstSequence), "wrapped")
	assert.Positive(t, m[`tonegate_keys_total{source="event"}`])
	assert.Zero(t, m["tonegate_packets_lost_total"])
}

// The whole course, however good the figures of a loaded machine may be.
func TestMeasure(t *testing.T) {
	s := begin(t)
	r, err := measure(t.Context(), "tonegate", s, small())
	require.NoError(t, err)
	assert.Equal(t, 1, len(r.Windows)+len(r.Discarded))
	assert.NotEmpty(t, r.Void, "one window is too few")
	assert.Positive(t, r.Idle.RSS)
	assert.Equal(t, "SRTP_AEAD_AES_128_GCM", r.SRTP)
	require.NotNil(t, r.Keys)
	assert.Positive(t, r.Keys.ByEvents.Pressed)
	assert.Positive(t, r.Keys.ByEvents.Heard)
	assert.Zero(t, r.Keys.ByTones.Pressed, "by the eleventh room")

	result := newResult(t.Context())
	result.Runs = append(result.Runs, *r, Run{Server: "janus", Rooms: 4, Median: Figures{CPU: 18}})
	result.Compared = []Comparison{compared(&result.Runs[0], &result.Runs[1])}
	var out bytes.Buffer
	result.Print(&out)
	assert.Contains(t, out.String(), "THE FIGURES MEAN NOTHING: only")
	folder := t.TempDir()
	require.NoError(t, result.Write(folder))
	text, err := os.ReadFile(filepath.Join(folder, "load.json"))
	require.NoError(t, err)
	var again Result
	require.NoError(t, json.Unmarshal(text, &again))
	assert.Equal(t, r.Rooms, again.Runs[0].Rooms)
	plot, err := os.ReadFile(filepath.Join(folder, "load-cost.svg"))
	require.NoError(t, err)
	assert.Contains(t, string(plot), "<circle")
}

// A key too many or too few is a target missed, whichever kind it is of.
func TestKeysMustBeAll(t *testing.T) {
	missed := func(k *Keys) (what []string) {
		r := Run{Server: "tonegate", Jitter: "30ms", Keys: k}
		for _, p := range r.promises() {
			if !p.met() {
				what = append(what, p.what)
			}
		}
		return what
	}
	assert.Empty(t, missed(&Keys{KeyCount{5, 5}, KeyCount{7, 7}}))
	for _, k := range []Keys{{KeyCount{5, 6}, KeyCount{7, 7}}, {KeyCount{5, 5}, KeyCount{7, 6}}, {KeyCount{5, 6}, KeyCount{7, 6}}} {
		assert.Len(t, missed(&k), 1, k.String())
	}
	r := Run{Server: "tonegate", Windows: make([]Figures, wanted)}
	r.judge(plan{})
	assert.Contains(t, r.Void, "the server does not count keys")
}

func TestServerThatRefuses(t *testing.T) {
	s := begin(t)
	s.key = "another"
	g, err := newGenerator(small())
	require.NoError(t, err)
	defer g.stop()
	assert.ErrorIs(t, g.fill(t.Context(), s), errAnswer)
}

func TestBadCommand(t *testing.T) {
	ok := common{Rooms: []int{1}, Window: time.Second}
	for what, c := range map[string]Command{
		"no rooms":            {common: common{Rooms: []int{0}, Window: time.Second}},
		"a short window":      {common: common{Rooms: []int{1}, Window: time.Millisecond}},
		"a server, no pid":    {common: ok, Server: "http://127.0.0.1:1"},
		"a profile elsewhere": {common: ok, Server: "http://127.0.0.1:1", PID: 1, Profile: true},
	} {
		assert.Error(t, c.check(), what)
	}
	assert.Error(t, (&CompareCommand{common{Rooms: []int{0}, Window: time.Second}}).Run(t.Context(), io.Discard, io.Discard), "no rooms to compare")
}

// The kernel says when a packet came and to which of our addresses, and a batch
// leaves from the addresses it was given.
func TestSocket(t *testing.T) {
	a, err := openSocket()
	require.NoError(t, err)
	defer a.close()
	b, err := openSocket()
	require.NoError(t, err)
	defer b.close()
	port, err := b.port()
	require.NoError(t, err)
	out := newBatch()
	before := time.Now()
	for i := range byte(3) {
		out.data[i][0] = i
		out.put(100, [4]byte{127, 16, 1, i}, netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 16, 2, i}), port))
	}
	assert.Zero(t, a.send(out))
	assert.Zero(t, out.n)
	n := byte(0)
	b.receive(func(data []byte, to [4]byte, from netip.AddrPort, arrived int64) {
		assert.Len(t, data, 100)
		assert.Equal(t, n, data[0])
		assert.Equal(t, [4]byte{127, 16, 2, n}, to)
		assert.Equal(t, netip.AddrFrom4([4]byte{127, 16, 1, n}), from.Addr())
		assert.False(t, time.Unix(0, arrived).Before(before.Round(0)))
		n++
	})
	assert.Equal(t, byte(3), n)
}
