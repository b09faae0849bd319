package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"

	"filippo.io/age"

	"tonegate/internal/audio"
	"tonegate/internal/recording"
	"tonegate/internal/wav"
)

type recordingCmd struct {
	Open recordingOpenCmd `cmd:"" help:"Open a sealed recording: sound (WAV, G.711) and timeline (JSON)."`
}

type recordingOpenCmd struct {
	Identity   string `required:"" help:"age identity file (AGE-SECRET-KEY-1…) of a recipient." placeholder:"KEY"`
	Out        string `default:"." help:"Folder for rec_….wav and rec_….json." placeholder:"DIR"`
	Conference string `help:"The conference that the recording must be of." placeholder:"conf_…"`
	Recording  string `help:"The recording that it must be; by default what the file's name says." placeholder:"rec_…"`
	File       string `arg:"" help:"The sealed recording." placeholder:"FILE.age"`
}

var namedRecording = regexp.MustCompile(`^rec_[0-9a-z]{24}`)

// Run writes what can be opened and says what is missing.
func (c *recordingOpenCmd) Run(s *streams) error {
	identities, err := readIdentities(c.Identity)
	if err != nil {
		return fmt.Errorf("%w: --identity %s: %w", errUsage, c.Identity, err)
	}
	in, err := os.Open(c.File)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer in.Close()
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return fmt.Errorf("%w: --out: %w", errUsage, err)
	}
	want := recording.Want{Recording: c.Recording, Conference: c.Conference}
	if want.Recording == "" {
		want.Recording = namedRecording.FindString(filepath.Base(c.File))
	}
	t, err := c.write(in, identities, want)
	if err != nil {
		return fmt.Errorf("%s: %w%s", c.File, err, remedy(err))
	}
	fmt.Fprintf(s.out, "%s: %s of %s, %.2f s: %s.wav and .json in %s\n",
		c.File, t.Recording, t.Conference, float64(t.Duration)/1000, t.Recording, c.Out)
	for _, f := range t.Faults {
		fmt.Fprintf(s.err, "tonegate: %s: %s\n", c.File, f)
	}
	if !t.Complete {
		return errQuiet
	}
	return nil
}

func remedy(err error) string {
	switch {
	case errors.Is(err, recording.ErrIdentity):
		return ": give the --identity of one of its recipients"
	case errors.Is(err, recording.ErrOther):
		return ": it was swapped or renamed"
	default:
		return ""
	}
}

func readIdentities(file string) ([]age.Identity, error) {
	f, err := os.Open(file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	// What the library says of a line may repeat it, and it may be a secret key.
	identities, err := age.ParseIdentities(f)
	if err != nil {
		return nil, errors.New("not an age identity file: it has lines AGE-SECRET-KEY-…, as age-keygen writes")
	}
	return identities, nil
}

// write opens in into files that only their owner can read.
func (c *recordingOpenCmd) write(in io.Reader, identities []age.Identity, want recording.Want) (*recording.Timeline, error) {
	var out *os.File
	var sound *wav.G711
	t, err := recording.Open(in, identities, want, func(i recording.Info) (w io.Writer, err error) {
		if out, err = c.create(i.Recording + ".wav"); err != nil {
			return nil, err
		}
		law := audio.MuLaw
		if i.Encoding == audio.ALaw.String() {
			law = audio.ALaw
		}
		sound, err = wav.NewG711(out, law, 2)
		return sound, err
	})
	if out != nil {
		if sound != nil {
			err = errors.Join(err, sound.Close())
		}
		err = errors.Join(err, out.Close())
	}
	if err != nil {
		return nil, err
	}
	text, err := json.MarshalIndent(t, "", "  ")
	if err != nil {
		return nil, err
	}
	side, err := c.create(t.Recording + ".json")
	if err != nil {
		return nil, err
	}
	_, err = side.Write(append(text, '\n'))
	return t, errors.Join(err, side.Close())
}

func (c *recordingOpenCmd) create(name string) (*os.File, error) {
	return os.OpenFile(filepath.Join(c.Out, name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
}
