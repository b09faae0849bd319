package dtmf

import (
	"math/rand/v2"
	"reflect"
	"testing"
	"unsafe"

	"tonegate/internal/audio"
)

// TestWorkspaceKeepsNothing: detectors that share a workspace decide as those
// that have one each, whatever another left in it.
func TestWorkspaceKeepsNothing(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	var shared Workspace
	kinds := []string{"speech", "keys", "tone", "noise"}
	type pair struct{ alone, sharing *Detector }
	frames := make([][]audio.Frame, len(kinds))
	pairs := make([]pair, len(kinds))
	for i := range pairs {
		frames[i] = material(kinds[i])
		pairs[i] = pair{NewDetector(), shared.NewDetector()}
	}
	for n := range 400 / effort {
		for i, kind := range kinds {
			frame := &frames[i][n]
			if n == 100/effort {
				pairs[i].alone.Arm(true)
				pairs[i].sharing.Arm(true)
			}
			litter(rng, &shared)
			if wanted, got := pairs[i].alone.Process(frame, Reception{}), pairs[i].sharing.Process(frame, Reception{}); !reflect.DeepEqual(got, wanted) {
				t.Fatalf("%s, frame %d: %+v, alone %+v", kind, n, got, wanted)
			}
		}
	}
}

// litter fills a workspace with anything.
func litter(rng *rand.Rand, w *Workspace) {
	words := unsafe.Slice((*uint32)(unsafe.Pointer(w)), unsafe.Sizeof(*w)/4)
	for i := range words {
		words[i] = rng.Uint32()
	}
	for i := range w.fit.have {
		w.fit.have[i] = i%3 > 0
	}
}

func TestWipedWorkspace(t *testing.T) {
	var w Workspace
	d := w.NewDetector()
	for _, f := range material("keys")[:20] {
		d.Process(&f, Reception{})
	}
	if reflect.ValueOf(w).IsZero() {
		t.Fatal("the detector did not work there")
	}
	d.Wipe()
	if !reflect.ValueOf(w).IsZero() || !reflect.ValueOf(*d).IsZero() {
		t.Error("something is left")
	}
	var zero Detector
	f := material("tone")[0]
	for _, deaf := range []*Detector{d, &zero} {
		if ev := deaf.Process(&f, Reception{}); ev.Examined() || !ev.Suspicious() {
			t.Error("it says that it has listened")
		}
	}
	w.Wipe()
	(*Workspace)(nil).Wipe()
}
