package signaling_test

import (
	"errors"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"

	"tonegate/internal/audit"
	"tonegate/internal/auth"
)

// ledger is an audit record in memory, whose disk can be full.
type ledger struct {
	mu      sync.Mutex
	entries []audit.Entry
	full    bool
}

func (l *ledger) Append(e audit.Entry) (audit.Entry, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.full {
		return e, errors.New("no space left on device")
	}
	l.entries = append(l.entries, e)
	return e, nil
}

func (l *ledger) setFull(full bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.full = full
}

func (l *ledger) acts() (acts []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, e := range l.entries {
		acts = append(acts, string(e.Action)+" "+string(e.Actor)+" "+e.ActorID+" "+string(e.Detail))
	}
	return acts
}

// TestWhoDidWhat: the record names who started, retried and ended a capture, once.
func TestWhoDidWhat(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	c := n.create(threeLegs)
	agent := n.connect(c.leg("agent").Join.Token)
	path := "/v1/conferences/" + c.ID + "/captures"
	var capture struct{ ID string }
	n.must(201, "POST", path, `{"fields":["card_number",{"name":"customer"}],"mask":"mute"}`, "Idempotency-Key: a").into(t, &capture)
	n.send("POST", "/v1/captures/"+capture.ID+"/complete", "").refused(t, 409, "capture_incomplete") // not on record
	agent.tell(message{"type": "capture_retry", "field": "customer"})
	agent.tell(message{"type": "capture_cancel"})
	agent.find(func(m message) bool { return m["type"] == "capture_progress" && m["state"] == "cancelled" }, "the end")
	n.send("POST", "/v1/captures/"+capture.ID+"/cancel", "").refused(t, 409, "capture_not_collecting")
	n.must(201, "POST", path, `{}`, "Idempotency-Key: b")
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	leg, key := c.leg("agent").ID, auth.KeyID(apiKey)
	assert.Equal(t, []string{
		"capture_started api_key " + key + " mute", "masking_armed api_key " + key + " mute",
		"field_retried leg " + leg + " custom", "capture_cancelled leg " + leg + " ", "masking_released system  ",
		"capture_started api_key " + key + " field", "masking_armed api_key " + key + " field",
		"capture_cancelled system  conference_ended", "masking_released system  conference_ended",
	}, l.acts())
	assert.NotContains(t, key, apiKey)
}

// TestNothingWithoutRecord: what cannot be recorded is not done.
func TestNothingWithoutRecord(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	c := n.create(threeLegs)
	path := "/v1/conferences/" + c.ID + "/captures"
	l.setFull(true)
	n.send("POST", path, `{}`, "Idempotency-Key: a").refused(t, 503, "audit_unavailable")
	l.setFull(false)
	var capture struct{ ID, State string }
	n.must(201, "POST", path, `{}`, "Idempotency-Key: a").into(t, &capture)
	var other struct{ ID string } // whose end is its collector's to declare
	n.must(201, "POST", "/v1/conferences/"+n.create(externalIVR).ID+"/captures", `{}`, "Idempotency-Key: a").into(t, &other)
	l.setFull(true)
	for _, action := range []string{capture.ID + "/cancel", other.ID + "/cancel", other.ID + "/complete"} {
		n.send("POST", "/v1/captures/"+action, "").refused(t, 503, "audit_unavailable")
	}
	n.send("POST", "/v1/captures/"+capture.ID+"/retry", `{"field":"digits"}`).refused(t, 503, "audit_unavailable")
	n.must(200, "GET", "/v1/captures/"+capture.ID, "").into(t, &capture)
	assert.Equal(t, "collecting", capture.State)
}
