package rtcleg

import (
	"encoding/hex"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pion/sdp/v3"

	"tonegate/internal/audio"
)

const (
	// maxSDP is far above any browser's offer and far below a nuisance.
	maxSDP = 64 << 10
	// maxSections bounds the sections that an answer has to mirror.
	maxSections = 32
)

// offer is what was understood of an SDP offer.
type offer struct {
	sections     []section // all of them: an answer mirrors their order
	audio        int       // which of them is answered
	bundle       bool      // the offer groups its sections
	laws         []audio.Law
	events       bool
	event        uint8 // payload type of telephone-event/8000
	ufrag, pwd   string
	fingerprints []fingerprint
	setup        string
	direction    string
	ssrc         uint32 // declared source of the audio, or zero
}

// section is a media section as far as an answer repeats it.
type section struct {
	media, proto, mid string
	hasMid            bool
	formats           []string
}

type fingerprint struct{ hash, value string }

// hashes are the digests accepted for fingerprints, with their length. SHA-1
// and older ones are not: the fingerprint is all that names the peer.
func digestBytes(hash string) int {
	switch hash {
	case "sha-256":
		return 32
	case "sha-384":
		return 48
	case "sha-512":
		return 64
	default:
		return 0
	}
}

func bad(format string, a ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrBadOffer}, a...)...)
}

// parseOffer reads an offer and refuses what cannot be answered. It creates
// nothing.
func parseOffer(text string) (*offer, error) {
	if len(text) > maxSDP {
		return nil, bad("%d bytes, and at most %d are read", len(text), maxSDP)
	}
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return nil, bad("not SDP: %w", err)
	}
	if len(d.MediaDescriptions) > maxSections {
		return nil, bad("%d media sections, and at most %d are read", len(d.MediaDescriptions), maxSections)
	}
	if _, lite := d.Attribute("ice-lite"); lite {
		return nil, bad("from an ice-lite endpoint, and so is this server; nobody would check the path")
	}
	o := &offer{audio: -1}
	for i, m := range d.MediaDescriptions {
		o.sections = append(o.sections, sectionOf(m))
		if o.audio < 0 && m.MediaName.Media == "audio" && isActive(m) {
			o.audio = i
		}
	}
	if o.audio < 0 {
		return nil, bad("no audio section")
	}
	a := attributes{&d, d.MediaDescriptions[o.audio]}
	for _, read := range []func(attributes) error{o.readProfile, o.readCodecs, o.readICE, o.readDTLS, o.readDirection} {
		if err := read(a); err != nil {
			return nil, err
		}
	}
	o.bundle = slices.ContainsFunc(d.Attributes, func(at sdp.Attribute) bool {
		fields := strings.Fields(at.Value)
		return at.Key == "group" && len(fields) > 0 && fields[0] == "BUNDLE" && slices.Contains(fields[1:], o.section().mid)
	})
	return o, nil
}

func (o *offer) section() *section { return &o.sections[o.audio] }

func sectionOf(m *sdp.MediaDescription) section {
	mid, ok := m.Attribute("mid")
	return section{
		media: m.MediaName.Media, proto: strings.Join(m.MediaName.Protos, "/"),
		mid: mid, hasMid: ok, formats: m.MediaName.Formats,
	}
}

// isActive reports whether the offerer wants this section at all.
func isActive(m *sdp.MediaDescription) bool {
	_, bundleOnly := m.Attribute("bundle-only")
	return m.MediaName.Port.Value != 0 || bundleOnly
}

// attributes looks a value up in the audio section, then in the session.
type attributes struct {
	session *sdp.SessionDescription
	media   *sdp.MediaDescription
}

func (a attributes) get(key string) string {
	if v, ok := a.media.Attribute(key); ok {
		return v
	}
	v, _ := a.session.Attribute(key)
	return v
}

func (o *offer) readProfile(a attributes) error {
	s := o.section()
	if s.proto != "UDP/TLS/RTP/SAVPF" && s.proto != "UDP/TLS/RTP/SAVP" {
		return bad("audio over %q; this server speaks DTLS-SRTP (UDP/TLS/RTP/SAVPF)", s.proto)
	}
	if s.hasMid && !isToken(s.mid) {
		return bad("a=mid is not a token")
	}
	if _, ok := a.media.Attribute("rtcp-mux"); !ok {
		return bad("no a=rtcp-mux; RTP and RTCP share this server's one port")
	}
	return nil
}

