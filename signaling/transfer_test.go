package signaling_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// onCall is a call whose agent is on a WebSocket with media, and whose customer is
// on the phone.
type onCall struct {
	*node
	c     *conference
	agent *wire
	path  string
}

func startCall(t *testing.T, o options, legs string) *onCall {
	t.Helper()
	n := start(t, o)
	c := n.create(legs)
	agent := n.connect(c.leg("agent").Join.Token)
	n.negotiate(agent)
	n.dial(c.leg("customer"))
	agent.legState(c.leg("customer").ID, "connected")
	return &onCall{n, c, agent, "/v1/conferences/" + c.ID + "/transfer"}
}

func (o *onCall) state() string {
	o.t.Helper()
	var c struct{ Transfer struct{ State string } }
	o.must(200, "GET", "/v1/conferences/"+o.c.ID, "").into(o.t, &c)
	return c.Transfer.State
}

// moved waits until a leg is told that the agent is somewhere.
func (w *wire) moved(state string) {
	w.t.Helper()
	w.find(func(m message) bool { return m["type"] == "transfer" && m["state"] == state }, "transfer "+state)
}

// told waits until the last event of a kind has a reason.
func (o *onCall) told(kind, reason string) {
	o.t.Helper()
	var e struct {
		Items []struct {
			Type string
			Data struct{ Reason string }
		}
	}
	for ctx := within(o.t); ; {
		o.must(200, "GET", "/v1/events?limit=500", "").into(o.t, &e)
		last := "none"
		for _, item := range e.Items {
			if item.Type == kind {
				last = item.Data.Reason
			}
		}
		if last == reason {
			return
		}
		if ctx.Err() != nil {
			o.t.Fatalf("no event %s for %s in time; the last one was for %s", kind, reason, last)
		}
	}
}

const fourLegs = `{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr","kind":"builtin"},{"role":"supervisor"}]}`

// TestTransfer there and back, by the platform and by the agent: states to agent
// and supervisor, never to the customer; out of turn it is refused; all on record.
func TestTransfer(t *testing.T) {
	l := new(ledger)
	n := startCall(t, options{audit: l}, fourLegs)
	supervisor, joined := n.joined(n.c.leg("supervisor").Join.Token)
	assert.Equal(t, map[string]any{"state": "together"}, joined["transfer"])
	assert.Equal(t, "together", n.state())

	n.send("POST", n.path, `{"to":"agent"}`).refused(t, 409, "not_transferred")
	n.send("POST", n.path, `{"to":"`+badValue+`"}`).pointsTo(t, 422, "invalid", "/to")
	n.send("POST", "/v1/conferences/conf_x/transfer", `{"to":"ivr"}`).refused(t, 404, "not_found")

	sent := n.must(200, "POST", n.path, `{"to":"ivr"}`, "Idempotency-Key: a")
	assert.Contains(t, string(sent.body), `"transfer":{"state":"with_ivr"}`)
	again := n.must(200, "POST", n.path, `{"to":"ivr"}`, "Idempotency-Key: a")
	assert.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
	for _, w := range []*wire{n.agent, supervisor} {
		w.moved("parking")
		w.moved("with_ivr")
	}
	n.send("POST", n.path, `{"to":"ivr"}`).refused(t, 409, "transfer_in_progress")
	// Levels are told of what is heard: of nobody to the agent, of the agent to the
	// supervisor.
	for range 2 {
		for _, l := range supervisor.next("level")["levels"].([]any) {
			assert.Equal(t, n.c.leg("agent").ID, l.(map[string]any)["leg_id"])
		}
	}
	n.agent.tell(message{"type": "transfer", "to": "agent"})
	n.agent.find(func(m message) bool {
		assert.NotEqual(t, "level", m["type"])
		return m["type"] == "transfer" && m["state"] == "returning"
	}, "transfer returning")
	supervisor.moved("returning")
	for _, w := range []*wire{n.agent, supervisor} {
		w.moved("together")
	}
	n.told("transfer.returned", "taken_back")
	n.told("transfer.started", "")

	n.agent.tell(message{"type": "transfer", "to": "ivr"})
	n.agent.moved("with_ivr")
	n.agent.tell(message{"type": "transfer", "to": badValue})
	n.agent.refused("transfer", "bad_message")
	for _, to := range []string{"ivr", "agent"} {
		supervisor.tell(message{"type": "transfer", "to": to})
		supervisor.refused("transfer", "forbidden")
	}
	n.must(200, "POST", n.path, `{"to":"agent"}`)
	n.agent.moved("together")

	n.close()
	var acts []string
	for _, act := range l.acts() {
		if strings.HasPrefix(act, "transferred") {
			acts = append(acts, strings.Join(strings.Fields(act), " "))
		}
	}
	assert.Len(t, acts, 4)
	for i, want := range []string{"api_key", "leg", "leg", "api_key"} {
		assert.Contains(t, acts[i], "transferred "+want)
		assert.Contains(t, acts[i], []string{" ivr", " agent"}[i%2])
	}
}

