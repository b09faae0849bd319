package signaling_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

func talks(pressed bool) func(message) bool {
	return func(m message) bool { return m["type"] == "masking" && (m["talk"] == true) == pressed }
}

// TestPressToTalk: the agent presses and releases, or the time runs out, or the
// connection breaks; the record shows each, and nobody else is told that the
// agent hears more.
func TestPressToTalk(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	c := n.create(`{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr","kind":"builtin"},{"role":"supervisor"}]}`)
	agent, joined := n.joined(c.leg("agent").Join.Token)
	supervisor, customer := n.connect(c.leg("supervisor").Join.Token), n.connect(c.leg("customer").Join.Token)
	press, release := message{"type": "talk_press"}, message{"type": "talk_release"}

	agent.tell(press)
	agent.refused("talk_press", "capture_not_collecting")
	for _, w := range []*wire{supervisor, customer} {
		w.tell(press)
		w.refused("talk_press", "forbidden")
		w.tell(release)
		w.refused("talk_release", "forbidden")
	}
	path := "/v1/conferences/" + c.ID + "/captures"
	var capture struct{ ID string }
	n.must(201, "POST", path, `{"mask":"field"}`, "Idempotency-Key: a").into(t, &capture)
	agent.tell(press)
	agent.refused("talk_press", "talk_not_muted")
	n.must(200, "POST", "/v1/captures/"+capture.ID+"/cancel", "")

	n.must(201, "POST", path, `{"mask":"mute"}`, "Idempotency-Key: b").into(t, &capture)
	agent.tell(press)
	m := agent.find(talks(true), "the press")
	assert.Equal(t, []any{"armed", "strip", true}, []any{m["state"], m["mode"], m["armed"]})
	agent.tell(press)
	agent.refused("talk_press", "talk_pressed")
	agent.tell(release)
	m = agent.find(talks(false), "the release")
	assert.Equal(t, []any{"mute", "mute", true}, []any{m["state"], m["mode"], m["armed"]})
	agent.tell(release) // of nothing: no error, no entry

	agent.tell(press)
	agent.find(talks(true), "the press")
	agent.find(talks(false), "the limit") // nobody released it

	agent.tell(press)
	agent.find(talks(true), "the press")
	again, m := n.resumed(c.leg("agent").ID, joined["resume"].(string))
	again.find(talks(false), "the end of the other connection's press")
	again.tell(press)
	again.find(talks(true), "the press")
	n.must(200, "POST", "/v1/captures/"+capture.ID+"/cancel", "")
	again.find(talks(false), "the capture's end")
	_ = m

	supervisor.sync()
	supervisor.mu.Lock()
	assert.NotContains(t, string(supervisor.all), `"talk":true`)
	supervisor.mu.Unlock()
	n.close()
	by := " leg " + c.leg("agent").ID + " "
	var acts []string
	for _, act := range l.acts() {
		if strings.HasPrefix(act, "talk_") {
			acts = append(acts, act)
		}
	}
	assert.Equal(t, []string{
		"talk_pressed" + by, "talk_released" + by,
		"talk_pressed" + by, "talk_released system  talk_limit",
		"talk_pressed" + by, "talk_released system  hang_up",
		"talk_pressed" + by, "talk_released system  ",
	}, acts)
	assert.Equal(t, "masking_released system  ", l.acts()[slices.Index(l.acts(), "talk_released system  ")+1])
}

// TestTalkWantsItsGrant: the grant capture is another one.
func TestTalkWantsItsGrant(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	claims := claims(c.ID, c.leg("agent").ID, "agent")
	claims["grants"] = []string{"capture"}
	agent := n.connect(n.forge(own, claims))
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures", `{"mask":"mute"}`, "Idempotency-Key: a")
	agent.tell(message{"type": "talk_press"})
	agent.refused("talk_press", "forbidden")
}
