package fast

import (
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/rtcleg/fast/gcm"
)

// What a peer may do: send a packet once, from a few sources, until it says goodbye.

// A packet is heard once, and one from before the window never.
func TestReplay(t *testing.T) {
	x := newCaller(t, newNetwork(t, Config{}))
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	var packets [][]byte
	for i := range 100 {
		packets = append(packets, x.packet(7, 65500+uint16(i), byte(i)))
	}
	for _, i := range []int{0, 1, 1, 0, 99, 10, 99, 98, 98, 50, 50} {
		x.send(packets[i])
	}
	tampered := x.packet(7, 200, 5)
	tampered[len(tampered)-1]++
	x.send(tampered)
	x.send(x.packet(7, 201, 77))
	var heard []byte
	for p := x.hears(); ; p = x.hears() {
		heard = append(heard, p.Payload...)
		if p.Payload[0] == 77 {
			break
		}
	}
	assert.Equal(t, []byte{0, 1, 99, 98, 50, 77}, heard)
}

// Of a peer's sources a few are heard; one that has too many is reported.
func TestSources(t *testing.T) {
	x := newCaller(t, newNetwork(t, Config{}))
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	for i := range uint32(gcm.MaxSources) {
		x.send(x.packet(i+1, 1, byte(i)))
		assert.Equal(t, i+1, x.hears().SSRC)
	}
	x.send(x.packet(99, 1, 0))
	select {
	case <-x.sources:
	case <-time.After(patience):
		t.Fatal("not reported")
	}
	x.send(x.packet(1, 2, 42))
	assert.Equal(t, []byte{42}, x.hears().Payload, "the last one was not heard")
}

func TestReports(t *testing.T) {
	x := newCaller(t, newNetwork(t, Config{}))
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	raw, err := (&rtcp.ReceiverReport{SSRC: 5}).Marshal()
	require.NoError(t, err)
	sealed, err := x.out.EncryptRTCP(nil, raw, nil)
	require.NoError(t, err)
	x.send(sealed)
	x.send(sealed) // a replay
	x.send(x.packet(7, 1, 1))
	x.hears()
	assert.Equal(t, raw, <-x.reports)
	assert.Empty(t, x.reports)

	require.NoError(t, x.leg.SendReport(raw))
	got, err := x.in.DecryptRTCP(nil, <-x.media, nil)
	require.NoError(t, err)
	assert.Equal(t, raw, got)
}

// A peer may report from a few sources, as it may send from a few: the library keeps
// something for each.
func TestReporters(t *testing.T) {
	x := newCaller(t, newNetwork(t, Config{}))
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	report := func(ssrc uint32) []byte {
		raw, err := (&rtcp.ReceiverReport{SSRC: ssrc}).Marshal()
		require.NoError(t, err)
		sealed, err := x.out.EncryptRTCP(nil, raw, nil)
		require.NoError(t, err)
		return sealed
	}
	for i := range uint32(3 * gcm.MaxSources) {
		forged := report(1000 + i)
		forged[len(forged)-5] ^= 1
		x.send(forged)
		x.send(report(i))
	}
	x.send(report(0))
	x.send(x.packet(7, 1, 1))
	x.hears()
	assert.Len(t, x.reports, gcm.MaxSources+1)
}

// Once the peer has said goodbye its keys are gone, though the leg is still there.
func TestKeysAreForgotten(t *testing.T) {
	for name, profile := range map[string]dtls.SRTPProtectionProfile{
		"GCM": dtls.SRTP_AEAD_AES_128_GCM, "CM": dtls.SRTP_AES128_CM_HMAC_SHA1_80,
	} {
		t.Run(name, func(t *testing.T) {
			x := newCaller(t, newNetwork(t, Config{}))
			x.connect(profile)
			_, err := x.leg.Send(&rtp.Header{Version: 2}, []byte{1})
			require.NoError(t, err)
			require.NoError(t, x.session.Close())
			x.waitState(Closed)
			x.leg.rest()
			in, out := &x.leg.in, &x.leg.out
			assert.False(t, in.gcm.Ready() || out.gcm.Ready())
			assert.Nil(t, in.srtp)
			assert.Nil(t, out.srtp)
			sent, err := x.leg.Send(&rtp.Header{Version: 2, SequenceNumber: 1}, []byte{1})
			assert.False(t, sent)
			assert.NoError(t, err)
		})
	}
}
