package proof

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"tonegate/internal/pspstub"
	"tonegate/internal/securemem"
	"tonegate/internal/softphone"
)

// hunt is a server, the payments made on it, and what has been found so far.
type hunt struct {
	*server
	cards    []*needle
	payments []*payment
	others   []*payment // of other courses
	courses  []string   // their names

	done, control, secret, after, tones, heard, copies, otherwise, afterOther Check
}

// callTransports are how the cards of the real calls are keyed.
var callTransports = []softphone.Transport{softphone.Event, softphone.InBand}

func newHunt(s *server) *hunt {
	named := func(format string) Check { return Check{Name: s.level.String() + ": " + format} }
	return &hunt{
		server: s, done: named("payments completed, with the right card at the provider"),
		control:    named("control: the number and its tones are found while they are keyed"),
		secret:     named("while the number is keyed it cannot be read, in any form, not even by root"),
		after:      named("memory a second after the outcome: the number, in any form"),
		tones:      named("memory a second after the outcome: key tones"),
		heard:      named("media to agent, supervisor and customer, and recordings: key tones, named events"),
		copies:     named("written and sent: the number, in any form"),
		otherwise:  named("payments of other courses end as they should"),
		afterOther: named("memory a second after the end of those: the number, key tones"),
	}
}

// pay takes one card, and searches the dumps of that.
func (h *hunt) pay(ctx context.Context, card plastic, transport softphone.Transport) error {
	p, err := h.server.pay(ctx, card, transport, paid, true)
	if err != nil {
		return fmt.Errorf("%s, %s: %w", h.level, nameOf(transport), err)
	}
	h.cards, h.payments = append(h.cards, newNeedle(card.number)), append(h.payments, p)
	h.done.Tried++
	if p.state != "completed" || !p.arrived {
		h.done.fault("a payment by %s ended as %s; the right card arrived: %t", nameOf(transport), p.state, p.arrived)
	}
	h.searchDuring(p)
	h.searchAfter(p)
	h.listen(p)
	p.during, p.after = nil, nil // some ten megabytes each
	return nil
}

// searchDuring is the control: where the arena is not secret the number is in
// it, and a key that just sounded is in some ring.
func (h *hunt) searchDuring(p *payment) {
	var hits []hit
	var tones []strain
	secret := p.during[0].secret
	for _, d := range p.during {
		if hits, tones = d.search(h.cards[len(h.cards)-1:]); p.transport == softphone.Event || len(tones) > 0 {
			break
		}
	}
	inArena := slices.ContainsFunc(hits, func(x hit) bool { return x.form == "ASCII" })
	h.control.Tried++
	switch {
	case p.transport == softphone.InBand && len(tones) == 0:
		h.control.fault("no tone is found while it sounds")
	case h.level != securemem.MemfdSecret && !inArena:
		h.control.fault("the number is not found in an arena that can be read")
	}
	if h.level == securemem.MemfdSecret {
		h.secret.Tried++
		if secret == 0 {
			h.secret.fault("there is no secret memory: this kernel or container does not grant memfd_secret; leave the level out of --memory")
		}
		if len(hits) > 0 {
			h.secret.fault("the number is found while it is keyed: %s", tally(hits))
		}
	}
	h.control.Figure = fmt.Sprintf("in the last: %s, %d windows with tones", orNone(tally(hits)), len(tones))
}

func (h *hunt) searchAfter(p *payment) {
	hits, tones := p.after.search(h.cards)
	h.after.Tried++
	h.tones.Tried++
	if len(hits) > 0 {
		h.after.fault("%s after %s", tally(hits), nameOf(p.transport))
	}
	if len(tones) > 0 {
		h.tones.fault("%s after %s", tallyTones(tones), nameOf(p.transport))
	}
	h.after.Figure = fmt.Sprintf("%d dumps, the last of %.1f MB; %d bytes refused as secret, %d gone meanwhile",
		h.after.Tried, float64(p.after.size)/1e6, p.after.secret, p.after.lost)
	h.tones.Figure = fmt.Sprintf("%d dumps, as µ-law, A-law and 16-bit PCM", h.tones.Tried)
}

// search looks for numbers and tones in a dump.
func (d *dump) search(cards []*needle) (hits []hit, tones []strain) {
	for _, part := range d.parts {
		for _, n := range cards {
			hits = append(hits, n.find(part.bytes)...)
		}
		tones = append(tones, findTones(part.bytes)...)
	}
	return hits, tones
}

// listen looks for keys in what the parties received.
func (h *hunt) listen(p *payment) {
	for role, r := range p.heard {
		h.heard.Tried += len(r.Samples)
		if k := len(findTones(pcm(r.Samples))); k > 0 {
			h.heard.fault("%d windows of the %s's audio after %s", k, role, nameOf(p.transport))
		}
		if len(r.Events) > 0 {
			h.heard.fault("%d named events to the %s", len(r.Events), role)
		}
		if len(r.Samples) == 0 {
			h.heard.fault("the %s heard nothing", role)
		}
	}
	sent := keyed(p.fields, p.transport, 0)
	if p.transport == softphone.InBand && len(findTones(pcm(sent.Samples))) < len(strings.Join(p.fields, "")) {
		h.heard.fault("control: the receiver does not hear what the customer sent")
	}
	h.heard.Figure = fmt.Sprintf("%d samples", h.heard.Tried)
}

