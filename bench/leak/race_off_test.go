//go:build !race

package leak

const effort = 1
