package call

import (
	"fmt"

	"tonegate/bridge"
)

func (spec *Spec) check() error {
	seen := map[bridge.Role]bool{}
	for i := range spec.Legs {
		l := &spec.Legs[i]
		if err := l.check(); err != nil {
			return fmt.Errorf("legs[%d]: %w", i, err)
		}
		if l.Role != bridge.Supervisor && seen[l.Role] {
			return fmt.Errorf("legs[%d]: %w: a conference has one %s", i, ErrRoleTaken, l.Role)
		}
		seen[l.Role] = true
	}
	if len(spec.Legs) > bridge.MaxLegs {
		return fmt.Errorf("%w: %d legs; %d are the limit", ErrInvalid, len(spec.Legs), bridge.MaxLegs)
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
