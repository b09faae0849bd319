package signaling_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestConferenceLife(t *testing.T) {
	n := start(t, options{})
	c := n.create(`{"external_id":"call-8812","metadata":{"queue":"billing"},"masking":{"mode":"mute","replacement":"silence"},
		"legs":[{"role":"customer"},{"role":"agent","identity":"agent-17"},{"role":"ivr","kind":"builtin"}]}`)
	assert.Equal(t, "created", c.State)
	require.Len(t, c.Legs, 3)
	assert.Nil(t, c.leg("ivr").Join, "a builtin leg joins by itself")
	assert.Equal(t, "connected", c.leg("ivr").State)
	for _, role := range []string{"customer", "agent"} {
		l := c.leg(role)
		assert.Equal(t, "invited", l.State)
		require.NotNil(t, l.Join)
		assert.Equal(t, strings.Replace(n.url, "http:", "ws:", 1)+"/v1/rtc", l.Join.SignalingURL)
		assert.Equal(t, n.url+"/v1/whip", l.Join.WHIPURL)
		assert.Equal(t, []string{}, l.Join.ICEServers)
	}
	var read map[string]any
	n.must(200, "GET", "/v1/conferences/"+c.ID, "").into(t, &read)
	assert.Equal(t, map[string]any{"mode": "mute", "replacement": "silence"}, read["masking"])
	assert.Equal(t, "call-8812", read["external_id"])
	assert.Equal(t, map[string]any{"queue": "billing"}, read["metadata"])
	assert.Equal(t, false, read["demonstration"])
	assert.NotContains(t, fmt.Sprint(read["legs"]), "token", "tokens are in the answer that mints them only")

	for range 2 { // to end one twice is no error
		ended := new(conference)
		n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "").into(t, ended)
		assert.Equal(t, "ended", ended.State)
		assert.Equal(t, "left", ended.leg("customer").State)
	}
	n.send("POST", "/v1/conferences/"+c.ID+"/legs", `{"role":"supervisor"}`).refused(t, 409, "conference_ended")
	n.send("POST", "/v1/conferences/"+c.ID+"/captures", `{}`, "Idempotency-Key: 1").refused(t, 409, "conference_ended")
	n.send("POST", "/v1/legs/"+c.leg("agent").ID+"/tokens", "").refused(t, 404, "not_found")
	n.send("POST", "/v1/legs/"+c.leg("agent").ID+"/join_codes", "").refused(t, 404, "not_found")
}

