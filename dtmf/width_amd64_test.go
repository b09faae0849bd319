package dtmf

import "golang.org/x/sys/cpu"

// widths are the forms of the kernels that this processor can run.
func widths() []string {
	if cpu.X86.HasAVX2 {
		return []string{"wide", "narrow"}
	}
	return []string{"narrow"}
}

// setWidth chooses a form, and returns what goes back to the one before.
func setWidth(width string) (undo func()) {
	before := wide
	wide = width == "wide"
	return func() { wide = before }
}
