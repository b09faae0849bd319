package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"tonegate/bench/program"
	"tonegate/internal/securemem"
)

// ErrRed says that the proof was made and something is not as promised.
var ErrRed = errors.New("proof: red")

// Command is `bench proof`.
type Command struct {
	Seed     uint64   `help:"Seed of cards, timings and voices." default:"1"`
	Runs     int      `help:"Payments by events and by tones, on each level of memory." default:"2"`
	Pairs    int      `help:"Pairs of calls for each mode, transport and voice." default:"1"`
	Timings  int      `help:"Timings of the classifier." default:"200"`
	Memory   []string `help:"Levels of the digits' memory to prove." enum:"memfd_secret,mlock,none" default:"memfd_secret,none"`
	Out      string   `help:"Folder for evidence.html and evidence.json." type:"path" placeholder:"DIR"`
	Sabotage string   `help:"Break the gate, the redactor or the wipe on purpose, to see this go red." enum:",gate,redactor,wipe" default:"" placeholder:"WHAT"`
	Part     []string `help:"Only these parts: core (calls without a clock), canary (real calls, files and memory), log (the log's net)." enum:"core,canary,log" default:"core,canary,log"`
}

// sabotages are what a break needs: the build tags, the part of the proof that
// must notice, and by which check.
var sabotages = map[string]struct {
	tags       []string
	part, want string
}{
	"gate":     {[]string{"sabotage_gate"}, "core", "two cards, one timing: strip, inband"},
	"redactor": {[]string{"sabotage_redactor"}, "log", "a careless line that logs the card"},
	"wipe":     {[]string{"sabotage_wipe"}, "canary", "memory a second after the outcome: the number"},
}

