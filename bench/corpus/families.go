package corpus

import (
	"math"

	"tonegate/bench/independent"
	"tonegate/internal/audio"
)

// Families lists every kind of trouble.
func Families() []Family {
	return []Family{
		{"levels", Plain, "0…−36 dBm0 per frequency (Q.24 §2.3)", 4, levels},
		{"twist", Plain, "−12…+12 dB between the frequencies (Q.24 §2.4)", 4, twist},
		{"off-together", Plain, "both frequencies off by ±0.5…5 %, one way (Q.24 §2.2)", 4, offTogether},
		{"off-apart", Plain, "the frequencies off by ±0.5…5 %, each its way (Q.24 §2.2)", 4, offApart},
		{"durations", Plain, "10…2000 ms (Q.24 §2.5)", 4, durations},
		{"short", Plain, "10…40 ms: too short for an exchange, long enough for an ear", 4, short},
		{"repeats", Plain, "one key twice, 20…100 ms apart (Q.24 §2.5)", 4, repeats},
		{"holes", Plain, "interruptions of 2…20 ms (Q.24 §2.5)", 4, holes},
		{"cadences", Plain, "40/40…65/65 ms (ES 201 235-3 §4.2.4)", 8, cadences},
		{"noise", Plain, "white noise 30…6 dB down (Q.24 §2.7)", 4, noisy},
		{"impulses", Plain, "clicks at random (Q.24 §2.7)", 4, impulses},
		{"speech-under", Plain, "the customer's voice 10…20 dB under the tone", 4, speechUnder},
		{"speech-echoed", Plain, "the far end's voice, echoed, 10…20 dB under the tone", 4, speechEchoed},
		{"dial-tone", Plain, "350 + 440 Hz under it (Q.24 §2.8)", 4, dialTone},
		{"hum", Plain, "mains hum, 50 or 60 Hz, with harmonics", 4, hum},
		{"dc", Plain, "an offset of the zero line", 4, offset},
		{"echo", Plain, "an echo of the tone, −20…−45 dB, 0…300 ms later (Q.24 §2.9)", 4, echoes},
		{"loss-plc", Loss, "1…30 % of frames lost, concealed here, known", 4, losing(loss{plc: true, known: true})},
		{"loss-repeat", Loss, "1…30 % of frames lost, repeated here, known", 4, losing(loss{known: true})},
		{"far-plc", Loss, "1…30 % of frames lost and concealed before a gateway", 4, losing(loss{plc: true})},
		{"far-repeat", Loss, "1…30 % of frames lost and repeated before a gateway", 4, losing(loss{})},
		{"slow-onset", Degraded, "tones that swell over 3…30 ms", 4, slowOnset},
		{"agc", Degraded, "gain control that overshoots by 3…12 dB", 4, agc},
		{"tremolo", Degraded, "levels that waver by 1…6 dB, 4…40 times a second", 4, tremolo},
		{"clipping", Degraded, "tones driven 1…12 dB into clipping", 4, clipping},
		{"pick-up", Degraded, "tones through the air, with a tail of 0.15…0.6 s", 4, pickUp},
		{"codec-gsm", Plain, "through GSM full rate", 4, coding(independent.GSM, 0)},
		{"codec-amr", Plain, "through AMR at 5.9…12.2 kbit/s", 4, codingAMR},
		{"codec-amr475", LowRate, "through AMR at 4.75 kbit/s", 4, coding(independent.AMR, 4750)},
		{"codec-opus", Plain, "through Opus at 12…24 kbit/s", 4, codingOpus},
		{"card", Plain, "sixteen digits in two-sided talk", 16, card},
	}
}

// ordinary finishes a scene: an idle line, and speech around the keys.
func (s *scene) ordinary() {
	s.play()
	s.line()
	s.around()
}

func levels(s *scene) {
	s.spread(func(int) press {
		p := s.plain()
		p.row = s.within(-36, 0)
		p.column = max(-36, min(0, p.row+s.within(-2, 2)))
		return p
	})
	s.ordinary()
}

func twist(s *scene) {
	s.spread(func(int) press {
		p := s.plain()
		t, top := s.within(-12, 12), s.within(-14, -6)
		p.row, p.column = top+min(0, t), top-max(0, t)
		return p
	})
	s.ordinary()
}

// off draws a frequency offset of 0.5…5 % either way.
func (s *scene) off() float64 {
	v := s.within(0.005, 0.05)
	if s.rng.IntN(2) == 0 {
		return -v
	}
	return v
}

func offTogether(s *scene) {
	s.spread(func(int) press {
		p := s.plain()
		p.offRow = s.off()
		p.offCol = p.offRow
		return p
	})
	s.ordinary()
}

func offApart(s *scene) {
	s.spread(func(int) press {
		p := s.plain()
		p.offRow, p.offCol = s.off(), s.off()
		return p
	})
	s.ordinary()
}

// scaled draws from a distribution that is even on a logarithmic scale.
func (s *scene) scaled(from, to float64) float64 {
	return math.Exp(s.within(math.Log(from), math.Log(to)))
}

func durations(s *scene) {
	s.spread(func(int) press {
		p := s.plain()
		p.length = int(s.scaled(10, 2000) * ms)
		return p
	})
	s.ordinary()
}

func short(s *scene) {
	s.spread(func(int) press {
		p := s.plain()
		p.length = int(s.within(10, 40) * ms)
		return p
	})
	s.ordinary()
}

func repeats(s *scene) {
	at := int(s.within(500, 900) * ms)
	for i := range s.strokes {
		p := s.plain()
		if i%2 == 1 {
			p = s.presses[i-1]
			p.gap = int(s.within(20, 100) * ms)
			at = p.onset + p.length + p.gap
		}
		p.onset = at
		at += p.length + int(s.within(430, 700)*ms)
		s.presses = append(s.presses, p)
	}
	s.size(at)
	s.ordinary()
}

func holes(s *scene) {
	s.spread(func(int) press {
		p := s.plain()
		p.hole = int(s.within(2, 20) * ms)
		p.length = int(s.within(95, 160) * ms)
		p.holeAt = int(s.within(20, float64(p.length-p.hole)/ms-20) * ms)
		return p
	})
	s.ordinary()
}

func cadences(s *scene) {
	at := int(s.within(500, 900) * ms)
	tone, pause := s.within(40, 65), s.within(40, 65)
	for range s.strokes {
		p := s.plain()
		p.length = int(tone * ms)
		p.onset = at
		at += p.length + int(pause*ms)
		s.presses = append(s.presses, p)
	}
	s.size(at + 450*ms)
	s.ordinary()
}

func noisy(s *scene) {
	snr := s.within(6, 30)
	level := s.within(-16, -6)
	s.spread(func(int) press {
		p := s.plain()
		p.row, p.column = level-s.within(0, 3), level
		p.invalid = snr < 15 // Q.24 asks for no more
		return p
	})
	s.play()
	s.white(level + 1.2 - snr) // of the pair, whose row is a little fainter
	s.around()
}

func impulses(s *scene) {
	s.spread(func(int) press { return s.plain() })
	s.ordinary()
	every := s.within(2, 20) // a second
	peak := s.scaled(1000, 16000)
	for i := range s.rest {
		if s.rng.Float64() < every/audio.SampleRate {
			for k := range min(1+s.rng.IntN(4), len(s.rest)-i) {
				s.rest[i+k] += peak * s.within(-1, 1)
			}
		}
	}
}
