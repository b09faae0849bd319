package rtcleg_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg"
	"tonegate/internal/softphone"
)

// bothWays checks that audio flows now, whatever was there before.
func (c *call) bothWays(t *testing.T, mark byte) {
	t.Helper()
	script := softphone.Source(func(n int64) (softphone.Slot, bool) {
		return softphone.Slot{Audio: []byte{mark}}, n < 500
	})
	ctx := deadline(t)
	playing := make(chan error, 1)
	stopped := make(chan struct{})
	source := softphone.Source(func(n int64) (softphone.Slot, bool) {
		select {
		case <-stopped:
			return softphone.Slot{}, false
		default:
			return script(n)
		}
	})
	go func() {
		_, err := c.phone.Play(ctx, source)
		playing <- err
	}()
	packets := c.ear.wait(t, func(packets []rtp.Packet) bool {
		last := packets
		if len(last) > 5 {
			last = last[len(last)-5:]
		}
		for _, p := range last {
			if len(p.Payload) != 1 || p.Payload[0] != mark {
				return false
			}
		}
		return len(last) == 5
	})
	// The leg answers in step with what it hears, as a bridge does: while ICE is
	// between two paths, packets are lost.
	before := c.phone.Received().Packets
	arrived := make(chan error, 1)
	go func() { arrived <- c.phone.WaitPackets(ctx, before+5) }()
	for sequence, heard := uint16(mark)*1000, len(packets); ; sequence++ {
		select {
		case err := <-arrived:
			require.NoError(t, err)
			close(stopped)
			require.NoError(t, <-playing)
			return
		default:
			heard++
			c.ear.wait(t, atLeast(heard))
			c.say(t, make([]int16, audio.FrameSamples), sequence)
		}
	}
}