// TestTransferWantsItsParties: nobody is sent to an IVR that is not there.
func TestTransferWantsItsParties(t *testing.T) {
	n := start(t, options{})
	c := n.create(`{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr"}]}`)
	path := "/v1/conferences/" + c.ID + "/transfer"
	for _, role := range []string{"customer", "agent", "ivr"} {
		p := n.send("POST", path, `{"to":"ivr"}`).refused(t, 409, "party_absent")
		assert.Contains(t, p.Detail, role)
		n.connect(c.leg(role).Join.Token)
	}
	n.must(200, "POST", path, `{"to":"ivr"}`)
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	n.send("POST", path, `{"to":"agent"}`).refused(t, 409, "conference_ended")
}

// TestTakeBackCancelsACapture, and wipes it, before the agent comes back.
func TestTakeBackCancelsACapture(t *testing.T) {
	l := new(ledger)
	n := startCall(t, options{audit: l}, threeLegs)
	n.agent.tell(message{"type": "transfer", "to": "ivr"})
	n.agent.moved("with_ivr")
	n.agent.tell(message{"type": "capture_start"})
	n.agent.find(func(m message) bool { return m["state"] == "collecting" }, "the capture")
	n.agent.tell(message{"type": "talk_press"})
	n.agent.refused("talk_press", "talk_not_muted")
	n.agent.tell(message{"type": "transfer", "to": "agent"})
	n.agent.moved("returning")
	n.agent.find(func(m message) bool { return m["type"] == "capture_progress" && m["state"] == "cancelled" }, "its end")
	n.agent.moved("together")
	n.told("transfer.returned", "taken_back")
	n.close()
	assert.Contains(t, strings.Join(l.acts(), "\n"), "capture_cancelled leg")
}

// TestCaptureEndsATransfer: with its end the agent comes back, whether it began
// before the transfer or after.
func TestCaptureEndsATransfer(t *testing.T) {
	n := startCall(t, options{}, threeLegs)
	for _, begun := range []string{"before", "after"} {
		var capture struct{ ID string }
		start := func() {
			n.must(201, "POST", "/v1/conferences/"+n.c.ID+"/captures", `{}`, "Idempotency-Key: "+begun).into(t, &capture)
		}
		if begun == "before" {
			start()
		}
		n.must(200, "POST", n.path, `{"to":"ivr"}`)
		if begun == "after" {
			start()
		}
		n.must(200, "POST", "/v1/captures/"+capture.ID+"/cancel", "")
		n.agent.moved("with_ivr")
		n.agent.moved("together")
		n.told("transfer.returned", "cancelled")
	}
}

// TestTransferWantsARecordAndADisk: what cannot be recorded or kept is not done,
// and the state says so; what the server does by itself is done all the same.
func TestTransferWantsARecordAndADisk(t *testing.T) {
	l, d := new(ledger), new(disk)
	n := startCall(t, options{audit: l, disk: d}, threeLegs)
	l.setFull(true)
	n.send("POST", n.path, `{"to":"ivr"}`).refused(t, 503, "audit_unavailable")
	assert.Equal(t, "together", n.state())
	l.setFull(false)
	d.full.Store(true)
	n.send("POST", n.path, `{"to":"ivr"}`).refused(t, 503, "store_unavailable")
	assert.Equal(t, "together", n.state())
	d.full.Store(false)

	n.must(200, "POST", n.path, `{"to":"ivr"}`)
	l.setFull(true)
	n.send("POST", n.path, `{"to":"agent"}`).refused(t, 503, "audit_unavailable")
	assert.Equal(t, "with_ivr", n.state())
	n.must(204, "DELETE", "/v1/legs/"+n.c.leg("ivr").ID, "")
	n.agent.moved("returning") // refused
	n.agent.moved("with_ivr")
	n.agent.moved("together")
	n.told("transfer.returned", "ivr_left")
}

