package call

import (
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/recording"
	"tonegate/internal/store"
)

func TestPagePatterns(t *testing.T) {
	for pattern, pages := range map[string]map[string]bool{
		"/payment":         {"/payment": true, "/payments": false, "/payment/card": false, "/PAYMENT": true},
		"/payment*":        {"/payment": true, "/payment/card/2": true, "/order/payment": false, "": false},
		"*/pay/*":          {"/orders/7/pay/": true, "/pay/x": true, "/pay": false},
		"/a*b*c":           {"/abc": true, "/a/b/c": true, "/acb": false, "/ab": false, "/a-b-b-c": true},
		"/ab*ba":           {"/aba": false, "/abba": true},
		"*":                {"": true, "/anything": true},
		"Payment (tab 2)*": {"payment (tab 2)": true},
	} {
		for page, want := range pages {
			assert.Equal(t, want, matchesAny([]string{"/none", pattern}, page), "%s on %s", pattern, page)
		}
	}
}

func TestPageVerdict(t *testing.T) {
	every := &PageRule{Pause: []string{"/pay*"}}
	some := &PageRule{Pause: []string{"/pay*"}, Resume: []string{"/done", "/pay/done"}}
	for name, tc := range map[string]struct {
		rule   *PageRule
		page   string
		paused bool
		want   bool
	}{
		"a page that pauses":               {every, "/pay/card", false, true},
		"any other page resumes":           {every, "/orders", true, false},
		"with resume: one that is neither": {some, "/orders", true, true},
		"or was not paused":                {some, "/orders", false, false},
		"one that resumes":                 {some, "/done", true, false},
		"one that does both pauses":        {some, "/pay/done", true, true},
	} {
		assert.Equal(t, tc.want, tc.rule.verdict(tc.page, tc.paused), name)
	}
}

func TestPageRuleCheck(t *testing.T) {
	require.NoError(t, (*PageRule)(nil).check())
	require.NoError(t, (&PageRule{Pause: []string{"/pay*"}, Resume: []string{"*"}}).check())
	for pointer, r := range map[string]*PageRule{
		"/recording/pages/pause":    {},
		"/recording/pages/pause/1":  {Pause: []string{"/a", ""}},
		"/recording/pages/resume/0": {Pause: []string{"/a"}, Resume: []string{"/a?b"}},
		"/recording/pages/resume":   {Pause: []string{"/a"}, Resume: make([]string, 33)},
		"/recording/pages/pause/0":  {Pause: []string{strings.Repeat("a", 129)}},
	} {
		var at *MemberError
		err := r.check()
		require.True(t, errors.As(err, &at), pointer)
		assert.Equal(t, pointer, at.Pointer)
		assert.ErrorIs(t, err, ErrInvalid)
	}
}

// TestPageRuleOutlivesARestart: an unknown rule is the strictest.
func TestPageRuleOutlivesARestart(t *testing.T) {
	for o := ResumeAfter; o <= ResumeOnLeave; o++ {
		r := &PageRule{Pause: []string{"/a"}, Resume: []string{"/b"}, OnLeave: o, After: time.Minute}
		assert.Equal(t, r, revivedPages(r.kept()))
	}
	k := (&PageRule{Pause: []string{"/a"}}).kept()
	k.OnLeave = "something later"
	assert.Equal(t, StayPaused, revivedPages(k).OnLeave)
}

// TestPagePauseOutlivesARestart: nobody is connected then, so the rule for that
// applies; what cannot be known any more is not resumed by it.
func TestPagePauseOutlivesARestart(t *testing.T) {
	const id, agent = "conf_0123456789abcdefghjkmnpq", "leg_0123456789abcdefghjkmnpq"
	synctest.Test(t, func(t *testing.T) {
		l := &leg{Leg: Leg{ID: agent, ConferenceID: id, Role: bridge.Agent, State: LegReconnecting}}
		c := &conference{Conference: Conference{ID: id}, legs: []*leg{l}}
		s := &Service{cfg: Config{Log: zap.NewNop(), Now: time.Now}, byID: map[string]*conference{id: c}, legs: map[string]*leg{agent: l}}
		assert.False(t, s.restorePage(c), "no rule: it stays paused as if somebody had asked for it")
		c.tape.spec = &RecordingSpec{Pages: &PageRule{Pause: []string{"/pay*"}}}
		require.True(t, s.restorePage(c))
		time.Sleep(resumeAfter - 1)
		synctest.Wait()
		assert.Equal(t, RecordingPaused, stateOf(s, c))
		time.Sleep(1)
		synctest.Wait()
		assert.Equal(t, RecordingOn, stateOf(s, c))
	})
}

// stateOf is what legs are told of a recording, if there were one.
func stateOf(s *Service, c *conference) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := tape{kept: store.Recording{ID: "rec_1"}, recorder: new(recording.Recorder), page: c.tape.page}
	state := t.state()
	return state.State
}

