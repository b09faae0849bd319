package bridge

import (
	"testing"
	"unsafe"

	"tonegate/dtmf"
)

// TestLegLiesInPages: a leg begins and ends with a page of memory, so a tick that looks
// at what every frame needs meets two pages of it and not four. Larger by some bytes, the
// allocator would have legs begin anywhere.
func TestLegLiesInPages(t *testing.T) {
	const page, header = 4096, 8 // what the allocator puts before what holds pointers
	if size := unsafe.Sizeof(leg{}) + header; size > 3*page {
		t.Errorf("a leg takes %d bytes", size)
	}
	l := newLeg(1, LegSpec{}, 1, new(dtmf.Workspace))
	if at := uintptr(unsafe.Pointer(l)) % page; at > header {
		t.Errorf("a leg begins %d bytes into a page", at)
	}
	// The end of the jitter buffer is what only a concealment looks at: see TestCycleIsLast.
	if end := unsafe.Offsetof(l.gate) + header; end > page+256 {
		t.Errorf("the jitter buffer takes %d bytes with what is before it", end)
	}
	// A larger offset than a page's has the compiler look at the first line for nothing.
	if at := unsafe.Offsetof(l.id); at != 0 {
		t.Errorf("what each tick needs first begins %d bytes into a leg", at)
	}
}
