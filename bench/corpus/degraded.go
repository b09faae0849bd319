package corpus

import (
	"math"

	"tonegate/bench/independent"
	"tonegate/internal/audio"
)

// level gives all presses of an item one level and returns it.
func (s *scene) level() float64 {
	level := s.within(-14, -6)
	s.spread(func(int) press {
		p := s.plain()
		p.row, p.column = level-s.within(0, 3), level
		return p
	})
	return level
}

func speechUnder(s *scene) {
	level := s.level()
	s.play()
	s.line()
	s.throughout(level - s.within(10, 20))
}

func speechEchoed(s *scene) {
	level := s.level()
	s.play()
	s.throughout(level - s.within(10, 20))
	// The echo of the echo: what a hybrid leaves of a voice is coloured.
	delay, g := int(s.within(1, 300)*ms), s.within(0.2, 0.7)
	for i := len(s.rest) - 1; i >= delay; i-- {
		s.rest[i] += g * s.rest[i-delay]
	}
	s.line()
}

func dialTone(s *scene) {
	s.level()
	s.play()
	s.line()
	level := s.within(-30, -13)
	s.sine(350, level)
	s.sine(440, level)
}

func hum(s *scene) {
	s.spread(func(int) press { return s.plain() })
	s.ordinary()
	mains, level := 50.0+10*float64(s.rng.IntN(2)), s.within(-40, -16)
	for h := range 12 {
		s.sine(mains*float64(h+1), level-3*float64(h)-s.within(0, 6))
	}
}

func offset(s *scene) {
	s.spread(func(int) press { return s.plain() })
	s.ordinary()
	v := s.scaled(30, 3000)
	for i := range s.rest {
		s.rest[i] += v
	}
}

func echoes(s *scene) {
	s.spread(func(int) press { return s.plain() })
	s.play()
	s.echo(int(s.within(0, 300)*ms)+1, s.within(-45, -20))
	s.line()
	s.around()
}

func losing(l loss) func(*scene) {
	return func(s *scene) {
		l := l
		l.rate, l.burst = s.scaled(0.01, 0.30), s.within(1, 2)
		s.loss = l
		s.spread(func(int) press { return s.plain() })
		s.ordinary()
	}
}

// shaped lays out presses with an envelope each; lead is how much longer than
// ordinary they last.
func (s *scene) shaped(lead float64, shape func(p *press) func(i int) float64) {
	s.spread(func(int) press {
		p := s.plain()
		p.length += int(lead * ms)
		p.shape = shape(&p)
		return p
	})
	s.ordinary()
}

func slowOnset(s *scene) {
	rise := s.within(3, 30)
	s.shaped(rise, func(*press) func(int) float64 {
		return func(i int) float64 { return min(1, float64(i)/(rise*ms)) }
	})
}

func agc(s *scene) {
	over, settle := s.within(3, 12), s.within(5, 40)
	s.shaped(0, func(*press) func(int) float64 {
		return func(i int) float64 { return math.Pow(10, over/20*math.Exp(-float64(i)/(settle*ms))) }
	})
}

func tremolo(s *scene) {
	depth, hz := s.within(1, 6), s.within(4, 40)
	s.shaped(0, func(*press) func(int) float64 {
		phase := s.within(0, 2*math.Pi)
		return func(i int) float64 {
			return math.Pow(10, -depth/40*(1+math.Sin(2*math.Pi*hz/audio.SampleRate*float64(i)+phase)))
		}
	})
}

func clipping(s *scene) {
	drive := s.within(1, 12)
	level := s.level()
	for i := range s.presses {
		// Beyond that most of the power is in what clipping adds.
		s.presses[i].invalid = drive > 6
	}
	s.limit = 1.7 * audio.AmplitudeOf(level) * math.Pow(10, -drive/20)
	s.ordinary()
}

func pickUp(s *scene) {
	s.smeared = true
	s.level()
	s.play()
	s.room(s.within(0.15, 0.6), s.within(0, 10))
	s.line()
	s.around()
}

func coding(c independent.Codec, rate int) func(*scene) {
	return func(s *scene) {
		s.channel = channel{c, rate}
		s.smeared = true
		s.spread(func(int) press {
			p := s.plain()
			// Nobody promises that tones survive the lowest rates.
			p.invalid = c == independent.AMR && rate < 10200
			return p
		})
		s.ordinary()
	}
}

func codingAMR(s *scene) {
	rates := [...]int{5900, 6700, 7400, 7950, 10200, 12200}
	coding(independent.AMR, rates[s.rng.IntN(len(rates))])(s)
}

func codingOpus(s *scene) { coding(independent.Opus, int(s.within(12000, 24000)))(s) }

// card is a card number in the middle of a conversation: the customer says
// something between keys, and the agent's voice comes back as echo.
func card(s *scene) {
	s.digits = true
	at := int(s.within(800, 1500) * ms)
	tone, pause := s.within(50, 150), s.within(60, 500)
	for range s.strokes {
		p := s.plain()
		p.length = int(tone * s.within(0.7, 1.3) * ms)
		p.length = max(p.length, 45*ms)
		p.onset = at
		at += p.length + int(max(45, pause*s.within(0.5, 2))*ms)
		s.presses = append(s.presses, p)
	}
	s.size(at + 500*ms)
	s.play()
	s.line()
	s.around()
	s.throughout(s.within(-45, -33)) // the agent, through the echo canceller
}
