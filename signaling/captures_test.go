package signaling_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fault is one of a problem's faults.
type fault struct{ Pointer, Message string }

// pointsTo checks where a refusal says the fault is.
func (a *answer) pointsTo(t *testing.T, status int, code, pointer string) {
	t.Helper()
	a.refused(t, status, code)
	var p struct{ Errors []fault }
	a.into(t, &p)
	require.NotEmpty(t, p.Errors, "%s", a.body)
	assert.Equal(t, pointer, p.Errors[0].Pointer)
	assert.NotEmpty(t, p.Errors[0].Message)
}

// TestCaptureFaultsPoint: a refusal points to the member at fault (RFC 6901).
func TestCaptureFaultsPoint(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	path := "/v1/conferences/" + c.ID + "/captures"
	for i, tc := range []struct{ body, code, pointer string }{
		{`{"fields":["card_number"],"connector":"` + badValue + `"}`, "unknown_connector", "/connector"},
		{`{"fields":["card_number"],"connector":"psp-other"}`, "unknown_connector", "/connector"},
		{`{"fields":["card_number"],"action":"charge"}`, "invalid", "/connector"},
		{`{"fields":["card_number"],"amount":{"value":1,"currency":"EUR"}}`, "invalid", "/connector"},
		{`{"fields":["digits"],"connector":"psp-main"}`, "invalid", "/fields"},
		{`{"fields":["card_number"],"connector":"psp-main","action":"charge"}`, "invalid", "/amount"},
		{`{"fields":["card_number"],"connector":"psp-main","amount":{"value":` + badValue + `,"currency":"EUR"}}`, "invalid", "/amount/value"},
		{`{"fields":["card_number"],"connector":"psp-main","amount":{"value":1,"currency":"` + badValue + `"}}`, "invalid", "/amount/currency"},
		{`{"fields":["card_number","` + badValue + `"]}`, "invalid", "/fields/1"},
		{`{"fields":["card_number","card_number"]}`, "invalid", "/fields/1"},
		{`{"fields":["digits",{"name":"cvv"}]}`, "invalid", "/fields/1"},
		{`{"fields":[{"name":"my_postcode","kind":"postal_code"}]}`, "invalid", "/fields/0"},
		{`{"fields":[{"name":"customer","min_length":9,"max_length":3}]}`, "invalid", "/fields/0"},
		{`{"fields":[{"name":"customer","pattern":"(` + badValue + `"}]}`, "invalid", "/fields/0"},
		{`{"fields":["card_number",{"name":"customer","pattern":"[0-9#]{3}"}],"connector":"psp-main"}`, "invalid", "/fields/1"},
		{`{"fields":["card_number",{"name":"customer","pattern":".*"}],"connector":"psp-main"}`, "invalid", "/fields/1"},
		{`{"fields":[{"name":"customer","digits":"` + badValue + `"}]}`, "invalid", "/fields/0"},
		{`{"max_attempts":11}`, "invalid", "/max_attempts"},
		{`{"cancel_key":"7"}`, "invalid", "/cancel_key"},
		{`{"language":"xx"}`, "invalid", "/language"},
	} {
		n.send("POST", path, tc.body, fmt.Sprint("Idempotency-Key: ", i)).pointsTo(t, 422, tc.code, tc.pointer)
	}
	agent := n.connect(c.leg("agent").Join.Token)
	for _, tc := range []struct {
		ask           message
		code, pointer string
	}{
		{message{"fields": []string{badValue}}, "unknown_field", "/fields/0"},
		// What could ask for a single key is the platform's to ask for.
		{message{"fields": []any{"card_number", message{"name": "first", "max_length": 1, "pattern": "[0-4]"}}}, "forbidden", "/fields/1"},
		{message{"fields": []any{message{"name": "cvv", "kind": "cvv", "min_length": 3}}}, "forbidden", "/fields/0"},
		{message{"max_digits": 1}, "forbidden", "/max_digits"},
		{message{"fields": []string{"digits"}, "max_digits": 3}, "forbidden", "/max_digits"},
		{message{"fields": []string{"card_number"}, "connector": badValue}, "unknown_connector", "/connector"},
		{message{"fields": []string{"card_number"}, "connector": "psp-main", "amount": message{"value": 4929421234567893, "currency": "EUR"}}, "invalid", "/amount"},
		{message{"fields": []string{"card_number"}, "connector": "psp-main", "amount": message{"value": 1, "currency": badValue}}, "invalid", "/amount"},
	} {
		tc.ask["type"] = "capture_start"
		agent.tell(tc.ask)
		assert.Equal(t, tc.pointer, agent.refused("capture_start", tc.code)["pointer"])
	}
	agent.tell(message{"type": "capture_start", "action": badValue})
	agent.refused("capture_start", "bad_message")
}