// Run proves, prints and writes the evidence.
func (c *Command) Run(ctx context.Context, out, progress io.Writer) error {
	if c.Runs < 1 || c.Pairs < 1 || c.Timings < 8 {
		return errors.New("proof: --runs and --pairs want 1 or more, --timings 8")
	}
	folder, err := os.MkdirTemp("", "tonegate-proof-")
	if err != nil {
		return fmt.Errorf("proof: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	var tags []string
	if c.Sabotage != "" {
		broken := sabotages[c.Sabotage]
		if tags = broken.tags; broken.part == "core" {
			return c.elsewhere(ctx, folder, tags, out, progress)
		}
		c.Part = []string{broken.part}
	}
	r, err := c.prove(ctx, folder, tags, func(format string, a ...any) { fmt.Fprintf(progress, format+"\n", a...) })
	if err != nil {
		return fmt.Errorf("proof: %w", err)
	}
	r.print(out)
	if c.Out != "" {
		if err := r.write(c.Out); err != nil {
			return err
		}
	}
	return c.verdict(r)
}

// verdict is red for any check that failed. A sabotage must be noticed by the
// check that is meant to.
func (c *Command) verdict(r *Result) error {
	if n := len(r.red()); n > 0 && c.Sabotage == "" {
		return fmt.Errorf("%w: %d of %d checks", ErrRed, n, len(r.Checks))
	}
	if c.Sabotage == "" {
		return nil
	}
	for _, check := range r.red() {
		if strings.Contains(check.Name, sabotages[c.Sabotage].want) {
			return fmt.Errorf("%w: %d of %d checks: the sabotage of the %s was noticed", ErrRed, len(r.red()), len(r.Checks), c.Sabotage)
		}
	}
	return fmt.Errorf("%w: the sabotage of the %s was NOT noticed by the check that is meant to", ErrRed, c.Sabotage)
}

// elsewhere builds this very program with the tags, since the core runs inside of
// it, and has that do the core's part.
func (c *Command) elsewhere(ctx context.Context, folder string, tags []string, out, progress io.Writer) error {
	file, err := program.Build(ctx, folder, "./bench", tags...)
	if err != nil {
		return err
	}
	evidence := filepath.Join(folder, "evidence")
	cmd := exec.CommandContext(ctx, file, "proof", "--part", "core", "--seed", fmt.Sprint(c.Seed), "--timings", "20", "--out", evidence)
	cmd.Stdout, cmd.Stderr = out, progress
	ended := cmd.Run()
	var exit *exec.ExitError
	if ended != nil && !errors.As(ended, &exit) {
		return fmt.Errorf("proof: run the sabotaged program: %w", ended)
	}
	var r Result
	data, err := os.ReadFile(filepath.Join(evidence, "evidence.json"))
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return fmt.Errorf("proof: what the sabotaged program found: %w", errors.Join(ended, err))
	}
	return c.verdict(&r)
}

// prove does the parts that are wanted.
func (c *Command) prove(ctx context.Context, folder string, tags []string, say func(string, ...any)) (*Result, error) {
	r := c.result(ctx)
	add := func(checks []Check, err error) error {
		r.Checks = append(r.Checks, checks...)
		return err
	}
	one := func(check Check, err error) error { return add([]Check{check}, err) }
	rng := rand.New(rand.NewPCG(c.Seed, uint64(time.Now().UnixNano()))) // a canary is used once
	for _, part := range c.Part {
		var err error
		switch part {
		case "core":
			err = c.core(ctx, r, say)
		case "canary":
			var file string
			if file, err = program.Build(ctx, folder, ".", tags...); err != nil {
				return nil, err
			}
			others := otherwise()
			if c.Sabotage != "" {
				others = nil
			}
			err = add(canary(ctx, file, folder, c.levels(), c.Runs, others, rng, say))
			if err == nil && c.Sabotage == "" {
				err = one(echo(ctx, file, folder, rng))
			}
		case "log":
			var file string
			if file, err = program.Build(ctx, folder, ".", append([]string{"sabotage_log"}, tags...)...); err != nil {
				return nil, err
			}
			err = one(logNet(ctx, file, folder, rng))
		}
		if err != nil {
			return nil, err
		}
		say("%s: done", part)
	}
	r.Took = time.Since(r.At).Round(time.Second).String()
	return r, nil
}

// core is all that needs no clock and no network.
func (c *Command) core(ctx context.Context, r *Result, say func(string, ...any)) error {
	r.Checks = append(r.Checks, calibrate(c.Seed))
	checks, err := interference(ctx, c.Seed, c.Pairs)
	if err != nil {
		return err
	}
	r.Checks = append(r.Checks, checks...)
	say("%d comparisons of two cards", len(checks))
	if checks, err = edges(ctx, c.Seed, 10); err != nil {
		return err
	}
	r.Checks = append(r.Checks, checks...)
	if checks, err = classify(ctx, c.Seed, c.Timings); err != nil {
		return err
	}
	r.Checks = append(r.Checks, checks...)
	say("%d timings classified", c.Timings)
	checks, r.Pictures, err = scores(c.Seed)
	r.Checks = append(r.Checks, checks...)
	return err
}

func (c *Command) levels() (out []securemem.Level) {
	for l := securemem.MemfdSecret; l >= securemem.None; l-- {
		for _, name := range c.Memory {
			if l.String() == name {
				out = append(out, l)
			}
		}
	}
	return out
}

func (c *Command) result(ctx context.Context) *Result {
	commit, _ := exec.CommandContext(ctx, "git", "describe", "--always", "--dirty", "--abbrev=12").Output()
	kernel, _ := os.ReadFile("/proc/sys/kernel/osrelease")
	return &Result{
		At: time.Now().UTC().Truncate(time.Second), Seed: c.Seed, Runs: c.Runs, Memory: c.Memory, Parts: c.Part, Sabotage: c.Sabotage,
		Commit: strings.TrimSpace(string(commit)), Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
		Kernel: strings.TrimSpace(string(kernel)), Ignored: ignored, Unmeant: unmeant, WhileEntering: whileEntering,
	}
}
