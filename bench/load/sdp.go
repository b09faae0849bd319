package load

import (
	"encoding/hex"
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"strings"
)

// eventType is the payload type offered for named events, as Chromium has it.
const eventType = 126

// errAnswer: the server's answer lacks what a call needs.
var errAnswer = errors.New("unusable answer")

// offer is what a leg offers: G.711 and named events, as a browser does without
// Opus. The client is the DTLS client, whatever the server would prefer.
func (l *leg) offer(fingerprint string, port uint16) string {
	lines := []string{
		"v=0", "o=- 1 1 IN IP4 0.0.0.0", "s=-", "t=0 0", "a=group:BUNDLE 0",
		fmt.Sprintf("m=audio 9 UDP/TLS/RTP/SAVPF 0 %d", eventType), "c=IN IP4 0.0.0.0",
		"a=mid:0", "a=rtcp-mux", "a=sendrecv", "a=ice-ufrag:" + l.ufrag, "a=ice-pwd:" + l.pwd,
		"a=fingerprint:sha-256 " + fingerprint, "a=setup:active", "a=rtpmap:0 PCMU/8000",
		fmt.Sprintf("a=rtpmap:%d telephone-event/8000", eventType), fmt.Sprintf("a=fmtp:%d 0-15", eventType),
		"a=ptime:20", fmt.Sprintf("a=ssrc:%d cname:load", l.ssrc),
		fmt.Sprintf("a=candidate:1 1 udp %d %s %d typ host", hostPriority, netip.AddrFrom4(l.from), port), "a=end-of-candidates",
	}
	return strings.Join(lines, "\r\n") + "\r\n"
}

// answer is what a leg needs of an answer.
type answer struct {
	ufrag, pwd  string
	fingerprint []byte // SHA-256 of the server's certificate
	media       netip.AddrPort
	events      bool
}

// parseAnswer reads an answer to [leg.offer]. Of the candidates it takes the
// first over UDP and IPv4 that usable accepts.
func parseAnswer(text string, usable func(netip.Addr) bool) (answer, error) {
	var a answer
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		key, value, _ := strings.Cut(line, ":")
		switch key {
		case "a=ice-ufrag":
			a.ufrag = value
		case "a=ice-pwd":
			a.pwd = value
		case "a=fingerprint":
			hash, digest, _ := strings.Cut(value, " ")
			raw, err := hex.DecodeString(strings.ReplaceAll(digest, ":", ""))
			if !strings.EqualFold(hash, "sha-256") || err != nil || len(raw) != 32 {
				return a, fmt.Errorf("%w: fingerprint %q", errAnswer, value)
			}
			a.fingerprint = raw
		case "a=rtpmap":
			a.events = a.events || strings.HasPrefix(value, strconv.Itoa(eventType)+" telephone-event/8000")
		case "a=candidate":
			if at, ok := parseCandidate(value); ok && !a.media.IsValid() && usable(at.Addr()) {
				a.media = at
			}
		}
		if rest, ok := strings.CutPrefix(line, "m=audio "); ok {
			if f := strings.Fields(rest); len(f) < 3 || f[0] == "0" || f[2] != "0" {
				return a, fmt.Errorf("%w: PCMU was not accepted: %s", errAnswer, line)
			}
		}
	}
	switch {
	case a.ufrag == "" || a.pwd == "" || a.fingerprint == nil:
		return a, fmt.Errorf("%w: no ICE credentials or fingerprint", errAnswer)
	case !a.media.IsValid():
		return a, fmt.Errorf("%w: no candidate over UDP and IPv4 that can be reached", errAnswer)
	}
	return a, nil
}

func parseCandidate(value string) (netip.AddrPort, bool) {
	f := strings.Fields(value)
	if len(f) < 6 || f[1] != "1" || !strings.EqualFold(f[2], "udp") {
		return netip.AddrPort{}, false
	}
	at, err := netip.ParseAddrPort(f[4] + ":" + f[5])
	return at, err == nil && at.Addr().Is4()
}
