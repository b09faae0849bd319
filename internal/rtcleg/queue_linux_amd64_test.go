package rtcleg

import (
	"testing"

	"github.com/stretchr/testify/require"

	"tonegate/internal/registers/signalled"
)

// TestQueueClearsRegisters: its two goroutines may sleep once they have written or read.
func TestQueueClearsRegisters(t *testing.T) {
	q := newQueue(alone)
	into := make([]byte, packetBytes)
	var failed error
	for what, handle := range map[string]func([]byte){
		"written": func(packet []byte) {
			if _, err := newQueue(alone).Write(packet); err != nil {
				failed = err
			}
		},
		"read": func(packet []byte) {
			if _, err := q.Write(packet); err != nil {
				failed = err
			}
			if _, err := q.Read(into); err != nil {
				failed = err
			}
		},
	} {
		left, err := signalled.Leaves(handle)
		require.NoError(t, err)
		require.NoError(t, failed)
		require.False(t, left, what)
	}
	left, err := signalled.Leaves(func(packet []byte) { copy(into, packet) })
	require.NoError(t, err)
	require.True(t, left, "the test sees nothing")
}
