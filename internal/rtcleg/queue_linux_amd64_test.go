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
	for what, handle := range map[string]func([]byte){
		"written": func(packet []byte) {
			_, err := q.Write(packet)
			require.NoError(t, err)
		},
		"read": func(packet []byte) {
			_, err := q.Write(packet)
			require.NoError(t, err)
			_, err = q.Read(into)
			require.NoError(t, err)
		},
	} {
		left, err := signalled.Leaves(handle)
		require.NoError(t, err)
		require.False(t, left, what)
	}
}
