package proof

import (
	"encoding/binary"
	"fmt"
	"math"

	"tonegate/internal/audio"
)

const (
	// window is as long as a packet's audio: rings keep packets and frames, whose
	// neighbours in memory need not be their neighbours in time.
	window = audio.FrameSamples
	hop    = window / 4
	look   = window / 2 // what is analysed at a time: somewhere it lies inside
	// pure is how much of a window's energy its two strongest DTMF frequencies
	// must have. Speech has less, a key more.
	pure = 0.93
	// loud is the level below which there is nothing worth hearing, in sample
	// units squared.
	loud = 100 * 100
)

var pitches = [8]float64{697, 770, 852, 941, 1209, 1336, 1477, 1633}

var waves = func() (w [8][2][look]float64) {
	for p, hz := range pitches {
		for i := range look {
			s, c := math.Sincos(2 * math.Pi * hz * float64(i) / audio.SampleRate)
			w[p][0][i], w[p][1][i] = s, c
		}
	}
	return w
}()

// strain is a window of memory that sounds like a key.
type strain struct {
	coding string
	key    byte
	at     int
}

// tallyTones counts windows by coding, and says of how many different keys they
// are; of which ones it does not.
func tallyTones(found []strain) string {
	codings, keys := map[string]int{}, map[byte]bool{}
	for _, s := range found {
		codings[s.coding]++
		keys[s.key] = true
	}
	return fmt.Sprintf("%d windows of %d different keys (PCM %d, µ-law %d, A-law %d)",
		len(found), len(keys), codings["PCM"], codings["µ-law"], codings["A-law"])
}

// findTones runs a DTMF receiver over bytes as if they were µ-law, A-law or
// 16-bit samples. It shares nothing with the product's detector.
func findTones(b []byte) (found []strain) {
	x := make([]float64, look)
	var mu, a [256]float64
	for i := range 256 {
		mu[i], a[i] = float64(audio.MuLaw.DecodeSample(byte(i))), float64(audio.ALaw.DecodeSample(byte(i)))
	}
	for at := 0; at+look <= len(b); at += hop {
		if flat(b[at : at+look]) {
			continue
		}
		for i := range x {
			x[i] = mu[b[at+i]]
		}
		if key, ok := keyIn(x); ok {
			found = append(found, strain{"µ-law", key, at})
			continue
		}
		for i := range x {
			x[i] = a[b[at+i]]
		}
		if key, ok := keyIn(x); ok {
			found = append(found, strain{"A-law", key, at})
		}
	}
	for odd := range 2 {
		for at := odd; at+2*look <= len(b); at += 2 * hop {
			if flat(b[at : at+2*look]) {
				continue
			}
			for i := range x {
				x[i] = float64(int16(binary.LittleEndian.Uint16(b[at+2*i:])))
			}
			if key, ok := keyIn(x); ok {
				found = append(found, strain{"PCM", key, at})
			}
		}
	}
	return found
}

// flat reports whether bytes hold too few values to be a sound.
func flat(b []byte) bool {
	changes := 0
	for i := 8; i < len(b); i += 4 {
		if b[i] != b[i-8] {
			changes++
		}
	}
	return changes < len(b)/8
}

// keyIn names the key whose two tones are nearly all that a window holds.
func keyIn(x []float64) (key byte, ok bool) {
	energy, mean := 0.0, 0.0
	for _, v := range x {
		mean += v / float64(len(x))
	}
	for i := range x {
		x[i] -= mean
		energy += x[i] * x[i]
	}
	if energy < loud*float64(len(x)) {
		return 0, false
	}
	// A tone's energy goes round in circles eight samples long: neighbours of a key
	// are alike, those of most of a memory are not.
	smooth := 0.0
	for i := 1; i < len(x); i++ {
		d := x[i] - x[i-1]
		smooth += d * d
	}
	if smooth > 2*energy {
		return 0, false
	}
	var power [8]float64
	for p := range waves {
		re, im := 0.0, 0.0
		for i, v := range x {
			re += v * waves[p][0][i]
			im += v * waves[p][1][i]
		}
		power[p] = (re*re + im*im) * 2 / float64(len(x))
	}
	row, column := strongest(power[:4]), 4+strongest(power[4:])
	r, c := power[row], power[column]
	if r > 16*c || c > 16*r {
		return 0, false
	}
	if explained(x, row, column) < pure*energy {
		return 0, false
	}
	return "123A456B789C*0#D"[4*row+column-4], true
}

func strongest(p []float64) (best int) {
	for i, v := range p {
		if v > p[best] {
			best = i
		}
	}
	return best
}

// explained is the energy of the best fit of two sinusoids: the projection on
// their four waves, which in so short a window are not at right angles.
func explained(x []float64, row, column int) float64 {
	basis := [4]*[look]float64{&waves[row][0], &waves[row][1], &waves[column][0], &waves[column][1]}
	var q [4][look]float64
	total := 0.0
	for k, w := range basis {
		q[k] = *w
		for j := range k {
			d := dot(q[k][:], q[j][:])
			for i := range q[k] {
				q[k][i] -= d * q[j][i]
			}
		}
		norm := math.Sqrt(dot(q[k][:], q[k][:]))
		for i := range q[k] {
			q[k][i] /= norm
		}
		d := dot(x, q[k][:])
		total += d * d
	}
	return total
}

func dot(a, b []float64) (sum float64) {
	for i, v := range a {
		sum += v * b[i]
	}
	return sum
}
