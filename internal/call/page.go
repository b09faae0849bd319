package call

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"tonegate/bridge"
	"tonegate/internal/audit"
	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// PageRule pauses a recording while the agent is on certain pages of the desktop.
// In a pattern * stands for any characters, and case makes no difference.
type PageRule struct {
	Pause  []string // pages that pause
	Resume []string // pages that resume; empty: all that do not pause
	// OnLeave is what becomes of the pause when the agent's connection is lost or
	// the agent leaves, since nobody tells then that the page was left. A connection
	// that is lost on any page pauses: nobody tells either that one is entered.
	OnLeave OnLeave
	After   time.Duration // of ResumeAfter; zero: ten minutes
}

// OnLeave says what ends a pause whose agent is gone.
type OnLeave uint8

const (
	// ResumeAfter resumes when PageRule.After has passed and no page was told.
	ResumeAfter OnLeave = iota
	// StayPaused leaves it to a person, or to the next page that is told.
	StayPaused
	// ResumeOnLeave resumes as soon as the leg has left; one whose connection is
	// lost has until then the time to come back that all legs have.
	ResumeOnLeave
)

// String returns the name as the API spells it.
func (o OnLeave) String() string {
	switch o {
	case StayPaused:
		return "stay_paused"
	case ResumeOnLeave:
		return "resume"
	default:
		return "resume_after"
	}
}

const (
	resumeAfter = 10 * time.Minute
	tryAgain    = time.Minute // what could not be put on record
	maxPatterns = 32
	maxPattern  = 128 // bytes
	maxPage     = 1024
)

func (r *PageRule) check() error {
	if r == nil {
		return nil
	}
	for _, list := range []struct {
		name     string
		patterns []string
	}{{"pause", r.Pause}, {"resume", r.Resume}} {
		at := "/recording/pages/" + list.name
		if len(list.patterns) > maxPatterns || list.name == "pause" && len(list.patterns) == 0 {
			return &MemberError{at, fmt.Errorf("%w: 1 to %d patterns", ErrInvalid, maxPatterns)}
		}
		for i, p := range list.patterns {
			if p == "" || len(p) > maxPattern || strings.ContainsAny(p, "?#") {
				return &MemberError{at + "/" + strconv.Itoa(i), fmt.Errorf("%w: 1 to %d bytes without ? and #: "+
					"pages are told without query and fragment", ErrInvalid, maxPattern)}
			}
		}
	}
	return nil
}

// verdict says what a page does to a recording that is, or is not, paused by one.
// What pauses is looked for in all of the name, numbers included.
func (r *PageRule) verdict(page string, paused bool) bool {
	name := pageName(page)
	switch {
	case matchesAny(r.Pause, name), matchesAny(r.Pause, decoded(page)):
		return true
	case len(r.Resume) == 0 || matchesAny(r.Resume, name):
		return false
	default:
		return paused
	}
}

func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if matches(strings.ToLower(decoded(p)), strings.ToLower(name)) {
			return true
		}
	}
	return false
}

// matches is a glob of * alone. It takes / like any other character, unlike
// path.Match: a pattern that is read too widely pauses too much, not too little.
func matches(pattern, name string) bool {
	parts := strings.Split(pattern, "*")
	if len(parts) == 1 {
		return pattern == name
	}
	last := len(parts) - 1
	rest, ok := strings.CutPrefix(name, parts[0])
	if !ok {
		return false
	}
	for _, part := range parts[1:last] {
		if _, rest, ok = strings.Cut(rest, part); !ok {
			return false
		}
	}
	return strings.HasSuffix(rest, parts[last])
}

// page is the page rule's part of a tape. The service's lock guards it.
type page struct {
	paused  bool
	lost    bool   // paused because the connection was lost, not by a page
	untold  bool   // that is not on record yet
	changed bool   // nor known to legs and platform
	leg     string // that told the page last
	timer   *time.Timer
}

