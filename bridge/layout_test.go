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
	if end := unsafe.Offsetof(l.id) + header; end > page {
		t.Errorf("the jitter buffer takes %d bytes with what is before it", end)
	}
}
