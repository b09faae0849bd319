package psp

import (
	"context"
	"errors"
	"maps"
	"net"
	"slices"
	"time"
)

// Runtime is what connectors take from the world around them. The zero value
// is the real one.
type Runtime struct {
	Now  func() time.Time                                                  // for the circuit breaker
	Dial func(ctx context.Context, network, addr string) (net.Conn, error) // TCP
}

// Set is the connectors of a server, by name.
type Set struct{ byName map[string]Connector }

// NewSet builds the connectors, or reports every fault of their configuration
// at once. It reads the files that they name, once.
func NewSet(c Configs, r Runtime) (*Set, error) {
	if r.Now == nil {
		r.Now = time.Now
	}
	if r.Dial == nil {
		r.Dial = (&net.Dialer{}).DialContext
	}
	s := &Set{byName: map[string]Connector{}}
	var all []error
	for _, name := range slices.Sorted(maps.Keys(c)) {
		f := &faults{name: name}
		if !plainID(name) {
			f.add("a name is made of letters, digits, - _ . and :")
		}
		cfg := c[name]
		switch cfg.Kind {
		case KindGeneric:
			s.byName[name] = newGeneric(cfg, r, f)
		case KindSealed:
			s.byName[name] = newSealed(cfg, f)
		default:
			f.add("no such kind: %s or %s", KindGeneric, KindSealed)
		}
		all = append(all, f.all...)
	}
	if err := errors.Join(all...); err != nil {
		return nil, err
	}
	return s, nil
}

// Get returns a connector; false if there is none of that name. A nil set has
// none.
func (s *Set) Get(name string) (Connector, bool) {
	if s == nil {
		return nil, false
	}
	c, ok := s.byName[name]
	return c, ok
}

// Names returns the connectors' names, sorted.
func (s *Set) Names() []string {
	if s == nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.byName))
}
