//go:build !race

package dtmf

const effort = 1
