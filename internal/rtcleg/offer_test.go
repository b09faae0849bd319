package rtcleg_test

import (
	_ "embed"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg"
)

// chromium is shaped as that browser's offers are, with video and a data
// channel added, which a contact centre's page might leave in.
var chromium = strings.ReplaceAll(chromiumText, "\n", "\r\n")

//go:embed testdata/chromium.sdp
var chromiumText string

const fingerprint = "a=fingerprint:sha-256 E4:71:A1:9B:9D:06:29:F4:5C:13:91:FA:26:CC:E5:01:4C:20:56:1D:D4:7A:CA:A3:5E:B2:3E:68:0A:19:5C:6E\r\n"

func TestBadOffers(t *testing.T) {
	s := newServer(t)
	edit := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(chromium) }
	for name, c := range map[string]struct {
		offer string
		want  error
		says  string
	}{
		"empty":            {"", rtcleg.ErrBadOffer, ""},
		"not SDP":          {"hello", rtcleg.ErrBadOffer, "not SDP"},
		"too long":         {chromium + strings.Repeat("a=x\r\n", 14000), rtcleg.ErrBadOffer, "at most 65536"},
		"no audio":         {edit("m=audio 9", "m=video 9"), rtcleg.ErrBadOffer, "no audio section"},
		"audio rejected":   {edit("m=audio 9", "m=audio 0"), rtcleg.ErrBadOffer, "no audio section"},
		"no G.711":         {edit(" 0 8 13", " 13"), rtcleg.ErrNoCommonCodec, "PCMU/8000 (0) and PCMA/8000 (8) are supported"},
		"0 is not PCMU":    {edit("PCMU/8000", "GSM/8000", "PCMA/8000", "GSM/8000"), rtcleg.ErrNoCommonCodec, ""},
		"no ufrag":         {edit("a=ice-ufrag:EsAw\r\n", ""), rtcleg.ErrBadOffer, "a=ice-ufrag"},
		"short pwd":        {edit("P2uYro0UCOQ4zxjKXaWCBui1", "short"), rtcleg.ErrBadOffer, "a=ice-pwd"},
		"odd ufrag":        {edit("EsAw", "Es:Aw"), rtcleg.ErrBadOffer, "a=ice-ufrag"},
		"no fingerprint":   {edit(fingerprint, ""), rtcleg.ErrBadOffer, "a=fingerprint"},
		"weak fingerprint": {edit("sha-256", "sha-1"), rtcleg.ErrBadOffer, "a=fingerprint"},
		"cut fingerprint":  {edit(":5C:6E", ""), rtcleg.ErrBadOffer, "no sha-256 digest"},
		"no rtcp-mux":      {edit("a=rtcp-mux\r\n", ""), rtcleg.ErrBadOffer, "rtcp-mux"},
		"plain RTP":        {edit("UDP/TLS/RTP/SAVPF 111", "RTP/AVP 111"), rtcleg.ErrBadOffer, "DTLS-SRTP"},
		"holdconn":         {edit("setup:actpass", "setup:holdconn"), rtcleg.ErrBadOffer, "a=setup"},
		"ice-lite":         {edit("a=extmap-allow-mixed", "a=ice-lite"), rtcleg.ErrBadOffer, "ice-lite"},
		"bad mid":          {edit("a=mid:0", "a=mid:a b"), rtcleg.ErrBadOffer, "a=mid"},
		"bad payload type": {edit("SAVPF 111", "SAVPF x"), rtcleg.ErrBadOffer, "payload type"},
		"many sections":    {chromium + strings.Repeat("m=video 9 UDP/TLS/RTP/SAVPF 96\r\n", 40), rtcleg.ErrBadOffer, "at most 32"},
	} {
		t.Run(name, func(t *testing.T) {
			leg, answer, err := s.Accept(t.Context(), c.offer, rtcleg.Options{})
			require.ErrorIs(t, err, c.want)
			assert.Contains(t, err.Error(), c.says)
			assert.Nil(t, leg)
			assert.Empty(t, answer)
		})
	}
}

func TestOffers(t *testing.T) {
	s := newServer(t)
	edit := func(pairs ...string) string { return strings.NewReplacer(pairs...).Replace(chromium) }
	for name, c := range map[string]struct {
		offer string
		media rtcleg.Media
		has   []string
	}{
		"as it is":       {chromium, rtcleg.Media{Events: true, Event: 126, Clock: 8000}, nil},
		"PCMA first":     {edit(" 0 8 13", " 8 0 13"), rtcleg.Media{Law: audio.ALaw, Events: true, Event: 126, Clock: 8000}, []string{"SAVPF 8 126"}},
		"static types":   {edit("a=rtpmap:0 PCMU/8000\r\n", "", "a=rtpmap:126 telephone-event/8000\r\n", ""), rtcleg.Media{Clock: 8000}, nil},
		"mono spelt out": {edit("PCMU/8000", "pcmu/8000/1"), rtcleg.Media{Events: true, Event: 126, Clock: 8000}, nil},
		"listener":       {edit("a=sendrecv", "a=recvonly"), rtcleg.Media{Events: true, Event: 126, Clock: 8000}, []string{"a=sendonly"}},
		"passive peer":   {edit("setup:actpass", "setup:passive"), rtcleg.Media{Events: true, Event: 126, Clock: 8000}, []string{"a=setup:active"}},
		"session level": {
			edit(fingerprint, "", "a=extmap-allow-mixed\r\n", fingerprint), rtcleg.Media{Events: true, Event: 126, Clock: 8000}, nil,
		},
		"without mid": {
			edit("a=mid:0\r\n", "", "a=group:BUNDLE 0 1 2\r\n", ""), rtcleg.Media{Events: true, Event: 126, Clock: 8000}, nil,
		},
		"second audio": {
			edit("m=video 9 UDP/TLS/RTP/SAVPF 96", "m=audio 9 UDP/TLS/RTP/SAVPF 0"),
			rtcleg.Media{Events: true, Event: 126, Clock: 8000}, []string{"m=audio 0 UDP/TLS/RTP/SAVPF 0"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			leg, answer, err := s.Accept(t.Context(), c.offer, rtcleg.Options{TelephoneEvent: true})
			require.NoError(t, err)
			assert.Equal(t, c.media, leg.Media())
			for _, line := range c.has {
				assert.Contains(t, answer, line+"\r\n")
			}
			require.NoError(t, leg.Close())
		})
	}
}
