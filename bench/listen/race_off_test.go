//go:build !race

package listen

const effort = 1
