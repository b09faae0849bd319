package wav_test

import (
	"encoding/binary"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/wav"
)

// TestG711 reads the header field by field, as its specification has them.
func TestG711(t *testing.T) {
	for law, tag := range map[audio.Law]uint16{audio.MuLaw: 7, audio.ALaw: 6} {
		f, err := os.Create(filepath.Join(t.TempDir(), "x.wav"))
		require.NoError(t, err)
		w, err := wav.NewG711(f, law, 2)
		require.NoError(t, err)
		for range 3 {
			_, err = w.Write([]byte{1, 2, 3, 4})
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		_, err = f.Seek(0, io.SeekStart)
		require.NoError(t, err)
		b, err := io.ReadAll(f)
		require.NoError(t, err)
		require.NoError(t, f.Close())
		le := binary.LittleEndian
		assert.Equal(t, []any{
			"RIFF", uint32(len(b) - 8), "WAVEfmt ", uint32(18), tag, uint16(2), uint32(8000), uint32(16000), uint16(2), uint16(8), uint16(0),
			"fact", uint32(4), uint32(6), "data", uint32(12), "\x01\x02\x03\x04\x01\x02\x03\x04\x01\x02\x03\x04",
		}, []any{
			string(b[:4]), le.Uint32(b[4:]), string(b[8:16]), le.Uint32(b[16:]), le.Uint16(b[20:]), le.Uint16(b[22:]), le.Uint32(b[24:]),
			le.Uint32(b[28:]), le.Uint16(b[32:]), le.Uint16(b[34:]), le.Uint16(b[36:]),
			string(b[38:42]), le.Uint32(b[42:]), le.Uint32(b[46:]), string(b[50:54]), le.Uint32(b[54:]), string(b[58:]),
		})
	}
}
