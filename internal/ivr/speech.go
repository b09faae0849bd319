package ivr

import (
	"time"

	"tonegate/bridge"
	"tonegate/internal/audio"
)

func (s *Session) say(ps ...Prompt) {
	if !s.external() {
		s.queue = append(s.queue, ps...)
	}
}

// hush stops speaking.
func (s *Session) hush() { s.speech, s.queue = nil, s.queue[:0] }

// prompts are those of the capture's language.
func (s *Session) prompts() *Prompts {
	if s.params.Prompts != nil {
		return s.params.Prompts
	}
	return s.cfg.Prompts
}

// speak plays the next frame of what is to be said. The time-out for the first
// key begins when the prompt has been heard. The agent hears it, too: what is said
// of a field's end that is told on the grid begins there.
func (s *Session) speak(now time.Time, c *bridge.Conference) {
	if s.external() || s.cfg.Leg == 0 || s.onGrid {
		return
	}
	if len(s.speech) == 0 && len(s.queue) > 0 {
		s.speech = s.prompts()[s.queue[0]]
		s.queue = append(s.queue[:0], s.queue[1:]...)
	}
	if len(s.speech) == 0 {
		if s.progress.State == Collecting && s.waitFrom.IsZero() {
			s.waitFrom = now
		}
		return
	}
	s.voice = audio.Frame{}
	s.speech = s.speech[copy(s.voice[:], s.speech):]
	_ = c.Play(s.cfg.Leg, &s.voice) // the leg left: nobody hears it
}