// readCodecs finds the laws, in the offer's order, and the payload type of
// named events. The laws have static payload types, which everybody uses.
func (o *offer) readCodecs(a attributes) error {
	maps := rtpmaps(a.media)
	for _, f := range o.section().formats {
		pt, err := strconv.ParseUint(f, 10, 7)
		if err != nil {
			return bad("payload type %q", f)
		}
		encoding, mapped := maps[uint8(pt)]
		switch {
		case pt == audio.PayloadTypePCMU && (!mapped || encoding == "pcmu/8000"):
			o.laws = append(o.laws, audio.MuLaw)
		case pt == audio.PayloadTypePCMA && (!mapped || encoding == "pcma/8000"):
			o.laws = append(o.laws, audio.ALaw)
		case encoding == "telephone-event/8000" && !o.events && isDynamic(uint8(pt)):
			o.events, o.event = true, uint8(pt)
		}
	}
	if len(o.laws) == 0 {
		return ErrNoCommonCodec
	}
	return nil
}

// rtpmaps returns the encodings by payload type, in lower case and without the
// channel count of mono.
func rtpmaps(m *sdp.MediaDescription) map[uint8]string {
	maps := make(map[uint8]string)
	for _, at := range m.Attributes {
		number, encoding, ok := strings.Cut(at.Value, " ")
		if at.Key != "rtpmap" || !ok {
			continue
		}
		if pt, err := strconv.ParseUint(number, 10, 7); err == nil {
			maps[uint8(pt)] = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(encoding)), "/1")
		}
	}
	return maps
}

// isDynamic reports whether a payload type may be assigned by SDP where RTP and
// RTCP share a port (RFC 5761 §4).
func isDynamic(pt uint8) bool { return pt >= 96 || (pt >= 35 && pt <= 63) }

func (o *offer) readICE(a attributes) error {
	o.ufrag, o.pwd = a.get("ice-ufrag"), a.get("ice-pwd")
	return checkCredentials(o.ufrag, o.pwd)
}

// checkCredentials applies RFC 8839 §5.4.
func checkCredentials(ufrag, pwd string) error {
	switch {
	case ufrag == "" || pwd == "":
		return bad("no a=ice-ufrag or a=ice-pwd")
	case len(ufrag) < 4 || len(ufrag) > 256 || !isICEText(ufrag):
		return bad("a=ice-ufrag must be 4 to 256 letters, digits, + or /")
	case len(pwd) < 22 || len(pwd) > 256 || !isICEText(pwd):
		return bad("a=ice-pwd must be 22 to 256 letters, digits, + or /")
	}
	return nil
}

func (o *offer) readDTLS(a attributes) error {
	// The section's fingerprints replace the session's (RFC 8122 §5).
	for _, from := range [][]sdp.Attribute{a.media.Attributes, a.session.Attributes} {
		for _, at := range from {
			hash, value, _ := strings.Cut(at.Value, " ")
			hash, value = strings.ToLower(hash), strings.ToUpper(strings.TrimSpace(value))
			if at.Key != "fingerprint" || digestBytes(hash) == 0 {
				continue
			}
			raw, err := hex.DecodeString(strings.ReplaceAll(value, ":", ""))
			if err != nil || len(raw) != digestBytes(hash) {
				return bad("a=fingerprint is no %s digest", hash)
			}
			o.fingerprints = append(o.fingerprints, fingerprint{hash, value})
		}
		if len(o.fingerprints) > 0 {
			break
		}
	}
	if len(o.fingerprints) == 0 {
		return bad("no a=fingerprint with sha-256, sha-384 or sha-512")
	}
	switch o.setup = a.get("setup"); o.setup {
	case "actpass", "active", "passive":
	case "":
		o.setup = "active" // RFC 4145 §4
	default:
		return bad("a=setup:%.20s", o.setup)
	}
	return nil
}

func (o *offer) readDirection(a attributes) error {
	o.direction = "sendrecv"
	for _, d := range []string{"sendonly", "recvonly", "inactive"} {
		if _, ok := a.media.Attribute(d); ok {
			o.direction = d
		}
	}
	for _, at := range a.media.Attributes {
		if id, _, _ := strings.Cut(at.Value, " "); at.Key == "ssrc" && o.ssrc == 0 {
			v, err := strconv.ParseUint(id, 10, 32)
			if err != nil {
				return bad("a=ssrc is not a number")
			}
			o.ssrc = uint32(v)
		}
	}
	return nil
}

// isICEText reports whether s consists of ice-char (RFC 8839 §5.1).
func isICEText(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool {
		return !(r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || r == '+' || r == '/')
	})
}

// isToken reports whether s is a token (RFC 8866 §9).
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r <= ' ' || r > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]`, r)
	})
}
