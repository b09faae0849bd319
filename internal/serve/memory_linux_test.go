package serve_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zaptest/observer"
	"golang.org/x/sys/unix"

	"tonegate/internal/securemem"
)

// TestDigitMemoryIsStated: an operator reads in the log how well the memory of
// the digits is protected, and why it is not better; and the process that
// serves cannot be dumped.
func TestDigitMemoryIsStated(t *testing.T) {
	for _, level := range []securemem.Level{securemem.None, securemem.Mlock} {
		t.Run(level.String(), func(t *testing.T) {
			cfg := valid(t)
			core, logs := observer.New(zap.DebugLevel)
			cfg.Log, cfg.DigitMemory = zap.New(core), level
			s := run(t, cfg)
			defer s.stop()
			entries := logs.FilterMessage("memory for digits has less than full protection").All()
			require.Len(t, entries, 1)
			assert.Contains(t, []string{securemem.None.String(), level.String()}, entries[0].ContextMap()["level"])
			assert.Contains(t, entries[0].ContextMap()["reason"], "the strongest level asked for")
			dumpable, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
			require.NoError(t, err)
			assert.Zero(t, dumpable)
		})
	}
}
