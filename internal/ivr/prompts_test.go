package ivr_test

import (
	"os"
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
		assert.Truef(t, seconds > 0.3 && seconds < 15, "prompt %s lasts %.1f s", ivr.Prompt(i), seconds)
	}
}

// TestLoadNamesAllFaults: a translator fixes all files in one go.
func TestLoadNamesAllFaults(t *testing.T) {
	_, err := ivr.Load(fstest.MapFS{"greeting.wav": {Data: []byte("RIFF")}})
	require.Error(t, err)
	for i := range new(ivr.Prompts) {
		assert.ErrorContains(t, err, "prompt "+ivr.Prompt(i).String()+".wav")
	}
}

// TestLanguagesByFolder: each folder that is named like a language is one, and
// the faults of all are named.
func TestLanguagesByFolder(t *testing.T) {
	all, err := ivr.BuiltinLanguages()
	require.NoError(t, err)
	assert.Contains(t, all, "en")

	folder := fstest.MapFS{"README": {}, "not a language/x": {}}
	for i := range new(ivr.Prompts) {
		name := ivr.Prompt(i).String() + ".wav"
		data, err := os.ReadFile("prompts/en/" + name)
		require.NoError(t, err)
		folder["de/"+name] = &fstest.MapFile{Data: data}
		folder["pt-BR/"+name] = &fstest.MapFile{Data: data}
	}
	all, err = ivr.LoadLanguages(folder)
	require.NoError(t, err)
	assert.Len(t, all, 2)

	delete(folder, "de/accepted.wav")
	folder["fr/enter.wav"] = &fstest.MapFile{}
	_, err = ivr.LoadLanguages(folder)
	for _, fault := range []string{"language de", "accepted.wav", "language fr"} {
		assert.ErrorContains(t, err, fault)
	}
	_, err = ivr.LoadLanguages(fstest.MapFS{"README": {}})
	assert.ErrorContains(t, err, "no folder of a language")
}
