package rtcleg_test

import (
	"net"
	"strings"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg"
	"tonegate/internal/softphone"
)

func TestAudioIsBitExactBothWays(t *testing.T) {
	for _, law := range []audio.Law{audio.MuLaw, audio.ALaw} {
		t.Run(law.String(), func(t *testing.T) {
			c := connect(t, newServer(t), softphone.Config{Laws: []audio.Law{law, 1 - law}}, false)
			require.Equal(t, rtcleg.Media{Law: law, Clock: 8000}, c.leg.Media())

			said := speech(law, 1, 40) // 36 packets until the sequence number wraps
			script := softphone.Script{Law: law, Samples: said}
			_, err := c.phone.Play(deadline(t), script.Source())
			require.NoError(t, err)
			require.Equal(t, said, heard(c.leg.Media(), c.ear.wait(t, atLeast(40))))

			answered := speech(law, 2, 30)
			c.say(t, answered, 65520)
			require.NoError(t, c.phone.WaitPackets(deadline(t), 30))
			got := c.phone.Received()
			require.Equal(t, answered, got.Samples)
			assert.Zero(t, got.Lost)
			assert.Zero(t, got.Gaps)
			assert.Len(t, got.Sources, 1)
		})
	}
}

func TestEventsBothWays(t *testing.T) {
	const pt = 109 // not this server's habit: the offerer's number counts
	c := connect(t, newServer(t), softphone.Config{TelephoneEvent: true, EventPayloadType: pt}, true)
	require.Equal(t, rtcleg.Media{Events: true, Event: pt, Clock: 8000}, c.leg.Media())

	script := softphone.Script{Samples: speech(audio.MuLaw, 3, 14), Keys: []softphone.Keystroke{{At: 320, Code: 11, Duration: 800}}}
	_, err := c.phone.Play(deadline(t), script.Source())
	require.NoError(t, err)
	packets := c.ear.wait(t, atLeast(15)) // 8 of audio, 7 of the event
	var events []rtp.Packet
	for _, p := range packets {
		if p.PayloadType == pt {
			events = append(events, p)
		}
	}
	require.Len(t, events, 7)
	for i, p := range events {
		assert.Equal(t, i == 0, p.Marker)
		assert.Equal(t, events[0].Timestamp, p.Timestamp)
		assert.Equal(t, byte(11), p.Payload[0])
		assert.Equal(t, i >= 4, p.Payload[1]&0x80 != 0)
	}

	for i := range 4 {
		h := rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: uint16(i), Timestamp: 1600, Marker: i == 0}
		require.NoError(t, c.leg.Send(&h, []byte{5, 10, 1, byte(i)}))
	}
	require.NoError(t, c.phone.WaitPackets(deadline(t), 4))
	got := c.phone.Received()
	assert.Equal(t, map[uint8]int{pt: 4}, got.PayloadTypes)
	assert.Equal(t, []softphone.ReceivedEvent{{Code: 5, Duration: 259, Timestamp: 1600, Packets: 4}}, got.Events)
}

func TestEventsAreNotNegotiatedForSome(t *testing.T) {
	s := newServer(t)
	phone, err := softphone.New(softphone.Config{TelephoneEvent: true})
	require.NoError(t, err)
	defer phone.Close()
	offer, err := phone.Offer(t.Context())
	require.NoError(t, err)
	require.Contains(t, offer, "telephone-event")
	leg, answer, err := s.Accept(t.Context(), offer, rtcleg.Options{})
	require.NoError(t, err)
	defer leg.Close()
	assert.NotContains(t, answer, "telephone-event")
	assert.Regexp(t, `(?m)^m=audio \d+ \S+ 0\r$`, answer, "one payload type")
	assert.NotRegexp(t, `(?m)^a=\w+:126\b`, answer)
	assert.False(t, leg.Media().Events)
}

// A payload type that was not negotiated must not end the reader, not even as
// the first packet, and neither must an empty payload.
func TestUnknownPayloadTypesPassThrough(t *testing.T) {
	c := connect(t, newServer(t), softphone.Config{TelephoneEvent: true}, true)
	require.NoError(t, c.phone.SendRaw(13, []byte{1}))
	require.NoError(t, c.phone.SendRaw(126, nil))
	require.NoError(t, c.phone.SendRaw(0, nil))
	require.NoError(t, c.phone.SendRaw(99, []byte{1, 2, 3}))
	require.NoError(t, c.phone.SendRaw(0, make([]byte, 160)))
	packets := c.ear.wait(t, atLeast(5))
	types := make([]uint8, len(packets))
	for i, p := range packets {
		types[i] = p.PayloadType
	}
	assert.Equal(t, []uint8{13, 126, 0, 99, 0}, types)
	stats := c.leg.Stats()
	assert.Equal(t, uint64(5), stats.Received)
	assert.Equal(t, uint64(2), stats.UnknownType)
}

