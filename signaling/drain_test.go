package signaling_test

import (
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type nodeState struct {
	Draining    bool
	Conferences int
	DrainEndsAt string `json:"drain_ends_at"`
}

// TestDrain: new conferences and joins are refused, calls go on, and who lost the
// connection comes back.
func TestDrain(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	c, unused := n.create(threeLegs), n.create(threeLegs)
	_, joined := n.joined(c.leg("agent").Join.Token)
	var state nodeState
	n.must(200, "POST", "/v1/node/drain", "").into(t, &state)
	assert.Equal(t, nodeState{Draining: true, Conferences: 1}, state)

	n.send("POST", "/v1/conferences", `{}`).refused(t, 503, "draining")
	w := n.open()
	w.tell(message{"type": "join", "token": c.leg("customer").Join.Token})
	w.closed(4503)
	_, offer := n.offer()
	n.send("POST", "/v1/whip", offer, sdpType, "Authorization: Bearer "+c.leg("customer").Join.Token).refused(t, 503, "draining")
	var dropped conference
	n.must(200, "GET", "/v1/conferences/"+unused.ID, "").into(t, &dropped)
	assert.Equal(t, "ended", dropped.State, "nobody can join it any more")

	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures", `{}`, "Idempotency-Key: a")
	back, _ := n.resumed(c.leg("agent").ID, joined["resume"].(string))
	require.Contains(t, l.acts()[0], "node_drained api_key")

	// The drain's end: whatever is left is ended, and its capture wiped.
	n.must(200, "POST", "/v1/node/drain", `{"within_s":1}`).into(t, &state)
	assert.NotEmpty(t, state.DrainEndsAt)
	assert.Equal(t, "drain", back.next("going_away")["reason"])
	back.next("bye")
	back.closed(websocket.StatusNormalClosure)
	n.must(200, "GET", "/v1/node", "").into(t, &state)
	assert.Equal(t, 0, state.Conferences)
	n.close() // waits for what ends
	assert.Contains(t, l.acts(), "capture_cancelled system  conference_ended")
}

// TestDrainUnrecorded: what cannot be recorded is not done.
func TestDrainUnrecorded(t *testing.T) {
	l := new(ledger)
	l.setFull(true)
	n := start(t, options{audit: l})
	n.send("POST", "/v1/node/drain", "").refused(t, 503, "audit_unavailable")
	n.send("POST", "/v1/node/drain", `{"within_s":0}`).refused(t, 422, "invalid")
	n.create(threeLegs)
}
