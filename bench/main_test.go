package main

import "testing"

func TestBadCommandLine(t *testing.T) {
	for _, args := range [][]string{nil, {"nonsense"}, {"leak", "--tones"}} {
		if got := run(args); got != 2 {
			t.Errorf("%q: exit status %d", args, got)
		}
	}
	if got := run([]string{"leak", "--families", "nonsense"}); got != 1 {
		t.Errorf("an unknown family: exit status %d", got)
	}
}
