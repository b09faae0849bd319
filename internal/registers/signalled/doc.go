// Package signalled shows what a signal writes down of a packet that was handled: for
// tests of whoever has to clear the vector registers.
package signalled
