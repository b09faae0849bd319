package registers

import (
	"os"
	"runtime"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// packet is how long one is. The compiler must not know, or it would copy another way.
var packet = 172

// next is what follows on a byte of the packet: it is looked for without a copy of it.
func next(b byte) byte { return 5*b + 113 }

// TestNoSignalWritesAPacketDown: after a packet was copied and zeroed, a signal to its
// thread leaves nothing of it on the signal stack. Without Clear there would be.
func TestNoSignalWritesAPacketDown(t *testing.T) {
	runtime.LockOSThread() // all on one thread, so that each signal overwrites the one before
	defer runtime.UnlockOSThread()
	seen := false
	for range 20 { // the runtime's own signals come between, now and then
		if copiedThenSignalled(t, Clear) || copiedThenSignalled(t, clearNarrow) {
			t.Fatal("cleared, the packet is on the signal stack")
		}
		seen = seen || copiedThenSignalled(t, func() {})
		Clear()
		signal(t)
	}
	if !seen {
		t.Error("not cleared, the packet is not on the signal stack either: the test sees nothing")
	}
}

// copiedThenSignalled reports whether a packet is found on this thread's signal stack.
func copiedThenSignalled(t *testing.T, clearing func()) bool {
	t.Helper()
	from, to := make([]byte, packet), make([]byte, packet)
	for i := 1; i < len(from); i++ {
		from[i] = next(from[i-1])
	}
	copy(to, from)
	clear(from)
	clear(to)
	clearing()
	signal(t)
	return onSignalStack(t)
}

// signal sends one to this thread. The kernel delivers it before the call returns.
func signal(t *testing.T) {
	if _, _, errno := unix.RawSyscall(unix.SYS_TGKILL, uintptr(unix.Getpid()), uintptr(unix.Gettid()), uintptr(unix.SIGURG)); errno != 0 {
		t.Fatal(errno)
	}
}

// onSignalStack looks for half of a packet in a row, before the runtime signals this
// thread itself.
func onSignalStack(t *testing.T) bool {
	t.Helper()
	var stack struct {
		at    uintptr
		flags int32
		size  uintptr
	}
	if _, _, errno := unix.RawSyscall(unix.SYS_SIGALTSTACK, 0, uintptr(unsafe.Pointer(&stack)), 0); errno != 0 {
		t.Fatal(errno)
	}
	memory, err := os.Open("/proc/self/mem")
	if err != nil {
		t.Fatal(err)
	}
	defer memory.Close()
	all := make([]byte, stack.size)
	if _, err := memory.ReadAt(all, int64(stack.at)); err != nil || len(all) == 0 {
		t.Fatalf("read %d bytes of signal stack: %v", len(all), err)
	}
	run, last := 0, byte(0)
	for _, b := range all {
		if run++; b != next(last) {
			run = 0
		}
		if last = b; run == 80 {
			return true
		}
	}
	return false
}
