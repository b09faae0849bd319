package call

import (
	"time"

	"tonegate/bridge"
	"tonegate/internal/audio"
	"tonegate/internal/ivr"
	"tonegate/internal/prefetch"
)

// promptPause is the music between two announcements to a customer who waits.
const promptPause = 8 * time.Second

// script is what a conference's ticks run: its collector, and what a customer is
// told who waits for a lost agent. It belongs to the conference's goroutine.
type script struct {
	session  *ivr.Session
	prompt   []int16
	returned func() // the agent is back inside; must not block

	awaiting bool
	speech   []int16 // what is left of the prompt
	pause    int     // ticks until the next one
	voice    audio.Frame
}

func (s *Service) newScript(c *conference) *script {
	p := &script{session: c.session, returned: func() { s.notices.put(notice{conference: c.ID, returned: true}) }}
	if s.cfg.Prompts != nil {
		p.prompt = s.cfg.Prompts[ivr.AgentLost]
	}
	return p
}

// Needs is what each tick looks at.
func (p *script) Needs() []prefetch.Place {
	return []prefetch.Place{prefetch.Between(&p.session, &p.awaiting), p.session.Needs()}
}

// Tick implements engine.Script.
func (p *script) Tick(now time.Time, c *bridge.Conference, last *bridge.Output) {
	p.session.Tick(now, c, last)
	if last.Returned {
		p.returned()
	}
	if p.awaiting {
		p.speak(c)
	}
}

// await begins or ends what is told to a customer who waits.
func (p *script) await(c *bridge.Conference, on bool) {
	c.Comfort(on)
	p.awaiting, p.speech, p.pause = on, nil, 0
}

func (p *script) speak(c *bridge.Conference) {
	switch {
	case len(p.speech) > 0:
	case p.pause > 0:
		p.pause--
		return
	default:
		p.speech, p.pause = p.prompt, int(promptPause/audio.FrameDuration)
	}
	if len(p.speech) == 0 {
		return
	}
	p.voice = audio.Frame{}
	p.speech = p.speech[copy(p.voice[:], p.speech):]
	c.Announce(&p.voice)
}
