//go:build !amd64

package registers

// Clear does nothing here: the registers keep what they hold until it is overwritten.
func Clear() {}
