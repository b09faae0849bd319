package proof

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

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
