package signaling_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tonegate/internal/auth"
)

const externalIVR = `{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr"}]}`

// TestCollectorByLegToken: an external IVR reports and completes with its leg's
// token, on record as that leg. Nobody else's token will do.
func TestCollectorByLegToken(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	c, other := n.create(externalIVR), n.create(externalIVR)
	var capture struct{ ID, State string }
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures", `{"fields":["card_number"]}`, "Idempotency-Key: a").into(t, &capture)
	ivr := c.leg("ivr")
	n.connect(ivr.Join.Token) // what joined may also report
	path := "/v1/captures/" + capture.ID
	const report = `{"field":"card_number","state":"valid","brand":"visa","last4":"4242"}`
	with := func(token string) string { return "Authorization: Bearer " + token }
	granted := func(conference, leg, role string, grants ...string) string {
		claims := claims(conference, leg, role)
		claims["grants"] = grants
		return n.forge(own, claims)
	}
	for name, token := range map[string]string{
		"agent":                     c.leg("agent").Join.Token,
		"customer":                  c.leg("customer").Join.Token,
		"another conference's ivr":  other.leg("ivr").Join.Token,
		"without the grant":         granted(c.ID, ivr.ID, "ivr"),
		"another grant":             granted(c.ID, ivr.ID, "ivr", auth.GrantCapture),
		"an agent with the grant":   granted(c.ID, c.leg("agent").ID, "agent", auth.GrantCollect),
		"a role that is not its":    granted(c.ID, c.leg("agent").ID, "ivr", auth.GrantCollect),
		"the ivr as of another":     granted(other.ID, ivr.ID, "ivr", auth.GrantCollect),
		"a leg that does not exist": granted(c.ID, "leg_x", "ivr", auth.GrantCollect),
	} {
		t.Run(name, func(t *testing.T) {
			n.send("POST", path+"/progress", report, with(token)).refused(t, 403, "forbidden")
			n.send("POST", path+"/complete", "", with(token)).refused(t, 403, "forbidden")
		})
	}
	forged := claims(c.ID, ivr.ID, "ivr")
	forged["grants"] = []string{auth.GrantCollect}
	n.send("POST", path+"/progress", report, with(n.forge(alien, forged))).refused(t, 401, "unauthorized")
	n.send("POST", "/v1/captures/cap_x/progress", report, with(ivr.Join.Token)).refused(t, 403, "forbidden")
	for _, only := range []string{"/cancel", "/retry"} {
		n.send("POST", path+only, `{"field":"card_number"}`, with(ivr.Join.Token)).refused(t, 401, "unauthorized")
	}

	n.must(200, "POST", path+"/progress", report, with(ivr.Join.Token))
	again := n.token(ivr.ID)
	done := n.must(200, "POST", path+"/complete", `{"result":{"token":"tok_1"}}`, with(again), "Idempotency-Key: b")
	done.into(t, &capture)
	assert.Equal(t, "completed", capture.State)
	same := n.must(200, "POST", path+"/complete", `{"result":{"token":"tok_1"}}`, with(again), "Idempotency-Key: b")
	assert.Equal(t, done.body, same.body)
	n.connect(again) // to report did not use the token up
	assert.Contains(t, l.acts(), "progress_reported leg "+ivr.ID+" card_number")
	assert.Contains(t, l.acts(), "capture_completed leg "+ivr.ID+" ")

	n.must(204, "DELETE", "/v1/legs/"+ivr.ID, "")
	n.send("POST", path+"/progress", report, with(again)).refused(t, 403, "forbidden")
}
