package call

import (
	"context"
	"fmt"
	"math/rand/v2"
	"time"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/card"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/internal/store"
	"tonegate/mixer/mask"
)

// Restore takes over the calls of a process that ended without ending them. Call
// it once, before anything else. A capture that had not ended has failed; who had
// joined may come back with the resume secret, and the customer is muted to the
// agent until it is clear that no key is being pressed (see
// bridge.Conference.InDoubt).
func (s *Service) Restore(ctx context.Context) error {
	if s.cfg.State == nil {
		return nil
	}
	all, err := s.cfg.State.Conferences()
	if err != nil {
		return fmt.Errorf("restore calls: %w", err)
	}
	was, cut, err := s.interrupted()
	if err != nil {
		return fmt.Errorf("restore recordings: %w", err)
	}
	live := 0
	for _, kept := range all {
		if kept.State == ConferenceEnded && s.cfg.Now().Sub(kept.EndedAt) >= keepEnded {
			if err := s.cfg.State.Forget(kept.ID); err != nil {
				return fmt.Errorf("restore calls: %w", err)
			}
			continue
		}
		if err := s.restore(ctx, kept); err != nil {
			return fmt.Errorf("restore conference %s: %w", kept.ID, err)
		}
		if kept.State != ConferenceEnded {
			live++
		}
	}
	s.restoreTapes(ctx, was, cut)
	if live > 0 {
		s.cfg.Log.Warn("calls taken over from a process that did not end them", zap.Int("conferences", live))
	}
	return nil
}

func (s *Service) restore(ctx context.Context, kept store.Conference) error {
	c := s.revive(kept)
	s.mu.Lock()
	s.byID[c.ID] = c
	for _, l := range c.legs {
		s.legs[l.ID] = l
	}
	var failed []ivr.Progress
	for _, capture := range c.captures {
		s.captures[capture.ID] = capture
		if capture.Progress.State.Open() {
			capture.fail()
			failed = append(failed, capture.Progress)
			s.emitEnd(c, &capture.Progress)
		}
	}
	if c.State == ConferenceEnded {
		time.AfterFunc(keepEnded-s.cfg.Now().Sub(c.EndedAt), func() { s.purge(c) })
	}
	s.mu.Unlock()
	for _, p := range failed {
		s.recordEnd(c.ID, p)
		s.recordReleased(c.ID, p.CaptureID, "restart")
	}
	if err := s.keep(c, nil); err != nil {
		return err
	}
	if c.State == ConferenceEnded {
		return nil
	}
	s.restoreTape(c, kept.Tape)
	transfer := c.Transfer
	if transfer != bridge.Together {
		c.Transfer = bridge.WithIVR
	}
	if err := s.resumeConference(ctx, c); err != nil {
		return err
	}
	s.restoreTransfer(c, transfer, len(failed) > 0)
	return nil
}

