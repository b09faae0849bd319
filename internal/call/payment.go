package call

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audit"
	"tonegate/internal/card"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/internal/redact"
	"tonegate/internal/store"
)

// submitTime bounds one payment, retries included. It is below the time after
// which the session gives the outcome up, so that no outcome comes too late.
const submitTime = 15 * time.Second

// maxAmount has fewer digits than any card number, in minor units.
const maxAmount = 99_999_999_999

func currency(s string) bool {
	return len(s) == 3 && !strings.ContainsFunc(s, func(r rune) bool { return r < 'A' || r > 'Z' })
}

// Connectors finds a connector to a payment provider by its name.
type Connectors func(name string) (psp.Connector, bool)

// FieldSpec asks for a field. Lengths are in keys; what is zero is what the kind
// has.
type FieldSpec struct {
	Name     string // of the field in the API
	Kind     string // as package card names it; empty: the name is the kind's
	Min, Max int
	Pattern  string // RE2, over the whole entry
}

// PaymentSpec says what becomes of the digits of valid fields. The zero value:
// nothing, they are wiped.
type PaymentSpec struct {
	Connector string // the name of a connector
	Action    psp.Action
	Amount    int64  // in minor units; for a charge
	Currency  string // ISO 4217; for a charge
}

// Result is what came of a payment. It holds no digit of the card but the last
// four, and brand and expiry month, which may be told of an accepted one.
type Result struct {
	Token, Reference string
	Envelope, Format string // of a sealed card, in place of a token
	EnvelopeExpired  bool   // there was an envelope, and it is gone
	Brand            card.Brand
	LastFour         card.LastFour
	Expiry           string // YYYY-MM
}

// check refuses what an external collector may have put in the wrong place: no
// member of a result can be a card number.
func (r *Result) check() error {
	if r == nil {
		return nil
	}
	for _, m := range []struct{ pointer, text string }{{"/result/token", r.Token}, {"/result/psp_reference", r.Reference}} {
		if _, found := redact.Text(m.text); found > 0 {
			return &MemberError{m.pointer, fmt.Errorf("%w: it could be a card number", ErrInvalid)}
		}
	}
	return nil
}

// Failure is why a payment failed.
type Failure struct {
	Class psp.Class
	// Sent reports that the provider may have carried the order out.
	Sent bool
}

// payment is a capture's order, ready but for the digits.
type payment struct {
	connector psp.Connector
	order     psp.Order
}

// shortestAsked is the length of the shortest field of digits that a leg may ask
// for.
const shortestAsked = 4

// checkAsker refuses a leg what would make a capture a question about single
// keys: fields of its own choice, which could be one key long, and patterns
// (docs/adr/0019-own-fields.md). Those are the platform's to ask for.
func (spec *CaptureSpec) checkAsker() error {
	if spec.By.LegID == "" {
		return nil
	}
	for i, f := range spec.Fields {
		if f != (FieldSpec{Name: f.Name}) {
			return &MemberError{"/fields/" + strconv.Itoa(i), fmt.Errorf("%w: a leg asks for fields by the names of their kinds; one of the platform's own wants an API key", ErrForbidden)}
		}
	}
	if spec.MaxDigits > 0 && spec.MaxDigits < shortestAsked {
		return &MemberError{"/max_digits", fmt.Errorf("%w: a leg asks for %d or more; a shorter field wants an API key", ErrForbidden, shortestAsked)}
	}
	return nil
}

// fields turns what was asked for into rules.
func (spec *CaptureSpec) fields() ([]ivr.Field, error) {
	var out []ivr.Field
	for i, f := range spec.Fields {
		pointer := "/fields/" + strconv.Itoa(i)
		kind, err := f.kind()
		if err != nil {
			return nil, &MemberError{pointer, err}
		}
		s := card.Spec{Kind: kind, Min: f.Min, Max: f.Max, Pattern: f.Pattern}
		if kind == card.Digits {
			if s.Max == 0 {
				s.Max = spec.MaxDigits
			}
			if s.Pattern == "" && spec.Payment.Connector != "" {
				s.Pattern = "[0-9]+" // providers take no other keys
			}
		}
		rule, err := card.NewRule(s)
		if err != nil {
			return nil, &MemberError{pointer, fmt.Errorf("%w: %w", ErrInvalid, err)}
		}
		if spec.Payment.Connector != "" && !card.DigitsOnly(s.Pattern) {
			return nil, &MemberError{pointer, fmt.Errorf("%w: a connector takes digits alone: write the pattern with 0-9 only", ErrInvalid)}
		}
		if slices.ContainsFunc(out, func(o ivr.Field) bool { return o.Name == f.Name }) {
			return nil, &MemberError{pointer, fmt.Errorf("%w: the field is named twice", ErrInvalid)}
		}
		out = append(out, ivr.Field{Name: f.Name, Rule: rule})
	}
	return out, nil
}

