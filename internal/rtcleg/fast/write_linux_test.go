package fast

import (
	"bytes"
	"errors"
	"testing"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tonegate/internal/rtcleg/fast/gcm"
)

// TestWrite: what is written is what the library writes, and what has no room is not.
func TestWrite(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := rtp.Header{
			Version: 2, Marker: rapid.Bool().Draw(t, "marker"), PayloadType: rapid.Uint8Range(0, 127).Draw(t, "type"),
			SequenceNumber: rapid.Uint16().Draw(t, "sequence"), Timestamp: rapid.Uint32().Draw(t, "timestamp"), SSRC: rapid.Uint32().Draw(t, "source"),
		}
		if rapid.IntRange(0, 3).Draw(t, "sources") == 0 {
			h.CSRC = []uint32{1, 2}
		}
		if rapid.IntRange(0, 3).Draw(t, "extension") == 0 {
			require.NoError(t, h.SetExtension(1, []byte{1, 2, 3}))
		}
		payload := rapid.SliceOfN(rapid.Byte(), 0, 200).Draw(t, "payload")
		raw, err := h.Marshal()
		require.NoError(t, err)
		wanted := append(raw, payload...)
		into := make([]byte, 0, rapid.IntRange(0, 300).Draw(t, "room"))
		got, err := write(into, &h, payload)
		if cap(into) < len(wanted)+gcm.Overhead {
			require.True(t, errors.Is(err, errTooLong), "%v", err)
			return
		}
		require.NoError(t, err)
		require.True(t, bytes.Equal(wanted, got), "%x, not %x", got, wanted)
	})
}
