package signaling_test

import (
	"context"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/softphone"
)

func TestJoinedSaysWhereOneIs(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	agent := c.leg("agent")
	_, m := n.joined(agent.Join.Token)
	assert.Equal(t, c.ID, m["conference_id"])
	assert.Equal(t, agent.ID, m["leg_id"])
	assert.Equal(t, "agent", m["role"])
	assert.Equal(t, []any{"capture", "talk", "record", "page", "transfer", "hold"}, m["grants"])
	assert.Len(t, m["resume"], 43)
	assert.Equal(t, []any{}, m["ice_servers"])
	assert.Equal(t, false, m["demonstration"])
	assert.Equal(t, map[string]any{"state": "strip", "mode": "strip", "armed": false}, m["masking"])
	assert.Nil(t, m["capture"])
	assert.Contains(t, m, "capture")
	assert.Equal(t, []any{"psp-main"}, m["connectors"])
	legs := m["legs"].([]any)
	require.Len(t, legs, 3)
	assert.Equal(t, map[string]any{"leg_id": agent.ID, "role": "agent", "kind": "external", "state": "joining"}, legs[1])
	assert.Equal(t, "connected", legs[2].(map[string]any)["state"])

	_, customer := n.joined(c.leg("customer").Join.Token)
	assert.Equal(t, []any{}, customer["grants"])
	assert.Equal(t, []any{}, customer["connectors"], "of no use to those who may not pay")
}

func TestTalkOverWebSocket(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	agent, customer := n.connect(c.leg("agent").Join.Token), n.connect(c.leg("customer").Join.Token)
	agent.legState(c.leg("customer").ID, "joining")
	customer.tell(message{"type": "candidate", "candidate": ""})
	customer.refused("candidate", "not_negotiated")

	phone := n.negotiate(customer)
	assert.True(t, phone.Media().Events, "a customer's keys may travel as events")
	agent.legState(c.leg("customer").ID, "connected")
	customer.tell(message{"type": "candidate", "candidate": "candidate:1 1 udp 1 127.0.0.1 5000 typ host", "sdp_mid": "0", "sdp_mline_index": 0})
	customer.tell(message{"type": "candidate", "candidate": badValue})
	customer.refused("candidate", "bad_candidate")
	customer.tell(message{"type": "offer", "sdp": badValue})
	customer.refused("offer", "bad_offer")
	customer.tell(message{"type": "mute"})
	customer.refused("mute", "bad_message")
	customer.tell(message{"type": "mute", "muted": true})
	agent.legState(c.leg("customer").ID, "connected")
	assert.True(t, n.muted(c.leg("customer").ID))
	customer.tell(message{"type": badValue})
	customer.refused("", "bad_message")
	customer.tell(message{"type": "join", "token": "x"})
	customer.refused("join", "bad_message")
	customer.tell(message{"type": "ping", "n": 77})
	assert.Equal(t, 77.0, customer.next("pong")["n"])

	customer.tell(message{"type": "leave"})
	assert.Equal(t, "left", customer.next("bye")["reason"])
	customer.closed(websocket.StatusNormalClosure)
	agent.legState(c.leg("customer").ID, "left")
	n.must(204, "DELETE", "/v1/legs/"+c.leg("agent").ID, "")
	assert.Equal(t, "removed", agent.next("bye")["reason"])
	agent.closed(websocket.StatusNormalClosure)
}

func (n *node) muted(id string) bool {
	n.t.Helper()
	var l leg
	n.must(200, "GET", "/v1/legs/"+id, "").into(n.t, &l)
	return l.Muted
}

// negotiate gives a joined connection media, by a new phone.
func (n *node) negotiate(w *wire) *softphone.Phone {
	n.t.Helper()
	p, err := softphone.New(softphone.Config{TelephoneEvent: true, Only: net.IP.IsLoopback})
	require.NoError(n.t, err)
	n.t.Cleanup(func() { _ = p.Close() })
	offer, err := p.Offer(within(n.t))
	require.NoError(n.t, err)
	w.tell(message{"type": "offer", "sdp": offer})
	m := w.find(func(m message) bool { return m["type"] == "answer" || m["type"] == "error" }, "answer")
	require.Equal(n.t, "answer", m["type"], "%v", m)
	require.NoError(n.t, p.Accept(m["sdp"].(string)))
	connected(n.t, p)
	return p
}

