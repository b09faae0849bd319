package softphone

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pion/ice/v4"
)

// errNoPath is what sending gives while ICE is between two paths.
var errNoPath = ice.ErrNoCandidatePairs

// Fragment returns the trickle-ice-sdpfrag (RFC 8840 §9) of an offer.
func Fragment(offer string) string {
	kept := []string{
		"a=group:", "a=ice-options:", "m=audio", "a=mid:", "a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates",
	}
	var b strings.Builder
	for line := range strings.Lines(offer) {
		if hasPrefixOf(line, kept) {
			b.WriteString(strings.TrimRight(line, "\r\n") + "\r\n")
		}
	}
	return b.String()
}

// AcceptFragment takes the server's answer to a fragment: the last answer with
// new credentials and candidates.
func (p *Phone) AcceptFragment(fragment string) error {
	last := p.pc.CurrentRemoteDescription()
	if last == nil {
		return fmt.Errorf("accept fragment: %w: there was no answer before", ErrAnswer)
	}
	replaced := []string{"a=ice-ufrag:", "a=ice-pwd:", "a=candidate:", "a=end-of-candidates"}
	var b strings.Builder
	for line := range strings.Lines(last.SDP) {
		if !hasPrefixOf(line, replaced) {
			b.WriteString(line)
		}
	}
	// The audio section is the only one, so what follows belongs to it.
	for line := range strings.Lines(fragment) {
		if hasPrefixOf(line, replaced) {
			b.WriteString(line)
		}
	}
	return p.Accept(b.String())
}

func hasPrefixOf(line string, prefixes []string) bool {
	return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(line, p) })
}
