package audio

// addFrames adds two frames and clamps, eight samples at a time: an addition that
// saturates is, of two sources, the sum clamped once.
//
//go:noescape
func addFrames(dst, a, b *Frame)

// encodeMuLaw compands a frame, eight samples at a time. A code word of the μ-law is the
// exponent and the first four bits of the mantissa of a number, which a conversion to a
// floating-point number finds (ITU-T G.711 §3.2, table 2a). The table for single samples
// is half of a processor's first cache.
//
//go:noescape
func encodeMuLaw(dst *[FrameSamples]byte, f *Frame)
