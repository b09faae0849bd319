package demo

import (
	"tonegate/dtmf"
	"tonegate/internal/audio"
)

// readKeys reads the keys of a recording with the product's own detector.
func readKeys(samples []int16) (out []stroke) {
	d := dtmf.NewDetector()
	for at := 0; at < len(samples)+3*audio.FrameSamples; at += audio.FrameSamples {
		var f audio.Frame
		if at < len(samples) {
			copy(f[:], samples[at:])
		}
		ev := d.Process(&f, dtmf.Reception{})
		start, end := ev.Tone()
		if end >= 0 && len(out) > 0 {
			out[len(out)-1].length = at + end - out[len(out)-1].onset
		}
		for _, k := range ev.Pressed() {
			out = append(out, stroke{key: k, onset: max(0, at+start), length: end - start})
		}
	}
	return out
}

// text writes keys as characters.
func text(keys []dtmf.Key) string {
	b := make([]byte, len(keys))
	for i, k := range keys {
		b[i] = k.Symbol()
	}
	return string(b)
}

func keysOf(strokes []stroke) []dtmf.Key {
	keys := make([]dtmf.Key, len(strokes))
	for i, s := range strokes {
		keys[i] = s.key
	}
	return keys
}
