package prefetch

import (
	"testing"
	"unsafe"

	"pgregory.net/rapid"
)

// TestBetween: a place has each line that holds a byte of it, and no other.
func TestBetween(t *testing.T) {
	var memory [8 * line]byte
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.IntRange(0, len(memory)-1).Draw(t, "first")
		last := rapid.IntRange(first, len(memory)-1).Draw(t, "last")
		p := Between(&memory[first], &memory[last])
		lines := map[uintptr]bool{}
		for i := first; i <= last; i++ {
			lines[uintptr(unsafe.Pointer(&memory[i]))/line] = true
		}
		if back := Between(&memory[last], &memory[first]); last > first && back != (Place{}) {
			t.Fatalf("backwards there are %d lines", back.lines)
		}
		if p.at != unsafe.Pointer(&memory[first]) || p.lines != len(lines) {
			t.Fatalf("[%d, %d] of %p: %d lines from %p, want %d", first, last, &memory, p.lines, p.at, len(lines))
		}
	})
	if p := Whole(&memory); p.lines < 8 || p.lines > 9 {
		t.Errorf("a whole value of eight lines has %d", p.lines)
	}
}

// TestList: a list has room for some places, in order, and nothing in it is no fault.
func TestList(t *testing.T) {
	var memory [Most + 1][line]byte
	var places []Place
	for i := range memory {
		places = append(places, Whole(&memory[i]))
	}
	l := NewList(places...)
	for i, p := range l {
		if p != places[i] {
			t.Errorf("place %d is another", i)
		}
	}
	l[0], l[Most/2] = Place{}, Place{}
	l.Reach() // with holes
	l.Fetch()
	l.Soon()
	(*List)(nil).Reach()
	(*List)(nil).Fetch()
	(*List)(nil).Soon()
	new(List).Reach()
	new(List).Fetch()
	Place{}.Fetch()
	Place{unsafe.Pointer(&memory), -1}.Fetch()
	if n := testing.AllocsPerRun(10, func() { l.Reach(); l.Fetch() }); n != 0 {
		t.Errorf("%v allocations to fetch", n)
	}
}

// TestFetchChangesNothing of what it fetches.
func TestFetchChangesNothing(t *testing.T) {
	memory := [4 * line]byte{1, 2, 3}
	before := memory
	Whole(&memory).Fetch()
	NewList(Whole(&memory)).Reach()
	if memory != before {
		t.Error("memory has changed")
	}
}

func BenchmarkFetch(b *testing.B) {
	memory := new([64 * line]byte)
	for b.Loop() {
		Whole(memory).Fetch()
	}
}