// forget ends the pause, and what would have ended it.
func (p *page) forget() {
	p.stop()
	p.paused, p.lost = false, false
}

func (p *page) stop() {
	if p.timer != nil {
		p.timer.Stop()
		p.timer = nil
	}
}

// Page takes which page of the desktop the agent is on: a route, or the name of a
// tab. It is compared with the conference's rule, and neither kept nor logged. A
// query or fragment is cut off: that is where numbers stand.
func (s *Service) Page(by Actor, conferenceID, name string) error {
	if by.Role != bridge.Agent {
		return fmt.Errorf("%w: only the agent tells pages", ErrForbidden)
	}
	if at := strings.IndexAny(name, "?#"); at >= 0 {
		name = name[:at]
	}
	if len(name) > maxPage {
		return fmt.Errorf("%w: a page is told in %d bytes at most", ErrInvalid, maxPage)
	}
	s.mu.Lock()
	c, err := s.open(conferenceID)
	s.mu.Unlock()
	if err != nil {
		return err
	}
	c.tape.changes.Lock()
	defer c.tape.changes.Unlock()
	s.tellLoss(c)
	s.mu.Lock()
	l, t := s.legs[by.LegID], &c.tape
	if t.spec == nil || t.spec.Pages == nil || l == nil || l.State == LegLeft || c.State == ConferenceEnded {
		s.mu.Unlock()
		return nil
	}
	t.page.stop()
	t.page.leg = l.ID
	pause := t.spec.Pages.verdict(name, t.page.paused && !t.page.lost)
	s.mu.Unlock()
	why := audit.Detail("page_left")
	if pause {
		why = "page_entered"
	}
	err = s.pausePage(by, c, pause, why)
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.State == LegLeft || l.seat == nil { // gone meanwhile
		s.watchPage(c, l)
	}
	return err
}

// pausePage pauses at once, whatever becomes of the record, and resumes only what
// is on record. The caller holds the tape's changes.
func (s *Service) pausePage(by Actor, c *conference, pause bool, why audit.Detail) error {
	s.mu.Lock()
	t := &c.tape
	r, before, same := t.recorder, t.state(), t.page.paused == pause && !t.page.lost
	if !same && pause {
		t.page.paused = true
	}
	if r != nil && pause {
		r.Pause(recording.ByPage, true)
	}
	s.mu.Unlock()
	if same {
		return nil
	}
	if r != nil {
		e := by.entry(audit.RecordingChanged)
		e.ConferenceID, e.Detail = c.ID, why
		if err := s.record(e); err != nil && !pause {
			return err
		}
	}
	if !pause {
		err := s.keep(c, func(k *store.Conference) {
			if k.Tape == recording.ByPage {
				k.Tape = ""
			}
		})
		if err != nil {
			return err
		}
	}
	s.mu.Lock()
	t.page.paused, t.page.lost = pause, false
	if r != nil {
		r.Pause(recording.ByPage, pause)
	}
	after := t.state()
	s.mu.Unlock()
	if r == nil && pause {
		return s.keep(c, nil) // a recording that begins on this page is paused from the start
	}
	if r == nil {
		return nil
	}
	what := ""
	switch {
	case after == before:
	case after.State == RecordingPaused:
		what = "recording.paused"
	default:
		what = "recording.resumed"
	}
	return s.keepPause(c, r, what)
}

// watchPage pauses when the leg that told the page is lost, and ends a pause by
// page some time after that, unless a page is told before. The caller holds the lock.
func (s *Service) watchPage(c *conference, l *leg) {
	p := &c.tape.page
	if p.leg != l.ID || c.State == ConferenceEnded || s.closing {
		return
	}
	if !p.paused && l.State != LegLeft {
		s.losePage(c)
	}
	if !p.paused {
		return
	}
	rule, after, why := c.tape.spec.Pages, time.Duration(0), audit.Detail("page_left")
	switch {
	case rule.OnLeave == ResumeAfter && p.timer == nil:
		why = "page_timeout"
		if after = rule.After; after == 0 {
			after = resumeAfter
		}
	case rule.OnLeave == ResumeOnLeave && l.State == LegLeft:
	default:
		return
	}
	s.armPage(c, after, why)
}