// TestLostOnAnyPagePauses: nobody would tell that a page that pauses is entered
// meanwhile. How long, by the rule; a leg that leaves is not lost.
func TestLostOnAnyPagePauses(t *testing.T) {
	const id, agent = "conf_0123456789abcdefghjkmnpq", "leg_0123456789abcdefghjkmnpq"
	for name, tc := range map[string]struct {
		rule  PageRule
		after time.Duration
	}{
		"default": {after: 10 * time.Minute}, "three minutes": {rule: PageRule{After: 3 * time.Minute}, after: 3 * time.Minute},
		"stay": {rule: PageRule{OnLeave: StayPaused}}, "resume": {rule: PageRule{OnLeave: ResumeOnLeave}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				tc.rule.Pause, tc.rule.Resume = []string{"/pay*"}, []string{"/done"}
				l := &leg{Leg: Leg{ID: agent, ConferenceID: id, Role: bridge.Agent}, seat: new(Seat)}
				c := &conference{Conference: Conference{ID: id}, legs: []*leg{l}, tape: tape{spec: &RecordingSpec{Pages: &tc.rule}}}
				s := &Service{cfg: Config{Log: zap.NewNop(), Now: time.Now}, byID: map[string]*conference{id: c}, legs: map[string]*leg{agent: l}}
				by := Actor{LegID: agent, Role: bridge.Agent}
				lose := func(state string) {
					s.mu.Lock()
					defer s.mu.Unlock()
					l.seat, l.State = nil, state
					s.watchPage(c, l)
				}
				lose(LegReconnecting)
				assert.Equal(t, RecordingOn, stateOf(s, c), "a desktop that tells no pages has no rule")
				back := func(page string) {
					l.seat, l.State = new(Seat), LegConnected
					require.NoError(t, s.Page(by, id, page))
				}
				back("/orders")
				assert.Equal(t, RecordingOn, stateOf(s, c))
				lose(LegReconnecting)
				assert.Equal(t, RecordingPaused, stateOf(s, c))
				back("/orders") // which neither pauses nor resumes
				assert.Equal(t, RecordingOn, stateOf(s, c))
				lose(LegReconnecting)
				back("/payment")
				assert.Equal(t, RecordingPaused, stateOf(s, c))
				back("/orders")
				assert.Equal(t, RecordingPaused, stateOf(s, c), "a page paused it, not the loss")
				back("/done")

				lose(LegReconnecting)
				if tc.after > 0 {
					time.Sleep(tc.after - 1)
					synctest.Wait()
					assert.Equal(t, RecordingPaused, stateOf(s, c))
					time.Sleep(1)
				} else {
					time.Sleep(24 * time.Hour)
				}
				synctest.Wait()
				assert.Equal(t, tc.after == 0, stateOf(s, c) == RecordingPaused)
				lose(LegLeft)
				synctest.Wait()
				assert.Equal(t, name == "stay", stateOf(s, c) == RecordingPaused)

				back("/done")
				lose(LegLeft)
				assert.Equal(t, RecordingOn, stateOf(s, c), "who leaves is not lost")
			})
		})
	}
}

// TestPagePauseOutlivesItsAgent: how long, by the rule, and what cuts it short.
func TestPagePauseOutlivesItsAgent(t *testing.T) {
	const id, agent = "conf_0123456789abcdefghjkmnpq", "leg_0123456789abcdefghjkmnpq"
	for name, rule := range map[string]PageRule{
		"default": {}, "three minutes": {After: 3 * time.Minute}, "stay": {OnLeave: StayPaused}, "resume": {OnLeave: ResumeOnLeave},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				rule.Pause = []string{"/pay*"}
				l := &leg{Leg: Leg{ID: agent, ConferenceID: id, Role: bridge.Agent}, seat: new(Seat)}
				c := &conference{Conference: Conference{ID: id}, legs: []*leg{l}, tape: tape{spec: &RecordingSpec{Pages: &rule}}}
				s := &Service{cfg: Config{Log: zap.NewNop(), Now: time.Now}, byID: map[string]*conference{id: c}, legs: map[string]*leg{agent: l}}
				by := Actor{LegID: agent, Role: bridge.Agent}
				paused := func() bool {
					synctest.Wait()
					s.mu.Lock()
					defer s.mu.Unlock()
					return c.tape.page.paused
				}
				lose := func(state string) {
					s.mu.Lock()
					defer s.mu.Unlock()
					l.seat, l.State = nil, state
					s.watchPage(c, l)
				}
				require.NoError(t, s.Page(by, id, "/pay"))
				time.Sleep(24 * time.Hour) // the bubble's clock: no limit while the agent is there
				assert.True(t, paused())

				// Lost, back in time, and still there: a later loss counts anew.
				lose(LegReconnecting)
				time.Sleep(2 * time.Minute)
				assert.True(t, paused())
				l.seat = new(Seat)
				require.NoError(t, s.Page(by, id, "/pay/2"))
				time.Sleep(24 * time.Hour)
				assert.True(t, paused())

				after := map[string]time.Duration{"default": 10 * time.Minute, "three minutes": 3 * time.Minute}[name]
				lose(LegReconnecting)
				time.Sleep(after - 1)
				assert.True(t, paused())
				time.Sleep(1)
				assert.Equal(t, after == 0, paused())
				time.Sleep(24 * time.Hour)
				lose(LegLeft)
				assert.Equal(t, name == "stay", paused())
				s.mu.Lock()
				c.tape.page.forget()
				s.mu.Unlock()
			})
		})
	}
}
