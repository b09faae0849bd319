package engine

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tonegate/internal/registers/signalled"
)

// TestScrubClearsRegisters: what a phase handled last is in none.
func TestScrubClearsRegisters(t *testing.T) {
	to := make([]byte, 200)
	handle := func(packet []byte) { copy(to, packet) }
	left, err := signalled.Leaves(func(packet []byte) {
		handle(packet)
		scrub()
	})
	require.NoError(t, err)
	require.False(t, left)
	left, err = signalled.Leaves(handle)
	require.NoError(t, err)
	require.True(t, left, "the test sees nothing")
}
