package proof

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/rand/v2"

	"tonegate/bench/listen"
	"tonegate/dtmf"
	"tonegate/internal/softphone"
	"tonegate/internal/spectrogram"
	"tonegate/mixer/mask"
)

// scores has the matched-filter listener, who knows when each key was pressed,
// name the keys from the agent's audio and, as a control, from the IVR's.
func scores(seed uint64) ([]Check, []Picture, error) {
	ear := listen.New(seed)
	calibration := Check{Name: "control: the listener is not deaf", Tried: 1}
	heard, err := ear.Calibrate()
	if err != nil {
		calibration.fault("%v", err)
	}
	calibration.Figure = fmt.Sprintf("it reads %.1f %% of tones of 2 ms at 20 dB and %.1f %% of tones 50 dB down", 100*heard.Short, 100*heard.Faint)
	checks := []Check{calibration.done()}
	speech, err := talk()
	if err != nil {
		return nil, nil, err
	}
	var pictures []Picture
	rng := rand.New(rand.NewPCG(seed, 0x115))
	for _, mode := range []mask.Mode{mask.Strip, mask.Field} {
		s := enter(newPlastic(rng), mode, softphone.InBand, scatter(rng), speech)
		a, err := play(s)
		if err != nil {
			return nil, nil, err
		}
		var strokes []listen.Stroke
		for _, k := range s.keys {
			strokes = append(strokes, listen.Stroke{Symbol: k.symbol, Onset: k.at + dtmf.LookAhead, Duration: k.length})
		}
		agent, control := ear.Read(a.agent, strokes), ear.Read(a.ivr, strokes)
		c := Check{Name: "a listener who knows when each key was pressed: " + mode.String(), Tried: agent.Strokes}
		c.Figure = fmt.Sprintf("of %d keys: %d named from the agent's audio, %d guessed (%.1f by chance, p = %.2g); from the IVR's: %d named",
			agent.Strokes, agent.Named, agent.Correct, agent.Chance, agent.Permuted(seed), control.Named)
		if agent.Named > 0 || agent.Permuted(seed) < never {
			c.fault("it reads keys")
		}
		if control.Named < agent.Strokes*9/10 {
			c.fault("it cannot read what the IVR hears either")
		}
		checks = append(checks, c.done())
		for _, p := range []struct {
			who     string
			samples []int16
		}{{"the IVR", a.ivr}, {"the agent", a.agent}} {
			png, err := draw(fmt.Sprintf("What %s hears, mode %s", p.who, mode), p.samples)
			if err != nil {
				return nil, nil, err
			}
			pictures = append(pictures, png)
		}
	}
	return checks, pictures, nil
}

// scatter presses each key of a card somewhere in its 500 ms.
func scatter(rng *rand.Rand) timing {
	t := steady(sum(fieldsKeys))
	for i := range t {
		t[i].at += rng.IntN(200 * ms)
	}
	return t
}

// Picture is a spectrogram as PNG.
type Picture struct {
	Title string
	PNG   []byte
}

func draw(title string, samples []int16) (Picture, error) {
	var b bytes.Buffer
	err := spectrogram.Write(&b, samples, spectrogram.Options{Title: title + " (dotted: the DTMF frequencies)", Marks: pitches[:]})
	return Picture{title, b.Bytes()}, err
}

func pcm(samples []int16) []byte {
	b := make([]byte, 0, 2*len(samples))
	for _, v := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}
