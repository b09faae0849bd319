package cli

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"os"
	"strings"

	"tonegate/internal/audit"
	"tonegate/internal/serve"
)

type auditCmd struct {
	Verify auditVerifyCmd `cmd:"" help:"Check that nobody changed, cut or re-ordered an audit record."`
}

type auditVerifyCmd struct {
	Checkpoint string `help:"A checkpoint as it left the server by log or event, its JSON, or a file with either." placeholder:"TEXT|FILE"`
	Key        string `help:"Public key (PEM, Ed25519) that must have signed the checkpoint." placeholder:"FILE"`
	File       string `arg:"" help:"The record." placeholder:"FILE"`
}

// Run says how many lines are good, or names the first fault.
func (c *auditVerifyCmd) Run(s *streams) error {
	key, checkpoint, err := c.inputs()
	if err != nil {
		return err
	}
	f, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer f.Close()
	lines, err := audit.Verify(f, key, checkpoint)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	switch {
	case checkpoint == nil:
		_, err = fmt.Fprintf(s.out, "%s: %d lines, the chain is whole. Give --checkpoint to see that it was neither cut nor rewritten.\n", c.File, lines)
	case len(key) == 0:
		_, err = fmt.Fprintf(s.out, "%s: %d lines, the chain is whole and holds the checkpoint's %d. Give --key to see who signed it.\n", c.File, lines, checkpoint.Count)
	default:
		_, err = fmt.Fprintf(s.out, "%s: %d lines, the chain is whole and holds the %d of the signed checkpoint of %s.\n",
			c.File, lines, checkpoint.Count, checkpoint.Time.Format("2006-01-02 15:04:05 MST"))
	}
	return err
}

// inputs reads what the flags name.
func (c *auditVerifyCmd) inputs() (key ed25519.PublicKey, checkpoint *audit.Checkpoint, err error) {
	var faults []error
	if c.Key != "" {
		if key, err = serve.ReadPublicKey(c.Key); err != nil {
			faults = append(faults, fmt.Errorf("%w: --key %s: %w", errUsage, c.Key, err))
		}
		if c.Checkpoint == "" {
			faults = append(faults, fmt.Errorf("%w: --key is the key of a --checkpoint: give both", errUsage))
		}
	}
	if c.Checkpoint != "" {
		if checkpoint, err = readCheckpoint(c.Checkpoint); err != nil {
			faults = append(faults, fmt.Errorf("%w: --checkpoint: %w", errUsage, err))
		}
	}
	return key, checkpoint, errors.Join(faults...)
}

// readCheckpoint takes a checkpoint as the log and the events spell it, or as
// JSON, or a file with either.
func readCheckpoint(text string) (*audit.Checkpoint, error) {
	checkpoint, err := audit.ParseCheckpoint([]byte(text))
	if err == nil || strings.HasPrefix(strings.TrimSpace(text), "{") {
		return checkpoint, err
	}
	file, err := os.ReadFile(text)
	if err != nil {
		return nil, fmt.Errorf("neither a checkpoint nor a file with one: %w", err)
	}
	return audit.ParseCheckpoint(file)
}
