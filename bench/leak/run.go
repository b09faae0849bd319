package leak

import (
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"sync/atomic"

	"tonegate/bench/corpus"
	"tonegate/bench/independent"
	"tonegate/bench/listen"
	"tonegate/mixer/mask"
)

// Plan is what to measure.
type Plan struct {
	Seed     uint64
	Tones    int // per family
	Families []corpus.Family
	Delays   []float64 // ms, for the curve
	Workers  int
	// Stretches limits how many stretches of each recording are listened to;
	// zero is all.
	Stretches int
	Progress  io.Writer
}

// variant is one column of the leak: armed or not, at one delay.
type variant struct {
	Armed bool
	Delay float64
}

// variants starts with the gate's own delay, armed and not.
func (p *Plan) variants() []variant {
	const own = float64(fullReach) / ms
	out := []variant{{true, own}, {false, own}}
	for _, armed := range []bool{true, false} {
		for _, d := range p.Delays {
			if d < own && d >= 0 {
				out = append(out, variant{armed, d})
			}
		}
	}
	return out
}

// outcome is what one item gave.
type outcome struct {
	err      error
	heldOut  bool
	pressed  []corpus.Stroke
	strokes  [][]heardStroke // by variant
	ours     Tally
	spandsp  Tally
	altered  int
	returns  []int // samples until the voice returned, per stroke that tells
	examples [modeCount][]example
}

// bench measures; its fields are read-only while it does.
type bench struct {
	plan     Plan
	corpus   *corpus.Generator
	material *corpus.Material
	spandsp  *independent.Spandsp // nil if not installed
	variants []variant
	done     atomic.Int64
	total    int64
	mu       sync.Mutex
}

// itemsPerJob is how many items share a process of spandsp.
const itemsPerJob = 8

// items measures all items of all families, by family.
func (b *bench) items(ctx context.Context) ([][]outcome, error) {
	type job struct{ family, from, to int }
	out := make([][]outcome, len(b.plan.Families))
	var jobs []job
	for i, f := range b.plan.Families {
		n := (b.plan.Tones + f.Strokes - 1) / f.Strokes
		out[i] = make([]outcome, n)
		b.total += int64(n)
		for at := 0; at < n; at += itemsPerJob {
			jobs = append(jobs, job{i, at, min(n, at+itemsPerJob)})
		}
	}
	err := b.parallel(len(jobs), func(k int, e *examiner) error {
		j := jobs[k]
		return b.family(ctx, e, b.plan.Families[j.family], j.from, out[j.family][j.from:j.to])
	})
	return out, err
}

// parallel calls f for 0…n-1, each worker with an examiner of its own.
func (b *bench) parallel(n int, f func(i int, e *examiner) error) error {
	var next atomic.Int64
	errs := make([]error, b.plan.Workers)
	var wg sync.WaitGroup
	for w := range b.plan.Workers {
		wg.Go(func() {
			e := &examiner{listen.New(1)}
			for errs[w] == nil {
				i := int(next.Add(1)) - 1
				if i >= n {
					return
				}
				errs[w] = f(i, e)
			}
		})
	}
	wg.Wait()
	return errors.Join(errs...)
}

// family measures a few items of one family.
func (b *bench) family(ctx context.Context, e *examiner, f corpus.Family, from int, out []outcome) error {
	var recordings [][]int16
	var strokes [][]corpus.Stroke
	for i := range out {
		item, err := b.corpus.Make(ctx, f, from+i)
		if errors.Is(err, independent.ErrNoCodec) || errors.Is(err, corpus.ErrNotInstalled) {
			out[i].err = err // this family's failure, not the run's
			continue
		}
		if err != nil {
			return err
		}
		out[i] = b.item(e, item)
		recordings, strokes = append(recordings, item.Samples), append(strokes, item.Strokes)
		b.progress(b.done.Add(1), f.Name)
	}
	if b.spandsp == nil || len(recordings) == 0 {
		return nil
	}
	keys, err := b.spandsp.ReadMany(ctx, recordings)
	if err != nil {
		return fmt.Errorf("spandsp: %w", err)
	}
	k := 0
	for i := range out {
		if out[i].err == nil {
			out[i].spandsp = tally(strokes[k], keys[k])
			k++
		}
	}
	return nil
}

