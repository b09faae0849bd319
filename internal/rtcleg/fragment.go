package rtcleg

import (
	"context"
	"fmt"
	"strings"
)

// fragment is what matters of a trickle-ice-sdpfrag (RFC 8840 §9).
type fragment struct {
	ufrag, pwd string
	candidates []string
}

func parseFragment(text string) (fragment, error) {
	var f fragment
	if len(text) > maxSDP {
		return f, fmt.Errorf("%w: %d bytes, and at most %d are read", ErrBadFragment, len(text), maxSDP)
	}
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\r\n")
		if line == "" {
			continue
		}
		if len(line) < 2 || line[1] != '=' {
			return f, fmt.Errorf("%w: a line without =", ErrBadFragment)
		}
		key, value, _ := strings.Cut(line, ":")
		switch key {
		case "a=ice-ufrag":
			// Grouped sections repeat the credentials of their one transport.
			if f.ufrag != "" && f.ufrag != value {
				return f, fmt.Errorf("%w: two different a=ice-ufrag", ErrBadFragment)
			}
			f.ufrag = value
		case "a=ice-pwd":
			if f.pwd != "" && f.pwd != value {
				return f, fmt.Errorf("%w: two different a=ice-pwd", ErrBadFragment)
			}
			f.pwd = value
		case "a=candidate":
			if err := checkCandidate(value); err != nil {
				return f, fmt.Errorf("%w: %w", ErrBadFragment, err)
			}
			f.candidates = append(f.candidates, value)
		}
	}
	return f, nil
}

// ApplyFragment takes a trickle-ice-sdpfrag, the body of a WHIP PATCH. With the
// credentials of the connection there is, or none, it adds candidates. With new
// ones it restarts ICE, and the fragment returned has this side's new
// credentials and candidates (RFC 9725 §4.3.3).
func (l *Leg) ApplyFragment(ctx context.Context, text string) (reply string, restarted bool, err error) {
	f, err := parseFragment(text)
	if err != nil {
		return "", false, fmt.Errorf("apply fragment: %w", err)
	}
	l.negotiating.Lock()
	defer l.negotiating.Unlock()
	switch {
	case l.closed.Load():
		return "", false, fmt.Errorf("apply fragment: %w", ErrClosed)
	case f.ufrag == "" && f.pwd == "", f.ufrag == l.offer.ufrag && f.pwd == l.offer.pwd:
		return "", false, nil
	}
	if err := checkCredentials(f.ufrag, f.pwd); err != nil {
		return "", false, fmt.Errorf("apply fragment: %w: %w", ErrBadFragment, err)
	}
	// Nothing else of the peer changes, so the offer it once made is made again
	// with the new credentials.
	again := *l.offer
	again.ufrag, again.pwd = f.ufrag, f.pwd
	a, err := l.apply(ctx, &again)
	if err != nil {
		return "", false, fmt.Errorf("apply fragment: %w", err)
	}
	return a.fragment(), true, nil
}

// fragment writes this side's credentials and candidates.
func (a *answer) fragment() string {
	s := a.offer.section()
	t := new(sdpText)
	t.line("a=ice-lite\r\na=ice-options:trickle")
	if a.offer.bundle {
		t.line("a=group:BUNDLE %s", s.mid)
	}
	t.line("m=audio %d %s %s", a.port, s.proto, a.media.formats())
	if s.hasMid {
		t.line("a=mid:%s", s.mid)
	}
	t.line("a=ice-ufrag:%s\r\na=ice-pwd:%s", a.local.ufrag, a.local.pwd)
	a.candidates(t)
	return t.String()
}
