package proof

import (
	"testing"
)

func TestInterference(t *testing.T) {
	checks, err := interference(t.Context(), 1, 1)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if !c.Passed {
			t.Errorf("%s: %v", c.Name, c.Faults)
		}
	}
}
