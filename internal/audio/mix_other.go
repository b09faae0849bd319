//go:build !amd64

package audio

func addFrames(dst, a, b *Frame) { addFramesPlain(dst, a, b) }
