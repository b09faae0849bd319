package corpus

import (
	"encoding/binary"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"tonegate/internal/audio"
)

// Clip is a recording, or many of one voice in a row.
type Clip struct {
	Name    string
	Samples []int16
}

// Hours is the clip's length.
func (c Clip) Hours() float64 { return float64(len(c.Samples)) / audio.SampleRate / 3600 }

// Material is all the recorded sound there is, by part.
type Material struct {
	Tuning, HeldOut Recordings
}

// Recordings are one part's.
type Recordings struct{ Speech, Music []Clip }

type part struct{ speech []Clip }

func (m *Material) part(heldOut bool) *part {
	if heldOut {
		return &part{m.HeldOut.Speech}
	}
	return &part{m.Tuning.Speech}
}

// excerpt returns n samples of somebody talking.
func (p *part) excerpt(rng *rand.Rand, n int) []int16 {
	x := make([]int16, n)
	c := p.speech[rng.IntN(len(p.speech))].Samples
	// A pause longer than the excerpt would be no speech: try again, not for ever.
	for range 8 {
		at := rng.IntN(max(1, len(c)-n))
		copy(x, c[at:])
		if activeLevel(x) > -40 {
			break
		}
	}
	return x
}

const (
	asterisk    = "/usr/share/asterisk"
	voiceFrames = 10 // of silence between two prompts
)

// heldOutVoice is the rule for speech: French and Russian.
func heldOutVoice(folder string) bool {
	return strings.HasPrefix(folder, "fr_") || strings.HasPrefix(folder, "ru_")
}

// notSpeech names the prompts that are signals, and the one of animals: they
// whistle, and every language comes with the same.
func notSpeech(path string) bool {
	name := filepath.Base(path)
	return strings.Contains(name, "2tone") || strings.HasPrefix(name, "beep") ||
		name == "tt-monkeys.wav" || strings.Contains(path, "/silence/")
}

// Load reads the recordings of the Debian packages asterisk-core-sounds-*-wav
// and asterisk-moh-opsound-wav.
func Load() (*Material, error) { return load(asterisk) }

func load(root string) (*Material, error) {
	m := new(Material)
	folders, err := os.ReadDir(filepath.Join(root, "sounds"))
	if err != nil {
		return nil, fmt.Errorf("%w: recorded prompts (asterisk-core-sounds-*-wav): %w", ErrNotInstalled, err)
	}
	for _, f := range folders {
		clip, err := voice(filepath.Join(root, "sounds", f.Name()))
		if err != nil {
			return nil, err
		}
		to := &m.Tuning
		if heldOutVoice(f.Name()) {
			to = &m.HeldOut
		}
		to.Speech = append(to.Speech, clip)
	}
	pieces, _ := filepath.Glob(filepath.Join(root, "moh", "*.wav"))
	slices.Sort(pieces)
	for i, path := range pieces {
		x, err := readWAV(path)
		if err != nil {
			return nil, err
		}
		to := &m.Tuning
		if i%2 == 1 {
			to = &m.HeldOut
		}
		to.Music = append(to.Music, Clip{filepath.Base(path), x})
	}
	for _, r := range []Recordings{m.Tuning, m.HeldOut} {
		if len(r.Speech) == 0 || len(r.Music) == 0 {
			return nil, fmt.Errorf("%w: speech or music is missing in %s", ErrNotInstalled, root)
		}
	}
	return m, nil
}

// voice reads all prompts of one voice in a row.
func voice(folder string) (Clip, error) {
	c := Clip{Name: filepath.Base(folder)}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(path) != ".wav" || notSpeech(path) {
			return err
		}
		x, err := readWAV(path)
		c.Samples = append(append(c.Samples, x...), make([]int16, voiceFrames*audio.FrameSamples)...)
		return err
	})
	if err != nil {
		return c, fmt.Errorf("corpus: voice %s: %w", c.Name, err)
	}
	return c, nil
}

// readWAV reads a 16-bit mono 8 kHz file.
func readWAV(path string) ([]int16, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("corpus: %w", err)
	}
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WAVE" {
		return nil, fmt.Errorf("corpus: %s is no WAV file", path)
	}
	for b = b[12:]; len(b) >= 8; {
		name, size := string(b[:4]), int(binary.LittleEndian.Uint32(b[4:]))
		body := b[8:min(len(b), 8+size)]
		switch name {
		case "fmt ":
			if len(body) < 16 || body[0] != 1 || body[2] != 1 || body[14] != 16 ||
				binary.LittleEndian.Uint32(body[4:]) != audio.SampleRate {
				return nil, fmt.Errorf("corpus: %s is not 16-bit mono PCM at 8 kHz", path)
			}
		case "data":
			x := make([]int16, len(body)/2)
			for i := range x {
				x[i] = int16(binary.LittleEndian.Uint16(body[2*i:]))
			}
			return x, nil
		}
		b = b[min(len(b), 8+size+size%2):]
	}
	return nil, fmt.Errorf("corpus: %s has no samples", path)
}
