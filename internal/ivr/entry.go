package ivr

import (
	"time"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/card"
)

// ask makes a field the one that keys go to. It is false if there is no memory
// for it, and the capture has failed.
func (s *Session) ask(c *bridge.Conference, i int) bool {
	e, f := &s.entries[i], &s.progress.Fields[i]
	if e.digits == (dtmf.Digits{}) && !s.external() {
		var err error
		if e.digits, err = s.cfg.Arena.New(); err != nil {
			s.finish(c, FailedState, ArenaFull, Unable)
			return false
		}
	}
	s.current, s.waitFrom = i, time.Time{}
	e.count, e.tries, e.attempt = 0, 1, e.attempt+1
	if f.State != Rejected {
		*f = FieldProgress{Name: f.Name, Kind: f.Kind, State: Entering, Attempt: e.attempt}
	}
	return true
}

// habit is how long an end key may follow an entry that its length had ended
// already. People end what they key with hash, asked or not.
const habit = 3 * time.Second

// habitual reports whether a key is such an end key: it ends nothing, and neither
// costs an attempt nor stops what is being said.
func (s *Session) habitual(now time.Time, k dtmf.Key) bool {
	ended := s.endedAt
	s.endedAt = time.Time{} // the key after it means what it says
	return k == s.end && !ended.IsZero() && now.Sub(ended) < habit
}

// press takes one key.
func (s *Session) press(now time.Time, c *bridge.Conference, k dtmf.Key) {
	if s.habitual(now, k) {
		return
	}
	s.hush() // barge-in
	s.waitFrom = now
	switch {
	case s.external():
		s.count(k)
	case k == s.cancel:
		s.finish(c, CancelledState, CancelKey, Cancelled)
	case s.current < 0: // nothing is asked for: the key is nobody's
	case k == s.end && s.entries[s.current].count > 0:
		s.judge(now, c)
	case k == s.end:
		s.again(c)
	case k == s.clear:
		s.clearEntry()
	default:
		s.take(now, c, k)
	}
}

// count follows the keys that an external IVR reads. It decides what they mean;
// this is for the agent's eyes.
func (s *Session) count(k dtmf.Key) {
	if s.current < 0 || k == s.clear || k == s.end {
		return
	}
	e := &s.entries[s.current]
	e.count = min(e.count+1, e.rule.Max())
	s.show()
}

// show puts the present entry into the progress. A rejection that is still to be
// told is told first.
func (s *Session) show() {
	e, f := &s.entries[s.current], &s.progress.Fields[s.current]
	if s.onGrid && f.State == Rejected {
		return
	}
	*f = FieldProgress{Name: f.Name, Kind: f.Kind, State: Entering, Entered: e.count, Attempt: e.attempt}
}

// take adds a key to the present entry, and judges it if that was its last.
func (s *Session) take(now time.Time, c *bridge.Conference, k dtmf.Key) {
	e := &s.entries[s.current]
	if err := e.digits.Append(k); err != nil {
		s.finish(c, FailedState, TooManyDigits, Unable)
		return
	}
	e.count++
	s.show()
	complete := false
	e.digits.Reveal(func(plain []byte) { complete = e.rule.Complete(plain, s.brand()) })
	if complete {
		s.endedAt = now
		s.judge(now, c)
	}
}

// brand returns the card's brand, if its number was accepted.
func (s *Session) brand() card.Brand {
	for i := range s.progress.Count {
		if b := s.entries[i].accepted.Brand; b != card.Unknown {
			return b
		}
	}
	return card.Unknown
}

func (s *Session) clearEntry() {
	e := &s.entries[s.current]
	e.digits.Clear()
	e.count = 0
	s.show()
	s.waitFrom = time.Time{}
	s.say(Cleared)
}

// judge ends the present entry.
func (s *Session) judge(now time.Time, c *bridge.Conference) {
	e, f := &s.entries[s.current], &s.progress.Fields[s.current]
	var why card.Reason
	e.accepted, why = s.check(e)
	if s.onGrid = !f.Kind.Fixed(); s.onGrid {
		c.FieldKeyed()
	} else {
		c.FieldComplete()
	}
	if why != card.None {
		s.reject(c, why)
		return
	}
	f.State, f.Brand, f.LastFour = Valid, e.accepted.Brand, e.accepted.LastFour
	s.current = -1
	if f.Kind == card.CardNumber {
		s.checkCodes(now)
	}
	s.next(now, c)
}

