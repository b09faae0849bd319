package call

import (
	"fmt"
	"strconv"
	"strings"

	"tonegate/bridge"
	"tonegate/internal/redact"
)

func (spec *Spec) check() error {
	seen := map[bridge.Role]bool{}
	for i := range spec.Legs {
		l := &spec.Legs[i]
		if err := l.check(); err != nil {
			return fmt.Errorf("legs[%d]: %w", i, err)
		}
		if err := noCard("/legs/"+strconv.Itoa(i)+"/identity", l.Identity); err != nil {
			return err
		}
		if l.Role != bridge.Supervisor && seen[l.Role] {
			return fmt.Errorf("legs[%d]: %w: a conference has one %s", i, ErrRoleTaken, l.Role)
		}
		seen[l.Role] = true
	}
	if len(spec.Legs) > bridge.MaxLegs {
		return fmt.Errorf("%w: %d legs; %d are the limit", ErrInvalid, len(spec.Legs), bridge.MaxLegs)
	}
	if err := noCard("/external_id", spec.ExternalID); err != nil {
		return err
	}
	for key, value := range spec.Metadata {
		if err := noCard("/metadata", key); err != nil {
			return err
		}
		if err := noCard("/metadata/"+pointerEscaper.Replace(key), value); err != nil {
			return err
		}
	}
	return nil
}

// pointerEscaper escapes a member's name (RFC 6901, clause 3).
var pointerEscaper = strings.NewReplacer("~", "~0", "/", "~1")

// noCard refuses a text of the platform's own that holds a card number: it would
// be kept on the disk and sent to whoever reads events.
func noCard(pointer, text string) error {
	if redact.Issued(text) {
		return &MemberError{pointer, fmt.Errorf("%w: it holds what could be a card number; put a letter between its digits", ErrInvalid)}
	}
	return nil
}

func (l *LegSpec) check() error {
	switch {
	case l.Role < bridge.Customer || l.Role > bridge.Supervisor:
		return fmt.Errorf("%w: unknown role", ErrInvalid)
	case l.Kind == "":
		l.Kind = KindExternal
	case l.Kind != KindExternal && l.Kind != KindBuiltin:
		return fmt.Errorf("%w: unknown kind %q", ErrInvalid, l.Kind)
	case l.Kind == KindBuiltin && l.Role != bridge.IVR:
		return fmt.Errorf("%w: only an ivr can be builtin", ErrInvalid)
	}
	return nil
}
