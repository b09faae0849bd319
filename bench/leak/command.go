package leak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"

	"tonegate/bench/corpus"
	"tonegate/bench/independent"
	"tonegate/bench/listen"
)

// ErrMissed says that the measurement was made and a target missed.
var ErrMissed = errors.New("leak: targets missed")

// Command is `bench leak`.
type Command struct {
	Seed     uint64    `help:"Seed of the corpus." default:"1"`
	Tones    int       `help:"Tones per family." default:"400"`
	Families []string  `help:"Only these families."`
	Out      string    `help:"Folder for the report as JSON and its plots." type:"path" placeholder:"DIR"`
	Delays   []float64 `help:"Delays of the curve in ms, up to the gate's own." default:"0,2.5,5,7.5,10"`
	Quick    bool      `help:"A tenth of the tones and a few minutes of speech: to see that it works."`
	Workers  int       `help:"Parallel workers; the result does not depend on them." placeholder:"N"`
}

// Run measures, prints and writes the report.
func (c *Command) Run(ctx context.Context, out, progress io.Writer) error {
	families, err := corpus.Find(c.Families)
	if err != nil {
		return err
	}
	p := Plan{
		Seed: c.Seed, Tones: c.Tones, Families: families, Delays: c.Delays,
		Workers: c.Workers, Progress: progress,
	}
	if p.Workers <= 0 {
		p.Workers = runtime.GOMAXPROCS(0)
	}
	if c.Quick {
		p.Tones, p.Stretches = max(8, p.Tones/10), 1
	}
	material, err := corpus.Load()
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "tonegate-bench-")
	if err != nil {
		return fmt.Errorf("leak: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	codecs := independent.BuildCodecs(ctx, folder)
	spandsp, err := independent.BuildSpandsp(ctx, folder)
	if err != nil {
		fmt.Fprintf(progress, "no figures of spandsp's: %v\n", err)
	}
	ear, err := listen.New(p.Seed).Calibrate()
	if err != nil {
		return fmt.Errorf("leak: a deaf listener proves nothing: %w", err)
	}
	r, err := Measure(ctx, p, material, codecs, spandsp)
	if err != nil {
		return err
	}
	r.Ear = ear
	r.Print(out)
	if c.Out != "" {
		if err := r.Write(c.Out); err != nil {
			return err
		}
	}
	if n := len(r.Missed()); n > 0 {
		return fmt.Errorf("%w: %d of %d", ErrMissed, n, len(r.Checks))
	}
	return nil
}

// Measure does everything that the plan says. Codecs and spandsp may be nil:
// the families that need codecs then fail, and spandsp's columns stay empty.
// The caller calibrates the listener; they are all alike.
func Measure(ctx context.Context, p Plan, m *corpus.Material, codecs *independent.Codecs, spandsp *independent.Spandsp) (*Result, error) {
	b := &bench{plan: p, corpus: corpus.NewGenerator(p.Seed, m, codecs), material: m, spandsp: spandsp}
	b.variants = p.variants()
	r := &Result{Seed: p.Seed, Tones: p.Tones, Variants: b.variants, Spandsp: spandsp != nil}
	outcomes, err := b.items(ctx)
	if err != nil {
		return nil, err
	}
	b.summarise(r, outcomes)
	if p.Progress != nil {
		fmt.Fprintf(p.Progress, "\rspeech and music %30s\n", "")
	}
	if r.Sounds, err = b.sounds(ctx); err != nil {
		return nil, err
	}
	r.check()
	return r, nil
}
