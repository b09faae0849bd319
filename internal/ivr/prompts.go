package ivr

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"

	"tonegate/internal/wav"
)

//go:embed prompts
var embedded embed.FS

// Prompt names a recording.
type Prompt uint8

// The prompts, each with the file that holds it.
const (
	Greeting Prompt = iota
	Enter
	Again
	Cleared
	Thanks
	Failed
	Cancelled
	promptCount
)

var promptFiles = [promptCount]string{
	"greeting.wav", "enter.wav", "again.wav", "cleared.wav", "thanks.wav", "failed.wav", "cancelled.wav",
}

// Prompts are the recordings of one language, at 8 kHz.
type Prompts [promptCount][]int16

// Builtin returns the embedded English prompts.
func Builtin() (*Prompts, error) {
	sub, err := fs.Sub(embedded, "prompts/en")
	if err != nil {
		return nil, fmt.Errorf("embedded prompts: %w", err)
	}
	return Load(sub)
}

// Load reads a folder of prompts. All missing or unusable files are named in
// one error.
func Load(folder fs.FS) (*Prompts, error) {
	var p Prompts
	var faults []error
	for i, name := range promptFiles {
		f, err := folder.Open(path.Clean(name))
		if err != nil {
			faults = append(faults, fmt.Errorf("prompt %s: %w", name, err))
			continue
		}
		p[i], err = wav.Read(f)
		_ = f.Close()
		if err != nil {
			faults = append(faults, fmt.Errorf("prompt %s: %w", name, err))
		}
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return &p, nil
}
