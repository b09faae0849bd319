package call

import (
	"fmt"
	"slices"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/ivr"
)

// Auditor keeps the record of who did what. It returns once an entry is kept.
type Auditor interface {
	Append(audit.Entry) (audit.Entry, error)
}

// Actor is who asks for something: a leg, or the holder of an API key. The zero
// value is this server itself.
type Actor struct {
	LegID string
	Role  bridge.Role // of the leg
	KeyID string      // key_ and the beginning of the key's hash
}

// entry begins the record of an act.
func (a Actor) entry(act audit.Action) audit.Entry {
	switch {
	case a.LegID != "":
		return audit.Entry{Action: act, Actor: audit.ByLeg, ActorID: a.LegID, Role: a.Role.String()}
	case a.KeyID != "":
		return audit.Entry{Action: act, Actor: audit.ByAPIKey, ActorID: a.KeyID}
	default:
		return audit.Entry{Action: act, Actor: audit.BySystem}
	}
}

// record keeps an entry. On an error the act must not happen.
func (s *Service) record(e audit.Entry) error {
	if s.cfg.Audit == nil {
		return nil
	}
	if _, err := s.cfg.Audit.Append(e); err != nil {
		s.cfg.Log.Error("not recorded", zap.String("action", string(e.Action)), zap.String("conference_id", e.ConferenceID),
			zap.String("capture_id", e.CaptureID), zap.Error(err))
		return fmt.Errorf("%w: what cannot be recorded is not done", ErrAudit)
	}
	return nil
}

var endings = map[ivr.State]audit.Action{
	ivr.Completed: audit.CaptureCompleted, ivr.FailedState: audit.CaptureFailed,
	ivr.CancelledState: audit.CaptureCancelled, ivr.Expired: audit.CaptureExpired,
}

// recordEnd keeps how a capture ended by itself. It has ended, recorded or not.
func (s *Service) recordEnd(conferenceID string, p ivr.Progress) {
	_ = s.record(audit.Entry{Action: endings[p.State], Actor: audit.BySystem, ConferenceID: conferenceID,
		CaptureID: p.CaptureID, Detail: detailOf(p.Reason.String())})
}

// detailOf returns a word as a detail, if it is one.
func detailOf(word string) audit.Detail {
	if d := audit.Detail(word); slices.Contains(audit.Details(), d) {
		return d
	}
	return ""
}

// fieldDetail names a field in the record: names are the platform's own.
func fieldDetail(f ivr.FieldProgress) audit.Detail {
	if f.Name == f.Kind.String() {
		return detailOf(f.Name)
	}
	return "custom"
}

// concludes reports whether a notice is the end of a capture that nobody has
// recorded yet, and takes it to be recorded.
func (s *Service) concludes(n notice) bool {
	if n.progress == nil || n.progress.State.Open() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byID[n.conference]
	if c == nil || c.State == ConferenceEnded || c.concluded == n.progress.CaptureID {
		return false
	}
	c.concluded = n.progress.CaptureID
	return !n.commanded
}

// releases reports whether progress says, for the first time, that masking is
// no longer armed for a capture.
func (s *Service) releases(c *conference, p *ivr.Progress) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.State == ConferenceEnded || p.Armed || p.State == ivr.Idle || c.released == p.CaptureID {
		return false
	}
	c.released = p.CaptureID
	return true
}

// statesOnly is what a supervisor sees of a capture: that it goes on, not what
// of whom.
func (c Capture) statesOnly() Capture {
	c.Payment, c.Result, c.Failure, c.once = PaymentSpec{}, nil, nil, Once{}
	for i := range c.Progress.Fields {
		f := &c.Progress.Fields[i]
		*f = ivr.FieldProgress{Name: f.Name, Kind: f.Kind, State: f.State}
	}
	return c
}

// seenBy is what a leg's role sees of a capture. The result is the platform's
// alone: an agent is told that there is one, or why there is none.
func (c Capture) seenBy(r bridge.Role) Capture {
	if r != bridge.Agent {
		return c.statesOnly()
	}
	c.Receipt, c.Result = c.Result.receipt(), nil
	return c
}
