package proof

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"tonegate/bench/program"
	"tonegate/internal/pspstub"
	"tonegate/internal/softphone"
)

// course is how a payment goes.
type course struct {
	name     string
	ask      string // members of the capture, beside its fields
	provider pspstub.Behaviour
	keys     int  // how many the customer presses
	mistyped bool // a wrong number comes first
	sealed   bool // the card is sealed, and goes to nobody
	external bool // an IVR of the platform's own collects
	// act is done to the call once most of the number is keyed, or once act's
	// moment was told to the agent.
	act    func(ctx context.Context, c *parties, capture string) error
	moment string
	state  string // how the capture ends
	sent   bool   // the provider gets the card
	ends   bool   // the call ends with it
}

const (
	allKeys  = 16 + 4 + 3
	someKeys = 12 // of the number
)

// fields are what the customer keys, one after the other.
func (how *course) fields(p plastic) (out []string) {
	if how.mistyped {
		wrong := []byte(p.number)
		wrong[9] = '0' + (wrong[9]-'0'+1)%10 // Luhn notices
		out = append(out, string(wrong))
	}
	left := how.keys
	for _, field := range []string{p.number, p.expiry, p.code} {
		if n := min(left, len(field)); n > 0 {
			out = append(out, field[:n])
			left -= n
		}
	}
	return out
}

func (how *course) collector() string {
	if how.external {
		return "external"
	}
	return "builtin"
}

// pays are the members of a capture that say who gets the card.
func (how *course) pays() string {
	switch {
	case how.external:
		return ""
	case how.sealed:
		return `,"connector":"vault"`
	default:
		return `,"connector":"main","action":"tokenize"`
	}
}

// drained is the course that ends the server's work.
const drained = "drained"

// paid is the course that is meant.
var paid = course{name: "paid", provider: pspstub.OK, keys: allKeys, state: "completed", sent: true}

// echoing is paid, but for a provider that sends the card back.
var echoing = course{name: "echoed", provider: pspstub.Echo, keys: allKeys, state: "failed", sent: true}

// otherwise are the courses that end in another way, the last of them the server.
func otherwise() []course {
	post := func(path string) func(context.Context, *parties, string) error {
		return func(ctx context.Context, c *parties, capture string) error {
			path := strings.NewReplacer("{capture}", capture, "{conference}", c.conf.ID).Replace(path)
			body := ""
			if strings.HasSuffix(path, "/drain") {
				body = `{"within_s":1}`
			}
			_, err := c.s.api(ctx, "POST", path, body, nil)
			return err
		}
	}
	hangUp := func(ctx context.Context, c *parties, _ string) error {
		_, err := c.s.api(ctx, "DELETE", "/v1/legs/"+c.legs["customer"], "", nil)
		return err
	}
	collected := func(ctx context.Context, c *parties, capture string) error {
		_, err := c.s.api(ctx, "POST", "/v1/captures/"+capture+"/complete", `{"result":{"token":"tok_of_the_proof"}}`, nil)
		return err
	}
	return []course{
		{name: "declined", ask: `,"mask":"strip"`, provider: pspstub.Decline, keys: allKeys, state: "failed", sent: true},
		{name: "a provider that talks nonsense", ask: `,"mask":"mute"`, provider: pspstub.Nonsense, keys: allKeys, state: "failed", sent: true},
		{name: "mistyped at first", mistyped: true, keys: allKeys, state: "completed", sent: true},
		{name: "sealed", sealed: true, keys: allKeys, state: "completed"},
		{name: "an IVR of the platform's own", ask: `,"mask":"strip"`, external: true, keys: allKeys, act: collected, state: "completed"},
		{name: "cancelled", keys: someKeys, act: post("/v1/captures/{capture}/cancel"), state: "cancelled"},
		{name: "hung up", keys: someKeys, act: hangUp, state: "cancelled"},
		{name: "out of time", ask: `,"timeout_s":5`, keys: someKeys, state: "expired"},
		{name: "ended while the provider is asked", provider: pspstub.Latency, keys: allKeys, moment: `"state":"submitting"`,
			act: post("/v1/conferences/{conference}/end"), state: "completed", sent: true, ends: true},
		{name: drained, keys: someKeys, act: post("/v1/node/drain"), state: "cancelled", ends: true},
	}
}

// outcome does what is to be done and waits for the end of the capture.
func (how *course) outcome(ctx context.Context, c *parties, p *payment, capture string) (state string, err error) {
	agent := c.seats["agent"]
	if how.moment != "" {
		if _, err := agent.next(ctx, &p.agent, func(m string) bool { return strings.Contains(m, how.moment) }); err != nil {
			return "", fmt.Errorf("the moment to act: %w", err)
		}
	}
	if how.external {
		if err := c.allKeyed(ctx, p); err != nil {
			return "", err
		}
	}
	if how.act != nil {
		if err := how.act(ctx, c, capture); err != nil {
			return "", err
		}
	}
	if !how.ends {
		told, err := agent.next(ctx, &p.agent, concluded)
		if err != nil {
			return "", fmt.Errorf("the outcome: %w", err)
		}
		return concludedState.FindStringSubmatch(told)[1], nil
	}
	for { // nobody is left to be told
		answer, err := c.s.api(ctx, "GET", "/v1/captures/"+capture, "", nil)
		if err != nil {
			return "", err
		}
		var now struct{ State string }
		if err := json.Unmarshal(answer, &now); err != nil {
			return "", err
		}
		if concludedState.MatchString(`"state":"` + now.State + `"`) {
			return now.State, nil
		}
		if err := program.Pause(ctx, 50*time.Millisecond); err != nil {
			return "", fmt.Errorf("the outcome: %w", err)
		}
	}
}

// payOtherwise takes a card that is not to be paid, by the transport that the
// run's turn it is.
func (h *hunt) payOtherwise(ctx context.Context, card plastic, how course, transport softphone.Transport) error {
	if how.provider != "" {
		h.provider.Behave(how.provider)
		defer h.provider.Behave(pspstub.OK)
	}
	p, err := h.server.pay(ctx, card, transport, how, true)
	if err != nil {
		return fmt.Errorf("%s, %s, %s: %w", h.level, how.name, nameOf(transport), err)
	}
	h.cards, h.others = append(h.cards, newNeedle(card.number)), append(h.others, p)
	h.otherwise.Tried++
	if p.state != how.state || p.arrived != how.sent {
		h.otherwise.fault("%s, by %s: ended as %s; the right card arrived: %t", how.name, nameOf(transport), p.state, p.arrived)
	}
	h.listen(p)
	hits, tones := p.after.search(h.cards)
	h.afterOther.Tried++
	if len(hits) > 0 {
		h.afterOther.fault("%s after %s by %s", tally(hits), how.name, nameOf(transport))
	}
	if len(tones) > 0 {
		h.afterOther.fault("%s after %s by %s", tallyTones(tones), how.name, nameOf(transport))
	}
	h.afterOther.Figure = fmt.Sprintf("%d dumps", h.afterOther.Tried)
	h.courses = append(h.courses, how.name)
	slices.Sort(h.courses)
	h.courses = slices.Compact(h.courses)
	h.otherwise.Figure = fmt.Sprintf("%d: %s", h.otherwise.Tried, strings.Join(h.courses, ", "))
	p.during, p.after = nil, nil
	return nil
}
