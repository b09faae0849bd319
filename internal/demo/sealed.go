package demo

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"time"

	"filippo.io/age"

	"tonegate/bench/listen"
	"tonegate/internal/audio"
	"tonegate/internal/recording"
	"tonegate/internal/softphone"
)

// keyFile holds the key that opens a demonstration's recordings. A demonstration
// may keep it beside them; a contact centre must not.
const keyFile = "recording-key.txt"

// RecordingReport is what was found in the opened recording of a run.
type RecordingReport struct {
	File     string `json:"file"`
	Identity string `json:"identity"`
	Complete bool   `json:"complete"`
	// Keys that the listener could name in either channel.
	KeysNamed   int     `json:"keys_named"`
	KeysGuessed int     `json:"keys_guessed"`
	PValue      float64 `json:"p_value"`
	// Where the voices stand, against what the phones received and when: the worst.
	TimingMS float64 `json:"timing_ms"`
	// Samples of what the agent received that are not the recording's.
	Differing int `json:"samples_differing"`
	Compared  int `json:"samples_compared"`
	Gaps      int `json:"gaps"`
}

// demoKey returns the folder's key, which the first run makes.
func demoKey(folder string) (*age.X25519Identity, error) {
	path := filepath.Join(folder, keyFile)
	if f, err := os.Open(path); err == nil {
		defer f.Close()
		found, err := age.ParseIdentities(f)
		if err == nil && len(found) == 1 {
			if key, ok := found[0].(*age.X25519Identity); ok {
				return key, nil
			}
		}
		return nil, fmt.Errorf("%w: %s holds no key of a demonstration: move it away", ErrOptions, path)
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, fmt.Errorf("make a key for the recording: %w", err)
	}
	text := fmt.Sprintf("# opens the recordings of tonegate demo --record; public key: %s\n%s\n", key.Recipient(), key)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("%w: --out: %w", ErrOptions, err)
	}
	return key, nil
}

// opened is a recording as tonegate recording open gives it back.
type opened struct {
	timeline     *recording.Timeline
	agent, heard []int16
}

func openSealed(path string, key age.Identity) (*opened, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("open the recording: %w", err)
	}
	defer f.Close()
	var sound bytes.Buffer
	out := new(opened)
	out.timeline, err = recording.Open(f, []age.Identity{key}, recording.Want{},
		func(recording.Info) (io.Writer, error) { return &sound, nil })
	if err != nil {
		return nil, fmt.Errorf("open the recording: %w", err)
	}
	for i, b := range sound.Bytes() {
		v := audio.MuLaw.DecodeSample(b)
		if i%2 == 0 {
			out.agent = append(out.agent, v)
		} else {
			out.heard = append(out.heard, v)
		}
	}
	return out, nil
}

// judgeRecording compares a recording with what the phones received, and lets the
// listener at both channels.
func judgeRecording(s *scene, ear *listen.Listener, rec *recordings, o *opened) (*RecordingReport, error) {
	r := &RecordingReport{Complete: o.timeline.Complete, Gaps: len(o.timeline.Gaps), PValue: 1}
	customer, ok := findAnywhere(marker(1), o.heard)
	agent, ok2 := findAnywhere(marker(2), o.agent)
	toAgent, ok3 := find(marker(1), rec.agent.received.Samples)
	toCustomer, ok4 := find(marker(2), rec.customer.received.Samples)
	if !ok || !ok2 || !ok3 || !ok4 {
		return nil, fmt.Errorf("recording: %w: a voice is missing", ErrNoMarker)
	}
	// The gate holds the agent's own voice back, and the customer gets it ungated.
	const gate = 10 * time.Millisecond
	for _, w := range []struct {
		at, received int
		by           *party
		later        time.Duration
	}{{customer, toAgent, &rec.agent, 0}, {agent, toCustomer, &rec.customer, gate}} {
		recorded := o.timeline.StartedAt.Add(samples(w.at))
		heard := firstSample(&w.by.received).Add(samples(w.received) + w.later)
		r.TimingMS = max(r.TimingMS, math.Abs(float64(recorded.Sub(heard))/1e6))
	}
	r.TimingMS = math.Round(10*r.TimingMS) / 10
	r.compare(o, customer, rec.agent.received.Samples[toAgent:])
	strokes := make([]listen.Stroke, len(s.strokes))
	for i, k := range s.strokes {
		strokes[i] = listen.Stroke{Symbol: k.key.Symbol(), Onset: k.onset + customer - markAt, Duration: k.length}
	}
	for _, channel := range [][]int16{o.agent, o.heard} {
		found := ear.Read(channel, strokes)
		r.KeysNamed += found.Named
		r.KeysGuessed = max(r.KeysGuessed, found.Correct)
		r.PValue = min(r.PValue, found.Permuted(1))
	}
	return r, nil
}