func TestRefusedOffers(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	agent := n.connect(c.leg("agent").Join.Token)
	phone, err := softphone.New(softphone.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { _ = phone.Close() })
	offer, err := phone.Offer(within(t))
	require.NoError(t, err)
	agent.tell(message{"type": "offer", "sdp": opusOnly(offer)})
	m := agent.next("error")
	assert.Equal(t, "no_common_codec", m["code"])
	assert.Contains(t, m["detail"], "PCMU")
	assert.Contains(t, m["detail"], "PCMA")
	assert.Equal(t, "joining", n.legState(c.leg("agent").ID), "the connection stays")
	n.negotiate(agent)
}

// opusOnly removes what the server speaks from an offer.
func opusOnly(offer string) string {
	offer = strings.NewReplacer(" 0 8", " 111", "PCMU/8000", "opus/48000/2", "rtpmap:0 ", "rtpmap:111 ").Replace(offer)
	return strings.ReplaceAll(offer, "a=rtpmap:8 PCMA/8000\r\n", "")
}

func TestCloseCodes(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	other := n.create(threeLegs)
	ended := n.create(threeLegs)
	n.must(200, "POST", "/v1/conferences/"+ended.ID+"/end", "")
	agent := c.leg("agent")
	for name, tc := range map[string]struct {
		first string
		code  websocket.StatusCode
	}{
		"not JSON":            {badValue + "{", 4400},
		"not an object":       {`["join"]`, 4400},
		"wrong type":          {`{"type":"join","token":` + badValue + `}`, 4400},
		"no join":             {`{"type":"ping","n":1}`, 4400},
		"empty join":          {`{"type":"join"}`, 4401},
		"bad token":           {`{"type":"join","token":"` + badValue + `"}`, 4401},
		"unsigned token":      {`{"type":"join","token":"` + n.forge(none, claims(c.ID, agent.ID, "agent")) + `"}`, 4401},
		"other role":          {`{"type":"join","token":"` + n.forge(own, claims(c.ID, agent.ID, "supervisor")) + `"}`, 4403},
		"no such leg":         {`{"type":"join","token":"` + n.forge(own, claims(c.ID, "leg_x", "agent")) + `"}`, 4404},
		"another conference":  {`{"type":"join","token":"` + n.forge(own, claims(other.ID, agent.ID, "agent")) + `"}`, 4404},
		"ended conference":    {`{"type":"join","token":"` + ended.leg("agent").Join.Token + `"}`, 4404},
		"bad resume":          {`{"type":"join","leg_id":"` + agent.ID + `","resume":"` + badValue + `"}`, 4401},
		"resume without join": {`{"type":"join","leg_id":"` + agent.ID + `","resume":""}`, 4401},
	} {
		t.Run(name, func(t *testing.T) {
			w := n.open()
			w.send(tc.first)
			w.closed(tc.code)
		})
	}
	assert.Equal(t, "invited", n.legState(agent.ID))
	t.Run("no subprotocol", func(t *testing.T) { n.openWith(nil).closed(4400) })
	t.Run("token used twice", func(t *testing.T) {
		n.connect(other.leg("agent").Join.Token)
		w := n.open()
		w.tell(message{"type": "join", "token": other.leg("agent").Join.Token})
		w.closed(4401)
	})
	t.Run("bad message later", func(t *testing.T) {
		w := n.connect(agent.Join.Token)
		w.send("{" + badValue)
		w.closed(4400)
	})
	t.Run("too many messages", func(t *testing.T) {
		w := n.connect(c.leg("customer").Join.Token)
		for range 400 {
			if w.conn.Write(within(t), websocket.MessageText, []byte(`{"type":"ping"}`)) != nil {
				break // closed meanwhile
			}
		}
		w.closed(4429)
	})
	t.Run("draining", func(t *testing.T) {
		n.close()
		w := n.open()
		w.tell(message{"type": "join", "token": n.forge(own, claims(c.ID, agent.ID, "agent"))})
		w.closed(4503)
		n.send("POST", "/v1/conferences", `{}`).refused(t, 503, "draining")
	})
}

