package demo_test

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"tonegate/bench/independent"
	"tonegate/internal/demo"
	"tonegate/internal/wav"
)

var (
	seed = flag.Uint64("seed", 0, "seed of the random digits; 0 takes the time's")
	runs = flag.Int("runs", 1, "runs per transport")
)

const symbols = "0123456789*#ABCD"

// TestWholeCalls is the product's promise on real input: random keys, every
// transport; receivers that nobody here wrote read all of them in what the IVR
// received, and none in what the agent received.
func TestWholeCalls(t *testing.T) {
	s := *seed
	if s == 0 {
		s = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", s)
	spandsp, err := independent.BuildSpandsp(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for i, transport := range []string{"event", "inband", "both"} {
		t.Run(transport, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(s, uint64(i)))
			for range *runs {
				digits := make([]byte, 1+rng.IntN(demo.MaxDigits))
				for k := range digits {
					digits[k] = symbols[rng.IntN(len(symbols))]
				}
				wholeCall(t, spandsp, string(digits), transport)
			}
		})
	}
}

func wholeCall(t *testing.T, spandsp *independent.Spandsp, digits, transport string) {
	out := t.TempDir()
	r, err := demo.Run(t.Context(), demo.Options{Digits: digits, Transport: transport, Out: out})
	if err != nil {
		t.Fatalf("%s: %v", digits, err)
	}
	if !r.Passed {
		t.Errorf("%s by %s: %v", digits, transport, r.Faults)
	}
	for file, want := range map[string]string{"agent.wav": "", "ivr.wav": digits} {
		samples := readWAV(t, filepath.Join(out, file))
		for name, read := range map[string]func(context.Context, []int16) (string, error){
			"multimon-ng": independent.Multimon, "spandsp": spandsp.Read,
		} {
			got, err := read(t.Context(), samples)
			if err != nil {
				t.Fatal(err)
			}
			if got != want {
				t.Errorf("%s by %s: %s reads %q in %s, not %q", digits, transport, name, got, file, want)
			}
		}
	}
	checkFiles(t, out, r)
}

func checkFiles(t *testing.T, out string, want *demo.Report) {
	data, err := os.ReadFile(filepath.Join(out, "report.json"))
	if err != nil {
		t.Fatal(err)
	}
	var got demo.Report
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	if got.KeysSent != want.KeysSent || got.Passed != want.Passed {
		t.Errorf("the written report says %+v", got)
	}
	for _, f := range []string{"customer.wav", "customer_hears.wav", "agent.png", "ivr.png"} {
		if st, err := os.Stat(filepath.Join(out, f)); err != nil || st.Size() < 1000 {
			t.Errorf("%s: %v", f, err)
		}
	}
}

func readWAV(t *testing.T, file string) []int16 {
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	samples, err := wav.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	return samples
}

// TestCustomersOwnRecording sends a recording with tones of its own.
func TestCustomersOwnRecording(t *testing.T) {
	first := t.TempDir()
	if r, err := demo.Run(t.Context(), demo.Options{Digits: "42#", Transport: "inband", Out: first}); err != nil || !r.Passed {
		t.Fatal(r, err)
	}
	// Without its first second, in which the marker for alignment is.
	recording := readWAV(t, filepath.Join(first, "customer.wav"))[8000:]
	r, err := demo.Run(t.Context(), demo.Options{Customer: recording, Digits: "7", Transport: "event", Out: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if !r.Passed || r.KeysSent != "42#7" {
		t.Errorf("passed %v with %q: %v", r.Passed, r.KeysSent, r.Faults)
	}
}

func TestBadOptions(t *testing.T) {
	for name, o := range map[string]demo.Options{
		"no digits":       {Transport: "event"},
		"not a key":       {Digits: "12E4", Transport: "event"},
		"too many":        {Digits: "11111111111111111111111111111111111111111", Transport: "event"},
		"transport":       {Digits: "1", Transport: "pigeon"},
		"out is no place": {Digits: "1", Transport: "event", Out: "/dev/null/x"},
	} {
		if _, err := demo.Run(t.Context(), o); !errors.Is(err, demo.ErrOptions) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
