package registers

import "golang.org/x/sys/cpu"

// Clear zeroes the vector registers.
func Clear() {
	if cpu.X86.HasAVX {
		clearWide()
	} else {
		clearNarrow()
	}
}

func clearWide()

func clearNarrow()
