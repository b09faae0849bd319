package call

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/ivr"
	"tonegate/internal/store"
)

// Errors of transfers.
var (
	ErrTransferring   = errors.New("transfer_in_progress")
	ErrNotTransferred = errors.New("not_transferred")
	ErrAbsent         = errors.New("party_absent")
)

// Where a transfer goes: the customer to the IVR alone, or back to the agent.
const (
	ToIVR   = "ivr"
	ToAgent = "agent"
)

// Why the agent and the customer are together again, beside the states in which
// captures end.
const (
	takenBack    = "taken_back"
	ivrLeft      = "ivr_left"
	customerLeft = "customer_left"
	agentLost    = "agent_lost"
	restarted    = "restart"
)

// transfer is what the record of a conference has of it, beside its state.
type transfer struct {
	why     string // it ends
	capture string // that was open when the agent left, or was last asked back
	owed    bool   // the agent was not there when the customer came back
	timer   *time.Timer
	awaited bool // the customer is told to wait
}

// TransferChanged says where the agent is.
type TransferChanged struct{ State bridge.Transfer }

func (TransferChanged) event() {}

// Transfer sends the customer to the IVR alone, or brings the agent back. The
// first returns after the tick that took the agent out; the second as soon as the
// agent is on its way, with what a capture has collected cancelled and wiped.
func (s *Service) Transfer(ctx context.Context, by Actor, conferenceID, to string) (Conference, error) {
	var err error
	switch to {
	case ToIVR:
		err = s.sendToIVR(ctx, by, conferenceID)
	case ToAgent:
		err = s.takeBack(ctx, by, conferenceID, takenBack)
	default:
		err = &MemberError{"/to", fmt.Errorf("%w: one of ivr, agent", ErrInvalid)}
	}
	if err != nil {
		return Conference{}, err
	}
	return s.Get(conferenceID)
}

