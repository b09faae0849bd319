//go:build !amd64

package jitter

func expand(to []int16, from []entry, what slot) (n int) { return expandPlain(to, from, what) }

func mark(to []entry, codes []byte, what slot) { markPlain(to, codes, what) }