// item measures one item in every variant.
func (b *bench) item(e *examiner, item *corpus.Item) outcome {
	o := outcome{heldOut: item.HeldOut, pressed: item.Strokes, strokes: make([][]heardStroke, len(b.variants))}
	var last *corpus.Item // what the next three are of
	var tone, perfect []bool
	var floor []listen.Scoped
	for _, armed := range []bool{true, false} {
		settings, at := b.settings(armed)
		played, passages, keys := hearItem(item, settings)
		if played != last {
			last, tone = played, carrying(played)
			perfect = oracle(played, tone)
			floor = e.guesses(played, perfect, func(int) bool { return true })
		}
		item := played
		for i, p := range passages {
			o.altered += p.altered
			if at[i] >= 0 {
				o.strokes[at[i]] = e.examine(item, p.open, tone, perfect, floor, at[i] < 2)
			}
		}
		mode := stripUnarmed
		if armed {
			mode = stripArmed
			o.ours = tally(item.Strokes, keys)
			o.returns = returns(item, passages[0].open, tone)
			o.examples[fieldArmed] = examples(item, passages[len(passages)-1].open, item.Strokes)
		}
		o.examples[mode] = examples(item, passages[0].open, item.Strokes)
		o.examples[oracleMask] = examples(item, perfect, item.Strokes)
	}
	return o
}

// settings are the gates that one detector feeds: the variants, whose indices
// it returns, and when armed one more in field mode.
func (b *bench) settings(armed bool) (s []setting, at []int) {
	for i, v := range b.variants {
		if v.Armed == armed {
			s = append(s, setting{mask.Strip, armed, int(v.Delay * ms)})
			at = append(at, i)
		}
	}
	if armed {
		s, at = append(s, setting{mask.Field, true, fullReach}), append(at, -1)
	}
	return s, at
}

// returns is how long after each stroke the agent hears the customer again:
// how long the mask outlasts the last sample that carries the tone.
func returns(item *corpus.Item, open, tone []bool) []int {
	var out []int
	for k, s := range item.Strokes {
		end, limit := s.End(), until(item, k)
		if limit-end < searched/2 || item.Smeared {
			continue // the next key comes too soon, or nobody knows when it ended
		}
		for i := end; i < limit; i++ {
			if tone[i] {
				end = i + 1
			}
		}
		i := end
		for i < limit && !open[i] {
			i++
		}
		out = append(out, i-end)
	}
	return out
}

func (b *bench) progress(done int64, family string) {
	if b.plan.Progress == nil || done%25 != 0 && done != b.total {
		return
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	fmt.Fprintf(b.plan.Progress, "\r%4d of %d items, %-16s", done, b.total, family)
}

// sounds measures the stretches without tones, armed and not, by kind and part.
func (b *bench) sounds(ctx context.Context) (map[string]*[2]Damage, error) {
	all := stretches(b.material, b.plan.Stretches)
	each := make([][2]Damage, len(all))
	err := b.parallel(len(all), func(i int, _ *examiner) error {
		for k, armed := range []bool{true, false} {
			each[i][k] = damage(all[i], armed)
		}
		if b.spandsp == nil {
			return nil
		}
		keys, err := b.spandsp.ReadMany(ctx, [][]int16{all[i].samples})
		if err != nil {
			return fmt.Errorf("spandsp: %w", err)
		}
		each[i][0].Spandsp, each[i][1].Spandsp = len(keys[0]), len(keys[0])
		return nil
	})
	out := map[string]*[2]Damage{}
	for i, s := range all {
		name := s.kind + ", " + s.part
		if out[name] == nil {
			out[name] = new([2]Damage)
		}
		for k := range each[i] {
			out[name][k].add(each[i][k])
		}
	}
	return out, err
}