// TestFieldsOfACapture: each has its own record; one that a customer should key
// again can be asked for.
func TestFieldsOfACapture(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	agent := n.connect(c.leg("agent").Join.Token)
	supervisor, _ := n.joinedSupervisor(c)
	var capture map[string]any
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures",
		`{"fields":["card_number","cvv",{"name":"customer","max_length":6,"pattern":"[1-9]+"}],"connector":"psp-main","max_attempts":2}`,
		"Idempotency-Key: a").into(t, &capture)
	path := "/v1/captures/" + capture["id"].(string)
	fields, _ := json.Marshal(capture["fields"])
	assert.JSONEq(t, `[{"name":"card_number","state":"entering","digits_entered":0,"masked":"","attempt":1},
		{"name":"cvv","state":"pending","digits_entered":0,"masked":""},{"name":"customer","state":"pending","digits_entered":0,"masked":""}]`, string(fields))

	n.must(200, "POST", path+"/retry", `{"field":"cvv"}`)
	entering := func(field string) func(message) bool {
		return func(m message) bool {
			fields, _ := m["fields"].([]any)
			for _, f := range fields {
				f := f.(map[string]any)
				if m["type"] == "capture_progress" && f["name"] == field && f["state"] == "entering" {
					return true
				}
			}
			return false
		}
	}
	agent.find(entering("cvv"), "the field to be keyed again")
	agent.tell(message{"type": "capture_retry", "field": "card_number"})
	m := agent.find(entering("card_number"), "the field to be keyed again")
	assert.EqualValues(t, 2, m["fields"].([]any)[0].(map[string]any)["attempt"])
	n.must(200, "POST", path+"/retry", `{"field":"card_number"}`) // nothing new to a supervisor
	agent.find(func(m message) bool {
		fields, _ := m["fields"].([]any)
		return len(fields) > 0 && fields[0].(map[string]any)["attempt"] == 3.0
	}, "the third attempt")

	n.send("POST", path+"/retry", `{"field":"expiry"}`).pointsTo(t, 422, "unknown_field", "/field")
	n.send("POST", path+"/retry", `{"field":"`+badValue+`"}`).pointsTo(t, 422, "invalid", "/field")
	n.send("POST", path+"/retry", `{}`).refused(t, 422, "invalid")
	n.send("POST", "/v1/captures/cap_"+badValue+"/retry", `{"field":"cvv"}`).refused(t, 404, "not_found")
	agent.tell(message{"type": "capture_retry", "field": badValue})
	assert.Equal(t, "/field", agent.refused("capture_retry", "unknown_field")["pointer"])
	n.send("POST", path+"/complete", "").refused(t, 409, "wrong_collector") // the connector says how it ends
	n.send("POST", path+"/progress", `{"field":"cvv","state":"valid"}`).refused(t, 409, "wrong_collector")
	n.send("POST", path+"/complete", `{"state":"failed"}`).refused(t, 409, "wrong_collector")

	n.must(200, "POST", path+"/cancel", "").into(t, &capture)
	assert.Equal(t, "cancelled", capture["state"])
	n.send("POST", path+"/retry", `{"field":"cvv"}`).refused(t, 409, "capture_not_collecting")
	agent.tell(message{"type": "capture_retry", "field": "cvv"})
	agent.refused("capture_retry", "capture_not_collecting")
	supervisor.find(func(m message) bool { return m["state"] == "cancelled" }, "the end")
	supervisor.onlyStates(t)
}