func ufrag(t *testing.T, sdp string) string {
	t.Helper()
	_, rest, ok := strings.Cut(sdp, "a=ice-ufrag:")
	require.True(t, ok)
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

func TestICERestartByOfferKeepsMedia(t *testing.T) {
	c := connect(t, newServer(t), softphone.Config{}, false)
	c.bothWays(t, 1)
	for mark := byte(2); mark < 4; mark++ {
		offer, err := c.phone.Offer(t.Context())
		require.NoError(t, err)
		answer, err := c.leg.Renegotiate(t.Context(), offer)
		require.NoError(t, err)
		require.NoError(t, c.phone.Accept(answer))
		c.bothWays(t, mark)
	}
	got := c.phone.Received()
	assert.Len(t, got.Sources, 1)
}

func TestICERestartByFragmentKeepsMedia(t *testing.T) {
	c := connect(t, newServer(t), softphone.Config{}, false)
	c.bothWays(t, 1)
	offer, err := c.phone.Offer(t.Context())
	require.NoError(t, err)
	reply, restarted, err := c.leg.ApplyFragment(t.Context(), softphone.Fragment(offer))
	require.NoError(t, err)
	require.True(t, restarted)
	require.NoError(t, c.phone.AcceptFragment(reply))
	c.bothWays(t, 2)

	// The same fragment again is no restart, nor is one with candidates only.
	for _, f := range []string{softphone.Fragment(offer), "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\na=end-of-candidates\r\n"} {
		reply, restarted, err = c.leg.ApplyFragment(t.Context(), f)
		require.NoError(t, err)
		assert.False(t, restarted)
		assert.Empty(t, reply)
	}
	c.bothWays(t, 3)
}

func TestBadFragments(t *testing.T) {
	leg, _, err := newServer(t).Accept(t.Context(), chromium, rtcleg.Options{})
	require.NoError(t, err)
	defer leg.Close()
	for _, f := range []string{
		"nonsense", "a=ice-ufrag:abcd\r\n", "a=ice-ufrag:abcd\r\na=ice-pwd:short\r\n",
		"a=ice-ufrag:abcd\r\na=ice-ufrag:efgh\r\n", "a=candidate:what\r\n", strings.Repeat("a=x\r\n", 20000),
	} {
		_, _, err := leg.ApplyFragment(t.Context(), f)
		assert.ErrorIs(t, err, rtcleg.ErrBadFragment, "%.40q", f)
	}
}

func TestCandidates(t *testing.T) {
	leg, _, err := newServer(t).Accept(t.Context(), chromium, rtcleg.Options{})
	require.NoError(t, err)
	defer leg.Close()
	for _, good := range []string{
		"", "candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host generation 0 ufrag abcd network-id 1",
		"candidate:2 1 udp 2122260223 3a7b1c2e-0000-4000-8000-000000000000.local 50000 typ host",
		"candidate:3 1 tcp 1518280447 192.0.2.1 9 typ host tcptype active",
	} {
		assert.NoError(t, leg.AddCandidate(good))
	}
	for _, evil := range []string{"candidate:", "candidate:1 1 udp x y z typ host", strings.Repeat("a", 2000)} {
		assert.ErrorIs(t, leg.AddCandidate(evil), rtcleg.ErrBadCandidate)
	}
}

// Peers need not declare their source (a=ssrc), and some do not.
func TestUndeclaredSource(t *testing.T) {
	undeclared := func(offer string) string {
		return regexp.MustCompile(`(?m)^a=ssrc:.*\r\n`).ReplaceAllString(offer, "")
	}
	c := connectWith(t, newServer(t), softphone.Config{}, false, undeclared)
	require.NotContains(t, c.offer, "ssrc")
	c.bothWays(t, 1)
	for mark := byte(2); mark < 2+12; mark++ { // the library makes its source anew each time
		offer, err := c.phone.Offer(t.Context())
		require.NoError(t, err)
		answer, err := c.leg.Renegotiate(t.Context(), undeclared(offer))
		require.NoError(t, err)
		require.NoError(t, c.phone.Accept(answer))
		c.bothWays(t, mark)
	}
}

// Hold: the peer stops wanting to hear, and later wants to again. What it did not hear
// meanwhile, eleven minutes of it, takes no numbers: a receiver, and the cipher, would
// take those after it for old ones.
func TestHold(t *testing.T) {
	const unheard = 40_000
	c := connect(t, newServer(t), softphone.Config{}, false)
	c.bothWays(t, 1)
	offer, err := c.phone.Offer(t.Context())
	require.NoError(t, err)
	held := strings.Replace(offer, "a=sendrecv", "a=inactive", 1)
	answer, err := c.leg.Renegotiate(t.Context(), held)
	require.NoError(t, err)
	assert.Contains(t, answer, "a=inactive\r\n")
	before := c.leg.Stats()
	for range unheard {
		require.NoError(t, c.leg.Send(&rtp.Header{Version: 2}, []byte{1}))
	}
	assert.Equal(t, before.Dropped+unheard, c.leg.Stats().Dropped)

	answer, err = c.leg.Renegotiate(t.Context(), offer)
	require.NoError(t, err)
	assert.Contains(t, answer, "a=sendrecv\r\n")
	require.NoError(t, c.phone.Accept(answer))
	c.bothWays(t, 7)
}

func TestRenegotiationKeepsTheCodec(t *testing.T) {
	s := newServer(t)
	leg, first, err := s.Accept(t.Context(), chromium, rtcleg.Options{TelephoneEvent: true})
	require.NoError(t, err)
	defer leg.Close()

	// Another order of codecs changes nothing.
	answer, err := leg.Renegotiate(t.Context(), strings.Replace(chromium, "0 8 13", "8 0 13", 1))
	require.NoError(t, err)
	assert.Contains(t, answer, "SAVPF 0 126\r\n")
	assert.Equal(t, ufrag(t, first), ufrag(t, answer), "no restart was asked for")

	for change, want := range map[[2]string]error{
		{" 0 8 13", " 8 13"}: rtcleg.ErrCodecChanged,
		{"126", "125"}:       rtcleg.ErrCodecChanged,
		{"E4:71", "E4:72"}:   rtcleg.ErrBadOffer,
	} {
		_, err := leg.Renegotiate(t.Context(), strings.ReplaceAll(chromium, change[0], change[1]))
		assert.ErrorIs(t, err, want)
	}
}