func (s *Service) sendToIVR(ctx context.Context, by Actor, conferenceID string) error {
	c, err := s.reserveTransfer(conferenceID)
	if err != nil {
		return err
	}
	s.endTalkOf(c)
	if err = s.recordTransfer(by, c, ToIVR); err == nil {
		err = s.keep(c, nil) // as parking: a restart finds the agent outside
		if err == nil {
			err = s.do(ctx, c.ID, func(b *bridge.Conference) error { return b.SendToIVR() })
		}
		if err != nil {
			_ = s.recordTransfer(Actor{}, c, ToAgent) // logged; the agent has not left
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case err != nil:
		c.moveTo(bridge.Together)
		s.keepLater(c)
		return err
	case c.State == ConferenceEnded:
		return ErrEnded
	}
	c.moveTo(bridge.WithIVR)
	s.keepLater(c)
	s.emit(c, store.Event{Type: "transfer.started", State: c.Transfer.String()})
	s.cfg.Log.Info("customer with the ivr", zap.String("conference_id", c.ID))
	s.review(c) // a party may have left meanwhile, or a capture ended
	return nil
}

// reserveTransfer notes that the agent is about to leave, if all are there.
func (s *Service) reserveTransfer(conferenceID string) (*conference, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c, err := s.open(conferenceID)
	switch {
	case err != nil:
		return nil, err
	case c.Transfer != bridge.Together:
		return nil, ErrTransferring
	}
	for _, r := range []bridge.Role{bridge.Customer, bridge.Agent, bridge.IVR} {
		if !c.present(r) {
			return nil, fmt.Errorf("%w: nobody is on the call as %s", ErrAbsent, r)
		}
	}
	c.transfer.why, c.transfer.owed, c.transfer.capture = "", false, c.openCapture()
	c.moveTo(bridge.Parking)
	return c, nil
}

// takeBack begins the agent's return. What nobody asked for happens recorded or
// not: it does not leave the agent outside for ever.
func (s *Service) takeBack(ctx context.Context, by Actor, conferenceID, why string) error {
	s.mu.Lock()
	c, err := s.open(conferenceID)
	switch {
	case err != nil:
	case c.Transfer == bridge.Together:
		err = ErrNotTransferred
	case c.Transfer != bridge.WithIVR:
		err = ErrTransferring
	}
	if err != nil {
		s.mu.Unlock()
		return err
	}
	capture := c.openCapture()
	c.transfer.why, c.transfer.capture = why, capture
	c.moveTo(bridge.Returning)
	s.mu.Unlock()

	err = s.recordTransfer(by, c, ToAgent)
	if by == (Actor{}) {
		err = nil // logged
	} else if err == nil && capture != "" {
		err = s.cancelFor(ctx, by, capture)
	}
	if err == nil {
		err = s.do(ctx, c.ID, func(b *bridge.Conference) error { return b.TakeBack() })
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if err != nil {
		c.moveTo(bridge.WithIVR)
		s.review(c)
	}
	s.keepLater(c)
	return err
}

// openCapture returns the capture that has not ended, if any. The caller holds
// the lock.
func (c *conference) openCapture() string {
	if c.capture == nil || !c.capture.Progress.State.Open() {
		return ""
	}
	return c.capture.ID
}

// cancelFor cancels what is collected, before the agent comes back. What ended by
// itself, or is at the provider, stays as it is.
func (s *Service) cancelFor(ctx context.Context, by Actor, captureID string) error {
	_, err := s.CancelCapture(ctx, by, captureID)
	if errors.Is(err, ErrNoCapture) || errors.Is(err, ErrSubmitting) || errors.Is(err, ErrNotFound) {
		return nil
	}
	return err
}

func (s *Service) recordTransfer(by Actor, c *conference, to audit.Detail) error {
	e := by.entry(audit.Transferred)
	e.ConferenceID, e.Detail = c.ID, to
	return s.record(e)
}

// moveTo notes where the agent is, and tells agent and supervisors. The caller
// holds the lock.
func (c *conference) moveTo(t bridge.Transfer) {
	c.Transfer = t
	for seat := range c.seats {
		if seesCaptures(seat.leg.Role) {
			seat.push(TransferChanged{t})
		}
	}
}

// bringBack has the agent taken back, for a reason of this server's own. The
// caller may hold the lock.
func (s *Service) bringBack(c *conference, why string) {
	s.notices.put(notice{conference: c.ID, back: why})
}

// applyReturned follows the bridge: the agent is inside. The caller holds the
// lock.
func (s *Service) applyReturned(c *conference) {
	c.moveTo(bridge.Together)
	c.transfer.owed = !c.connected(bridge.Agent)
	s.keepLater(c)
	s.emit(c, store.Event{Type: "transfer.returned", State: c.Transfer.String(), Reason: c.transfer.why})
	s.cfg.Log.Info("customer back from the ivr", zap.String("conference_id", c.ID), zap.String("reason", c.transfer.why))
	s.review(c)
}

// review looks at a transfer after a party came or went. The caller holds the
// lock.
func (s *Service) review(c *conference) {
	if c.Transfer == bridge.WithIVR {
		switch {
		case !c.present(bridge.Customer):
			s.bringBack(c, customerLeft)
		case !c.present(bridge.IVR):
			s.bringBack(c, ivrLeft)
		case c.capture != nil && c.capture.ID == c.transfer.capture:
			s.endsTransfer(c, &c.capture.Progress)
		case !c.present(bridge.Agent) && !c.attended():
			s.bringBack(c, agentLost)
		}
		return
	}
	if c.transfer.owed || c.transfer.awaited {
		s.notices.put(notice{conference: c.ID, await: true})
	}
}

// attended reports whether somebody is there for a customer without an agent: an
// IVR of its own, or a capture. The caller holds the lock.
func (c *conference) attended() bool {
	for _, l := range c.legs {
		if l.Role == bridge.IVR && l.State != LegLeft && l.Kind == KindExternal {
			return true
		}
	}
	return c.openCapture() != ""
}

// present reports whether a role has joined, connected at the moment or not. The
// caller holds the lock.
func (c *conference) present(r bridge.Role) bool {
	for _, l := range c.legs {
		if l.Role == r && l.State != LegLeft && l.State != LegInvited {
			return true
		}
	}
	return false
}

// connected reports whether a role can be heard. The caller holds the lock.
func (c *conference) connected(r bridge.Role) bool {
	for _, l := range c.legs {
		if l.Role == r && l.State == LegConnected {
			return true
		}
	}
	return false
}

// await tells a customer to wait, or no longer, and ends the call when it takes
// too long. It runs on the service's own goroutine.
func (s *Service) await(c *conference) {
	s.mu.Lock()
	t := &c.transfer
	if t.owed && c.connected(bridge.Agent) {
		t.owed = false
		s.keepLater(c)
	}
	wanted := t.owed && c.Transfer == bridge.Together && c.State != ConferenceEnded
	if wanted == t.awaited {
		s.mu.Unlock()
		return
	}
	t.awaited = wanted
	t.stop()
	if wanted {
		t.timer = s.endUnlessBack(c)
	}
	s.mu.Unlock()
	_ = s.do(context.Background(), c.ID, func(b *bridge.Conference) error { // fails if the call has ended
		c.script.await(b, wanted)
		return nil
	})
}

func (t *transfer) stop() {
	if t.timer != nil {
		t.timer.Stop()
		t.timer = nil
	}
}

// endUnlessBack ends a call whose agent does not come back. The caller holds the
// lock.
func (s *Service) endUnlessBack(c *conference) *time.Timer {
	var timer *time.Timer
	timer = time.AfterFunc(s.cfg.TransferTimeout, func() {
		s.mu.Lock()
		over := c.transfer.timer == timer && c.State != ConferenceEnded
		s.mu.Unlock()
		if over {
			_ = s.recordTransfer(Actor{}, c, "timeout") // logged; the call ends all the same
			_, _ = s.end(context.Background(), c.ID, agentLost)
		}
	})
	return timer
}

// restoreTransfer takes a transfer over from a process that ended: wherever the
// agent was on the way to, it is outside. It is brought back if a capture has
// failed with the process, or if it was on its way back.
func (s *Service) restoreTransfer(c *conference, kept bridge.Transfer, failed bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case kept == bridge.Together:
		s.review(c) // a customer who waits still does
	case kept == bridge.Returning || failed:
		s.bringBack(c, restarted)
	}
}

// endsTransfer has the agent brought back after a capture. The caller holds the
// lock.
func (s *Service) endsTransfer(c *conference, p *ivr.Progress) {
	if !p.State.Open() && c.Transfer == bridge.WithIVR {
		s.bringBack(c, p.State.String())
	}
}
