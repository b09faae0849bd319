package ivr

import (
	"time"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/card"
)

// Submission is the offer of a capture's digits to whoever calls the payment
// provider. It is made once. The handles stay good until the outcome is
// reported, the time for it is over or the conference ends, and reveal nothing
// afterwards; a Reveal that is under way then is not disturbed.
type Submission struct {
	CaptureID string
	Brand     card.Brand
	LastFour  card.LastFour
	Expiry    card.Expiry
	Fields    []Submitted
}

// Submitted is one accepted field.
type Submitted struct {
	Name   string
	Kind   card.Kind
	Digits dtmf.Digits
}

// Digits returns the first field of a kind.
func (s *Submission) Digits(k card.Kind) (dtmf.Digits, bool) {
	for _, f := range s.Fields {
		if f.Kind == k {
			return f.Digits, true
		}
	}
	return dtmf.Digits{}, false
}

// Wipe wipes all fields, security codes and PINs first. It may be called from
// any goroutine, and more than once.
func (s *Submission) Wipe() {
	fleetingFirst(len(s.Fields), func(i int) card.Kind { return s.Fields[i].Kind }, func(i int) { s.Fields[i].Digits.Wipe() })
}

// collected is called when every field is valid.
func (s *Session) collected(now time.Time, c *bridge.Conference) {
	if !s.params.Submit {
		s.finish(c, Completed, NoCause, Thanks)
		return
	}
	s.progress.State = Submitting
	s.deadline = now.Add(s.params.SubmitTimeout)
	if s.params.ReleaseOnSubmit {
		s.disarm(c)
	}
	s.tell()
	s.hush()
	s.say(OneMoment)
	s.cfg.OnSubmit(s.submission())
}

func (s *Session) submission() Submission {
	out := Submission{CaptureID: s.progress.CaptureID}
	for i := range s.progress.Count {
		e, f := &s.entries[i], &s.progress.Fields[i]
		out.Fields = append(out.Fields, Submitted{Name: f.Name, Kind: f.Kind, Digits: e.digits})
		switch f.Kind {
		case card.CardNumber:
			out.Brand, out.LastFour = e.accepted.Brand, e.accepted.LastFour
		case card.ExpiryDate:
			out.Expiry = e.accepted.Expiry
		}
	}
	return out
}

// Outcome ends a capture that submits: completed if why is NoCause, else failed.
// It returns bridge.ErrNoCapture if the outcome comes too late.
func (s *Session) Outcome(c *bridge.Conference, id string, why Cause) error {
	if s.ended || s.progress.State != Submitting || s.progress.CaptureID != id {
		return bridge.ErrNoCapture
	}
	switch why {
	case NoCause:
		s.finish(c, Completed, why, Thanks)
	case Declined:
		s.finish(c, FailedState, why, Refused)
	default:
		s.finish(c, FailedState, why, Unable)
	}
	return nil
}

// FieldReport is what an external collector says of a field.
type FieldReport struct {
	Field    string
	State    FieldState // Entering, Valid or Rejected
	Reason   card.Reason
	Brand    card.Brand
	LastFour card.LastFour
}

// check refuses what contradicts itself.
func (r *FieldReport) check(kind card.Kind) error {
	told := r.Brand != card.Unknown || r.LastFour != card.LastFour{}
	switch {
	case r.State != Entering && r.State != Valid && r.State != Rejected,
		r.State != Rejected && r.Reason != card.None,
		told && (r.State != Valid || kind != card.CardNumber):
		return ErrBadReport
	}
	return nil
}

// Report says what became of a field that an external collector reads.
func (s *Session) Report(c *bridge.Conference, id string, r FieldReport) error {
	if err := s.collecting(id); err != nil {
		return err
	}
	if !s.external() {
		return ErrCollector
	}
	i := s.field(r.Field)
	if i < 0 {
		return ErrNoField
	}
	if err := r.check(s.progress.Fields[i].Kind); err != nil {
		return err
	}
	if s.current >= 0 && s.current != i {
		s.giveUp(s.current)
		s.current = -1
	}
	if s.current != i {
		s.ask(c, i)
	}
	e, f := &s.entries[i], &s.progress.Fields[i]
	if r.State == Entering {
		return nil // told on the grid
	}
	f.State, f.Reason, f.Brand, f.LastFour = r.State, r.Reason, r.Brand, r.LastFour
	c.FieldComplete()
	if r.State == Rejected {
		if f.Reason == card.None {
			f.Reason = card.Refused
		}
		e.count, e.attempt = 0, e.attempt+1
	} else if s.current = -1; s.missing() >= 0 && !s.params.OnDemand {
		s.ask(c, s.missing())
	}
	if s.told.Fields[i] != *f { // the same said twice is told once; what else changed, on the grid
		s.tell()
	}
	return nil
}
