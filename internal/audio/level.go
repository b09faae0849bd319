package audio

import "math"

// FullScaleDBm0 is the level of a full-scale sine in dBm0 for µ-law (ITU-T
// G.711 Table 2a note: the theoretical load capacity is +3.17 dBm0).
const FullScaleDBm0 = 3.17

// Silent is the level reported for digital silence, in dBm0.
const Silent = -96.0

// LevelDBm0 returns the RMS level of samples relative to a full-scale sine,
// in dBm0, and never less than [Silent].
func LevelDBm0(samples []int16) float64 {
	var e float64
	for _, v := range samples {
		e += float64(v) * float64(v)
	}
	if e == 0 || len(samples) == 0 {
		return Silent
	}
	const sine = 32767 * 32767 / 2.0
	return math.Max(Silent, 10*math.Log10(e/float64(len(samples))/sine)+FullScaleDBm0)
}

// AmplitudeOf returns the peak amplitude, in sample units, of a sine whose
// level is dbm0.
func AmplitudeOf(dbm0 float64) float64 {
	return 32767 * math.Pow(10, (dbm0-FullScaleDBm0)/20)
}
