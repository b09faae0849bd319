package cli

import (
	"errors"
	"fmt"

	"tonegate/internal/dtmfcmd"
	"tonegate/mixer/mask"
)

type dtmfCmd struct {
	Detect dtmfDetectCmd `cmd:"" help:"Raw 16-bit 8 kHz mono samples on stdin; a JSON line per key on stdout."`
	Mask   dtmfMaskCmd   `cmd:"" help:"Raw samples on stdin; what the agent would hear on stdout."`
}

type dtmfDetectCmd struct{}

// Run detects keys on stdin.
func (dtmfDetectCmd) Run(s *streams) error { return badInput(dtmfcmd.Detect(s.in, s.out)) }

type dtmfMaskCmd struct {
	Armed       bool   `help:"As during a capture: more suspicious."`
	Mode        string `default:"strip" enum:"strip,field,mute" help:"strip, field or mute."`
	Replacement string `default:"comfort_noise" enum:"comfort_noise,tone,silence" help:"comfort_noise, tone or silence."`
}

// Run masks stdin.
func (c *dtmfMaskCmd) Run(s *streams) error {
	p := mask.Policy{Armed: c.Armed}
	for _, m := range []mask.Mode{mask.Strip, mask.Field, mask.Mute} {
		if m.String() == c.Mode {
			p.Mode = m
		}
	}
	for _, r := range []mask.Replacement{mask.ComfortNoise, mask.Tone, mask.Silence} {
		if r.String() == c.Replacement {
			p.Replacement = r
		}
	}
	return badInput(dtmfcmd.Mask(s.in, s.out, p))
}

// badInput tells input that makes no sense from a pipe that broke.
func badInput(err error) error {
	if errors.Is(err, dtmfcmd.ErrInput) {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	return err
}
