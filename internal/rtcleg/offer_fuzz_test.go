package rtcleg

import (
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/pion/sdp/v3"
	"github.com/stretchr/testify/require"
)

// FuzzOffer checks that no offer gets anything past the parser: what is handed
// on and what is answered are well-formed SDP without foreign lines.
func FuzzOffer(f *testing.F) {
	for _, name := range []string{"chromium.sdp", "firefox.sdp", "minimal.sdp"} {
		text, err := os.ReadFile("testdata/" + name)
		require.NoError(f, err)
		f.Add(strings.ReplaceAll(string(text), "\n", "\r\n"))
	}
	f.Fuzz(func(t *testing.T, text string) {
		o, err := parseOffer(text)
		if err != nil {
			require.Nil(t, o)
			return
		}
		m := o.choose(Options{TelephoneEvent: true})
		var d sdp.SessionDescription
		require.NoError(t, d.UnmarshalString(o.forLibrary(m, 1)))
		require.Len(t, d.MediaDescriptions, 1)
		require.LessOrEqual(t, strings.Count(o.forLibrary(m, 1), "\n"), 18+2*len(o.fingerprints))

		a := answer{
			offer: o, media: m, setup: "passive", fingerprint: "sha-256 00", port: 5004,
			local: local{ufrag: "abcd", pwd: "efgh"}, addresses: []netip.Addr{netip.MustParseAddr("192.0.2.1")},
		}
		var back sdp.SessionDescription
		require.NoError(t, back.UnmarshalString(a.String()), a.String())
		require.Len(t, back.MediaDescriptions, len(o.sections))
		for i, s := range back.MediaDescriptions {
			require.Equal(t, i == o.audio, s.MediaName.Port.Value != 0)
		}
	})
}

func FuzzFragment(f *testing.F) {
	f.Add("a=ice-ufrag:EsAw\r\na=ice-pwd:P2uYro0UCOQ4zxjKXaWCBui1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\n" +
		"a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host\r\na=end-of-candidates\r\n")
	f.Fuzz(func(t *testing.T, text string) {
		if _, err := parseFragment(text); err != nil {
			require.ErrorIs(t, err, ErrBadFragment)
		}
	})
}