// conclude stops the server and searches all that it wrote and sent.
func (h *hunt) conclude() ([]Check, error) {
	if err := h.stop(); err != nil {
		return nil, err
	}
	files, err := h.written()
	if err != nil {
		return nil, err
	}
	places := map[string][]byte{"the log at debug level": h.log.bytes(), "its output": h.out.bytes(), "HTTP and WebSockets": h.net.got.bytes()}
	for name, b := range files {
		places["the file "+name] = b
	}
	for _, p := range slices.Concat(h.payments, h.others) {
		for role, t := range p.packets {
			places["media to the "+role] = append(places["media to the "+role], t.bytes()...)
		}
	}
	for _, p := range h.payments {
		places["timelines of recordings"] = append(places["timelines of recordings"], p.timeline...)
	}
	for name, b := range places {
		h.copies.Tried += len(b)
		for _, n := range h.cards {
			if hits := n.find(b); len(hits) > 0 {
				h.copies.fault("%s in %s", tally(hits), name)
			}
		}
	}
	for _, must := range []string{"the log at debug level", "HTTP and WebSockets", "media to the agent", "timelines of recordings", "the file " + filepath.Join("data", "audit.jsonl")} {
		if len(places[must]) == 0 {
			h.copies.fault("%s is empty: nothing was searched", must)
		}
	}
	h.copies.Figure = fmt.Sprintf("%d bytes: %s", h.copies.Tried, strings.Join(slices.Sorted(maps.Keys(places)), ", "))
	checks := []Check{h.done.done(), h.control.done(), h.after.done(), h.tones.done(), h.heard.done(), h.copies.done()}
	if len(h.others) > 0 {
		checks = append(checks, h.otherwise.done(), h.afterOther.done())
	}
	if h.level == securemem.MemfdSecret {
		checks = append(checks, h.secret.done())
	}
	return checks, nil
}

// canary takes cards on servers with each level of memory, and searches them. Two
// servers take cards that differ, in calls that do not. After the payments that are
// meant come those of the other courses.
func canary(ctx context.Context, file, folder string, levels []securemem.Level, runs int, others []course, rng *rand.Rand, say func(string, ...any)) (checks []Check, err error) {
	var hunts []*hunt
	defer func() {
		for _, h := range hunts {
			if h.cmd.ProcessState == nil {
				err = errors.Join(err, h.stop())
			}
		}
	}()
	for _, level := range levels {
		s, err := start(ctx, file, filepath.Join(folder, level.String()), level, pspstub.OK)
		if err != nil {
			return nil, err
		}
		hunts = append(hunts, newHunt(s))
	}
	// together has every server take a card.
	together := func(take func(h *hunt, card plastic) error) (err error) {
		errs := make(chan error, len(hunts))
		for _, h := range hunts {
			card := newPlastic(rng)
			go func() { errs <- take(h, card) }()
		}
		for range hunts {
			err = errors.Join(err, <-errs)
		}
		return err
	}
	for run := range runs {
		for _, transport := range callTransports {
			if err := together(func(h *hunt, card plastic) error { return h.pay(ctx, card, transport) }); err != nil {
				return nil, err
			}
		}
		say("run %d of %d: %d payments so far, dumps searched", run+1, runs, len(hunts)*len(hunts[0].payments))
	}
	for i, how := range others { // once: the last of them drains the server
		transport := callTransports[(i+runs)%len(callTransports)]
		if err := together(func(h *hunt, card plastic) error { return h.payOtherwise(ctx, card, how, transport) }); err != nil {
			return nil, err
		}
		say("%s: dump searched", how.name)
	}
	if len(hunts)*runs > 1 {
		checks = compareCalls(hunts)
	}
	for _, h := range hunts {
		cs, err := h.conclude()
		if err != nil {
			return nil, err
		}
		checks = append(checks, cs...)
	}
	return checks, nil
}

// compareCalls compares what was said in every two calls that differ in the card:
// each with the first of its transport.
func compareCalls(hunts []*hunt) []Check {
	kinds := []struct {
		name string
		of   func(*payment) []string
	}{
		{"the agent's messages", func(p *payment) []string { return p.agent }},
		{"the supervisor's messages", func(p *payment) []string { return p.supervisor }},
		{"the API's answers and events", func(p *payment) []string { return p.answers }},
		{"the audit record", func(p *payment) []string { return p.audit }},
	}
	var checks []Check
	for _, kind := range kinds {
		c := Check{Name: "real calls, two cards: " + kind.name}
		first := map[softphone.Transport]*payment{}
		for _, h := range hunts {
			for _, p := range h.payments {
				if first[p.transport] == nil {
					first[p.transport] = p
					continue
				}
				c.Tried++
				d, err := firstDifference(said{kind.of(first[p.transport]), first[p.transport].names}, said{kind.of(p), p.names})
				if err != nil {
					c.fault("%v", err)
				} else if d != "" {
					c.fault("%s: %.400s", nameOf(p.transport), d)
				}
			}
		}
		c.Figure = fmt.Sprintf("%d pairs", c.Tried)
		checks = append(checks, c.done())
	}
	return checks
}

func orNone(s string) string {
	if s == "" {
		return "no trace"
	}
	return s
}
