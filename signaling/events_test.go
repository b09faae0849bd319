package signaling_test

import (
	"bufio"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type eventPage struct {
	Items []struct {
		ID, Type     string
		ConferenceID string `json:"conference_id"`
		Sequence     uint64
		Data         struct {
			LegID string `json:"leg_id"`
			Role  string
			Field string
			State string
		}
	}
	NextCursor *string `json:"next_cursor"`
}

// TestEvents: a call's events in their order, page by page, numbered within the
// call; none tells a count, the last four or a brand.
func TestEvents(t *testing.T) {
	n := start(t, options{})
	other := n.create(threeLegs)
	c := n.create(externalIVR)
	agent := n.connect(c.leg("agent").Join.Token)
	n.dial(c.leg("customer"))
	agent.legState(c.leg("customer").ID, "connected")
	var capture struct{ ID string }
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures", `{"fields":["card_number"]}`, "Idempotency-Key: a").into(t, &capture)
	path := "/v1/captures/" + capture.ID
	report := func(body, state, reason string) {
		n.must(200, "POST", path+"/progress", body)
		agent.find(func(m message) bool { return has(m, "card_number", state, reason) }, state)
	}
	report(`{"field":"card_number","state":"rejected","reason":"luhn"}`, "rejected", "luhn")
	report(`{"field":"card_number","state":"valid","brand":"visa","last4":"4242"}`, "valid", "")
	n.must(200, "POST", path+"/complete", "")
	agent.find(func(m message) bool { return m["state"] == "completed" }, "the end")
	n.must(204, "DELETE", "/v1/legs/"+c.leg("customer").ID, "")
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	n.must(200, "POST", "/v1/conferences/"+other.ID+"/end", "")
	n.close()

	var types []string
	after, sequence := "", uint64(0)
	for {
		a := n.must(200, "GET", "/v1/events?limit=4&after="+after, "")
		var page eventPage
		a.into(t, &page)
		assert.NotRegexp(t, regexp.MustCompile(`\b(4242\b|visa|digits|brand)`), string(a.body), "whole words: ids and times are letters and digits too")
		if len(page.Items) == 0 {
			break
		}
		for _, e := range page.Items {
			if e.ConferenceID == c.ID {
				sequence++
				assert.Equal(t, sequence, e.Sequence)
				types = append(types, strings.TrimSpace(e.Type+" "+e.Data.Role+e.Data.Field))
			}
		}
		after = *page.NextCursor
	}
	assert.Equal(t, []string{
		"conference.started", "leg.joined customer", "masking.armed", "capture.started",
		"capture.field_rejected card_number", "capture.field_completed card_number", "capture.completed",
		"leg.left customer", "leg.left agent", "leg.left ivr", "conference.ended",
	}, types)
	n.send("GET", "/v1/events?after=evt_x", "").refused(t, 422, "cursor")
	n.send("GET", "/v1/events?after=evt_pppppppppppppppp", "").refused(t, 422, "cursor")
	n.send("GET", "/v1/events", "", "Authorization:").refused(t, 401, "unauthorized")
}

// TestEventStream goes on from an event with what comes, and ends with the server.
func TestEventStream(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures", `{}`, "Idempotency-Key: a")
	req, err := http.NewRequestWithContext(within(t), "GET", n.url+"/v1/events", nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Accept", "text/event-stream")
	res, err := n.client.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	require.Equal(t, "text/event-stream", res.Header.Get("Content-Type"))
	lines := bufio.NewScanner(res.Body)
	next := func() (kind string) {
		for lines.Scan() {
			if kind, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				return kind
			}
		}
		return ""
	}
	assert.Equal(t, []string{"masking.armed", "capture.started"}, []string{next(), next()})
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	assert.Equal(t, "capture.cancelled", next(), "as it comes")
	go n.close()
	for kind := next(); kind != ""; kind = next() {
	}
	n.close()
}