// compare counts the samples of what the agent received that are not the
// recording's from at on. Ticks that the server gave up took no time on the agent's
// line, and are silence here.
func (r *RecordingReport) compare(o *opened, at int, received []int16) {
	gaps := o.timeline.Gaps
	for len(gaps) > 0 && int(gaps[0].Start)*audio.SamplesPerMs < at {
		gaps = gaps[1:]
	}
	for _, v := range received {
		for len(gaps) > 0 && at == int(gaps[0].Start)*audio.SamplesPerMs {
			at, gaps = int(*gaps[0].End)*audio.SamplesPerMs, gaps[1:]
		}
		if at >= len(o.heard) {
			return
		}
		r.Compared++
		if o.heard[at] != v {
			r.Differing++
		}
		at++
	}
}

func samples(n int) time.Duration { return time.Duration(n) * time.Second / audio.SampleRate }

// firstSample is when a recording's first sample would have arrived, were all
// packets as quick as the usual one: one late packet says nothing of the clock.
func firstSample(rec *softphone.Recording) time.Time {
	if len(rec.Arrivals) == 0 {
		return rec.FirstArrival
	}
	var offsets []time.Duration
	for _, a := range rec.Arrivals {
		if a.PayloadType == audio.PayloadTypePCMU {
			offsets = append(offsets, a.At.Add(-samples(a.Position)).Sub(rec.FirstArrival))
		}
	}
	slices.Sort(offsets)
	return rec.FirstArrival.Add(offsets[len(offsets)/2])
}

// findAnywhere is find without its limit to the beginning: recordings begin with
// the first party.
func findAnywhere(pattern, in []int16) (at int, ok bool) {
	for from := 0; from < len(in); from += second {
		if at, ok := find(pattern, in[from:]); ok {
			return from + at, true
		}
	}
	return 0, false
}

// faults lists what broke a promise, given how many of the agent's packets were
// lost on the way.
func (r *RecordingReport) faults(lost int) (faults []error) {
	fault := func(bad bool, format string, args ...any) {
		if bad {
			faults = append(faults, fmt.Errorf(format, args...))
		}
	}
	fault(!r.Complete, "the recording is not complete")
	fault(r.KeysNamed > 0, "the listener could name %d keys from the recording", r.KeysNamed)
	fault(r.PValue < 1e-4, "the listener guessed %d keys right from the recording, far more than chance", r.KeysGuessed)
	fault(r.TimingMS > 20, "a voice stands %.1f ms from its place in the recording", r.TimingMS)
	fault(r.Compared < second, "the recording holds nothing that the agent received")
	fault(r.Differing > 0 && lost == 0, "%d of %d samples that the agent received differ in the recording", r.Differing, r.Compared)
	return faults
}

// seal judges the recording of a run and adds it to the report.
func (r *Report) seal(folder string, s *scene, ear *listen.Listener, rec *recordings, key age.Identity) error {
	name := rec.recording + ".age"
	o, err := openSealed(filepath.Join(folder, name), key)
	if err != nil {
		return err
	}
	if r.Recording, err = judgeRecording(s, ear, rec, o); err != nil {
		return err
	}
	r.Recording.File, r.Recording.Identity = name, keyFile
	if err := errors.Join(r.Recording.faults(rec.agent.received.Lost)...); err != nil {
		for _, f := range r.Recording.faults(rec.agent.received.Lost) {
			r.Faults = append(r.Faults, f.Error())
		}
		r.Passed = false
	}
	return nil
}
