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
func Clamp(v int32) int16 {
	if v > 32767 {
		return 32767
	}
	if v < -32768 {
		return -32768
	}
	return int16(v)
}

// Mix adds frames with 32-bit sums and clamps each sample once, so the result
// does not depend on the order of the sources. Nil sources are passed over.
func Mix(dst *Frame, sources ...*Frame) {
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