func TestListPages(t *testing.T) {
	n := start(t, options{})
	var ids []string
	for range 5 {
		ids = append([]string{n.create(`{}`).ID}, ids...) // newest first
		n.clock.advance(time.Second)
	}
	var got []string
	pages, cursor := 0, ""
	for {
		var page struct {
			Items      []conference
			NextCursor *string `json:"next_cursor"`
		}
		n.must(200, "GET", "/v1/conferences?limit=2&cursor="+cursor, "").into(t, &page)
		pages++
		for _, c := range page.Items {
			got = append(got, c.ID)
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	assert.Equal(t, ids, got)
	assert.Equal(t, 3, pages)
	assert.JSONEq(t, `{"items":[],"next_cursor":null}`, string(start(t, options{}).must(200, "GET", "/v1/conferences", "").body))
	n.send("GET", "/v1/conferences?cursor="+badValue, "").refused(t, 422, "invalid")
	n.send("GET", "/v1/conferences?limit="+badValue, "").refused(t, 422, "invalid")
	n.send("GET", "/v1/conferences?limit=0", "").refused(t, 422, "invalid")
}

// TestNothingHalfCreated: what is refused leaves nothing behind.
func TestNothingHalfCreated(t *testing.T) {
	n := start(t, options{})
	long := strings.Repeat("x", 65<<10)
	for name, tc := range map[string]struct {
		body   string
		status int
		code   string
	}{
		"not JSON":           {`{"legs":` + badValue, 400, "bad_request"},
		"bad member name":    {`{` + badValue + `:1}`, 400, "bad_request"},
		"nothing":            {``, 400, "bad_request"},
		"an array":           {`[` + badValue + `]`, 422, "invalid"},
		"unknown member":     {`{"card":"` + badValue + `"}`, 422, "invalid"},
		"digits as a member": {`{"` + badValue + `":1}`, 422, "invalid"},
		"in a leg":           {`{"legs":[{"role":"customer","` + badValue + `":"x"}]}`, 422, "invalid"},
		"in metadata":        {`{"metadata":{"` + badValue + `":5}}`, 422, "invalid"},
		"role":               {`{"legs":[{"role":"customer"},{"role":"` + badValue + `"}]}`, 422, "invalid"},
		"no role":            {`{"legs":[{"role":"customer"},{"kind":"builtin"}]}`, 422, "invalid"},
		"kind":               {`{"legs":[{"role":"ivr","kind":"` + badValue + `"}]}`, 422, "invalid"},
		"builtin agent":      {`{"legs":[{"role":"customer"},{"role":"agent","kind":"builtin"}]}`, 422, "invalid"},
		"two customers":      {`{"legs":[{"role":"customer"},{"role":"customer"}]}`, 409, "role_taken"},
		"nine legs":          {`{"legs":[` + strings.Repeat(`{"role":"supervisor"},`, 8) + `{"role":"agent"}]}`, 422, "invalid"},
		"mode":               {`{"masking":{"mode":"off"}}`, 422, "invalid"},
		"replacement":        {`{"masking":{"replacement":"` + badValue + `"}}`, 422, "invalid"},
		"duration":           {`{"max_duration_s":` + badValue + `}`, 422, "invalid"},
		"a number as text":   {`{"external_id":` + badValue + `}`, 422, "invalid"},
		"too large":          {`{"external_id":"` + long + `"}`, 413, "body_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			a := n.send("POST", "/v1/conferences", tc.body, "Content-Type: application/json")
			a.refused(t, tc.status, tc.code)
			assert.Empty(t, n.conferences())
		})
	}
	n.send("POST", "/v1/conferences", "{}", "Content-Type: text/csv").refused(t, 415, "unsupported_media_type")
	assert.Empty(t, n.conferences())
}

// TestNoCardsInNames: what the platform says of its own is kept and sent on, so a
// card number is refused there; a number that is none is not.
func TestNoCardsInNames(t *testing.T) {
	n := start(t, options{})
	for _, card := range []string{"4242424242424242", "order 4242 4242-4242.4242 paid", "370000000000002", "004111111111111111", "4111/1111/1111/1111", "４１１１１１１１１１１１１１１１"} {
		for pointer, body := range map[string]string{
			"/external_id": `{"external_id":"%s"}`, "/metadata/a~1b": `{"metadata":{"a/b":"%s"}}`, "/metadata": `{"metadata":{"%s":"x"}}`,
			"/legs/1/identity": `{"legs":[{"role":"customer"},{"role":"agent","identity":"%s"}]}`,
		} {
			a := n.send("POST", "/v1/conferences", fmt.Sprintf(body, card), "Content-Type: application/json")
			a.pointsTo(t, 422, "invalid", pointer)
			assert.NotContains(t, string(a.body), card)
		}
	}
	assert.Empty(t, n.conferences())
	c := n.create(`{"external_id":"4242424242424241","metadata":{"order":"4242424242x424242"}}`)
	n.send("POST", "/v1/conferences/"+c.ID+"/legs", `{"role":"agent","identity":"4242424242424242"}`).pointsTo(t, 422, "invalid", "/identity")
}

func TestTooManyConferences(t *testing.T) {
	n := start(t, options{max: 1})
	c := n.create(`{}`)
	n.send("POST", "/v1/conferences", `{}`, "Idempotency-Key: later").refused(t, 429, "too_many")
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	n.must(201, "POST", "/v1/conferences", `{}`, "Idempotency-Key: later")
}

func TestAPIKeyIsRequired(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	calls := []string{
		"POST /v1/conferences", "GET /v1/conferences", "GET /v1/conferences/" + c.ID, "POST /v1/conferences/" + c.ID + "/end",
		"POST /v1/conferences/" + c.ID + "/legs", "POST /v1/conferences/" + c.ID + "/captures",
		"GET /v1/legs/" + c.Legs[0].ID, "PATCH /v1/legs/" + c.Legs[0].ID, "DELETE /v1/legs/" + c.Legs[0].ID,
		"POST /v1/legs/" + c.Legs[0].ID + "/tokens", "POST /v1/legs/" + c.Legs[0].ID + "/join_codes",
		"GET /v1/captures/x", "POST /v1/captures/x/complete", "POST /v1/captures/x/cancel", "POST /v1/demonstrations",
		"POST /v1/captures/x/retry", "POST /v1/captures/x/progress", "GET /v1/node", "POST /v1/node/drain", "GET /v1/audit", "GET /v1/events",
	}
	for _, authorization := range []string{"", "Bearer", "Bearer " + badValue, "Basic " + apiKey, apiKey, "Bearer " + c.Legs[0].Join.Token} {
		for _, line := range calls {
			method, path, _ := strings.Cut(line, " ")
			a := n.send(method, path, "{}", "Authorization: "+authorization, "Idempotency-Key: x")
			if collects := strings.HasSuffix(path, "/complete") || strings.HasSuffix(path, "/progress"); collects && strings.HasSuffix(authorization, c.Legs[0].Join.Token) {
				a.refused(t, 403, "forbidden") // a leg's token will do there, but not this one's
				continue
			}
			a.refused(t, 401, "unauthorized")
			assert.Contains(t, a.header.Get("WWW-Authenticate"), "Bearer")
		}
	}
	assert.Equal(t, "created", n.conferences()[0].State)
	for path, want := range map[string]string{"/version": "1.2.3", "/openapi.json": `"3.1.0"`} {
		assert.Contains(t, string(n.must(200, "GET", path, "", "Authorization:").body), want)
	}
	n.send("GET", "/v1/"+badValue, "").refused(t, 404, "not_found")
	n.send("PUT", "/v1/conferences", "{}").refused(t, 404, "not_found")
}

func TestLegs(t *testing.T) {
	n := start(t, options{})
	c := n.create(`{"legs":[{"role":"customer"}]}`)
	legs := "/v1/conferences/" + c.ID + "/legs"
	n.send("POST", legs, `{"role":"customer"}`).refused(t, 409, "role_taken")
	n.send("POST", legs, `{"role":"`+badValue+`"}`).refused(t, 422, "invalid")
	n.send("POST", "/v1/conferences/conf_"+badValue+"/legs", `{"role":"agent"}`).refused(t, 404, "not_found")

	var agent leg
	n.must(201, "POST", legs, `{"role":"agent"}`).into(t, &agent)
	require.NotNil(t, agent.Join)
	n.must(201, "POST", legs, `{"role":"supervisor"}`)
	n.must(201, "POST", legs, `{"role":"supervisor"}`)
	var ivr leg
	n.must(201, "POST", legs, `{"role":"ivr","kind":"builtin"}`).into(t, &ivr)
	assert.Nil(t, ivr.Join)
	n.send("POST", "/v1/legs/"+ivr.ID+"/tokens", "").refused(t, 409, "leg_is_builtin")
	n.send("POST", "/v1/legs/"+ivr.ID+"/join_codes", "").refused(t, 409, "leg_is_builtin")

	n.must(200, "PATCH", "/v1/legs/"+agent.ID, `{"muted":true}`).into(t, &agent)
	assert.True(t, agent.Muted)
	n.send("PATCH", "/v1/legs/"+agent.ID, `{"muted":"`+badValue+`"}`).refused(t, 422, "invalid")

	n.must(204, "DELETE", "/v1/legs/"+agent.ID, "")
	n.must(204, "DELETE", "/v1/legs/"+agent.ID, "")
	assert.Equal(t, "left", n.legState(agent.ID))
	n.send("PATCH", "/v1/legs/"+agent.ID, `{"muted":true}`).refused(t, 404, "not_found")
	n.must(201, "POST", legs, `{"role":"agent"}`) // the role is free again
	for _, line := range []string{"GET ", "DELETE ", "PATCH "} {
		n.send(strings.TrimSpace(line), "/v1/legs/leg_"+badValue, `{"muted":true}`).refused(t, 404, "not_found")
	}
}

func TestMaxDurationEndsACall(t *testing.T) {
	n := start(t, options{})
	c := n.create(`{"max_duration_s":1,"legs":[{"role":"agent"}]}`)
	ws := n.connect(c.leg("agent").Join.Token)
	assert.Equal(t, "ended", ws.next("bye")["reason"])
	ws.closed(1000)
}

func TestCaptures(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	path := "/v1/conferences/" + c.ID + "/captures"
	n.send("POST", path, `{}`).refused(t, 422, "invalid") // without Idempotency-Key
	for i, body := range []string{
		`{"fields":["` + badValue + `"]}`, `{"fields":["digits","digits"]}`, `{"mask":"` + badValue + `"}`, `{"collector":"` + badValue + `"}`,
		`{"max_digits":0}`, `{"max_digits":` + badValue + `}`, `{"timeout_s":4}`, `{"interdigit_timeout_ms":999}`, `{"card":"` + badValue + `"}`,
	} {
		n.send("POST", path, body, fmt.Sprint("Idempotency-Key: ", i)).refused(t, 422, "invalid")
	}
	n.send("POST", path, `{"collector":"external"}`, "Idempotency-Key: a").refused(t, 409, "no_collector")

	var capture map[string]any
	n.must(201, "POST", path, `{"fields":["digits"],"collector":"builtin","mask":"mute","max_digits":19}`, "Idempotency-Key: b").into(t, &capture)
	id := capture["id"].(string)
	assert.Equal(t, "collecting", capture["state"])
	assert.Equal(t, "mute", capture["mask"])
	assert.Equal(t, "armed", capture["masking"].(map[string]any)["state"])
	assert.NotEmpty(t, capture["masking"].(map[string]any)["armed_at"])
	fields, _ := json.Marshal(capture["fields"])
	assert.JSONEq(t, `[{"name":"digits","state":"entering","digits_entered":0,"masked":"","attempt":1}]`, string(fields))
	assert.Nil(t, capture["result"])
	n.send("POST", path, `{}`, "Idempotency-Key: c").refused(t, 409, "capture_in_progress")

	n.must(200, "POST", "/v1/captures/"+id+"/cancel", "").into(t, &capture)
	assert.Equal(t, "cancelled", capture["state"])
	assert.Equal(t, "released", capture["masking"].(map[string]any)["state"])
	n.send("POST", "/v1/captures/"+id+"/complete", "").refused(t, 409, "capture_not_collecting")
	n.must(201, "POST", path, `{}`, "Idempotency-Key: d").into(t, &capture)
	n.send("POST", "/v1/captures/"+capture["id"].(string)+"/complete", "").refused(t, 409, "capture_incomplete")
	n.must(200, "POST", "/v1/captures/"+capture["id"].(string)+"/cancel", "")
	for _, line := range []string{"GET ", "POST /cancel", "POST /complete"} {
		method, action, _ := strings.Cut(line, " ")
		n.send(method, "/v1/captures/cap_"+badValue+action, "").refused(t, 404, "not_found")
	}
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	alone := n.create(`{"legs":[{"role":"customer"}]}`)
	n.send("POST", "/v1/conferences/"+alone.ID+"/captures", `{}`, "Idempotency-Key: e").refused(t, 409, "no_collector")
}

func TestDemonstrationsAndCodes(t *testing.T) {
	n := start(t, options{})
	var d struct {
		ConferenceID string `json:"conference_id"`
		Links        []struct {
			Role, Code, Path string
			LegID            string `json:"leg_id"`
		}
	}
	n.send("POST", "/v1/demonstrations", `{"ivr":"`+badValue+`"}`).refused(t, 422, "invalid")
	n.send("POST", "/v1/demonstrations", `{}`).refused(t, 422, "invalid")
	assert.Empty(t, n.conferences())
	n.must(201, "POST", "/v1/demonstrations", `{"ivr":"browser"}`).into(t, &d)
	require.Len(t, d.Links, 3)
	for i, want := range []string{"customer /phone", "agent /agent", "ivr /ivr"} {
		link := d.Links[i]
		assert.Equal(t, want, link.Role+" "+link.Path)
		body := `{"code":"` + link.Code + `"}`
		var j join
		n.must(200, "POST", "/v1/join_codes/exchange", body, "Authorization:").into(t, &j)
		assert.NotEmpty(t, j.Token)
		n.send("POST", "/v1/join_codes/exchange", body, "Authorization:").refused(t, 404, "code") // once
	}
	n.must(201, "POST", "/v1/demonstrations", `{"ivr":"builtin"}`).into(t, &d)
	assert.Empty(t, d.Links[2].Code)

	var code struct{ Code string }
	n.must(201, "POST", "/v1/legs/"+d.Links[0].LegID+"/join_codes", "").into(t, &code)
	n.clock.advance(10*time.Minute + time.Second)
	n.send("POST", "/v1/join_codes/exchange", `{"code":"`+code.Code+`"}`).refused(t, 404, "code")
	n.send("POST", "/v1/join_codes/exchange", `{"code":"`+badValue+`"}`).refused(t, 404, "code")
	n.send("POST", "/v1/console_sessions/exchange", `{"code":"`+badValue+`"}`).refused(t, 404, "code")
}
