// Package audio holds the one shape that sound has inside the bridge, and the
// two companding laws that turn it into RTP payload and back.
//
// A [Frame] is 20 ms of 8 kHz mono linear PCM: 160 signed 16-bit samples. It
// is a value: assigning it copies it, so no two owners ever share samples and
// a frame that was masked cannot be un-masked through an alias.
//
// This package is the leaf of the import graph, and the only importer of the
// G.711 library; everything above works on linear samples and a [Law].
package audio

import "time"

const (
	// SampleRate is the rate of every frame, in samples per second.
	SampleRate = 8000
	// FrameSamples is the number of samples in a frame.
	FrameSamples = 160
	// FrameDuration is the packetisation time (ptime) of a frame.
	FrameDuration = FrameSamples * time.Second / SampleRate
	// SamplesPerMs converts milliseconds to samples.
	SamplesPerMs = SampleRate / 1000
)

// Frame is 20 ms of 8 kHz mono linear PCM.
type Frame [FrameSamples]int16

// Clamp narrows a 32-bit sum to the 16-bit range without wrapping.
func Clamp(v int32) int16 { return int16(max(-32768, min(32767, v))) }

// Mix adds frames with 32-bit sums and clamps each sample once, so the result
// does not depend on the order of the sources. Nil sources are passed over.
func Mix(dst *Frame, sources ...*Frame) {
	var some [3]*Frame
	n := 0
	for _, s := range sources {
		if s == nil {
			continue
		}
		if n == len(some) {
			mixMany(dst, sources)
			return
		}
		some[n] = s
		n++
	}
	// The parties of a call are three, so these are nearly all there is to do.
	switch a, b, c := some[0], some[1], some[2]; n {
	case 0:
		*dst = Frame{}
	case 1:
		*dst = *a
	case 2:
		addFrames(dst, a, b)
	default:
		for i := range dst {
			dst[i] = Clamp(int32(a[i]) + int32(b[i]) + int32(c[i]))
		}
	}
}

// addFramesPlain is addFrames where there is no other, and what the tests hold
// others against.
func addFramesPlain(dst, a, b *Frame) {
	for i := range dst {
		dst[i] = Clamp(int32(a[i]) + int32(b[i]))
	}
}

func mixMany(dst *Frame, sources []*Frame) {
	for i := range dst {
		var sum int32
		for _, s := range sources {
			if s != nil {
				sum += int32(s[i])
			}
		}
		dst[i] = Clamp(sum)
	}
}
