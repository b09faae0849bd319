package call

import (
	"context"
	"errors"
	"fmt"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/ivr"
	"tonegate/mixer/mask"
)

// Errors of press-to-talk.
var (
	ErrNoTalk  = errors.New("talk_not_muted")
	ErrTalking = errors.New("talk_pressed")
)

// Talk presses or releases press-to-talk: while it is pressed, for 10 s at most,
// the agent hears the customer although the capture mutes it, tones replaced. To
// release what is not pressed is no error.
func (s *Service) Talk(ctx context.Context, by Actor, conferenceID string, pressed bool) error {
	if by.Role != bridge.Agent {
		return fmt.Errorf("%w: only the agent talks", ErrForbidden)
	}
	if !pressed {
		return s.releaseTalk(ctx, conferenceID, by, "")
	}
	act := by.entry(audit.TalkPressed)
	c, err := s.reserveTalk(conferenceID, by.LegID, &act)
	if err != nil {
		return err
	}
	if err = s.record(act); err == nil {
		err = s.do(ctx, c.ID, func(b *bridge.Conference) error { return b.PressTalk() })
		if err != nil { // ended in the same moment: the record shows both
			err = talkError(err)
			s.recordTalkEnd(Actor{}, &act, "")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil && c.talker == by.LegID {
		c.talker = ""
	}
	if err == nil && c.talker != by.LegID {
		// Whoever pressed was replaced meanwhile, and its press with it.
		s.notices.put(notice{conference: c.ID, hush: true})
	}
	c.broadcastMasking()
	return err
}

// reserveTalk notes who presses, if talk can be pressed.
func (s *Service) reserveTalk(conferenceID, legID string, act *audit.Entry) (*conference, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.open(conferenceID)
	switch {
	case err != nil:
		return nil, err
	case c.capture == nil || !c.capture.Progress.Armed || c.capture.Progress.State == ivr.Idle:
		return nil, ErrNoCapture
	case c.capture.Mode != mask.Mute || c.own() == mask.Mute:
		return nil, fmt.Errorf("%w: talk is for captures with mask mute, on a conference that is not muted itself", ErrNoTalk)
	case c.Transfer != bridge.Together:
		return nil, fmt.Errorf("%w: the customer is with the ivr", ErrNoTalk)
	case c.talker != "":
		return nil, ErrTalking
	}
	c.talker = legID
	act.ConferenceID, act.CaptureID = c.ID, c.capture.ID
	return c, nil
}

// releaseTalk ends a press, by whoever is given: the leg that pressed, or this
// server.
func (s *Service) releaseTalk(ctx context.Context, conferenceID string, by Actor, why audit.Detail) error {
	s.mu.Lock()
	c, err := s.open(conferenceID)
	unpressed := err == nil && (c.talker == "" || by.LegID != "" && c.talker != by.LegID)
	if err != nil || unpressed && by.LegID != "" {
		s.mu.Unlock()
		return err
	}
	c.talker = ""
	act := audit.Entry{ConferenceID: c.ID}
	if c.capture != nil {
		act.CaptureID = c.capture.ID
	}
	s.mu.Unlock()
	// Released first, whatever becomes of the record.
	err = s.do(ctx, c.ID, func(b *bridge.Conference) error { b.ReleaseTalk(); return nil })
	if unpressed {
		return err // on record already; to be sure
	}
	s.recordTalkEnd(by, &act, why)
	s.mu.Lock()
	defer s.mu.Unlock()
	c.broadcastMasking()
	return err
}

func (s *Service) recordTalkEnd(by Actor, of *audit.Entry, why audit.Detail) {
	e := by.entry(audit.TalkReleased)
	e.ConferenceID, e.CaptureID, e.Detail = of.ConferenceID, of.CaptureID, why
	_ = s.record(e) // logged; it is released all the same
}

// hush ends whatever a leg pressed: its connection is gone, or another one took
// its place. The caller holds the lock.
func (s *Service) hush(l *leg, why audit.Detail) {
	if c := s.byID[l.ConferenceID]; c != nil && c.talker == l.ID {
		s.notices.put(notice{conference: c.ID, hush: true, why: why})
	}
}

func talkError(err error) error {
	switch {
	case errors.Is(err, bridge.ErrNoCapture):
		return ErrNoCapture
	case errors.Is(err, bridge.ErrNoTalk):
		return ErrNoTalk
	case errors.Is(err, bridge.ErrTalking):
		return ErrTalking
	default:
		return fmt.Errorf("press to talk: %w", err)
	}
}

// maskingFor is what is masked now, as a role hears it. The caller holds the
// lock.
func (c *conference) maskingFor(r bridge.Role) Masking {
	m := c.masking()
	if c.talker != "" && r == bridge.Agent && m.Armed {
		m.Mode, m.Talk = mask.Stricter(c.own(), mask.Strip), true
	}
	return m
}

// broadcastMasking tells every seat what is masked. The caller holds the lock.
func (c *conference) broadcastMasking() {
	for seat := range c.seats {
		seat.push(MaskingChanged{c.maskingFor(seat.leg.Role)})
	}
}

// endTalkOf ends a press whose capture has ended.
func (s *Service) endTalkOf(c *conference) {
	s.mu.Lock()
	talking := c.talker != ""
	s.mu.Unlock()
	if talking {
		_ = s.releaseTalk(context.Background(), c.ID, Actor{}, "") // fails if the call has ended
	}
}