// checkCodes looks again at security codes that were accepted before the brand
// was known.
func (s *Session) checkCodes(now time.Time) {
	for i := range s.progress.Count {
		e, f := &s.entries[i], &s.progress.Fields[i]
		if f.Kind != card.SecurityCode || f.State != Valid {
			continue
		}
		var why card.Reason
		e.digits.Reveal(func(plain []byte) { _, why = e.rule.Check(plain, s.brand(), now) })
		if why != card.None {
			e.digits.Clear()
			f.State, f.Reason = Rejected, why
		}
	}
}

// tellEnd tells of a field's end at once, unless the field could be so short, or
// its pattern so narrow, that its end shows a key: then the grid does.
func (s *Session) tellEnd() {
	if !s.onGrid {
		s.tell()
	}
}

// onTheGrid tells what is new. Field mode's mask, where a field's end could not end
// it, ends one step later: by then that of the key itself, whose end shows when it
// was pressed, is over. If the next entry has begun, it stays.
func (s *Session) onTheGrid(c *bridge.Conference) {
	begun := s.current >= 0 && s.entries[s.current].count > 0
	if s.held && !s.onGrid && !begun {
		c.FieldComplete()
	}
	s.held = s.onGrid
	if s.told != s.progress {
		s.tell()
	}
	if s.onGrid = false; begun && !s.external() {
		s.show()
	}
}

// next asks for the next field that is not valid, or is done.
func (s *Session) next(now time.Time, c *bridge.Conference) {
	missing := s.missing()
	if missing < 0 {
		s.collected(now, c)
		return
	}
	s.hush()
	f := &s.progress.Fields[missing]
	if s.params.OnDemand {
		s.tellEnd()
		s.say(Accepted)
		return
	}
	if f.State == Rejected { // a security code that does not fit the card
		s.tellEnd()
		if s.ask(c, missing) {
			s.say(errorPrompt(f.Kind, f.Reason), againPrompt(f.Kind))
		}
		return
	}
	if s.ask(c, missing) {
		s.tellEnd()
		s.say(Accepted, enterPrompt(f.Kind))
	}
}

// missing returns the first field that is not valid, or -1.
func (s *Session) missing() int {
	for i := range s.progress.Count {
		if s.progress.Fields[i].State != Valid {
			return i
		}
	}
	return -1
}

// reject wipes the present entry and asks again, or gives up.
func (s *Session) reject(c *bridge.Conference, why card.Reason) {
	e, f := &s.entries[s.current], &s.progress.Fields[s.current]
	e.digits.Clear()
	e.count = 0
	f.State, f.Reason = Rejected, why
	if e.tries >= s.params.Attempts {
		s.finish(c, FailedState, TooManyAttempts, Unable)
		return
	}
	e.tries, e.attempt = e.tries+1, e.attempt+1
	s.waitFrom = time.Time{}
	s.tellEnd()
	s.hush()
	s.say(errorPrompt(f.Kind, why), againPrompt(f.Kind))
}

// again asks once more for a field of which nothing came, or gives up.
func (s *Session) again(c *bridge.Conference) {
	e, f := &s.entries[s.current], &s.progress.Fields[s.current]
	if e.tries >= s.params.Attempts {
		s.finish(c, FailedState, NoInput, Failed)
		return
	}
	e.tries, e.attempt = e.tries+1, e.attempt+1
	if f.State == Entering {
		f.Attempt = e.attempt
	}
	s.waitFrom = time.Time{}
	s.say(Nothing, againPrompt(f.Kind))
}

func (s *Session) timeouts(now time.Time, c *bridge.Conference) {
	switch {
	case s.progress.State == Collecting && !now.Before(s.deadline):
		s.finish(c, Expired, TimedOut, Failed)
	case s.progress.State == Submitting && !now.Before(s.deadline):
		s.finish(c, FailedState, SubmitTimeout, Unable)
	}
	if s.progress.State != Collecting || s.external() || s.current < 0 || s.waitFrom.IsZero() {
		return
	}
	count := s.entries[s.current].count
	switch waited := now.Sub(s.waitFrom); {
	case count > 0 && waited >= s.params.InterDigit:
		s.judge(now, c)
	case count == 0 && waited >= s.params.FirstKey:
		s.again(c)
	}
}