// resumeConference lets a conference tick again, with its built-in leg. Those
// who had joined are given time to come back.
func (s *Service) resumeConference(ctx context.Context, c *conference) error {
	seed := s.cfg.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	c.session = ivr.New(s.sessionConfig(c))
	c.script = s.newScript(c)
	c.doubt = true
	policy := mask.Policy{Mode: c.Mode, Replacement: c.Replacement}
	if err := s.engine.Open(c.ID, bridge.Config{
		Policy: policy, Seed: seed, InDoubt: true, Outside: c.Transfer != bridge.Together,
	}, c.script); err != nil {
		return err
	}
	for _, l := range c.legs {
		if l.Kind == KindBuiltin && l.State != LegLeft {
			if err := s.attachBuiltin(ctx, c, l); err != nil {
				return err
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, l := range c.legs {
		if l.State == LegReconnecting {
			s.awaitReturn(l)
		}
	}
	s.limit(c)
	s.watchAbandoned(c)
	return nil
}

// revive turns what was kept into a conference. What is unknown mutes.
func (s *Service) revive(kept store.Conference) *conference {
	mode, _ := named(kept.Mode, mask.Mute, mask.Strip)
	replacement, _ := named(kept.Replacement, mask.ComfortNoise, mask.Silence)
	c := &conference{
		Conference: Conference{
			ID: kept.ID, State: kept.State, CreatedAt: kept.CreatedAt, EndedAt: kept.EndedAt,
			ExternalID: kept.ExternalID, Metadata: kept.Metadata,
			Mode: mode, Replacement: replacement, Demonstration: kept.Demonstration,
		},
		seats: map[*Seat]struct{}{}, endsBy: kept.EndsBy, tape: tape{spec: revivedSpec(kept.Recording)},
	}
	if kept.Transfer != "" { // what is unknown leaves the agent outside
		var known bool
		if c.Transfer, known = named(kept.Transfer, bridge.Together, bridge.Returning); !known {
			c.Transfer = bridge.WithIVR
		}
	}
	c.transfer.owed = kept.AwaitsAgent
	for _, k := range kept.Legs {
		role, known := roleNamed(k.Role)
		l := &leg{Leg: Leg{
			ID: k.ID, ConferenceID: kept.ID, Role: role, Kind: k.Kind, Identity: k.Identity, State: LegInvited, Muted: k.Muted, OnHold: k.OnHold,
		}, joined: k.Joined, granted: k.Grants, resume: k.Resume, earlier: k.Earlier}
		switch {
		case !known || k.State == LegLeft:
			l.State = LegLeft
		case k.Joined:
			l.State = LegReconnecting
		}
		c.legs = append(c.legs, l)
	}
	for _, k := range kept.Captures {
		c.captures = append(c.captures, reviveCapture(kept.ID, k))
	}
	if n := len(c.captures); n > 0 {
		c.capture = c.captures[n-1]
		c.concluded, c.released = c.capture.ID, c.capture.ID
	}
	return c
}

func reviveCapture(conferenceID string, k store.Capture) *Capture {
	mode, _ := named(k.Mode, mask.Mute, mask.Strip)
	out := &Capture{
		ID: k.ID, ConferenceID: conferenceID, Collector: k.Collector, Mode: mode, ArmedAt: k.ArmedAt,
		Payment:  PaymentSpec{Connector: k.Connector, Amount: k.Amount, Currency: k.Currency},
		Progress: ivr.Progress{CaptureID: k.ID}, once: Once{k.Key, k.Asked},
	}
	if k.Charge {
		out.Payment.Action = psp.Charge
	}
	p := &out.Progress
	p.State, _ = named(k.State, ivr.Idle, ivr.Expired)
	p.Reason, _ = ivr.CauseNamed(k.Reason)
	for _, f := range k.Fields[:min(len(k.Fields), ivr.MaxFields)] {
		field := &p.Fields[p.Count]
		p.Count++
		field.Name = f.Name
		field.Kind, _ = card.KindNamed(f.Kind)
		field.State, _ = named(f.State, ivr.Pending, ivr.Rejected)
	}
	if k.Paid {
		out.Result = &Result{Token: k.Token, Reference: k.Reference}
		// An envelope is not kept.
		out.Result.EnvelopeExpired = k.Connector != "" && k.Token == "" && k.Reference == ""
		out.Result.Brand, _ = card.BrandNamed(k.Brand)
	}
	if k.Failure != "" {
		out.Failure = &Failure{psp.Class(k.Failure), k.Sent}
	}
	return out
}

// fail ends a capture that a restart interrupted: its digits are gone. Where the
// provider had answered, that answer is what happened; where it was being asked,
// it may have carried the order out.
func (c *Capture) fail() {
	p := &c.Progress
	for i := range p.Fields[:p.Count] {
		if f := &p.Fields[i]; f.State == ivr.Entering {
			f.State = ivr.Pending
		}
	}
	submitting := p.State == ivr.Submitting
	p.State, p.Reason = ivr.FailedState, ivr.Restarted
	switch {
	case c.Result != nil:
		p.State, p.Reason = ivr.Completed, ivr.NoCause
	case c.Failure != nil:
		p.Reason = causeOfClass(c.Failure.Class)
	case submitting:
		c.Failure = &Failure{psp.Cancelled, true}
	}
}

// recordReleased records that masking is no longer armed for a capture.
func (s *Service) recordReleased(conferenceID, captureID string, why audit.Detail) {
	_ = s.record(audit.Entry{Action: audit.MaskingReleased, Actor: audit.BySystem, ConferenceID: conferenceID,
		CaptureID: captureID, Detail: why})
}
