package call

import (
	"errors"
	"fmt"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/internal/store"
)

// ErrStore says that the data file cannot be written: what could not be kept is
// not done.
var ErrStore = errors.New("store_unavailable")

// Keeper keeps what of calls must outlive the process.
type Keeper interface {
	// Keep returns once the conference is on the disk.
	Keep(store.Conference) error
	Forget(id string) error
	Conferences() ([]store.Conference, error)
}

// keep writes a conference as it is now, before what changed takes effect.
// change, if not nil, is applied to what is written and not to what is: of
// things that are about to happen. The caller does not hold the lock.
func (s *Service) keep(c *conference, change func(*store.Conference)) error {
	if s.cfg.State == nil {
		return nil
	}
	// What was looked at later must not be overwritten by what was before.
	c.disk.Lock()
	defer c.disk.Unlock()
	s.mu.Lock()
	kept := c.kept()
	s.mu.Unlock()
	if change != nil {
		change(&kept)
	}
	if err := s.cfg.State.Keep(kept); err != nil {
		s.cfg.Log.Error("not kept", zap.String("conference_id", c.ID), zap.Error(err))
		return fmt.Errorf("%w: what could not be kept is not done: see that the disk has room", ErrStore)
	}
	return nil
}

// keepLater keeps what makes no difference to who may hear what, from the
// service's own goroutine. The caller may hold the lock.
func (s *Service) keepLater(c *conference) {
	if s.cfg.State != nil {
		s.notices.put(notice{conference: c.ID, keep: true})
	}
}

// kept is what outlives the process. The caller holds the lock.
func (c *conference) kept() store.Conference {
	out := store.Conference{
		ID: c.ID, State: c.State, ExternalID: c.ExternalID, Metadata: c.Metadata, Mode: c.Mode.String(),
		Replacement: c.Replacement.String(), Demonstration: c.Demonstration,
		CreatedAt: c.CreatedAt, EndedAt: c.EndedAt, EndsBy: c.endsBy, Recording: c.tape.spec.keptSpec(), Tape: c.tape.wanted(),
	}
	out.AwaitsAgent = c.transfer.owed
	if c.Transfer != bridge.Together {
		out.Transfer = c.Transfer.String()
	}
	for _, l := range c.legs {
		out.Legs = append(out.Legs, store.Leg{
			ID: l.ID, Role: l.Role.String(), Kind: l.Kind, State: l.State, Identity: l.Identity,
			Muted: l.Muted, OnHold: l.OnHold, Joined: l.joined, Grants: l.granted, Resume: l.resume, Earlier: l.earlier,
		})
	}
	for _, capture := range c.captures {
		out.Captures = append(out.Captures, capture.kept())
	}
	return out
}

func (c *Capture) kept() store.Capture {
	p := &c.Progress
	out := store.Capture{
		ID: c.ID, State: p.State.String(), Reason: p.Reason.String(), Collector: c.Collector, Mode: c.Mode.String(),
		ArmedAt: c.ArmedAt, Connector: c.Payment.Connector, Charge: c.Payment.Action == psp.Charge,
		Amount: c.Payment.Amount, Currency: c.Payment.Currency, Key: c.once.Key, Asked: c.once.Asked,
	}
	for _, f := range p.Fields[:p.Count] {
		out.Fields = append(out.Fields, store.Field{Name: f.Name, Kind: f.Kind.String(), State: f.State.String()})
	}
	// Not the last four, not the month, and no envelope: a sealed security code
	// may not be kept after it was used either.
	if r := c.Result; r != nil {
		out.Paid, out.Token, out.Reference, out.Brand = true, r.Token, r.Reference, r.Brand.String()
	}
	if f := c.Failure; f != nil {
		out.Failure, out.Sent = string(f.Class), f.Sent
	}
	return out
}

// changeLeg changes a leg in what is about to be written.
func changeLeg(id string, change func(*store.Leg)) func(*store.Conference) {
	return func(c *store.Conference) {
		for i := range c.Legs {
			if c.Legs[i].ID == id {
				change(&c.Legs[i])
			}
		}
	}
}

// changeCapture is changeLeg for a capture.
func changeCapture(id string, change func(*store.Capture)) func(*store.Conference) {
	return func(c *store.Conference) {
		for i := range c.Captures {
			if c.Captures[i].ID == id {
				change(&c.Captures[i])
			}
		}
	}
}

// at gives a capture that is written the state of p.
func at(p ivr.Progress) func(*store.Capture) {
	return func(c *store.Capture) { c.State, c.Reason = p.State.String(), p.Reason.String() }
}

// named finds the value of a name among those from first to last.
func named[T interface {
	~uint8
	fmt.Stringer
}](name string, first, last T) (v T, ok bool) {
	for v = first; v <= last; v++ {
		if v.String() == name {
			return v, true
		}
	}
	return 0, false
}

func roleNamed(name string) (bridge.Role, bool) {
	return named(name, bridge.Customer, bridge.Supervisor)
}
