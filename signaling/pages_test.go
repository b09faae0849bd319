package signaling_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audit"
)

// onPages creates a conference that is recorded but on pages like /payment, and
// joins its agent. more are members of the rule.
func (n *node) onPages(key fmt.Stringer, more string) (*conference, *wire, message) {
	n.t.Helper()
	c := n.create(`{"recording":{"recipients":["` + key.String() + `"],"pages":{"pause":["/payment*","/checkout"]` + more + `}},
		"legs":[{"role":"customer"},{"role":"agent"},{"role":"supervisor"}]}`)
	agent, joined := n.joined(c.leg("agent").Join.Token)
	n.dial(c.leg("customer"))
	agent.recording("recording")
	return c, agent, joined
}

func (l *ledger) tape() (acts []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		if e.Action == audit.RecordingChanged {
			acts = append(acts, fmt.Sprint(e.Actor, " ", e.Detail))
		}
	}
	return acts
}

// TestPagePauses: the page that the agent tells pauses and resumes; a pause that
// somebody asked for stays; and the page's name is nowhere.
func TestPagePauses(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	key := newIdentity(t)
	c, agent, _ := n.onPages(key.Recipient(), "")
	supervisor := n.connect(c.leg("supervisor").Join.Token)

	supervisor.tell(message{"type": "page", "page": "/payment"})
	supervisor.refused("page", "forbidden")
	agent.tell(message{"type": "page"})
	agent.refused("page", "bad_message")
	agent.tell(message{"type": "page", "page": strings.Repeat("a", 2000)})
	agent.refused("page", "invalid")
	agent.tell(message{"type": "page", "page": "/orders/" + badValue + "?card=/checkout"})
	agent.tell(message{"type": "page", "page": "/Payment/" + badValue + "?card=" + badValue + "#" + badValue})
	assert.Equal(t, "page", agent.recording("paused")["reason"])
	assert.Equal(t, "page", supervisor.recording("paused")["reason"])

	agent.tell(message{"type": "recording", "state": "recording"})
	agent.refused("recording", "page_pauses")
	// Paused by hand as well: leaving the page is not enough then.
	agent.tell(message{"type": "recording", "state": "paused"})
	assert.Nil(t, agent.recording("paused")["reason"])
	agent.tell(message{"type": "page", "page": "/orders"})
	agent.sync()
	agent.tell(message{"type": "recording", "state": "recording"})
	agent.recording("recording")

	// The platform may resume on any page.
	agent.tell(message{"type": "page", "page": "/checkout?card=" + badValue + "#x"})
	agent.recording("paused")
	path := "/v1/conferences/" + c.ID + "/recording"
	var r recordingShape
	n.must(200, "PUT", path, `{"state":"recording"}`).into(t, &r)
	assert.Equal(t, "recording", r.State)
	agent.recording("recording")

	// A recording that begins while the agent is on such a page begins paused.
	n.must(200, "PUT", path, `{"state":"stopped"}`)
	agent.tell(message{"type": "page", "page": "/payment"})
	agent.sync()
	var second recordingShape
	n.must(200, "PUT", path, `{"state":"recording"}`).into(t, &second)
	assert.Equal(t, "paused", second.State)
	agent.recording("paused")
	agent.tell(message{"type": "page", "page": "/orders"})
	agent.recording("recording")
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	n.close()

	tl, _, _ := n.opened(r.ID, key)
	var why []string
	for _, p := range tl.Pauses {
		require.NotNil(t, p.End)
		why = append(why, p.Reason)
	}
	assert.Equal(t, []string{"page", "request", "page"}, why)
	tl, _, _ = n.opened(second.ID, key)
	require.Len(t, tl.Pauses, 1)
	assert.Equal(t, "page", tl.Pauses[0].Reason)
	assert.Zero(t, tl.Pauses[0].Start)
	assert.Equal(t, []string{"system recording", "leg page_entered", "leg paused", "leg page_left", "leg recording", "leg page_entered",
		"api_key recording", "api_key stopped", "api_key paused", "leg page_left"}, l.tape())
	all := fmt.Sprint(l.entries) + string(n.must(200, "GET", "/v1/events?limit=500", "").body) + string(agent.all)
	assert.NotContains(t, all, badValue)
	assert.NotContains(t, strings.ToLower(all), "/payment")
}

