package registers

import "golang.org/x/sys/cpu"

func clearAll() {
	if cpu.X86.HasAVX {
		clearWide()
	} else {
		clearNarrow()
	}
}

func clearWide()

func clearNarrow()
