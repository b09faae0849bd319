package rtcleg

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/pion/sdp/v3"

	"tonegate/internal/audio"
)

// libraryMid names the one section that the library below is told of.
const libraryMid = "0"

// sdpText writes SDP lines.
type sdpText struct{ strings.Builder }

func (t *sdpText) line(format string, a ...any) { fmt.Fprintf(t, format+"\r\n", a...) }

func (t *sdpText) codecs(m Media) {
	t.line("a=rtpmap:%d %s/%d", m.Law.PayloadType(), m.Law, audio.SampleRate)
	if m.Events {
		t.line("a=rtpmap:%d telephone-event/%d", m.Event, m.Clock)
		t.line("a=fmtp:%d 0-15", m.Event)
	}
}

// formats lists the payload types of a section.
func (m Media) formats() string {
	if m.Events {
		return fmt.Sprintf("%d %d", m.Law.PayloadType(), m.Event)
	}
	return fmt.Sprint(m.Law.PayloadType())
}

// forLibrary writes the offer that the library is given: one audio section
// with what was chosen. It is always two-way there, because the library cannot
// wake up a section again that was once inactive; holding is done in this
// package.
func (o *offer) forLibrary(m Media, version int) string {
	t := new(sdpText)
	t.line("v=0\r\no=- 1 %d IN IP4 0.0.0.0\r\ns=-\r\nt=0 0", version)
	t.line("a=group:BUNDLE %s", libraryMid)
	t.line("m=audio 9 UDP/TLS/RTP/SAVPF %s\r\nc=IN IP4 0.0.0.0", m.formats())
	t.line("a=mid:%s\r\na=rtcp-mux\r\na=sendrecv", libraryMid)
	t.line("a=ice-ufrag:%s\r\na=ice-pwd:%s", o.ufrag, o.pwd)
	for _, f := range o.fingerprints {
		t.line("a=fingerprint:%s %s", f.hash, f.value)
	}
	t.line("a=setup:%s", o.setup)
	t.codecs(m)
	if o.ssrc != 0 {
		t.line("a=ssrc:%d cname:peer", o.ssrc)
	}
	return t.String()
}

// local is what the library decided about this side.
type local struct {
	ufrag, pwd string
	sources    []string // a=ssrc and a=msid lines
}

// readLocal takes from the library's answer what only it knows.
func readLocal(text string) (local, error) {
	var d sdp.SessionDescription
	if err := d.UnmarshalString(text); err != nil {
		return local{}, err
	}
	var l local
	for _, m := range d.MediaDescriptions {
		a := attributes{&d, m}
		l.ufrag, l.pwd = a.get("ice-ufrag"), a.get("ice-pwd")
		for _, at := range m.Attributes {
			// The source's name and stream; not its labels of a draft long gone.
			if at.Key == "msid" || at.Key == "ssrc" && strings.Contains(at.Value, " cname:") {
				l.sources = append(l.sources, at.Key+":"+at.Value)
			}
		}
	}
	return l, nil
}

// answer is everything an answer says.
type answer struct {
	offer       *offer
	media       Media
	local       local
	setup       string
	fingerprint string
	session     uint64
	version     int
	addresses   []netip.Addr
	port        uint16
}

func (a *answer) String() string {
	t := new(sdpText)
	t.line("v=0\r\no=- %d %d IN IP4 0.0.0.0\r\ns=-\r\nt=0 0", a.session, a.version)
	t.line("a=ice-lite\r\na=ice-options:trickle")
	if a.offer.bundle {
		t.line("a=group:BUNDLE %s", a.offer.section().mid)
	}
	for i := range a.offer.sections {
		if i == a.offer.audio {
			a.accepted(t)
		} else {
			rejected(t, &a.offer.sections[i])
		}
	}
	return t.String()
}

func rejected(t *sdpText, s *section) {
	t.line("m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0", s.media, s.proto, strings.Join(s.formats, " "))
	if s.hasMid {
		t.line("a=mid:%s", s.mid)
	}
	t.line("a=inactive")
}

func (a *answer) accepted(t *sdpText) {
	s := a.offer.section()
	family := "IP4"
	if a.addresses[0].Is6() {
		family = "IP6"
	}
	t.line("m=audio %d %s %s\r\nc=IN %s %s", a.port, s.proto, a.media.formats(), family, a.addresses[0])
	if s.hasMid {
		t.line("a=mid:%s", s.mid)
	}
	t.line("a=rtcp-mux\r\na=%s", mirrored(a.offer.direction))
	t.line("a=ice-ufrag:%s\r\na=ice-pwd:%s", a.local.ufrag, a.local.pwd)
	t.line("a=fingerprint:%s\r\na=setup:%s", a.fingerprint, a.setup)
	t.codecs(a.media)
	t.line("a=ptime:%d", audio.FrameDuration.Milliseconds())
	for _, source := range a.local.sources {
		t.line("a=%s", source)
	}
	a.candidates(t)
}

// candidates writes the host candidates. The first addresses are preferred.
func (a *answer) candidates(t *sdpText) {
	for i, ip := range a.addresses {
		priority := 126<<24 | (65535-i)<<8 | 255 // RFC 8445 §5.1.2.1
		t.line("a=candidate:%d 1 udp %d %s %d typ host", i+1, priority, ip, a.port)
	}
	t.line("a=end-of-candidates")
}

// mirrored is the answer to a direction: what one sends, the other receives.
func mirrored(direction string) string {
	switch direction {
	case "sendonly":
		return "recvonly"
	case "recvonly":
		return "sendonly"
	default:
		return direction
	}
}