func TestJoinTimeout(t *testing.T) {
	n := start(t, options{joinTimeout: 50 * time.Millisecond})
	n.open().closed(4408)
}

func TestShutdownSaysBye(t *testing.T) {
	n := start(t, options{})
	w := n.connect(n.create(threeLegs).leg("agent").Join.Token)
	go n.close()
	assert.Equal(t, "shutdown", w.next("going_away")["reason"])
	assert.Equal(t, "ended", w.next("bye")["reason"])
	w.closed(websocket.StatusNormalClosure)
	n.close()
}

func TestResumeSecrets(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	id := c.leg("agent").ID
	first, m1 := n.joined(c.leg("agent").Join.Token)

	// A second connection takes the place of the first.
	second, m2 := n.resumed(id, m1["resume"].(string))
	first.closed(4409)
	assert.NotEqual(t, m1["resume"], m2["resume"])
	assert.Equal(t, []any{"capture", "talk", "record", "page", "transfer", "hold"}, m2["grants"])

	// Nothing was sent on the second, so its secret may have been lost: the first
	// secret still opens, even twice.
	third, m3 := n.resumed(id, m1["resume"].(string))
	second.closed(4409)
	fourth, m4 := n.resumed(id, m1["resume"].(string))
	third.closed(4409)
	_ = m3
	fourth.sync() // now the client has the fourth for sure
	n.resume(id, m1["resume"].(string)).closed(4401)
	n.resume(id, m3["resume"].(string)).closed(4401)
	fifth, _ := n.resumed(id, m4["resume"].(string))
	fourth.closed(4409)
	fifth.tell(message{"type": "leave"})
	fifth.closed(1000)
	n.resume(id, m4["resume"].(string)).closed(4401) // whoever left does not come back
}

// TestResumeKeepsTheTokensGrants: to come back must not be a way to get more.
func TestResumeKeepsTheTokensGrants(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	id := c.leg("agent").ID
	_, m := n.joined(n.forge(own, claims(c.ID, id, "agent")))
	assert.Equal(t, []any{}, m["grants"])
	again, m := n.resumed(id, m["resume"].(string))
	assert.Equal(t, []any{}, m["grants"])
	again.tell(message{"type": "capture_start"})
	again.refused("capture_start", "forbidden")
}

func TestLostLegComesBackOrGoes(t *testing.T) {
	n := start(t, options{grace: 2 * time.Second})
	c := n.create(threeLegs)
	id := c.leg("customer").ID
	agent := n.connect(c.leg("agent").Join.Token)
	customer, m := n.joined(c.leg("customer").Join.Token)
	phone := n.negotiate(customer)
	agent.legState(id, "connected")

	_ = customer.conn.CloseNow()
	agent.legState(id, "reconnecting")
	have := phone.Received().Packets
	require.NoError(t, phone.WaitPackets(within(t), have+5), "media goes on meanwhile")
	customer, m = n.resumed(id, m["resume"].(string))
	agent.legState(id, "connected")
	customer.sync()

	_ = customer.conn.CloseNow()
	agent.legState(id, "reconnecting")
	agent.legState(id, "left")
	<-phone.Gone()
	n.resume(id, m["resume"].(string)).closed(4401)
}

// TestReloadedPage: a page that is loaded again has another certificate. Its leg
// gets a new transport; the old one is closed.
func TestReloadedPage(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	customer, m := n.joined(c.leg("customer").Join.Token)
	old := n.negotiate(customer)
	again, _ := n.resumed(c.leg("customer").ID, m["resume"].(string))
	phone := n.negotiate(again)
	require.NoError(t, phone.WaitPackets(within(t), 5))
	select {
	case <-old.Gone():
	case <-within(t).Done():
		t.Fatal("the old transport is still open")
	}
	again.sync()
	assert.Equal(t, "connected", n.legState(c.leg("customer").ID))
}

