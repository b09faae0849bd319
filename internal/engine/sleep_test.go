package engine

import (
	"testing"
	"time"
)

// TestSleeper: it is never early, has nothing to wait for in the past, and
// allocates nothing.
func TestSleeper(t *testing.T) {
	s := newSleeper()
	defer s.close()
	s.until(time.Now().Add(-time.Hour))
	if n := testing.AllocsPerRun(20, func() {
		at := time.Now().Add(300 * time.Microsecond)
		if s.until(at); time.Now().Before(at) {
			t.Error("woke early")
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}
