//go:build amd64 || arm64

package prefetch

import "unsafe"

// fetch asks for so many lines, at least one, from an address on.
//
//go:noescape
func fetch(at unsafe.Pointer, lines int)

// look reads the byte at an address, and has no use for it.
//
//go:noescape
func look(at unsafe.Pointer)
