package rtcleg_test

import (
	"errors"
	"net"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/pion/ice/v4"
	"github.com/pion/rtp"
	"github.com/pion/stun/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg"
	"tonegate/internal/softphone"
)

// stranger is another socket on the peer's own host.
type stranger struct{ *net.UDPConn }

func newStranger(t *testing.T, s *rtcleg.Server) stranger {
	t.Helper()
	to, ok := s.Addr().(*net.UDPAddr)
	require.True(t, ok)
	conn, err := net.DialUDP("udp", nil, to)
	require.NoError(t, err)
	t.Cleanup(func() { conn.Close() })
	return stranger{conn}
}

// check sends a nominating connectivity check for the call, signed with the
// password given.
func (x stranger) check(t *testing.T, c *call, password string) {
	t.Helper()
	m, err := stun.Build(stun.BindingRequest, stun.TransactionID,
		stun.NewUsername(ufrag(t, c.answer)+":"+ufrag(t, c.offer)),
		ice.UseCandidate(), ice.AttrControlling(1), ice.PriorityAttr(2130706431),
		stun.NewShortTermIntegrity(password), stun.Fingerprint)
	require.NoError(t, err)
	_, err = x.Write(m.Raw)
	require.NoError(t, err)
}

// reads returns how many packets come until none has come for a while.
func (x stranger) reads(t *testing.T, patience time.Duration) (packets int) {
	t.Helper()
	buf := make([]byte, 2000)
	for {
		require.NoError(t, x.SetReadDeadline(time.Now().Add(patience)))
		_, err := x.Read(buf)
		if errors.Is(err, os.ErrDeadlineExceeded) {
			return packets
		}
		require.NoError(t, err)
		packets++
		patience = 100 * time.Millisecond
	}
}

func password(t *testing.T, sdp string) string {
	t.Helper()
	_, rest, ok := strings.Cut(sdp, "a=ice-pwd:")
	require.True(t, ok)
	value, _, _ := strings.Cut(rest, "\r\n")
	return value
}

// A stranger who knows both user names, but not the password, neither hears
// the leg nor is heard. The last part shows that the test would notice.
func TestStrangersDoNotMoveTheAddress(t *testing.T) {
	s := newServer(t)
	c := connect(t, s, softphone.Config{}, false)
	x := newStranger(t, s)
	forged, err := (&rtp.Packet{Header: rtp.Header{Version: 2, SSRC: 1}, Payload: make([]byte, 170)}).Marshal()
	require.NoError(t, err)

	x.check(t, c, "notthepasswordofthisleg")
	_, err = x.Write(forged)
	require.NoError(t, err)
	// One socket is read in order: when the phone's packet is here, the
	// stranger's have been dealt with.
	require.NoError(t, c.phone.SendRaw(0, []byte{1}))
	assert.Equal(t, []byte{1}, c.ear.wait(t, atLeast(1))[0].Payload)
	assert.Equal(t, uint64(1), c.leg.Stats().Received)
	c.say(t, speech(audio.MuLaw, 1, 20), 1)
	require.NoError(t, c.phone.WaitPackets(deadline(t), 20))
	assert.Zero(t, x.reads(t, 100*time.Millisecond))

	x.check(t, c, password(t, c.answer))
	assert.Positive(t, x.reads(t, patience), "the answer to the check")
	c.say(t, speech(audio.MuLaw, 1, 5), 21)
	assert.Positive(t, x.reads(t, patience), "the leg's audio")
	// Even so a stranger without the keys is not heard.
	_, err = x.Write(forged)
	require.NoError(t, err)
	require.NoError(t, c.phone.SendRaw(0, []byte{2}))
	c.ear.wait(t, atLeast(2))
	assert.Equal(t, uint64(2), c.leg.Stats().Received)
}