// losePage pauses at once: the agent may be on any page by now. What else there is
// to do wants the tape's changes. The caller holds the lock.
func (s *Service) losePage(c *conference) {
	t := &c.tape
	before := t.state()
	t.page.paused, t.page.lost = true, true
	if t.recorder == nil {
		return // one that begins now is paused from the start
	}
	t.recorder.Pause(recording.ByPage, true)
	t.page.untold, t.page.changed = true, t.state() != before
	s.tapes.Add(1)
	go func() {
		defer s.tapes.Done()
		t.changes.Lock()
		defer t.changes.Unlock()
		s.tellLoss(c)
	}()
}

// tellLoss puts a pause by a lost connection on record and tells it, once. The
// caller holds the tape's changes.
func (s *Service) tellLoss(c *conference) {
	s.mu.Lock()
	p := &c.tape.page
	untold, changed, r := p.untold, p.changed, c.tape.recorder
	p.untold, p.changed = false, false
	s.mu.Unlock()
	if !untold {
		return
	}
	e := Actor{}.entry(audit.RecordingChanged)
	e.ConferenceID, e.Detail = c.ID, "page_lost"
	_ = s.record(e) // logged; it is paused all the same
	what := ""
	if changed {
		what = "recording.paused"
	}
	_ = s.keepPause(c, r, what) // logged
}

// armPage ends the pause after a while. The caller holds the lock.
func (s *Service) armPage(c *conference, after time.Duration, why audit.Detail) {
	c.tape.page.stop()
	var timer *time.Timer
	ready := make(chan struct{})
	timer = time.AfterFunc(after, func() { <-ready; s.pageOver(c, timer, why) })
	close(ready)
	c.tape.page.timer = timer
}

// pageOver resumes when the time of a timer is over. What cannot be put on record
// stays paused and is tried again.
func (s *Service) pageOver(c *conference, timer *time.Timer, why audit.Detail) {
	c.tape.changes.Lock()
	defer c.tape.changes.Unlock()
	s.mu.Lock()
	due := c.tape.page.timer == timer && c.State != ConferenceEnded && !s.closing
	if due {
		c.tape.page.timer = nil
	}
	s.mu.Unlock()
	if !due || s.pausePage(Actor{}, c, false, why) == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.State != ConferenceEnded && !s.closing {
		s.armPage(c, tryAgain, why)
	}
}

// onPage reports whether the agent is on a page that pauses, and there.
func (s *Service) onPage(c *conference) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.legs[c.tape.page.leg]
	return c.tape.page.paused && l != nil && l.State != LegLeft && l.seat != nil
}

// restorePage takes over a pause by page from an earlier process, if the rule is
// known. Everybody's connection is lost: the rule for that applies.
func (s *Service) restorePage(c *conference) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if c.tape.spec == nil || c.tape.spec.Pages == nil {
		return false
	}
	for _, l := range c.legs {
		if l.Role == bridge.Agent {
			c.tape.page.paused, c.tape.page.leg = true, l.ID
			s.watchPage(c, l)
		}
	}
	return c.tape.page.paused
}

func (r *PageRule) kept() *store.PageRule {
	if r == nil {
		return nil
	}
	return &store.PageRule{Pause: r.Pause, Resume: r.Resume, OnLeave: r.OnLeave.String(), After: r.After}
}

func revivedPages(k *store.PageRule) *PageRule {
	if k == nil {
		return nil
	}
	onLeave, known := named(k.OnLeave, ResumeAfter, ResumeOnLeave)
	if !known {
		onLeave = StayPaused
	}
	return &PageRule{Pause: k.Pause, Resume: k.Resume, OnLeave: onLeave, After: k.After}
}