// kind returns what a field holds. A name that stands for a kind holds that and
// nothing else: connectors know fields by these names.
func (f FieldSpec) kind() (card.Kind, error) {
	named, own := card.KindNamed(f.Name)
	if f.Kind == "" {
		if !own {
			return 0, ErrUnknownField
		}
		return named, nil
	}
	kind, ok := card.KindNamed(f.Kind)
	switch {
	case !ok:
		return 0, ErrUnknownField
	case own && named != kind:
		return 0, fmt.Errorf("%w: the name belongs to another kind of field", ErrInvalid)
	case !own && (kind == card.CardNumber || kind == card.ExpiryDate || kind == card.SecurityCode || kind == card.PostalCode):
		return 0, fmt.Errorf("%w: a field of this kind bears the kind's name", ErrInvalid)
	}
	return kind, nil
}

// payment finds the connector and makes the order.
func (s *Service) payment(spec *CaptureSpec) (*payment, error) {
	p := spec.Payment
	if p.Connector == "" {
		if p != (PaymentSpec{}) {
			return nil, &MemberError{"/connector", fmt.Errorf("%w: an action or an amount wants a connector", ErrInvalid)}
		}
		return nil, nil
	}
	if spec.Collector != KindBuiltin {
		return nil, &MemberError{"/connector", fmt.Errorf("%w: an external collector pays by itself", ErrInvalid)}
	}
	var connector psp.Connector
	known := false
	if s.cfg.Connectors != nil {
		connector, known = s.cfg.Connectors(p.Connector)
	}
	switch {
	case !known:
		return nil, &MemberError{"/connector", ErrUnknownConnector}
	case p.Amount < 0 || p.Amount > maxAmount || p.Currency != "" && !currency(p.Currency):
		return nil, &MemberError{"/amount", fmt.Errorf("%w: want a value in minor units and a currency of three capital letters", ErrInvalid)}
	case p.Action == psp.Charge && (p.Amount == 0 || p.Currency == ""):
		return nil, &MemberError{"/amount", fmt.Errorf("%w: a charge wants a value above zero and a currency", ErrInvalid)}
	case !slices.ContainsFunc(spec.Fields, func(f FieldSpec) bool { return f.Name == psp.CardNumber }):
		return nil, &MemberError{"/fields", fmt.Errorf("%w: a connector wants a card_number", ErrInvalid)}
	}
	return &payment{connector, psp.Order{
		CaptureID: spec.ID, IdempotencyKey: spec.ID, Action: p.Action, Amount: p.Amount, Currency: p.Currency,
	}}, nil
}

// offered is told of a submission inside a tick; the rest is a goroutine's.
func (s *Service) offered(conferenceID string, sub ivr.Submission) {
	s.submits.Go(func() { s.submit(conferenceID, sub) })
}

// submit hands a card to the provider and the outcome to the session.
func (s *Service) submit(conferenceID string, sub ivr.Submission) {
	defer sub.Wipe()
	s.mu.Lock()
	c := s.byID[conferenceID]
	if c == nil || c.capture == nil || c.capture.ID != sub.CaptureID || c.payment == nil {
		s.mu.Unlock()
		return
	}
	capture, p := c.capture, c.payment
	s.mu.Unlock()

	result, err := s.pay(c, p, &sub)
	sub.Wipe() // the security code may not outlive the order
	cause := causeOf(err)
	s.mu.Lock()
	switch {
	case !capture.Progress.State.Open(): // it was told how it ended
	case err == nil:
		capture.Result = &Result{
			Token: result.Token, Reference: result.Reference, Envelope: result.Envelope, Format: result.Format,
			Brand: sub.Brand, LastFour: sub.LastFour, Expiry: sub.Expiry.String(),
		}
		s.expireEnvelope(capture)
	default:
		capture.Failure = failureOf(err)
	}
	s.mu.Unlock()
	// What the provider did is kept before anybody hears of it.
	_ = s.keep(c, changeCapture(sub.CaptureID, submitting)) // logged
	err = s.do(context.Background(), conferenceID, func(b *bridge.Conference) error {
		return c.session.Outcome(b, sub.CaptureID, cause)
	})
	if err != nil {
		s.settle(c, capture, cause)
	}
}

