package load

import (
	"math"
	"net/netip"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestStatOfAProcessWithAnOddName(t *testing.T) {
	// proc(5): the name may hold spaces and brackets; utime and stime are fields
	// 14 and 15.
	c, err := parseStat([]byte("42 (a) b (c)) S 1 2 3 4 5 6 7 8 9 10 250 75 0 0 20 0 9 0 100 0 0\n"))
	require.NoError(t, err)
	assert.Equal(t, cpu{2500 * time.Millisecond, 750 * time.Millisecond}, c)
	for _, bad := range []string{"", "42 (a) S 1 2", "42 (a) S 1 2 3 4 5 6 7 8 9 10 x 75 0"} {
		_, err := parseStat([]byte(bad))
		assert.ErrorIs(t, err, errProc, bad)
	}
}

func TestMachineLeavesIdleAndStealOut(t *testing.T) {
	d, err := parseMachine("cpu  100 20 30 9999 888 4 6 777 0 0\ncpu0 1 1 1 1 1 1 1 1\n")
	require.NoError(t, err)
	assert.Equal(t, 1600*time.Millisecond, d)
	_, err = parseMachine("intr 1 2 3\n")
	assert.ErrorIs(t, err, errProc)
}

func TestKilobytes(t *testing.T) {
	const text = "VmPeak:\t  999 kB\nVmRSS:\t   12345 kB\n"
	assert.Equal(t, 12345, kilobytes(text, "VmRSS:"))
	assert.Zero(t, kilobytes(text, "VmSwap:"))
}

const exposition = `# HELP tonegate_tick_lateness_seconds How late.
# TYPE tonegate_tick_lateness_seconds histogram
tonegate_tick_lateness_seconds_bucket{le="0.001"} 90
tonegate_tick_lateness_seconds_bucket{le="0.002"} 99
tonegate_tick_lateness_seconds_bucket{le="0.003"} 100
tonegate_tick_lateness_seconds_bucket{le="+Inf"} 100
tonegate_keys_total{source="event"} 7

nonsense
`

func TestSeries(t *testing.T) {
	s := parseSeries(exposition)
	assert.Equal(t, 7.0, s[`tonegate_keys_total{source="event"}`])
	const name = "tonegate_tick_lateness_seconds"
	assert.InDelta(t, 0.0005, s.quantile(name, .45), 1e-9) // halfway through the first bucket
	assert.InDelta(t, 0.0015, s.quantile(name, .945), 1e-9)
	assert.InDelta(t, 0.003, s.quantile(name, 1), 1e-9)
	assert.Zero(t, s.quantile("none", .5))
	d := s.since(series{`tonegate_keys_total{source="event"}`: 5})
	assert.Equal(t, 2.0, d[`tonegate_keys_total{source="event"}`])
	// What lies above the last bound is said to be there, not beyond.
	top := series{name + `_bucket{le="0.1"}`: 0, name + `_bucket{le="+Inf"}`: 3}
	assert.Equal(t, 0.1, top.quantile(name, .5))
	assert.False(t, math.IsInf(top.quantile(name, .99), 0))
}

const goodAnswer = "v=0\r\na=ice-lite\r\nm=audio 5004 UDP/TLS/RTP/SAVPF 0 126\r\na=ice-ufrag:abcd\r\na=ice-pwd:0123456789012345678901\r\n" +
	"a=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n" +
	"a=rtpmap:126 telephone-event/8000\r\na=candidate:1 1 udp 5 ::1 5004 typ host\r\na=candidate:2 1 udp 4 192.0.2.1 5004 typ host\r\n" +
	"a=candidate:3 1 UDP 3 127.0.0.1 5004 typ host\r\n"

func TestParseAnswer(t *testing.T) {
	a, err := parseAnswer(goodAnswer, loopback.Contains)
	require.NoError(t, err)
	assert.Equal(t, "abcd", a.ufrag)
	assert.Equal(t, netip.MustParseAddrPort("127.0.0.1:5004"), a.media, "the first that can be reached")
	assert.True(t, a.events)
	assert.Len(t, a.fingerprint, 32)
	for what, bad := range map[string]string{
		"empty":          "",
		"rejected":       "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n",
		"another codec":  "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n",
		"short digest":   "a=fingerprint:sha-256 00:01\r\n",
		"no candidate":   "a=ice-ufrag:abcd\r\na=ice-pwd:x\r\na=fingerprint:sha-256 00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F:10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\r\n",
		"no credentials": "a=candidate:3 1 udp 3 127.0.0.1 5004 typ host\r\n",
	} {
		_, err := parseAnswer(bad, loopback.Contains)
		assert.ErrorIs(t, err, errAnswer, what)
	}
}

const traces = `File: tonegate
Type: cpu
-----------+-------------------------------------------------------
      10ms   runtime.futex
             runtime.futexsleep
             runtime.notesleep
             runtime.stopm
-----------+-------------------------------------------------------
     1.50s   tonegate/dtmf.(*front).look (inline)
             tonegate/dtmf.(*Detector).Process
             tonegate/internal/engine.(*room).tick
-----------+-------------------------------------------------------
     490ms   runtime.memmove
             github.com/pion/srtp/v3.(*Context).EncryptRTP
             github.com/pion/srtp/v3.(*SessionSRTP).writeRTP
-----------+-------------------------------------------------------
     250ms   internal/runtime/syscall/linux.Syscall6
             syscall.Syscall6
             internal/poll.(*FD).WriteToInet4
             github.com/pion/ice/v4.(*candidateBase).writeTo
             github.com/pion/srtp/v3.(*SessionSRTP).writeRTP
             tonegate/internal/engine.(*room).tick
-----------+-------------------------------------------------------
     150ms   internal/runtime/syscall/linux.Syscall6
             internal/runtime/syscall/linux.EpollWait
             runtime.netpoll
             runtime.findRunnable
-----------+-------------------------------------------------------
      50ms   github.com/pion/srtp/v3.(*SessionSRTP).writeRTP
             tonegate/internal/engine.(*room).tick
-----------+-------------------------------------------------------
      50ms   runtime.memclrNoHeapPointers
             runtime.mallocgc
             github.com/pion/srtp/v3.(*Context).EncryptRTP
`

func TestClassify(t *testing.T) {
	share := map[string]float64{}
	for _, c := range classify(traces) {
		share[c.Name] = math.Round(c.Share*1000) / 1000
	}
	assert.Equal(t, map[string]float64{
		"media": .6, "crypto": .196, "syscalls": .1, "scheduler": .064, "transport": .02, "GC and allocation": .02,
	}, share)
	assert.Empty(t, classify("nothing"))
}
