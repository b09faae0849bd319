package serve

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tonegate/dtmf"
	"tonegate/internal/ivr"
)

// TestAllCallsCanCapture: there is memory for as many entries as the calls that are
// allowed can ask for at once.
func TestAllCallsCanCapture(t *testing.T) {
	for calls, want := range map[int]int{0: 2000, 1: 1, 2000: 2000, 8000: 8000} {
		cfg := Config{MaxCalls: calls}
		arena := dtmf.NewArena(make([]byte, cfg.arenaBytes()))
		entries := 0
		for {
			if _, err := arena.New(); err != nil {
				break
			}
			entries++
		}
		assert.Equal(t, want*ivr.MaxFields, entries, "%d calls", calls)
	}
}
