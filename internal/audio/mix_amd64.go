package audio

// addFrames adds two frames and clamps, eight samples at a time: an addition that
// saturates is, of two sources, the sum clamped once.
//
//go:noescape
func addFrames(dst, a, b *Frame)
