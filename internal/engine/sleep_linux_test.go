package engine

import (
	"sync"
	"testing"
	"time"
)

// TestSleeperWithAClockThatLags: the kernel's timer may be ready before the time
// has come by the process's clock. The sleeper then sleeps on, and not for ever.
func TestSleeperWithAClockThatLags(t *testing.T) {
	s := newSleeper()
	defer s.close()
	asked, at := 0, time.Now().Add(time.Millisecond)
	s.now = func() time.Time {
		if asked++; asked == 2 || asked == 3 {
			return at.Add(-100 * time.Microsecond)
		}
		return time.Now()
	}
	if s.until(at); time.Now().Before(at) {
		t.Error("woke early")
	}
	if asked < 4 {
		t.Errorf("it looked at the clock %d times", asked)
	}
}

// TestSleeperNeverMissesItsTimer: however short the sleep, and whoever else takes
// the kernel's news meanwhile. One that misses it sleeps for ever.
func TestSleeperNeverMissesItsTimer(t *testing.T) {
	var sleepers sync.WaitGroup
	for range 4 {
		sleepers.Go(func() {
			s := newSleeper()
			defer s.close()
			for n := range 20_000 {
				s.until(time.Now().Add(time.Duration(n%400) * 50 * time.Nanosecond))
			}
		})
	}
	sleepers.Wait()
}
