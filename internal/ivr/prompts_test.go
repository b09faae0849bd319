package ivr_test

import (
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/ivr"
)

func TestBuiltinPrompts(t *testing.T) {
	p, err := ivr.Builtin()
	require.NoError(t, err)
	for i, samples := range p {
		seconds := float64(len(samples)) / audio.SampleRate
		assert.Truef(t, seconds > 0.3 && seconds < 15, "prompt %s lasts %.1f s", names[i], seconds)
	}
}

// TestLoadNamesAllFaults: a translator fixes all files in one go.
func TestLoadNamesAllFaults(t *testing.T) {
	_, err := ivr.Load(fstest.MapFS{"greeting.wav": {Data: []byte("RIFF")}})
	require.Error(t, err)
	for _, name := range names {
		assert.ErrorContains(t, err, "prompt "+name+".wav")
	}
}
