package proof

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"

	"tonegate/bench/leak"
	"tonegate/bench/listen"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/softphone"
	"tonegate/mixer/mask"
)

const (
	// secretFrom and secretTo bound the digits of a number that are secret and
	// drawn at random: the issuer and the last four are neither.
	secretFrom, secretTo = len(issuer), 12
	chance               = 0.1
	// never is the probability below which so many right guesses are no luck.
	never = 1e-3
	// wantOfControl is the share that the same classifier must read where there
	// is no mask.
	wantOfControl = 0.9
)

// classify trains a classifier to name keys by the edges of strip's mask and
// by what is heard around them, over calls each with a timing of its own, and
// the same on what the IVR hears, which it must be able to read.
func classify(ctx context.Context, seed uint64, timings int) ([]Check, error) {
	var checks []Check
	speech, err := talk()
	if err != nil {
		return nil, err
	}
	for _, on := range []struct {
		transport softphone.Transport
		line      string
		voice     []int16
	}{
		{softphone.InBand, "speech", speech}, {softphone.InBand, "noise", nil}, {softphone.Both, "noise", nil}, {softphone.Event, "noise", nil},
	} {
		transport := on.transport
		masked, open, err := strokes(ctx, seed, timings, transport, on.voice)
		if err != nil {
			return nil, err
		}
		var c Check
		for _, by := range []struct {
			name  string
			learn func([]leak.Example) []bool
		}{{"a trained classifier", leak.Learn}, {"a classifier of edges alone", learnEdges}} {
			c = Check{Name: fmt.Sprintf("strip, %s, %s: %s over %d timings", nameOf(transport), on.line, by.name, timings)}
			if p := c.guesses(by.learn(masked)); p < never {
				c.fault("better than chance")
			}
			checks = append(checks, c.done())
		}
		checks = append(checks, planted(masked, nameOf(transport)+", "+on.line))
		if transport == softphone.Event {
			continue // the IVR that is built in gets no tones either
		}
		c = Check{Name: fmt.Sprintf("control, %s, %s: the same classifier on what the IVR hears", nameOf(transport), on.line)}
		right, n := count(leak.Learn(open))
		c.Tried = n
		c.Figure = fmt.Sprintf("%d of %d test keys right (%.1f %%)", right, n, percent(right, n))
		if float64(right) < wantOfControl*float64(n) {
			c.fault("a classifier that cannot learn proves nothing")
		}
		checks = append(checks, c.done())
	}
	return checks, nil
}

// guesses counts what a classifier got right, and returns how likely as many are by
// chance.
func (c *Check) guesses(of []bool) float64 {
	right, n := count(of)
	p := listen.AtLeast(right, n, chance)
	c.Tried = n
	c.Figure = fmt.Sprintf("%d of %d test keys right (%.1f %%, chance %.0f %%, p = %.2g)", right, n, percent(right, n), 100*chance, p)
	return p
}

// planted is the classifier's control on edges: it must notice a mask that is one
// quantum longer for every second key.
func planted(masked []leak.Example, name string) Check {
	c := Check{Name: "control, strip, " + name + ": the same classifier where the mask of even keys is longer by a quantum"}
	longer := make([]leak.Example, len(masked))
	for i, x := range masked {
		if x.Symbol%2 == 0 {
			f := slices.Clone(x.Features)
			shape := [6]float64(f)
			for k := 1; k < 4; k++ { // where it ends, how long it is, how much is masked
				shape[k] += mask.Quantum
			}
			copy(f, edgesOf(shape))
			x.Features = f
		}
		longer[i] = x
	}
	if p := c.guesses(learnEdges(longer)); p >= never {
		c.fault("a classifier that does not notice that proves nothing")
	}
	return c.done()
}

// strokes plays the calls and describes each secret key as the agent and as the
// IVR hear it. Every second call is for the test.
func strokes(ctx context.Context, seed uint64, timings int, transport softphone.Transport, voice []int16) (masked, open []leak.Example, err error) {
	const secrets = secretTo - secretFrom
	masked, open = make([]leak.Example, timings*secrets), make([]leak.Example, timings*secrets)
	errs := make([]error, runtime.GOMAXPROCS(0))
	var workers sync.WaitGroup
	for w := range errs {
		workers.Go(func() {
			for i := w; i < timings && errs[w] == nil; i += len(errs) {
				rng := rand.New(rand.NewPCG(seed, uint64(transport)<<32|uint64(i)))
				s := scattered(rng, transport, voice)
				a, err := play(s)
				if errs[w] = errors.Join(err, ctx.Err()); errs[w] != nil {
					return
				}
				for n, k := range s.keys[secretFrom:secretTo] {
					test, at := i%2 == 1, i*secrets+n
					masked[at] = leak.Example{Features: describe(a, a.agent, dtmf.LookAhead, k), Symbol: k.symbol, Test: test}
					open[at] = leak.Example{Features: leak.Bands(a.ivr, k.at, k.length), Symbol: k.symbol, Test: test}
				}
			}
		})
	}
	workers.Wait()
	return masked, open, errors.Join(errs...)
}

// scattered keys the number of a card, up to the last four, as people do: with gaps
// and lengths at random.
func scattered(rng *rand.Rand, transport softphone.Transport, voice []int16) script {
	const every, first = 260 * ms, 600 * ms
	p := newPlastic(rng)
	s := script{mode: mask.Strip, transport: transport}
	for i := range secretTo + 1 {
		s.keys = append(s.keys, press{p.number[i], first + i*every + rng.IntN(110*ms), (50 + rng.IntN(60)) * ms})
	}
	s.ticks = (first + (len(s.keys)+1)*every) / audio.FrameSamples
	length := s.ticks * audio.FrameSamples
	if voice == nil {
		s.voice = murmur(rng.Uint64(), 900)[:length]
	} else {
		from := rng.IntN(len(voice) - length)
		s.voice = voice[from : from+length]
	}
	return s
}

// describe is what can be told of a key from the agent's audio: which samples
// around it are not what the customer sent, and what is heard there.
func describe(a *artefacts, heard []int16, delay int, k press) []float64 {
	first, last, masked, pieces := -1, -1, 0, 0
	open := true
	for i := k.at - 60*ms; i < k.at+k.length+200*ms; i++ {
		same := i >= 0 && i+delay < len(heard) && heard[i+delay] == a.sent[i]
		if !same {
			if first < 0 {
				first = i
			}
			if open {
				pieces++
			}
			last = i
			masked++
		}
		open = same
	}
	if first < 0 {
		first, last = k.at, k.at
	}
	f := edgesOf([6]float64{float64(first - k.at), float64(last - k.at - k.length), float64(last - first), float64(masked), float64(pieces), float64(k.length)})
	return append(f, leak.Bands(heard, k.at+delay, k.length)...)
}

// edgesOf are the features that a mask's shape gives: where it begins and ends
// against the key, its length, how many samples it changed, in how many pieces, and
// the key's length.
func edgesOf(shape [6]float64) []float64 {
	f := slices.Clone(shape[:])
	for _, v := range shape[:3] { // a line through a threshold sees only one side
		f = append(f, math.Mod(v+16000, 8), math.Abs(v))
	}
	return f
}

func count(right []bool) (yes, n int) {
	for _, r := range right {
		if r {
			yes++
		}
	}
	return yes, len(right)
}

func percent(k, n int) float64 { return 100 * float64(k) / float64(max(1, n)) }
