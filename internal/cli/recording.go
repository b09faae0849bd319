package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"filippo.io/age"

	"tonegate/internal/audio"
	"tonegate/internal/recording"
	"tonegate/internal/wav"
)

type recordingCmd struct {
	Open recordingOpenCmd `cmd:"" help:"Open a sealed recording: sound (WAV, G.711) and timeline (JSON)."`
}

type recordingOpenCmd struct {
	Identity   string   `required:"" help:"age identity file (AGE-SECRET-KEY-1…) of a recipient." placeholder:"KEY"`
	Out        string   `default:"." help:"Folder for rec_….wav and rec_….json." placeholder:"DIR"`
	Conference string   `help:"The conference that the recording must be of." placeholder:"conf_…"`
	Recording  string   `help:"The recording that it must be; by default what the file's name says." placeholder:"rec_…"`
	SHA256     string   `name:"sha256" help:"The file's SHA-256, as the server told it; another file is refused." placeholder:"HEX"`
	Files      []string `arg:"" name:"file" help:"The sealed recordings." placeholder:"FILE.age"`
}

var (
	namedRecording = regexp.MustCompile(`^rec_[0-9a-z]{24}`)
	hexSum         = regexp.MustCompile(`^([0-9a-fA-F]{64})?$`)
)

// Run writes what can be opened and says what is missing.
func (c *recordingOpenCmd) Run(s *streams) error {
	identities, err := readIdentities(c.Identity)
	if err != nil {
		return fmt.Errorf("%w: --identity %s: %w", errUsage, c.Identity, err)
	}
	switch {
	case len(c.Files) > 1 && c.Recording+c.SHA256 != "":
		return fmt.Errorf("%w: --recording and --sha256 are one file's: open it alone", errUsage)
	case !hexSum.MatchString(c.SHA256):
		return fmt.Errorf("%w: --sha256: 64 hexadecimal digits", errUsage)
	}
	if err := os.MkdirAll(c.Out, 0o700); err != nil {
		return fmt.Errorf("%w: --out: %w", errUsage, err)
	}
	if len(c.Files) == 1 {
		return c.open(s, identities, c.Files[0])
	}
	failed := false
	for _, file := range c.Files {
		err := c.open(s, identities, file)
		if err != nil && !errors.Is(err, errQuiet) {
			fmt.Fprintf(s.err, "tonegate: %v\n", err)
		}
		failed = failed || err != nil
	}
	if failed {
		return errQuiet
	}
	return nil
}

// open opens one file.
func (c *recordingOpenCmd) open(s *streams, identities []age.Identity, file string) error {
	in, err := os.Open(file)
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer in.Close()
	if c.SHA256 != "" {
		_, sum, err := recording.Sum(file)
		if err != nil {
			return err
		}
		if !strings.EqualFold(sum, c.SHA256) {
			return fmt.Errorf("%s: its SHA-256 is %s: it was altered or made up; without --sha256 what opens is written", file, sum)
		}
	}
	want := recording.Want{Recording: c.Recording, Conference: c.Conference}
	if want.Recording == "" {
		want.Recording = namedRecording.FindString(filepath.Base(file))
	}
	t, err := c.write(in, identities, want)
	if err != nil {
		return fmt.Errorf("%s: %w%s", file, err, remedy(err))
	}
	fmt.Fprintf(s.out, "%s: %s of %s, %.2f s: %s.wav and .json in %s\n",
		file, t.Recording, t.Conference, float64(t.Duration)/1000, t.Recording, c.Out)
	for _, f := range t.Faults {
		fmt.Fprintf(s.err, "tonegate: %s: %s\n", file, f)
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
	f, err := os.OpenFile(filepath.Join(c.Out, name), os.O_RDWR|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return nil, err
	}
	// One that stood there keeps its own mode.
	if err := f.Chmod(0o600); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return f, nil
}
