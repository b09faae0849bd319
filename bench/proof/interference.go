package proof

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/ivr"
	"tonegate/internal/softphone"
	"tonegate/mixer/mask"
)

var (
	modes      = []mask.Mode{mask.Mute, mask.Field, mask.Strip}
	transports = []softphone.Transport{softphone.Event, softphone.InBand, softphone.Both}
	fieldsKeys = []int{16, 4, 3}
)

func nameOf(t softphone.Transport) string {
	return [...]string{softphone.Event: "event", softphone.InBand: "inband", softphone.Both: "both"}[t]
}

// differences names the artefacts that two calls do not share. In which of them
// timing may show is said by exempt.
func differences(a, b *artefacts, exempt ...string) (out []string) {
	for _, c := range []struct {
		name string
		same bool
	}{
		{"agent audio", slices.Equal(a.agent, b.agent)},
		{"supervisor audio", slices.Equal(a.supervisor, b.supervisor)},
		{"recording", bytes.Equal(a.recording, b.recording)},
		{"levels", bytes.Equal(a.levels, b.levels)},
		{"progress", bytes.Equal(a.progress, b.progress)},
	} {
		if !c.same && !slices.Contains(exempt, c.name) {
			out = append(out, c.name)
		}
	}
	return out
}

// interference plays pairs of calls that differ in the card alone, or in the
// card and the timing of its keys, and compares all that leaves the core.
func interference(ctx context.Context, seed uint64, pairs int) (checks []Check, err error) {
	speech, err := talk()
	if err != nil {
		return nil, err
	}
	voices := map[string][]int16{"noise": murmur(seed, 900), "speech": speech}
	for _, mode := range modes {
		for _, transport := range transports {
			for _, voice := range []string{"noise", "speech"} {
				if mode == mask.Strip && voice == "speech" && transport != softphone.Event {
					continue // see edges
				}
				if err := ctx.Err(); err != nil {
					return nil, err
				}
				cs, err := compare(seed, pairs, mode, transport, voice, voices[voice])
				if err != nil {
					return nil, err
				}
				checks = append(checks, cs...)
			}
		}
	}
	return checks, nil
}

func compare(seed uint64, pairs int, mode mask.Mode, transport softphone.Transport, voice string, samples []int16) ([]Check, error) {
	rng := rand.New(rand.NewPCG(seed, 0xCA4D))
	name := fmt.Sprintf("%s, %s, %s", mode, nameOf(transport), voice)
	same := Check{Name: "two cards, one timing: " + name}
	grid := Check{Name: "two cards, keys moved within 500 ms: " + name}
	free := Check{Name: "two cards, keys moved freely: " + name}
	for range pairs {
		a, err := play(enter(newPlastic(rng), mode, transport, steady(sum(fieldsKeys)), samples))
		if err != nil {
			return nil, err
		}
		for _, c := range []struct {
			check  *Check
			timing timing
			exempt []string
		}{
			{&same, steady(sum(fieldsKeys)), nil},
			{&grid, within(rng, fieldsKeys...), nil},
			{&free, anywhere(rng, fieldsKeys...), []string{"progress"}},
		} {
			if mode == mask.Strip && c.check != &same {
				continue // the mask's edges are the tones': see the classifier
			}
			b, err := play(enter(newPlastic(rng), mode, transport, c.timing, samples))
			if err != nil {
				return nil, err
			}
			c.check.pair(a, b, c.exempt)
		}
	}
	if mode == mask.Strip {
		return []Check{same.done()}, nil
	}
	return []Check{same.done(), grid.done(), free.done()}, nil
}

// edges measures how often strip's mask ends elsewhere for one card than for
// another that is keyed at the same moments. Its edges follow the audio, so with
// a voice around the tones, or at another place of the frame grid, a mask may be a
// quantum longer for one key than for another; how much that tells is what the
// classifier is asked.
func edges(ctx context.Context, seed uint64, pairs int) (checks []Check, err error) {
	speech, err := talk()
	if err != nil {
		return nil, err
	}
	for _, on := range []struct {
		line  string
		voice []int16
	}{{"noise", murmur(seed, 900)}, {"speech", speech}} {
		rng := rand.New(rand.NewPCG(seed, 0xED6E))
		c := Check{Name: "strip, inband, " + on.line + ": keys whose mask differs between two cards of one timing, at most 5 %"}
		moved := 0
		for range pairs {
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			t := steady(len(issuer) + 10)
			phase := rng.IntN(160)
			for i := range t {
				t[i].at += phase
			}
			a, b := numberOnly(newPlastic(rng), t, on.voice), numberOnly(newPlastic(rng), t, on.voice)
			x, err := play(a)
			if err != nil {
				return nil, err
			}
			y, err := play(b)
			if err != nil {
				return nil, err
			}
			for i := range a.keys {
				c.Tried++
				p, q := describe(x, x.agent, dtmf.LookAhead, a.keys[i]), describe(y, y.agent, dtmf.LookAhead, b.keys[i])
				if p[0] != q[0] || p[1] != q[1] {
					moved++
				}
			}
		}
		c.Figure = fmt.Sprintf("%d of %d keys (%.1f %%)", moved, c.Tried, percent(moved, c.Tried))
		if moved*20 > c.Tried {
			c.fault("the mask's edges differ for %d of %d keys", moved, c.Tried)
		}
		checks = append(checks, c.done())
	}
	return checks, nil
}

// numberOnly keys no more than the number.
func numberOnly(p plastic, t timing, voice []int16) script {
	s := script{mode: mask.Strip, transport: softphone.InBand, voice: voice, ticks: (firstSlot + len(p.number) + 1) * keyEvery / audio.FrameSamples}
	for i := range p.number {
		s.keys = append(s.keys, press{p.number[i], t[i].at, t[i].length})
	}
	return s
}

// pair counts one comparison.
func (c *Check) pair(a, b *artefacts, exempt []string) {
	c.Tried++
	if a.outcome != ivr.Completed || b.outcome != ivr.Completed {
		c.fault("a payment ended as %s and %s", a.outcome, b.outcome)
		return
	}
	for _, d := range differences(a, b, exempt...) {
		c.fault("%s differs", d)
	}
}
