package engine

import "tonegate/internal/registers"

// stackBytes is more stack than a tick takes.
const stackBytes = 24 << 10

// reserve makes the stack grow now if it would in a tick: a stack that grows is copied
// and the old one left as it is, so it had better hold nothing. All that it does is the
// check that the assembler puts at its beginning.
func reserve()

// scrub overwrites the part of the stack that its caller's last calls used, and the
// vector registers. Frames are values, so a tick leaves audio there: a key's tone, until
// the next tick overwrites it, which after a call may be long.
//
//go:noinline
func scrub() {
	var below [stackBytes]byte
	touch(&below)
	registers.Clear()
}

// touch keeps the compiler from leaving out what nobody reads.
//
//go:noinline
func touch(b *[stackBytes]byte) { b[0] = 0 }
