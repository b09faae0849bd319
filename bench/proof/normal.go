package proof

import (
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// The lists below are all that two calls may differ in although only the card
// does. Each entry has its reason; docs/adr/0015-proof.md has the longer ones.

// ignored are members whose values are left out.
var ignored = map[string]string{
	"time": "the moment", "created_at": "the moment", "ended_at": "the moment", "armed_at": "the moment", "expires_at": "the moment",
	"token":  "random per join, or the provider's for an idempotency key, which is the capture's random id",
	"ending": "of the provider's token", "resume": "random per leg", "sdp": "ports, keys and fingerprints of a connection",
	"seq": "the place in a record that several calls share", "prev": "the chain over it", "hash": "the chain over it",
}

// whileEntering are members that are left out of a field that is being keyed: how
// many keys were in by a point of the 500 ms grid depends on the moment the
// grid began.
var whileEntering = []string{"digits_entered", "masked"}

// unmeant are types of messages that are left out: they measure the network and
// the noise of a call that has a clock. The run without a clock compares levels.
var unmeant = []string{"level", "quality", "pong"}

var idShape = regexp.MustCompile(`^(conf|leg|cap|rec|evt|req|key)_[0-9a-z]{16,}$`)

// normal returns what two calls must share of what was said in them: first, in
// order, what was said of the capture, without the repetitions that only the
// grid's phase makes; then how legs came and went, sorted, since they connect in
// the order that the network makes.
// So their places in the order of events are left out, too. Legs are called by
// names, which say who they are.
func normal(texts []string, names map[string]string) (out []string, err error) {
	ids := maps.Clone(names)
	if ids == nil {
		ids = map[string]string{}
	}
	var legs []string
	for _, text := range texts {
		var m map[string]any
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			return nil, fmt.Errorf("not a JSON object: %w", err)
		}
		kind, _ := m["type"].(string)
		if slices.Contains(unmeant, kind) {
			continue
		}
		leg := strings.HasPrefix(kind, "leg_") || strings.HasPrefix(kind, "leg.")
		if leg {
			delete(m, "sequence")
			delete(m, "id")
		}
		data, err := json.Marshal(plain(m, ids))
		if err != nil {
			return nil, err
		}
		switch s := string(data); {
		case leg:
			legs = append(legs, s)
		case len(out) == 0 || out[len(out)-1] != s:
			out = append(out, s)
		}
	}
	slices.Sort(legs)
	return append(out, legs...), nil
}

// plain walks a value in place. Ids become their place in the order of their first
// use.
func plain(v any, ids map[string]string) any {
	switch v := v.(type) {
	case map[string]any:
		if v["state"] == "entering" {
			for _, name := range whileEntering {
				delete(v, name)
			}
		}
		// In the order of names, so that ids are numbered alike.
		names := make([]string, 0, len(v))
		for name := range v {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if _, skip := ignored[name]; skip && v[name] != nil {
				v[name] = "…"
				continue
			}
			v[name] = plain(v[name], ids)
		}
	case []any:
		for i := range v {
			v[i] = plain(v[i], ids)
		}
	case string:
		if !idShape.MatchString(v) {
			return v
		}
		if ids[v] == "" {
			kind, _, _ := strings.Cut(v, "_")
			ids[v] = fmt.Sprintf("%s_%d", kind, len(ids))
		}
		return ids[v]
	}
	return v
}

// said is what was said in one call, and what its legs are called.
type said struct {
	texts []string
	names map[string]string
}

// firstDifference compares what was said in two calls.
func firstDifference(a, b said) (string, error) {
	x, err := normal(a.texts, a.names)
	if err != nil {
		return "", err
	}
	y, err := normal(b.texts, b.names)
	if err != nil {
		return "", err
	}
	for i := range max(len(x), len(y)) {
		switch {
		case i >= len(x):
			return "only the second has " + y[i], nil
		case i >= len(y):
			return "only the first has " + x[i], nil
		case x[i] != y[i]:
			return x[i] + " is not " + y[i], nil
		}
	}
	return "", nil
}
