package cli

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"tonegate/internal/demo"
	"tonegate/internal/wav"
)

type demoCmd struct {
	Digits    string `help:"Keys to press: 1 to 40 of 0-9 * # A-D. Default 4111111111111111#, or none with --customer." placeholder:"KEYS"`
	Transport string `default:"both" help:"How they travel: event, inband or both."`
	Customer  string `help:"What the customer says: 8, 16 or 48 kHz mono 16-bit WAV, sent as it is." placeholder:"FILE.wav"`
	Record    bool   `help:"Record the call too, sealed to a key that is written beside it."`
	MediaPath string `help:"The server's media path: fast (Linux; the default there) or portable." placeholder:"PATH"`
	Out       string `default:"out" help:"Folder for audio, spectrograms and report." placeholder:"DIR"`
}

// Run runs the demonstration call.
func (c *demoCmd) Run(ctx context.Context, s *streams) error {
	o := demo.Options{Digits: c.Digits, Transport: c.Transport, Out: c.Out, MediaPath: c.MediaPath, Record: c.Record, Progress: s.out, Version: version()}
	if c.Customer != "" {
		f, err := os.Open(c.Customer)
		if err != nil {
			return fmt.Errorf("%w: --customer: %w", errUsage, err)
		}
		defer f.Close()
		if o.Customer, err = wav.Read(f); err != nil {
			return fmt.Errorf("%w: --customer %s: %w", errUsage, c.Customer, err)
		}
	} else if o.Digits == "" {
		o.Digits = "4111111111111111#"
	}
	fmt.Fprintln(s.out, "\nTonegate demonstration: one call, a customer who keys a card number, an agent, an IVR.")
	fmt.Fprintln(s.out)
	r, err := demo.Run(ctx, o)
	if errors.Is(err, demo.ErrOptions) {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	if err != nil {
		return err
	}
	r.Print(s.out)
	fmt.Fprintf(s.out, "\n  Listen and look: %s, %s, %s\n\n", filepath.Join(c.Out, "agent.wav"),
		filepath.Join(c.Out, "agent.png"), filepath.Join(c.Out, "ivr.png"))
	if r.Recording != nil {
		fmt.Fprintf(s.out, "  Open the recording: tonegate recording open --identity %s --out %s %s\n\n",
			filepath.Join(c.Out, r.Recording.Identity), c.Out, filepath.Join(c.Out, r.Recording.File))
	}
	if !r.Passed {
		return errQuiet
	}
	return nil
}
