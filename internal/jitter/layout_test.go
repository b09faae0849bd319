package jitter

import (
	"testing"
	"unsafe"
)

// TestCycleIsLast: what only a concealment looks at is the end of a buffer, so that it
// may lie in a page that a tick comes to late or not at all.
func TestCycleIsLast(t *testing.T) {
	var b Buffer
	at := unsafe.Offsetof(b.conceal) + unsafe.Offsetof(b.conceal.cycle)
	if end := at + unsafe.Sizeof(b.conceal.cycle); end+8 <= unsafe.Sizeof(b) || unsafe.Sizeof(b.conceal.cycle) < 256 {
		t.Errorf("it is [%d, %d) of %d bytes", at, end, unsafe.Sizeof(b))
	}
}