// TestComesBackBeforeItEverTalked: a leg whose page still waits for the
// microphone is not thrown out because its connection broke once.
func TestComesBackBeforeItEverTalked(t *testing.T) {
	n := start(t, options{grace: 300 * time.Millisecond})
	c := n.create(threeLegs)
	id := c.leg("customer").ID
	agent := n.connect(c.leg("agent").Join.Token)
	customer, m := n.joined(c.leg("customer").Join.Token)
	_ = customer.conn.CloseNow()
	agent.legState(id, "reconnecting")
	customer, _ = n.resumed(id, m["resume"].(string))
	agent.legState(id, "joining")
	select {
	case <-customer.ended:
		t.Fatal("thrown out: ", customer.reason)
	case <-time.After(600 * time.Millisecond): // twice the grace
	}
	customer.sync()
}

func TestCaptureByTheAgent(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	agent, customer := n.connect(c.leg("agent").Join.Token), n.connect(c.leg("customer").Join.Token)
	for _, kind := range []string{"capture_start", "capture_complete", "capture_cancel"} {
		customer.tell(message{"type": kind})
		customer.refused(kind, "forbidden")
	}
	agent.tell(message{"type": "capture_cancel"})
	agent.refused("capture_cancel", "capture_not_collecting")
	agent.tell(message{"type": "capture_start", "mask": badValue})
	agent.refused("capture_start", "bad_message")
	agent.tell(message{"type": "capture_start", "max_digits": 4929421234567893})
	agent.refused("capture_start", "invalid")

	agent.tell(message{"type": "capture_start", "mask": "field", "max_digits": 16})
	assert.Equal(t, message{"type": "masking", "state": "armed", "mode": "field", "armed": true}, agent.next("masking"))
	progress := agent.next("capture_progress")
	assert.Equal(t, "collecting", progress["state"])
	assert.Equal(t, []any{map[string]any{"name": "digits", "state": "entering", "digits_entered": 0.0, "masked": "", "attempt": 1.0}}, progress["fields"])
	agent.tell(message{"type": "capture_start"})
	agent.refused("capture_start", "capture_in_progress")

	_, late := n.joinedSupervisor(c)
	assert.Equal(t, progress["capture_id"], late["capture"].(map[string]any)["capture_id"])
	agent.tell(message{"type": "capture_complete"})
	agent.refused("capture_complete", "capture_incomplete")
	agent.tell(message{"type": "capture_cancel"})
	assert.Equal(t, "cancelled", agent.next("capture_progress")["state"])
	assert.Equal(t, message{"type": "masking", "state": "strip", "mode": "strip", "armed": false}, agent.next("masking"))

	customer.sync()
	customer.mu.Lock()
	defer customer.mu.Unlock()
	assert.NotContains(t, string(customer.all), "capture_progress", "progress is for agents and supervisors")
	assert.NotContains(t, string(customer.all), "digits_entered")
}

func (n *node) joinedSupervisor(c *conference) (*wire, message) {
	n.t.Helper()
	var l leg
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/legs", `{"role":"supervisor"}`).into(n.t, &l)
	return n.joined(l.Join.Token)
}

// TestCaptureOutlivesItsRequest: a platform that hangs up while masking is being
// armed leaves a capture that can be seen and ended, not one that nobody knows.
func TestCaptureOutlivesItsRequest(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	path := "/v1/conferences/" + c.ID + "/captures"
	for i := range 5 {
		ctx, cancel := context.WithTimeout(t.Context(), time.Duration(1+4*i)*time.Millisecond)
		n.abandoned(ctx, path, fmt.Sprint("key-", i))
		cancel()
		agent := n.connect(n.token(c.leg("agent").ID))
		agent.tell(message{"type": "capture_start"})
		progress := func(m message) bool { return m["type"] == "capture_progress" }
		m := agent.find(func(m message) bool { return m["type"] == "error" || progress(m) }, "an answer")
		agent.tell(message{"type": "capture_cancel"})
		for m["state"] != "cancelled" {
			if m = agent.find(progress, "progress"); m["state"] == "collecting" { // it was arming until now
				agent.tell(message{"type": "capture_cancel"})
			}
		}
	}
}
