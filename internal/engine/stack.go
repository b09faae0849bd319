package engine

// stackBytes is more stack than a tick takes.
const stackBytes = 24 << 10

// scrub overwrites the part of the stack that its caller's last calls used.
// Frames are values, so a tick leaves audio there: a key's tone, until the next tick
// overwrites it, which after a call may be long. And a stack that must grow is
// copied and the old one left as it is, so scrub also comes before a tick: what grows
// then holds nothing. It costs less than a microsecond for all conferences of a phase.
//
//go:noinline
func scrub() {
	var below [stackBytes]byte
	touch(&below)
}

// touch keeps the compiler from leaving out what nobody reads.
//
//go:noinline
func touch(b *[stackBytes]byte) { b[0] = 0 }
