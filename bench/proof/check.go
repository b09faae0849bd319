package proof

import (
	"fmt"
	"slices"
)

// Check is one thing that was looked at.
type Check struct {
	Name   string   `json:"name"`
	Passed bool     `json:"passed"`
	Tried  int      `json:"tried"` // comparisons, strokes, dumps or bytes: Figure says which
	Figure string   `json:"figure,omitempty"`
	Faults []string `json:"faults,omitempty"`
}

func (c *Check) fault(format string, args ...any) {
	if f := fmt.Sprintf(format, args...); !slices.Contains(c.Faults, f) {
		c.Faults = append(c.Faults, f)
	}
}

// done concludes: what was never tried has proved nothing.
func (c *Check) done() Check {
	if c.Tried == 0 {
		c.fault("nothing was tried")
	}
	c.Passed = len(c.Faults) == 0
	return *c
}
