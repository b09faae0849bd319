// Package architecture holds the rules about the house that the compiler does
// not: which package may import which and why, what must not compile, and that
// every package says what it is for. It has tests only.
package architecture
