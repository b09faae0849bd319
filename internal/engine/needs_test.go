package engine

import (
	"testing"

	"tonegate/bridge"
	"tonegate/internal/prefetch"
)

// TestNeedsFit: what a packet of a leg needs here leaves room for what its transport and
// that one's connection add, or some of it would not be fetched.
func TestNeedsFit(t *testing.T) {
	e := New(Config{})
	defer e.Close()
	if err := e.Open("a", bridge.Config{}, nil); err != nil {
		t.Fatal(err)
	}
	l, err := e.Attach(t.Context(), "a", bridge.LegSpec{Role: bridge.Agent}, nil)
	if err != nil {
		t.Fatal(err)
	}
	needs := l.needs()
	if len(needs) > prefetch.Most-2 {
		t.Errorf("%d places", len(needs))
	}
	for i, p := range needs {
		if p.Size() == 0 || p.Size() > 1024 {
			t.Errorf("place %d has %d bytes", i, p.Size())
		}
	}
}