// TestExternalIVR: when its collector gives up, and when it hangs up, the agent
// comes back without being asked.
func TestExternalIVR(t *testing.T) {
	n := startCall(t, options{}, `{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr"}]}`)
	ivr := n.connect(n.c.leg("ivr").Join.Token)
	n.must(200, "POST", n.path, `{"to":"ivr"}`)
	var capture struct{ ID string }
	n.must(201, "POST", "/v1/conferences/"+n.c.ID+"/captures", `{}`, "Idempotency-Key: a").into(t, &capture)
	n.must(200, "POST", "/v1/captures/"+capture.ID+"/complete", `{"state":"failed"}`)
	n.agent.moved("with_ivr")
	n.agent.moved("together")
	n.told("transfer.returned", "failed")

	n.must(200, "POST", n.path, `{"to":"ivr"}`)
	n.must(201, "POST", "/v1/conferences/"+n.c.ID+"/captures", `{}`, "Idempotency-Key: b").into(t, &capture)
	n.must(200, "POST", "/v1/captures/"+capture.ID+"/complete", "")
	n.agent.moved("with_ivr")
	n.agent.moved("together")
	n.told("transfer.returned", "completed")

	n.must(200, "POST", n.path, `{"to":"ivr"}`)
	ivr.tell(message{"type": "leave"})
	n.agent.moved("with_ivr")
	n.agent.moved("together")
	n.told("transfer.returned", "ivr_left")
}

// TestLostAgent: the customer stays with the IVR while it takes care of them, is
// then told to wait, and the call ends if nobody comes.
func TestLostAgent(t *testing.T) {
	lost := func(t *testing.T, timeout time.Duration) *onCall {
		n := startCall(t, options{transferTimeout: timeout}, threeLegs)
		n.must(200, "POST", n.path, `{"to":"ivr"}`)
		var capture struct{ ID string }
		n.must(201, "POST", "/v1/conferences/"+n.c.ID+"/captures", `{}`, "Idempotency-Key: a").into(t, &capture)
		n.must(204, "DELETE", "/v1/legs/"+n.c.leg("agent").ID, "")
		assert.Equal(t, "with_ivr", n.state(), "a capture goes on without the agent")
		n.must(200, "POST", "/v1/captures/"+capture.ID+"/cancel", "")
		n.told("transfer.returned", "cancelled")
		return n
	}
	t.Run("for good", func(t *testing.T) {
		n := lost(t, 10*time.Millisecond)
		n.told("conference.ended", "agent_lost")
	})
	t.Run("another one comes", func(t *testing.T) {
		n := lost(t, time.Hour)
		var l leg
		n.must(201, "POST", "/v1/conferences/"+n.c.ID+"/legs", `{"role":"agent"}`).into(t, &l)
		w := n.connect(l.Join.Token)
		n.negotiate(w)
		w.legState(l.ID, "connected")
		n.must(200, "POST", n.path, `{"to":"ivr"}`)
		w.moved("with_ivr")
	})
	t.Run("with an ivr that has nothing to do", func(t *testing.T) {
		n := startCall(t, options{transferTimeout: 10 * time.Millisecond}, threeLegs)
		n.must(200, "POST", n.path, `{"to":"ivr"}`)
		n.must(204, "DELETE", "/v1/legs/"+n.c.leg("agent").ID, "")
		n.told("conference.ended", "agent_lost")
	})
}

// TestHold of any leg, over REST and, of others' legs, with the grant.
func TestHold(t *testing.T) {
	n := startCall(t, options{}, fourLegs)
	held := func(leg string, on bool) func(message) bool {
		return func(m message) bool {
			kind, _ := m["type"].(string)
			return strings.HasPrefix(kind, "leg_") && m["leg_id"] == leg && (m["on_hold"] == true) == on
		}
	}
	for _, l := range n.c.Legs {
		a := n.must(200, "PATCH", "/v1/legs/"+l.ID, `{"on_hold":true}`)
		assert.Contains(t, string(a.body), `"on_hold":true`)
		assert.Contains(t, string(a.body), `"muted":false`)
		n.must(200, "PATCH", "/v1/legs/"+l.ID, `{"on_hold":false}`)
	}
	n.send("PATCH", "/v1/legs/leg_x", `{"on_hold":true}`).refused(t, 404, "not_found")
	customer := n.c.leg("customer").ID
	n.agent.tell(message{"type": "hold", "leg_id": customer, "on_hold": true})
	n.agent.find(held(customer, true), "the hold")
	n.agent.tell(message{"type": "hold", "leg_id": customer, "on_hold": false})
	n.agent.find(held(customer, false), "its end")
	n.agent.tell(message{"type": "hold", "on_hold": true})
	n.agent.find(held(n.c.leg("agent").ID, true), "the hold")
	n.agent.tell(message{"type": "hold"})
	n.agent.refused("hold", "bad_message")
	other := n.create(threeLegs)
	n.agent.tell(message{"type": "hold", "leg_id": other.leg("customer").ID, "on_hold": true})
	n.agent.refused("hold", "not_found")

	supervisor := n.connect(n.c.leg("supervisor").Join.Token)
	supervisor.tell(message{"type": "hold", "leg_id": customer, "on_hold": true})
	supervisor.refused("hold", "forbidden")
	supervisor.tell(message{"type": "hold", "on_hold": true})
	n.agent.find(held(n.c.leg("supervisor").ID, true), "its own hold")
}
