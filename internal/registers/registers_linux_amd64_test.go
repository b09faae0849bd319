package registers

import (
	"testing"

	"tonegate/internal/registers/signalled"
)

// TestNoSignalWritesAPacketDown: after a packet was copied and zeroed, a signal to its
// thread leaves nothing of it on the signal stack. Without Clear there would be.
func TestNoSignalWritesAPacketDown(t *testing.T) {
	to := make([]byte, 200)
	for name, clearing := range map[string]func(){"Clear": Clear, "without AVX": clearNarrow, "": nil} {
		left, err := signalled.Leaves(func(packet []byte) {
			copy(to, packet)
			clear(packet)
			clear(to)
			if clearing != nil {
				clearing()
			}
		})
		switch {
		case err != nil:
			t.Fatal(err)
		case left && clearing != nil:
			t.Errorf("%s: the packet is on the signal stack", name)
		case !left && clearing == nil:
			t.Error("not cleared, the packet is not on the signal stack either: the test sees nothing")
		}
	}
}