// envelopeLife is how long a sealed card can be fetched: it holds a security code,
// and whoever has the key can open what lies here.
const envelopeLife = 5 * time.Minute

// expireEnvelope forgets a sealed card after a while.
func (s *Service) expireEnvelope(capture *Capture) {
	if capture.Result.Envelope == "" {
		return
	}
	time.AfterFunc(envelopeLife, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if capture.Result != nil {
			r := *capture.Result // snapshots share it
			r.Envelope, r.EnvelopeExpired = "", true
			capture.Result = &r
		}
	})
}

// pay makes the order. That it was sent is on record before it is.
func (s *Service) pay(c *conference, p *payment, sub *ivr.Submission) (psp.Result, error) {
	conferenceID := c.ID
	order := p.order
	order.Fields = map[string]dtmf.Digits{}
	for _, f := range sub.Fields {
		order.Fields[f.Name] = f.Digits
	}
	err := s.record(audit.Entry{Action: audit.CaptureSubmitted, Actor: audit.BySystem, ConferenceID: conferenceID, CaptureID: sub.CaptureID})
	if err == nil {
		// A restart must find that the provider may have been asked.
		err = s.keep(c, changeCapture(sub.CaptureID, submitting))
	}
	if err != nil {
		return psp.Result{}, err
	}
	leak(s.cfg.Log, order)
	ctx, cancel := context.WithTimeout(s.ctx, submitTime)
	defer cancel()
	result, err := p.connector.Submit(ctx, order)
	if err != nil {
		s.cfg.Log.Warn("payment failed", zap.String("conference_id", conferenceID), zap.String("capture_id", sub.CaptureID), zap.Error(err))
	}
	return result, err
}

// unknown says of a payment that nobody waits for any more that the provider may
// have carried it out. What comes of it later is not told: whoever was told that
// it failed may have paid otherwise.
func (c *Capture) unknown() { c.Result, c.Failure = nil, &Failure{psp.Slow, true} }

// settle keeps the outcome of a payment whose conference ended meanwhile: what
// the provider did is what happened. One that comes too late changes nothing.
func (s *Service) settle(c *conference, capture *Capture, cause ivr.Cause) {
	s.mu.Lock()
	ended := c.State == ConferenceEnded && capture.Progress.State.Open()
	if ended {
		capture.Progress.State, capture.Progress.Reason = ivr.Completed, cause
		if cause != ivr.NoCause {
			capture.Progress.State = ivr.FailedState
		}
		c.concluded = capture.ID
		s.emitEnd(c, &capture.Progress)
	}
	if !ended {
		capture.unknown()
	}
	p := capture.Progress
	s.mu.Unlock()
	if !ended {
		_ = s.keep(c, nil) // logged
		s.cfg.Log.Warn("the outcome of a payment came too late", zap.String("conference_id", c.ID), zap.String("capture_id", capture.ID))
		return
	}
	s.recordEnd(c.ID, p)
	_ = s.keep(c, nil) // logged
}

// submitting is the state that is written while a provider is asked, of what has
// not ended: the notice of it may still be on its way.
func submitting(c *store.Capture) {
	if _, open := named(c.State, ivr.Idle, ivr.Submitting); open {
		c.State = ivr.Submitting.String()
	}
}

// unrecorded reports whether a payment was not made because it could not be put
// on record or on the disk.
func unrecorded(err error) bool { return errors.Is(err, ErrAudit) || errors.Is(err, ErrStore) }

func failureOf(err error) *Failure {
	var e *psp.Error
	switch {
	case errors.As(err, &e):
		return &Failure{e.Class, e.Sent}
	case unrecorded(err):
		return &Failure{Class: psp.Cancelled}
	}
	return nil
}

// causeOf is what a session is told of a connector's error.
func causeOf(err error) ivr.Cause {
	switch {
	case err == nil:
		return ivr.NoCause
	case unrecorded(err):
		return ivr.NotRecorded
	}
	return causeOfClass(psp.ClassOf(err))
}

func causeOfClass(class psp.Class) ivr.Cause {
	switch class {
	case psp.Declined:
		return ivr.Declined
	case psp.Slow:
		return ivr.ProviderTimeout
	case psp.Unavailable, psp.BadCertificate, psp.CircuitOpen:
		return ivr.ProviderUnreachable
	default:
		return ivr.ProviderError
	}
}