func TestLegsShareOnePort(t *testing.T) {
	s := newServer(t)
	a := connect(t, s, softphone.Config{}, false)
	b := connect(t, s, softphone.Config{}, false)
	a.say(t, speech(audio.MuLaw, 4, 5), 10)
	b.say(t, speech(audio.MuLaw, 5, 5), 10)
	for i, c := range []*call{a, b} {
		require.NoError(t, c.phone.WaitPackets(deadline(t), 5))
		assert.Equal(t, speech(audio.MuLaw, uint64(4+i), 5), c.phone.Received().Samples)
	}
	require.NoError(t, a.phone.SendRaw(0, []byte{1}))
	require.NoError(t, b.phone.SendRaw(0, []byte{2}))
	assert.Equal(t, []byte{1}, a.ear.wait(t, atLeast(1))[0].Payload)
	assert.Equal(t, []byte{2}, b.ear.wait(t, atLeast(1))[0].Payload)
}

func TestPortTaken(t *testing.T) {
	s := newServer(t)
	_, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: s.Addr().String()})
	require.ErrorIs(t, err, rtcleg.ErrListen)
	assert.Equal(t, "cannot listen for media on udp "+s.Addr().String()+
		": address already in use: stop the process that holds the port, or choose another port", err.Error())
}

func TestBadConfigurations(t *testing.T) {
	for listen, says := range map[string]string{
		"203.0.113.9:0": "this host has no such address",
		"5004":          "give an address as host:port",
	} {
		_, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: listen})
		require.ErrorIs(t, err, rtcleg.ErrListen)
		assert.Contains(t, err.Error(), says)
		assert.NotContains(t, err.Error(), "\n")
	}
	_, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: "127.0.0.1:0", AdvertiseIPs: []string{"gateway.example"}})
	require.ErrorIs(t, err, rtcleg.ErrConfig)
}

func TestAnswerIsComplete(t *testing.T) {
	s, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: ":0", AdvertiseIPs: []string{"203.0.113.9", "2001:db8::9"}})
	require.NoError(t, err)
	defer s.Close()
	_, port, _ := net.SplitHostPort(s.Addr().String())
	leg, answer, err := s.Accept(t.Context(), chromium, rtcleg.Options{TelephoneEvent: true})
	require.NoError(t, err)
	defer leg.Close()
	for _, line := range []string{
		"a=ice-lite", "a=setup:passive", "a=sendrecv", "a=rtcp-mux", "a=ptime:20", "a=group:BUNDLE 0",
		"m=audio " + port + " UDP/TLS/RTP/SAVPF 0 126", "a=rtpmap:126 telephone-event/8000",
		"a=candidate:1 1 udp 2130706431 203.0.113.9 " + port + " typ host",
		"a=candidate:2 1 udp 2130706175 2001:db8::9 " + port + " typ host", "a=end-of-candidates",
		"m=video 0 UDP/TLS/RTP/SAVPF 96", "m=application 0 UDP/DTLS/SCTP webrtc-datachannel",
	} {
		assert.Contains(t, answer, line+"\r\n")
	}
	for _, word := range []string{"rtcp-fb", "extmap", "transport-cc", "opus", "red/", "127.0.0.1", "CN/"} {
		assert.NotContains(t, answer, word)
	}
	assert.Equal(t, 3, strings.Count(answer, "m="))
}

// Everything that this host can be reached at works with one wildcard listener.
func TestListenEverywhere(t *testing.T) {
	s, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: ":0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	addrs, err := net.InterfaceAddrs()
	require.NoError(t, err)
	for _, a := range addrs {
		ip := a.(*net.IPNet).IP
		if ip.To4() != nil && !ip.IsLinkLocalUnicast() {
			connect(t, s, softphone.Config{Only: ip.Equal}, false)
		}
	}
}

func TestSendBeforeTheConnectionIsUp(t *testing.T) {
	s := newServer(t)
	leg, _, err := s.Accept(t.Context(), chromium, rtcleg.Options{})
	require.NoError(t, err)
	require.NoError(t, leg.Send(&rtp.Header{}, []byte{1}))
	assert.Equal(t, uint64(1), leg.Stats().Dropped)
	require.NoError(t, leg.Close())
	require.NoError(t, leg.Close())
	assert.ErrorIs(t, leg.Send(&rtp.Header{}, []byte{1}), rtcleg.ErrClosed)
	_, err = leg.Renegotiate(t.Context(), chromium)
	assert.ErrorIs(t, err, rtcleg.ErrClosed)
}

func TestCloseIsSeenByThePeer(t *testing.T) {
	c := connect(t, newServer(t), softphone.Config{}, false)
	require.NoError(t, c.leg.Close())
	select {
	case <-c.phone.Gone():
	case <-time.After(patience):
		t.Fatal("the phone does not notice")
	}
	c.ear.waitState(t, rtcleg.StateClosed)
}

func TestPeerHangsUp(t *testing.T) {
	c := connect(t, newServer(t), softphone.Config{}, false)
	require.NoError(t, c.phone.Close())
	c.ear.waitState(t, rtcleg.StateClosed)
	require.NoError(t, c.leg.Close())
}

func TestServerCloseEndsItsLegs(t *testing.T) {
	s := newServer(t)
	c := connect(t, s, softphone.Config{}, false)
	require.NoError(t, s.Close())
	<-c.leg.Done()
	_, _, err := s.Accept(t.Context(), chromium, rtcleg.Options{})
	assert.ErrorIs(t, err, rtcleg.ErrClosed)
}
