package signaling_test

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/assert"

	"tonegate/internal/call"
	"tonegate/internal/store"
)

// disk is a data file whose disk can be full.
type disk struct {
	call.Keeper
	full atomic.Bool
}

func (d *disk) Keep(c store.Conference) error {
	if d.full.Load() {
		return errors.New("no space left on device")
	}
	return d.Keeper.Keep(c)
}

// TestNothingWithoutDisk: what could not outlive the process is not done, and
// leaves no half of it; whatever lets people hear less is done all the same.
func TestNothingWithoutDisk(t *testing.T) {
	d := new(disk)
	n := start(t, options{disk: d})
	c := n.create(`{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr","kind":"builtin"}]}`)
	agent, m := n.joined(c.leg("agent").Join.Token)
	resume := m["resume"].(string)
	path := "/v1/conferences/" + c.ID
	d.full.Store(true)

	n.send("POST", "/v1/conferences", threeLegs).refused(t, 503, "store_unavailable")
	assert.Len(t, n.conferences(), 1)
	n.send("POST", path+"/legs", `{"role":"supervisor"}`).refused(t, 503, "store_unavailable")
	n.send("PATCH", "/v1/legs/"+c.leg("agent").ID, `{"muted":true}`).refused(t, 503, "store_unavailable")
	n.send("POST", path+"/captures", `{}`, "Idempotency-Key: a").refused(t, 503, "store_unavailable")
	w := n.open()
	w.tell(message{"type": "join", "token": c.leg("customer").Join.Token})
	w.closed(websocket.StatusTryAgainLater)
	_, offer := n.offer()
	n.send("POST", "/v1/whip", offer, sdpType, "Authorization: Bearer "+n.token(c.leg("customer").ID)).refused(t, 503, "store_unavailable")
	assert.Equal(t, "invited", n.legState(c.leg("customer").ID))
	w = n.resume(c.leg("agent").ID, resume)
	w.closed(websocket.StatusTryAgainLater)
	agent.closed(4409)

	d.full.Store(false)
	w, _ = n.resumed(c.leg("agent").ID, resume) // the secret that it has still opens
	n.connect(n.token(c.leg("customer").ID))
	n.must(201, "POST", path+"/captures", `{}`, "Idempotency-Key: b")
	d.full.Store(true)
	n.must(204, "DELETE", "/v1/legs/"+c.leg("customer").ID, "")
	n.must(200, "POST", path+"/end", "")
	w.next("bye")
}
