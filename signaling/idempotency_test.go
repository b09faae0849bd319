package signaling_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

func TestIdempotency(t *testing.T) {
	n := start(t, options{})
	first := n.must(201, "POST", "/v1/conferences", threeLegs, "Idempotency-Key: k1")
	again := n.must(201, "POST", "/v1/conferences", threeLegs, "Idempotency-Key: k1")
	assert.Equal(t, string(first.body), string(again.body))
	assert.Equal(t, "true", again.header.Get("Idempotent-Replayed"))
	assert.Empty(t, first.header.Get("Idempotent-Replayed"))
	assert.Equal(t, first.header.Get("Content-Type"), again.header.Get("Content-Type"))
	assert.NotEqual(t, first.header.Get("X-Request-Id"), again.header.Get("X-Request-Id"))
	assert.Len(t, n.conferences(), 1)

	n.send("POST", "/v1/conferences", `{}`, "Idempotency-Key: k1").refused(t, 422, "idempotency_key_reused")
	assert.Len(t, n.conferences(), 1)
	n.must(201, "POST", "/v1/conferences", `{}`, "Idempotency-Key: k2")
	n.must(201, "POST", "/v1/demonstrations", `{"ivr":"builtin"}`, "Idempotency-Key: k1") // another path
	assert.Len(t, n.conferences(), 3)

	// Another caller's answer is nobody's business.
	n.send("POST", "/v1/conferences", threeLegs, "Idempotency-Key: k1", "Authorization: Bearer "+badValue).refused(t, 401, "unauthorized")

	n.clock.advance(24*time.Hour + time.Second)
	n.must(201, "POST", "/v1/conferences", threeLegs, "Idempotency-Key: k1")
	assert.Len(t, n.conferences(), 4)
}

func TestCaptureIsReplayed(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	path := "/v1/conferences/" + c.ID + "/captures"
	first := n.must(201, "POST", path, `{"mask":"mute"}`, "Idempotency-Key: k")
	again := n.must(201, "POST", path, `{"mask":"mute"}`, "Idempotency-Key: k")
	assert.Equal(t, string(first.body), string(again.body))
	n.send("POST", path, `{"mask":"strip"}`, "Idempotency-Key: k").refused(t, 422, "idempotency_key_reused")
}

// TestConflictsAreNotReplayed: a conflict ends, and then the same request may go
// through.
func TestConflictsAreNotReplayed(t *testing.T) {
	n := start(t, options{})
	c := n.create(`{"legs":[{"role":"customer"}]}`)
	path := "/v1/conferences/" + c.ID + "/captures"
	n.send("POST", path, `{}`, "Idempotency-Key: k").refused(t, 409, "no_collector")
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/legs", `{"role":"ivr","kind":"builtin"}`)
	var capture struct{ ID string }
	n.must(201, "POST", path, `{}`, "Idempotency-Key: k").into(t, &capture)
	n.send("POST", path, `{}`, "Idempotency-Key: l").refused(t, 409, "capture_in_progress")
	n.must(200, "POST", "/v1/captures/"+capture.ID+"/cancel", "")
	n.must(201, "POST", path, `{}`, "Idempotency-Key: l")
}

// TestACaptureIsStartedOnce: what started a capture is known with the capture, also
// when its answer is not remembered any more.
func TestACaptureIsStartedOnce(t *testing.T) {
	n := start(t, options{})
	path := "/v1/conferences/" + n.create(threeLegs).ID + "/captures"
	var first, again struct{ ID, State string }
	n.must(201, "POST", path, `{"mask":"mute"}`, "Idempotency-Key: k").into(t, &first)
	n.clock.advance(24*time.Hour + time.Second)
	n.must(201, "POST", path, `{"mask":"mute"}`, "Idempotency-Key: k").into(t, &again)
	assert.Equal(t, first, again)
	n.must(200, "POST", "/v1/captures/"+first.ID+"/cancel", "")
	n.clock.advance(24*time.Hour + time.Second)
	n.must(201, "POST", path, `{"mask":"mute"}`, "Idempotency-Key: k").into(t, &again)
	assert.Equal(t, first.ID+" cancelled", again.ID+" "+again.State)
	n.clock.advance(24*time.Hour + time.Second)
	n.send("POST", path, `{"mask":"strip"}`, "Idempotency-Key: k").refused(t, 422, "idempotency_key_reused")
	n.must(201, "POST", path, `{"mask":"mute"}`, "Idempotency-Key: l")
}

// TestInFlight holds a request open by its body.
func TestInFlight(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	path := "/v1/conferences/" + c.ID + "/captures"
	const requests = 8
	answers := make(chan *answer, requests)
	for range requests {
		go func() { answers <- n.send("POST", path, `{}`, "Idempotency-Key: same") }()
	}
	ids := map[string]bool{}
	for range requests {
		a := <-answers
		switch a.status {
		case 201: // first, or replayed
			var capture struct{ ID string }
			a.into(t, &capture)
			ids[capture.ID] = true
		default:
			a.refused(t, 409, "idempotency_in_flight")
		}
	}
	assert.Len(t, ids, 1)
}

// TestStrangersAreNotRemembered: only callers with a key may fill the memory of
// answers, or anybody could push out those of others.
func TestStrangersAreNotRemembered(t *testing.T) {
	n := start(t, options{})
	for range 2 {
		a := n.send("POST", "/v1/conferences", `{}`, "Idempotency-Key: k", "Authorization:")
		a.refused(t, 401, "unauthorized")
		assert.Empty(t, a.header.Get("Idempotent-Replayed"))
	}
}