// TestAgentIsLostOnPage: what ends the pause when nobody can tell any more that
// the page was left.
func TestAgentIsLostOnPage(t *testing.T) {
	key := newIdentity(t)
	t.Run("after a while", func(t *testing.T) {
		l := new(ledger)
		n := start(t, options{audit: l})
		c, agent, _ := n.onPages(key.Recipient(), `,"resume_after_s":1`)
		supervisor := n.connect(c.leg("supervisor").Join.Token)
		agent.tell(message{"type": "page", "page": "/payment"})
		assert.Equal(t, "page", supervisor.recording("paused")["reason"])
		_ = agent.conn.CloseNow()
		supervisor.recording("recording")
		assert.Equal(t, []string{"system recording", "leg page_entered", "system page_timeout"}, l.tape())
	})
	t.Run("on a page that does not pause", func(t *testing.T) {
		l := new(ledger)
		n := start(t, options{audit: l})
		c, agent, joined := n.onPages(key.Recipient(), `,"resume":["/done"]`)
		supervisor := n.connect(c.leg("supervisor").Join.Token)
		agent.tell(message{"type": "page", "page": "/orders"})
		agent.sync()
		_ = agent.conn.CloseNow()
		assert.Equal(t, "page", supervisor.recording("paused")["reason"])
		back, _ := n.resumed(c.leg("agent").ID, joined["resume"].(string))
		back.tell(message{"type": "page", "page": "/orders"})
		supervisor.recording("recording")
		assert.Equal(t, []string{"system recording", "system page_lost", "leg page_left"}, l.tape())

		// Paused by hand: nothing new to tell, but it stays paused for both reasons.
		back.tell(message{"type": "recording", "state": "paused"})
		supervisor.recording("paused")
		_ = back.conn.CloseNow()
		supervisor.legState(c.leg("agent").ID, "reconnecting")
		var r recordingShape
		n.must(200, "PUT", "/v1/conferences/"+c.ID+"/recording", `{"state":"recording"}`).into(t, &r)
		supervisor.recording("recording")
		assert.Subset(t, l.tape(), []string{"system page_lost", "api_key recording"})
		assert.Equal(t, "recording", r.State, "the platform may resume")
	})
	t.Run("at once when the leg has left", func(t *testing.T) {
		l := new(ledger)
		n := start(t, options{audit: l})
		c, agent, _ := n.onPages(key.Recipient(), `,"on_leave":"resume"`)
		supervisor := n.connect(c.leg("supervisor").Join.Token)
		agent.tell(message{"type": "page", "page": "/payment"})
		supervisor.recording("paused")
		agent.tell(message{"type": "leave"})
		supervisor.recording("recording")
		assert.Equal(t, []string{"system recording", "leg page_entered", "system page_left"}, l.tape())
	})
	t.Run("never by itself", func(t *testing.T) {
		l := new(ledger)
		n := start(t, options{audit: l, grace: time.Millisecond})
		c, agent, _ := n.onPages(key.Recipient(), `,"on_leave":"stay_paused","resume_after_s":1`)
		supervisor := n.connect(c.leg("supervisor").Join.Token)
		agent.tell(message{"type": "page", "page": "/payment"})
		supervisor.recording("paused")
		_ = agent.conn.CloseNow()
		supervisor.legState(c.leg("agent").ID, "left")
		// Another agent is on another page.
		var second leg
		n.must(201, "POST", "/v1/conferences/"+c.ID+"/legs", `{"role":"agent"}`).into(t, &second)
		next := n.connect(second.Join.Token)
		assert.Equal(t, []string{"system recording", "leg page_entered"}, l.tape())
		next.tell(message{"type": "page", "page": "/"})
		supervisor.recording("recording")
	})
}

// TestPageWantsItsGrant: to pause by hand is another one.
func TestPageWantsItsGrant(t *testing.T) {
	n := start(t, options{})
	c := n.create(`{"legs":[{"role":"agent"}]}`)
	claims := claims(c.ID, c.leg("agent").ID, "agent")
	claims["grants"] = []string{"record"}
	agent := n.connect(n.forge(own, claims))
	agent.tell(message{"type": "page", "page": "/payment"})
	agent.refused("page", "forbidden")
}

// TestBadPageRules half-create nothing.
func TestBadPageRules(t *testing.T) {
	n := start(t, options{})
	key := newIdentity(t)
	for rule, pointer := range map[string]string{
		`{}`:                              "/recording/pages",
		`{"pause":[]}`:                    "/recording/pages/pause",
		`{"pause":[""]}`:                  "/recording/pages/pause/0",
		`{"pause":["/a?b"]}`:              "/recording/pages/pause/0",
		`{"pause":["/a"],"on_leave":"x"}`: "/recording/pages/on_leave",
		`{"pause":["/a"],"resume_after_s":86401}`: "/recording/pages/resume_after_s",
	} {
		a := n.send("POST", "/v1/conferences", `{"recording":{"recipients":["`+key.Recipient().String()+`"],"pages":`+rule+`}}`)
		a.refused(t, 422, "invalid")
		assert.Contains(t, string(a.body), `"pointer":"`+pointer+`"`, rule)
	}
	assert.Empty(t, n.conferences())
}
