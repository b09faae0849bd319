package leak

import (
	"context"
	"encoding/json"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"tonegate/bench/corpus"
	"tonegate/bench/independent"
	"tonegate/bench/listen"
)

func find(t *testing.T, names ...string) []corpus.Family {
	t.Helper()
	f, err := corpus.Find(names)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// measured scores masks of the test's own making on plain tones.
func measured(t *testing.T, items int, open func(k int, item *corpus.Item, perfect []bool) []bool) (ModeResult, []heardStroke) {
	t.Helper()
	g := corpus.NewGenerator(11, corpus.Synthetic(1), nil)
	e := &examiner{listen.New(1)}
	f := find(t, "levels")[0]
	var all []heardStroke
	for i := range items {
		item, err := g.Make(context.Background(), f, i)
		if err != nil {
			t.Fatal(err)
		}
		tone := carrying(item)
		perfect := oracle(item, tone)
		floor := e.guesses(item, perfect, func(int) bool { return true })
		all = append(all, e.examine(item, open(i, item, perfect), tone, perfect, floor, true)...)
	}
	return score(all), all
}

func everythingOpen(item *corpus.Item) []bool {
	open := make([]bool, len(item.Samples))
	for i := range open {
		open[i] = true
	}
	return open
}

func TestNoMaskLeaksEverything(t *testing.T) {
	r, _ := measured(t, 10, func(_ int, item *corpus.Item, _ []bool) []bool { return everythingOpen(item) })
	if r.Leak.Value < 90 || r.Exposed != 100 || r.Read < 90 || r.Named < 32 || r.Released < 300 {
		t.Errorf("%+v", r)
	}
}

func TestPerfectMaskLeaksNothing(t *testing.T) {
	r, strokes := measured(t, 32, func(_ int, _ *corpus.Item, perfect []bool) []bool { return perfect })
	if r.Leak.Value != 0 || r.Plain.Value != 0 || r.Exposed != 0 || r.Released != 0 {
		t.Errorf("%+v", r)
	}
	right := 0
	for _, s := range strokes {
		right += count(s.right[0])
	}
	// Of 128 guesses chance gets 8; 20 is four standard deviations above.
	if right > 20 {
		t.Errorf("%d of %d read from a perfect mask", right, len(strokes))
	}
}

// A mask that is bigger than it must be leaks nothing, whatever is guessed.
func TestWiderMaskLeaksNothing(t *testing.T) {
	r, _ := measured(t, 6, func(_ int, item *corpus.Item, _ []bool) []bool { return make([]bool, len(item.Samples)) })
	if r.Leak.Value != 0 || r.Exposed != 0 {
		t.Errorf("%+v", r)
	}
}

func TestKnownLeakIsMeasured(t *testing.T) {
	r, strokes := measured(t, 24, func(i int, item *corpus.Item, perfect []bool) []bool {
		if i%4 == 0 {
			return everythingOpen(item)
		}
		return perfect
	})
	if math.Abs(r.Leak.Value-25) > 4 || r.Leak.Low > 25 || r.Leak.High < 25 || r.Exposed != 25 {
		t.Errorf("%+v", r)
	}
	if p := strokes[0].where; p.All == 0 || p.Lead+p.Inside+p.Trail > 0 {
		t.Errorf("found at %+v", p)
	}
}

// Five milliseconds at the front are enough, and are found there.
func TestEdgeIsHeard(t *testing.T) {
	r, strokes := measured(t, 12, func(_ int, item *corpus.Item, perfect []bool) []bool {
		open := append([]bool(nil), perfect...)
		for _, s := range item.Strokes {
			for i := s.Onset - oracleMargin; i < s.Onset+5*ms; i++ {
				open[i] = true
			}
		}
		return open
	})
	if r.Leak.Value < 60 || r.Released < 38 || r.Released > 40 {
		t.Errorf("%+v", r)
	}
	if p := strokes[0].where; p.Lead < 30 || p.Inside+p.Trail+p.After > 0 {
		t.Errorf("found at %+v", p)
	}
}

func plan(t *testing.T, workers int) Plan {
	t.Helper()
	return Plan{
		Seed: 4, Tones: max(4, 16/effort), Families: find(t, "levels", "short", "loss-plc", "codec-gsm"),
		Delays: []float64{0, 5, 10}, Workers: workers,
	}
}

func measure(t *testing.T, p Plan) (*Result, string) {
	t.Helper()
	r, err := Measure(context.Background(), p, corpus.Synthetic(1), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return r, string(b)
}

func TestSameSeedSameReport(t *testing.T) {
	r, one := measure(t, plan(t, 1))
	_, three := measure(t, plan(t, 3))
	if one != three {
		t.Error("the number of workers changed the report")
	}
	p := plan(t, 2)
	p.Seed++
	if _, other := measure(t, p); other == one {
		t.Error("the seed did not")
	}
	if r.Altered != 0 {
		t.Errorf("%d samples altered outside masks", r.Altered)
	}
	// Less delay cannot leak less: fewer samples are masked.
	at := map[float64]ModeResult{}
	for i, v := range r.Variants {
		if v.Armed {
			at[v.Delay] = r.Overall[i]
		}
	}
	if at[0].Exposed <= at[5].Exposed || at[5].Exposed < at[10].Exposed {
		t.Errorf("exposed %.1f %% at 0 ms, %.1f at 5, %.1f at 10", at[0].Exposed, at[5].Exposed, at[10].Exposed)
	}
}

// What cannot be measured has failed.
func TestMissingCodecFails(t *testing.T) {
	r, _ := measure(t, Plan{Seed: 1, Tones: 8, Families: find(t, "codec-gsm"), Workers: 1})
	found := false
	for _, c := range r.Missed() {
		found = found || strings.HasPrefix(c.Name, "codec-gsm") && strings.Contains(c.Name, "not installed")
	}
	if !found {
		t.Errorf("%+v", r.Missed())
	}
	var out strings.Builder
	r.Print(&out)
	if !strings.Contains(out.String(), "MISSED") || !strings.Contains(out.String(), "not measured") {
		t.Error(out.String())
	}
}

func TestReportIsWritten(t *testing.T) {
	r, _ := measure(t, Plan{Seed: 1, Tones: 8, Families: find(t, "levels", "card"), Workers: 2})
	folder := filepath.Join(t.TempDir(), "new")
	if err := r.Write(folder); err != nil {
		t.Fatal(err)
	}
	files, _ := filepath.Glob(filepath.Join(folder, "leak*"))
	if len(files) != 3 {
		t.Errorf("%v", files)
	}
}

// The trained listener reads what it can, and guesses behind a perfect mask.
func TestTrainedListener(t *testing.T) {
	g := corpus.NewGenerator(2, corpus.Synthetic(1), nil)
	f := find(t, "levels")[0]
	var sets [modeCount][]example
	for i := range 120 {
		item, err := g.Make(context.Background(), f, i)
		if err != nil {
			t.Fatal(err)
		}
		perfect := oracle(item, carrying(item))
		told := append([]bool(nil), perfect...)
		for _, s := range item.Strokes { // the mask's length tells the column
			for i := range (s.Symbol - '0') % 3 {
				for k := range 10 {
					told[s.Onset-1-oracleMargin-10*int(i)-k] = false
				}
			}
		}
		for m, open := range [modeCount][]bool{everythingOpen(item), told, perfect, perfect} {
			sets[m] = append(sets[m], examples(item, open, item.Strokes)...)
		}
	}
	r := trained(sets)
	if r[0].Advantage.Value < 60 {
		t.Errorf("read %.1f %% of unmasked tones", r[0].Advantage.Value)
	}
	if r[1].Advantage.Low < 4 {
		t.Errorf("read %.1f %% off the mask's length", r[1].Advantage.Value)
	}
	if r[2].Advantage.Low > 0 || r[2].Leak.Value != 0 {
		t.Errorf("read %.1f %% of perfectly masked tones", r[2].Advantage.Value)
	}
}

func TestTally(t *testing.T) {
	key := func(symbol byte, at int) independent.Key { return independent.Key{Symbol: symbol, At: at * ms} }
	valid := corpus.Stroke{Symbol: '5', Onset: 100 * ms, Duration: 60 * ms, Min: 1, Max: 1}
	again := valid
	again.Onset = 200 * ms
	reject := valid
	reject.Min, reject.Max = 0, 0
	open := valid
	open.Min = 0
	for _, c := range []struct {
		name    string
		strokes []corpus.Stroke
		keys    []independent.Key
		want    Tally
	}{
		{"heard", []corpus.Stroke{valid}, []independent.Key{key('5', 140)}, Tally{Valid: 1}},
		{"missed", []corpus.Stroke{valid}, nil, Tally{Valid: 1, Missed: 1}},
		{"doubled", []corpus.Stroke{valid}, []independent.Key{key('5', 140), key('5', 160)}, Tally{Valid: 1, Doubled: 1}},
		{"wrong", []corpus.Stroke{valid}, []independent.Key{key('6', 140)}, Tally{Valid: 1, Missed: 1, Wrong: 1}},
		{"too early", []corpus.Stroke{valid}, []independent.Key{key('5', 90)}, Tally{Valid: 1, Missed: 1, Wrong: 1}},
		{"twice", []corpus.Stroke{valid, again}, []independent.Key{key('5', 140), key('5', 240)}, Tally{Valid: 2}},
		{"the first only", []corpus.Stroke{valid, again}, []independent.Key{key('5', 140)}, Tally{Valid: 2, Missed: 1}},
		{"both late", []corpus.Stroke{valid, again}, []independent.Key{key('5', 221), key('5', 260)}, Tally{Valid: 2}},
		{"rejected", []corpus.Stroke{reject}, nil, Tally{Rejects: 1}},
		{"accepted", []corpus.Stroke{reject}, []independent.Key{key('5', 140)}, Tally{Rejects: 1, Accepted: 1}},
		{"accepted as another", []corpus.Stroke{reject}, []independent.Key{key('8', 140)}, Tally{Rejects: 1, Accepted: 1}},
		{"either will do", []corpus.Stroke{open}, nil, Tally{}},
		{"either does", []corpus.Stroke{open}, []independent.Key{key('5', 140)}, Tally{}},
	} {
		got := tally(c.strokes, c.keys)
		got.notes = nil
		if got.Valid != c.want.Valid || got.Missed != c.want.Missed || got.Doubled != c.want.Doubled ||
			got.Wrong != c.want.Wrong || got.Rejects != c.want.Rejects || got.Accepted != c.want.Accepted {
			t.Errorf("%s: %+v instead of %+v", c.name, got, c.want)
		}
	}
}

func TestBounds(t *testing.T) {
	// Tabulated: Wilson's interval for 0 of 100 and for 50 of 100.
	if e := wilson(0, 100); e.Value != 0 || e.Low > 1e-12 || math.Abs(e.High-0.0370) > 1e-4 {
		t.Errorf("%+v", e)
	}
	if e := wilson(50, 100); math.Abs(e.Low-0.4038) > 1e-4 || math.Abs(e.High-0.5962) > 1e-4 {
		t.Errorf("%+v", e)
	}
	if e := wilson(100, 100).advantage(); e.Value != 1 {
		t.Errorf("%+v", e)
	}
	if e := paired(0, 0, 1000); e.Value != 0 || e.Low > 0 || e.High < 0 || e.High > 0.003 {
		t.Errorf("%+v", e)
	}
	if e := paired(100, 100, 1000); e.Value != 0 || e.High < 0.025 || e.High > 0.035 {
		t.Errorf("%+v", e)
	}
}
