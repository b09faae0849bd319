package engine

import (
	"slices"
	"testing"
	"time"

	"tonegate/bridge"
	"tonegate/internal/prefetch"
)

// needs is a script with as much to fetch as that of a call.
type needs [200]byte

func (*needs) Tick(time.Time, *bridge.Conference, *bridge.Output) {}
func (n *needs) Needs() []prefetch.Place {
	return []prefetch.Place{prefetch.Whole(&n[0]), prefetch.Whole(&n[100])}
}

// TestNeedsFit: what a packet of a leg needs here leaves room for what its transport and
// that one's connection add, or some of it would not be fetched.
func TestNeedsFit(t *testing.T) {
	e := New(Config{})
	defer e.Close()
	if err := e.Open("a", bridge.Config{}, new(needs)); err != nil {
		t.Fatal(err)
	}
	l, err := e.Attach(t.Context(), "a", bridge.LegSpec{Role: bridge.Agent}, nil)
	if err != nil {
		t.Fatal(err)
	}
	places := l.needs()
	if len(places) > prefetch.Most-2 {
		t.Errorf("%d places", len(places))
	}
	if !slices.Contains(places, l.room.script.(*needs).Needs()[1]) {
		t.Error("nothing of the script's")
	}
	for i, p := range places {
		if p.Size() == 0 || p.Size() > 1024 {
			t.Errorf("place %d has %d bytes", i, p.Size())
		}
	}
}