// onlyStates fails if a supervisor was told more of a capture than its states.
func (w *wire) onlyStates(t *testing.T) {
	t.Helper()
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Contains(t, string(w.all), `"state":"entering","digits_entered":0,"masked":""}`)
	for _, text := range []string{"attempt", "brand", "last4", "4242", "•", "tok_", "receipt", "failure", "connector\":"} {
		assert.NotContains(t, string(w.all), text)
	}
	before := ""
	for said := json.NewDecoder(bytes.NewReader(w.all)); said.More(); {
		var m json.RawMessage
		require.NoError(t, said.Decode(&m))
		if strings.Contains(string(m), `"capture_progress"`) {
			assert.NotEqual(t, before, string(m), "nothing changed for a supervisor")
			before = string(m)
		}
	}
}

// TestExternalCollector: what an IVR of its own says of the fields is shown, and
// the result that it brings is the capture's.
func TestExternalCollector(t *testing.T) {
	n := start(t, options{})
	c := n.create(`{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr"}]}`)
	agent := n.connect(c.leg("agent").Join.Token)
	supervisor, _ := n.joinedSupervisor(c)
	path := "/v1/conferences/" + c.ID + "/captures"
	n.send("POST", path, `{"fields":["card_number"],"connector":"psp-main"}`, "Idempotency-Key: a").pointsTo(t, 422, "invalid", "/connector")
	begin := func(key string) string {
		var capture map[string]any
		n.must(201, "POST", path, `{"fields":["card_number","cvv"],"collector":"external"}`, "Idempotency-Key: "+key).into(t, &capture)
		return "/v1/captures/" + capture["id"].(string)
	}
	capture := begin("b")
	for _, bad := range []string{
		`{"field":"card_number"}`, `{"field":"card_number","state":"pending"}`, `{"field":"cvv","state":"valid","last4":"4242"}`,
		`{"field":"card_number","state":"valid","last4":"` + badValue + `"}`, `{"field":"card_number","state":"rejected","reason":"` + badValue + `"}`,
	} {
		n.send("POST", capture+"/progress", bad).refused(t, 422, "invalid")
	}
	n.send("POST", capture+"/progress", `{"field":"pin","state":"valid"}`).pointsTo(t, 422, "unknown_field", "/field")
	n.must(200, "POST", capture+"/progress", `{"field":"card_number","state":"rejected","reason":"luhn"}`)
	agent.find(func(m message) bool { return has(m, "card_number", "rejected", "luhn") }, "the rejection")
	n.must(200, "POST", capture+"/progress", `{"field":"card_number","state":"valid","brand":"visa","last4":"4242"}`)
	m := agent.find(func(m message) bool { return has(m, "card_number", "valid", "") }, "the card number")
	number := m["fields"].([]any)[0].(map[string]any)
	assert.Equal(t, "visa •••• 4242", fmt.Sprint(number["brand"], " ", number["masked"]))

	n.send("POST", capture+"/complete", `{"result":{"token":"4242424242424242"}}`).pointsTo(t, 422, "invalid", "/result/token")
	n.send("POST", capture+"/complete", `{"result":{"psp_reference":"4242-4242-4242-4242"}}`).pointsTo(t, 422, "invalid", "/result/psp_reference")
	n.send("POST", capture+"/complete", `{"result":{"token":"tok_1","last4":"`+badValue+`"}}`).refused(t, 422, "invalid")
	var out map[string]any
	result := `{"token":"tok_1","brand":"visa","last4":"4242","exp":"2031-02","psp_reference":"ch_1"}`
	n.must(200, "POST", capture+"/complete", `{"result":`+result+`}`).into(t, &out)
	n.must(200, "GET", capture, "").into(t, &out)
	got, _ := json.Marshal(out["result"])
	assert.Equal(t, "completed", out["state"])
	assert.JSONEq(t, result, string(got))
	agent.find(func(m message) bool { return m["type"] == "capture_progress" && m["state"] == "completed" }, "the end")
	agent.mu.Lock()
	assert.NotContains(t, string(agent.all), "tok_1", "the token is the platform's")
	agent.mu.Unlock()

	// The agent can name the result, not use it.
	capture = begin("long")
	n.must(200, "POST", capture+"/complete", `{"result":{"token":"tok_abcdefghijkl"}}`)
	agent.find(func(m message) bool {
		receipt, _ := m["receipt"].(map[string]any)
		return receipt["of"] == "token" && receipt["ending"] == "ijkl"
	}, "the receipt")
	agent.mu.Lock()
	assert.NotContains(t, string(agent.all), "hijkl", "the token is the platform's")
	agent.mu.Unlock()

	capture = begin("c")
	n.must(200, "POST", capture+"/complete", `{"state":"failed","reason":"declined"}`).into(t, &out)
	assert.Equal(t, "failed declined", fmt.Sprint(out["state"], " ", out["reason"]))
	assert.Nil(t, out["result"])
	supervisor.find(func(m message) bool { return m["state"] == "failed" }, "the end")
	supervisor.onlyStates(t)
}

