package engine

import (
	"runtime"
	"testing"
	"unsafe"
)

// TestReserve: after it, a tick's stack does not grow; without it, it may.
func TestReserve(t *testing.T) {
	// The runtime has stacks begin as large as they were on average: now small ones.
	park := make(chan struct{})
	defer close(park)
	for range 1000 {
		go func() { <-park }()
	}
	runtime.GC()
	runtime.GC()
	grows := func(before func()) bool {
		grew := make(chan bool)
		go func() {
			var here int // moves with the stack
			before()
			at := uintptr(unsafe.Pointer(&here))
			scrub()
			grew <- at != uintptr(unsafe.Pointer(&here))
		}()
		return <-grew
	}
	if !grows(func() {}) {
		t.Error("a stack is that large to begin with: the test says nothing")
	}
	if grows(reserve) {
		t.Error("a stack grows beyond what was reserved")
	}
}
