//go:build !amd64

package audio

func addFrames(dst, a, b *Frame) { addFramesPlain(dst, a, b) }

func encodeMuLaw(dst *[FrameSamples]byte, f *Frame) { encodePlain(dst, encodeMu, f) }
