package rtcleg

import (
	"testing"
	"unsafe"
)

// TestFastLegBeginsAPage: the allocator has what takes a page begin one.
func TestFastLegBeginsAPage(t *testing.T) {
	if size := unsafe.Sizeof(fastLeg{}); size != legBytes {
		t.Errorf("a leg takes %d bytes", size)
	}
	l := fastPath{}.leg()
	if at := uintptr(unsafe.Pointer(l)) % 4096; at > 8 {
		t.Errorf("a leg begins %d bytes into a page", at)
	}
}
