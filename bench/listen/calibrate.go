package listen

import (
	"errors"
	"fmt"
	"math"

	"tonegate/internal/audio"
)

// ErrDeaf is returned by a calibration in which the listener could not read
// tones that a listener can read.
var ErrDeaf = errors.New("listen: the listener is deaf")

// What a listener must read to be of use, as shares of tones.
const (
	wantShort   = 0.98
	wantFaint   = 0.90
	shortRounds = 1600 // an ideal listener reads 99 %, so many must be tried
	faintRounds = 160
)

// Calibration is how much the listener read of what it was given.
type Calibration struct {
	Short float64 // share read of 2 ms tones at 20 dB signal to noise
	Faint float64 // share read of 40 ms tones 50 dB down on a quiet line
}

// Calibrate makes the listener read tones of its own making: all keys, random
// phases. It returns [ErrDeaf] if it reads less than 98 % of tones of 2 ms at
// 20 dB above white noise, or less than 90 % of tones of 40 ms that are 50 dB
// below their usual level, on a line that carries nothing but what G.711
// leaves of an idle channel.
func (l *Listener) Calibrate() (Calibration, error) {
	return l.calibrate(shortRounds, faintRounds)
}

func (l *Listener) calibrate(shortRounds, faintRounds int) (Calibration, error) {
	var short, faint int
	x := make([]int16, 1200)
	for i := range shortRounds {
		symbol := symbols[i%len(symbols)]
		if l.Name(l.short(x, symbol), 800, 2*perMs).Symbol == symbol {
			short++
		}
	}
	for i := range faintRounds {
		symbol := symbols[i%len(symbols)]
		if l.Name(l.faint(x, symbol), 800, 40*perMs).Symbol == symbol {
			faint++
		}
	}
	c := Calibration{float64(short) / float64(shortRounds), float64(faint) / float64(faintRounds)}
	if c.Short < wantShort || c.Faint < wantFaint {
		return c, fmt.Errorf("%w: it read %.1f %% of tones of 2 ms and %.1f %% of tones 50 dB down",
			ErrDeaf, 100*c.Short, 100*c.Faint)
	}
	return c, nil
}

// short puts 2 ms of tone at sample 800 into noise 20 dB below it.
func (l *Listener) short(x []int16, symbol byte) []int16 {
	const row, column = -11, -9
	power := math.Pow(audio.AmplitudeOf(row), 2)/2 + math.Pow(audio.AmplitudeOf(column), 2)/2
	sigma := math.Sqrt(power / 100)
	tone := l.synthesise(symbol, 2*perMs, row, column)
	for i := range x {
		v := sigma * l.rng.NormFloat64()
		if i >= 800 && i-800 < len(tone) {
			v += tone[i-800]
		}
		x[i] = audio.Clamp(int32(math.Round(v)))
	}
	return x
}

// faint puts 40 ms of tone 50 dB down at sample 800 on an idle µ-law channel.
func (l *Listener) faint(x []int16, symbol byte) []int16 {
	tone := l.synthesise(symbol, 40*perMs, -11-50, -9-50)
	for i := range x {
		v := 4 * l.rng.NormFloat64()
		if i >= 800 && i-800 < len(tone) {
			v += tone[i-800]
		}
		s := audio.Clamp(int32(math.Round(v)))
		x[i] = audio.MuLaw.DecodeSample(audio.MuLaw.EncodeSample(s))
	}
	return x
}

// synthesise makes n samples of a key at random phases, levels in dBm0.
func (l *Listener) synthesise(symbol byte, n int, row, column float64) []float64 {
	r, c, _ := pitchesOf(symbol)
	a, b := 2*math.Pi*l.rng.Float64(), 2*math.Pi*l.rng.Float64()
	out := make([]float64, n)
	for i := range out {
		t := 2 * math.Pi / sampleRate * float64(i)
		out[i] = audio.AmplitudeOf(row)*math.Sin(pitches[r]*t+a) + audio.AmplitudeOf(column)*math.Sin(pitches[c]*t+b)
	}
	return out
}
