package leak

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Print writes the tables.
func (r *Result) Print(w io.Writer) {
	fmt.Fprintf(w, "Seed %d, %d tones per family. Listener: %.1f %% of 2 ms tones, %.1f %% of tones 50 dB down.\n",
		r.Seed, r.Tones, 100*r.Ear.Short, 100*r.Ear.Faint)
	r.printLeaks(w)
	r.printCurve(w)
	r.printTrained(w)
	r.printDetection(w)
	r.printSounds(w)
	r.printChecks(w)
}

func table(w io.Writer, f func(t *tabwriter.Writer)) {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', tabwriter.AlignRight)
	f(t)
	_ = t.Flush()
}

func (r *Result) printLeaks(w io.Writer) {
	fmt.Fprintf(w, "\nLeak in percent over chance and over a perfect mask, worst scope, added delay %g ms\n", r.Variants[0].Delay)
	table(w, func(t *tabwriter.Writer) {
		fmt.Fprintln(t, "family\ttones\ttarget\tarmed\t≤ (95 %)\tscope\tread\tfloor\tplain\texposed %\tnamed\treleased\tnot armed\t≤ (95 %)\ttuning\theld out\t")
		line := func(name string, target float64, v []ModeResult, parts [2]ModeResult) {
			a, u := v[0], v[1]
			fmt.Fprintf(t, "%s\t%d\t%.1f\t%.2f\t%.2f\t%s\t%.2f\t%.2f\t%.2f\t%.1f\t%d\t%.2f\t%.2f\t%.2f\t%.2f\t%.2f\t\n",
				name, a.Strokes, target, a.Leak.Value, a.Leak.High, a.Scope, a.Read, a.Floor, a.Plain.Value, a.Exposed, a.Named,
				a.Released, u.Leak.Value, u.Leak.High, parts[0].Leak.Value, parts[1].Leak.Value)
		}
		for _, f := range r.Families {
			if f.Failed != "" {
				fmt.Fprintf(t, "%s\tnot measured: %s\t\n", f.Name, f.Failed)
				continue
			}
			line(f.Name, allowed(f.Class), f.Variants, f.Parts)
		}
		line("all but cards", leakOverall, r.Overall, r.Parts)
	})
	for _, f := range r.Families {
		if f.Name == cardFamily && f.Failed == "" {
			fmt.Fprintf(w, "Of a card's 16 digits the listener read %.2f; from a perfect mask %.2f, by chance 1.6.\n", f.Read, f.ReadOracle)
		}
	}
	fmt.Fprintf(w, "Voice back after the last tone: %.2f %% later than 60 ms, 99 %% within %.0f ms.\n", r.Late.Value, r.Slowest)
}

func (r *Result) printCurve(w io.Writer) {
	fmt.Fprintln(w, "\nLeak against added delay, percent, all but cards")
	table(w, func(t *tabwriter.Writer) {
		fmt.Fprintln(t, "mode\tdelay, ms\tleak\t≤ (95 %)\texposed %\tworst family\tits leak\t")
		for i, v := range r.Variants {
			name, worst := "", 0.0
			for _, f := range r.Families {
				if f.Failed == "" && f.Variants[i].Leak.Value >= worst {
					name, worst = f.Name, f.Variants[i].Leak.Value
				}
			}
			o := r.Overall[i]
			fmt.Fprintf(t, "%s\t%g\t%.2f\t%.2f\t%.1f\t%s\t%.2f\t\n", armedName(v.Armed), v.Delay, o.Leak.Value, o.Leak.High, o.Exposed, name, worst)
		}
	})
}

func armedName(armed bool) string {
	if armed {
		return "armed"
	}
	return "not armed"
}

func (r *Result) printTrained(w io.Writer) {
	fmt.Fprintln(w, "\nThe listener that was trained on masked audio, percent")
	table(w, func(t *tabwriter.Writer) {
		fmt.Fprintln(t, "mode\ttones\tover chance\t95 %\tover the oracle's mask\t95 %\t")
		for _, m := range r.Trained {
			fmt.Fprintf(t, "%s\t%d\t%.2f\t%.2f…%.2f\t%.2f\t%.2f…%.2f\t\n", m.Mode, m.Strokes,
				m.Advantage.Value, m.Advantage.Low, m.Advantage.High, m.Leak.Value, m.Leak.Low, m.Leak.High)
		}
	})
}

func (r *Result) printDetection(w io.Writer) {
	fmt.Fprintln(w, "\nDetection: ours, then spandsp's")
	table(w, func(t *tabwriter.Writer) {
		fmt.Fprintln(t, "family\tvalid\tmissed\twrong\tdoubled\tto reject\taccepted\t\tmissed\twrong\tdoubled\taccepted\t")
		var ours, theirs Tally
		line := func(name string, a, b Tally) {
			fmt.Fprintf(t, "%s\t%d\t%d\t%d\t%d\t%d\t%d\t", name, a.Valid, a.Missed, a.Wrong, a.Doubled, a.Rejects, a.Accepted)
			if r.Spandsp {
				fmt.Fprintf(t, "\t%d\t%d\t%d\t%d\t\n", b.Missed, b.Wrong, b.Doubled, b.Accepted)
			} else {
				fmt.Fprintf(t, "\t–\t–\t–\t–\t\n")
			}
		}
		for _, f := range r.Families {
			if f.Failed == "" {
				line(f.Name, f.Ours, f.Spandsp)
				ours.add(f.Ours)
				theirs.add(f.Spandsp)
			}
		}
		line("all", ours, theirs)
	})
}

func (r *Result) printSounds(w io.Writer) {
	fmt.Fprintln(w, "\nSound without tones")
	table(w, func(t *tabwriter.Writer) {
		fmt.Fprintln(t, "material\thours\tmode\taltered %\tmasks an hour\tdigits\tspandsp's\t")
		for _, kind := range []string{"speech", "music"} {
			for _, part := range parts() {
				s := r.Sounds[kind+", "+part]
				if s == nil {
					continue
				}
				for k := range s {
					d := &s[k]
					fmt.Fprintf(t, "%s, %s\t%.2f\t%s\t%.4f\t%.1f\t%d\t%d\t\n", kind, part, d.Hours(), armedName(k == 0),
						d.Percent(), d.PerHour(), d.Digits, d.Spandsp)
				}
			}
		}
	})
}

func (r *Result) printChecks(w io.Writer) {
	missed := r.Missed()
	fmt.Fprintf(w, "\n%d of %d targets met\n", len(r.Checks)-len(missed), len(r.Checks))
	table(w, func(t *tabwriter.Writer) {
		for _, c := range missed {
			note := ""
			if !c.Certain {
				note = "within the noise: more tones would tell"
			}
			fmt.Fprintf(t, "MISSED\t%s\t%.4g%s\ttarget %g\t%s\t\n", c.Name, c.Value, c.Unit, c.Target, note)
		}
	})
}
