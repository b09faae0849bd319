package load

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// Print writes the tables.
func (r *Result) Print(w io.Writer) {
	fmt.Fprintf(w, "%s, %s, Linux %s, commit %s. Medians of %d windows.\n", r.Machine, r.Go, r.Kernel, r.Commit, wanted)
	r.printFigures(w)
	for i := range r.Runs {
		r.Runs[i].printRemarks(w)
	}
	for _, p := range r.Profiles {
		printClasses(w, p)
	}
	printCompared(w, r.Compared)
}

func table(w io.Writer, f func(t *tabwriter.Writer)) {
	t := tabwriter.NewWriter(w, 0, 8, 2, ' ', 0)
	f(t)
	_ = t.Flush()
}

// printFigures has a column per run.
func (r *Result) printFigures(w io.Writer) {
	fmt.Fprintln(w)
	table(w, func(t *tabwriter.Writer) {
		row := func(name string, value func(*Run) string) {
			fmt.Fprint(t, name)
			for i := range r.Runs {
				fmt.Fprintf(t, "\t%s", value(&r.Runs[i]))
			}
			fmt.Fprintln(t)
		}
		// figure leaves out what no window told.
		figure := func(name string, value func(*Run) string) {
			row(name, func(r *Run) string {
				if len(r.Windows) == 0 {
					return "–"
				}
				return value(r)
			})
		}
		spread := func(name string, pick func(*Figures) Spread) {
			row(name, func(r *Run) string {
				s := pick(&r.Median)
				if s.N == 0 {
					return "–"
				}
				return fmt.Sprintf("%.2f / %.2f / %.2f", s.P50, s.P99, s.P999)
			})
		}
		row("server", func(r *Run) string { return r.Server })
		row("rooms of three", func(r *Run) string { return fmt.Sprint(r.Rooms) })
		row("jitter of the network", func(r *Run) string { return r.Jitter })
		row("SRTP", func(r *Run) string { return r.SRTP })
		figure("CPU, ms per room-second", func(r *Run) string { return fmt.Sprintf("%.2f", r.Median.CPU) })
		figure("  of it in user mode", func(r *Run) string { return fmt.Sprintf("%.0f %%", 100*r.Median.User) })
		figure("  rooms per core, extrapolated", func(r *Run) string { return fmt.Sprintf("%.0f", 1000/max(r.Median.CPU, 0.001)) })
		figure("memory, kB per room above idle", func(r *Run) string { return fmt.Sprintf("%.0f", r.Median.Memory) })
		if slices.ContainsFunc(r.Runs, func(r Run) bool { return r.Soak != nil }) {
			row("memory over a soak, first, last, most", func(r *Run) string {
				if r.Soak == nil {
					return "–"
				}
				return r.Soak.String()
			})
		}
		figure("CPU to set up a leg, ms", func(r *Run) string { return fmt.Sprintf("%.1f", r.LegSetUp) })
		spread("ticks late, ms, p50/p99/p99.9", func(f *Figures) Spread { return f.Lateness })
		spread("outgoing jitter, ms", func(f *Figures) Spread { return f.Jitter })
		for p := range paths {
			spread(p.String()+", ms", func(f *Figures) Spread {
				if len(f.Delays) == 0 {
					return Spread{}
				}
				return f.Delays[p].Spread
			})
		}
		figure("marks that never came", func(r *Run) string {
			n := 0
			for _, d := range r.Median.Delays {
				n += d.Missed
			}
			return fmt.Sprint(n)
		})
		figure("packets lost outward, frames not sent", func(r *Run) string { return fmt.Sprintf("%d, %d", r.Median.Lost, r.Median.Jumps) })
		figure("packets lost inward, frames concealed", func(r *Run) string {
			return fmt.Sprintf("%d, %d (%.2f %%)", r.Median.LostIn, r.Median.Concealed, r.Median.concealedShare())
		})
		figure("ticks skipped, playout moves", func(r *Run) string { return fmt.Sprintf("%d, %d", r.Median.Skipped, r.Median.Moved) })
		figure("keys pressed, heard in a window", func(r *Run) string { return fmt.Sprintf("%d, %d", r.Median.KeysPressed, r.Median.KeysHeard) })
		row("keys pressed, heard in all", func(r *Run) string {
			if r.Keys == nil {
				return "–"
			}
			return r.Keys.String()
		})
		spread("generator late, ms", func(f *Figures) Spread { return f.Generator })
		figure("generator's cores, others'", func(r *Run) string { return fmt.Sprintf("%.2f, %.2f", r.Median.GeneratorCPU, r.Median.OtherCPU) })
		row("windows discarded", func(r *Run) string { return fmt.Sprint(len(r.Discarded)) })
	})
}

// printRemarks says what a run's figures are worth.
func (r *Run) printRemarks(w io.Writer) {
	for _, v := range r.Void {
		fmt.Fprintf(w, "\n%s, %d rooms: THE FIGURES MEAN NOTHING: %s.\n", r.Server, r.Rooms, v)
	}
	for _, v := range r.Warnings {
		fmt.Fprintf(w, "%s, %d rooms: note: %s.\n", r.Server, r.Rooms, v)
	}
	if len(r.Void) > 0 || r.Server != "tonegate" {
		return
	}
	for _, p := range r.promises() {
		if !p.met() {
			fmt.Fprintf(w, "%s, %d rooms: missed: %s: %.2f, target %.2f\n", r.Server, r.Rooms, p.what, p.got, p.limit)
		}
	}
}