// has reports whether a message tells of a field in a state, for a reason.
func has(m message, name, state, reason string) bool {
	fields, _ := m["fields"].([]any)
	for _, f := range fields {
		f := f.(map[string]any)
		why, _ := f["reason"].(string)
		if f["name"] == name && f["state"] == state && why == reason {
			return true
		}
	}
	return false
}

// TestCapturesAreDescribed: the description that programs are made from knows
// both forms of a field and all states.
func TestCapturesAreDescribed(t *testing.T) {
	n := start(t, options{})
	var api struct {
		Paths      map[string]any
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct {
					Enum  []string
					Items struct{ OneOf []struct{ Type string } }
				}
			}
		}
	}
	n.must(200, "GET", "/openapi.json", "", "Authorization:").into(t, &api)
	for _, path := range []string{"/v1/captures/{id}/retry", "/v1/captures/{id}/progress", "/v1/node", "/v1/node/drain", "/v1/audit"} {
		assert.Contains(t, api.Paths, path)
	}
	forms := api.Components.Schemas["CaptureRequest"].Properties["fields"].Items.OneOf
	require.Len(t, forms, 2)
	assert.Equal(t, "string object", forms[0].Type+" "+forms[1].Type)
	assert.Contains(t, api.Components.Schemas["CaptureShape"].Properties["state"].Enum, "submitting")
}

// TestAgentLedCapture: with on_demand no field is asked for unbidden, by either
// channel.
func TestAgentLedCapture(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	agent := n.connect(c.leg("agent").Join.Token)
	agent.tell(message{"type": "capture_start", "fields": []string{"card_number", "cvv"}, "connector": "psp-main", "on_demand": true, "release_on_submit": true})
	m := agent.next("capture_progress")
	assert.True(t, has(m, "card_number", "pending", "") && has(m, "cvv", "pending", ""), "%v", m)
	agent.tell(message{"type": "capture_retry", "field": "cvv"})
	agent.find(func(m message) bool { return has(m, "cvv", "entering", "") && has(m, "card_number", "pending", "") }, "the field that was named")
	agent.tell(message{"type": "capture_cancel"})
	agent.find(func(m message) bool { return m["type"] == "capture_progress" && m["state"] == "cancelled" }, "the end")
	var capture map[string]any
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures", `{"fields":["card_number"],"connector":"psp-main","on_demand":true,"release_on_submit":true}`,
		"Idempotency-Key: a").into(t, &capture)
	assert.Equal(t, "pending", capture["fields"].([]any)[0].(map[string]any)["state"])
}
