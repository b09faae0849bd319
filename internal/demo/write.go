package demo

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"tonegate/internal/spectrogram"
	"tonegate/internal/wav"
)

var dtmfHz = []float64{697, 770, 852, 941, 1209, 1336, 1477, 1633}

// write writes everybody's audio, the pictures and the report.
func write(folder string, s *scene, rec *recordings, r *Report) error {
	file := func(name string, f func(io.Writer) error) error {
		out, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			return fmt.Errorf("write the results: %w", err)
		}
		return errors.Join(f(out), out.Close())
	}
	sound := func(name string, samples []int16) error {
		return file(name, func(w io.Writer) error { return wav.Write(w, samples) })
	}
	picture := func(name, title string, samples []int16) error {
		return file(name, func(w io.Writer) error {
			return spectrogram.Write(w, samples, spectrogram.Options{Title: title, Marks: dtmfHz})
		})
	}
	return errors.Join(
		sound("customer.wav", s.customer),
		sound("agent.wav", rec.agent.received.Samples),
		sound("ivr.wav", rec.ivr.received.Samples),
		sound("customer_hears.wav", rec.customer.received.Samples),
		picture("agent.png", "What the agent hears", rec.agent.received.Samples),
		picture("ivr.png", "What the payment IVR hears", rec.ivr.received.Samples),
		file("report.json", func(w io.Writer) error {
			e := json.NewEncoder(w)
			e.SetIndent("", "  ")
			return e.Encode(r)
		}),
	)
}

// Print tells a newcomer what the run found.
func (r *Report) Print(w io.Writer) {
	line := func(label, format string, args ...any) {
		fmt.Fprintf(w, "  %-42s %s\n", label, fmt.Sprintf(format, args...))
	}
	mark := func(ok bool) string {
		if ok {
			return "✓"
		}
		return "✗"
	}
	fmt.Fprintln(w)
	line("Keys the customer pressed", "%s", r.KeysSent)
	line("Keys the IVR read from its audio", "%s %s", r.KeysIVRRead, mark(r.KeysIVRRead == r.KeysSent))
	line("Keys an IVR with named events got", "%s %s", r.KeysByEvents, mark(r.KeysByEvents == r.KeysSent))
	line("Keys a listener could name at the agent", "%d of %d %s", r.KeysNamed, len(r.KeysSent), mark(r.KeysNamed == 0))
	line("  guessed right (by chance alone)", "%d (%.1f)", r.KeysGuessed, r.ByChance)
	if r.IVRCompared > 0 {
		line("Samples that differ at the IVR", "%d of %d %s", r.IVRDiffering, r.IVRCompared, mark(r.IVRDiffering == 0 || r.Adapted > 0))
	}
	if r.Adapted > 0 {
		line("Frames made up or skipped (busy machine)", "%d", r.Adapted)
	}
	if rec := r.Recording; rec != nil {
		line("Keys a listener could name in the recording", "%d of %d %s", rec.KeysNamed, len(r.KeysSent), mark(rec.KeysNamed == 0))
		line("Voices in the recording are right to", "%.1f ms %s", rec.TimingMS, mark(rec.TimingMS <= 20))
	}
	line("Agent and customer hear each other", "%s", mark(r.AgentHears && r.CustomerHears))
	line("Delay customer → IVR", "%.1f ms", r.DelaysMS["customer_to_ivr"])
	line("Delay customer → agent (10 ms look-ahead)", "%.1f ms", r.DelaysMS["customer_to_agent"])
	line("Delay agent → customer", "%.1f ms", r.DelaysMS["agent_to_customer"])
	fmt.Fprintln(w)
	if r.Passed {
		fmt.Fprintln(w, "  PASSED: the IVR got every key, the agent got none.")
		return
	}
	fmt.Fprintln(w, "  FAILED:")
	for _, f := range r.Faults {
		fmt.Fprintln(w, "   -", f)
	}
}
