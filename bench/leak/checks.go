package leak

import "tonegate/bench/corpus"

// Check is one target and what was measured.
type Check struct {
	Name   string
	Value  float64
	Bound  float64 // the 95 % bound on the bad side
	Target float64
	Unit   string
	Pass   bool
	// Certain is false if the bound is on the other side of the target: too
	// few tones to be sure of what the value says.
	Certain bool
}

// Targets of the specification.
const (
	leakOverall   = 0.5
	leakPlain     = 0.5
	leakHard      = 1.5
	leakLowRate   = 11
	detectedShare = 99.9
	falsePerHour  = 1
	unarmedSpeech = 0.01
	armedSpeech   = 0.05
	armedMusic    = 0.2
)

func allowed(c corpus.Class) float64 {
	switch c {
	case corpus.Loss, corpus.Degraded:
		return leakHard
	case corpus.LowRate:
		return leakLowRate
	default:
		return leakPlain
	}
}

// atMost checks that an estimate does not exceed a target.
func atMost(name string, e Estimate, target float64, unit string) Check {
	pass := e.Value <= target
	certain := e.Low > target
	if pass {
		certain = e.High <= target
	}
	return Check{name, e.Value, e.High, target, unit, pass, certain}
}

// none checks that something did not happen at all.
func none(name string, n int) Check {
	return Check{name, float64(n), float64(n), 0, "", n == 0, true}
}

func (r *Result) check() {
	r.checkLeaks()
	r.checkDetection()
	r.checkSounds()
	r.Checks = append(r.Checks,
		none("samples outside masks altered", r.Altered),
		atMost("voice back later than 60 ms", r.Late, 0.1, "%"))
}

func (r *Result) checkLeaks() {
	for i, name := range []string{"leak overall, armed", "leak overall, not armed"} {
		c := atMost(name, r.Overall[i].Leak, leakOverall, "%")
		r.Checks = append(r.Checks, c)
	}
	for _, f := range r.Families {
		if f.Failed != "" {
			r.Checks = append(r.Checks, Check{Name: f.Name + ": " + f.Failed, Certain: true})
			continue
		}
		r.Checks = append(r.Checks, atMost("leak, "+f.Name, f.Variants[0].Leak, allowed(f.Class), "%"))
	}
	for _, t := range r.Trained {
		c := atMost("leak to the trained listener, "+t.Mode, t.Leak, leakOverall, "%")
		// Nothing pairs its guesses, so the estimate is rough: only a leak that
		// is there counts.
		c.Pass = t.Leak.Low <= leakOverall
		r.Checks = append(r.Checks, c)
	}
}

func (r *Result) checkDetection() {
	for _, f := range r.Families {
		if f.Failed != "" {
			continue
		}
		t := f.Ours
		if t.Valid > 0 {
			e := wilson(t.Missed, t.Valid).percent()
			r.Checks = append(r.Checks, atMost("valid keys missed, "+f.Name, e, 100-detectedShare, "%"))
		}
		r.Checks = append(r.Checks, none("keys wrong or doubled, "+f.Name, t.Wrong+t.Doubled))
		if t.Rejects > 0 {
			r.Checks = append(r.Checks, none("digits on tones to reject, "+f.Name, t.Accepted))
		}
	}
}

func (r *Result) checkSounds() {
	exact := func(v float64) Estimate { return Estimate{v, v, v} }
	for _, part := range parts() {
		if s := r.Sounds["speech, "+part]; s != nil {
			r.Checks = append(r.Checks,
				atMost("false masks an hour of speech, not armed, "+part, exact(s[1].PerHour()), falsePerHour, ""),
				atMost("speech altered, not armed, "+part, exact(s[1].Percent()), unarmedSpeech, "%"),
				atMost("speech altered, armed, "+part, exact(s[0].Percent()), armedSpeech, "%"),
				none("digits talked off, "+part, s[0].Digits+s[1].Digits))
			r.Altered += s[0].Altered + s[1].Altered
		}
		if s := r.Sounds["music, "+part]; s != nil {
			r.Checks = append(r.Checks,
				atMost("music altered, armed, "+part, exact(s[0].Percent()), armedMusic, "%"))
			r.Altered += s[0].Altered + s[1].Altered
		}
	}
}

func parts() []string { return []string{"tuning", "held out"} }

// Missed returns the checks that failed.
func (r *Result) Missed() []Check {
	var out []Check
	for _, c := range r.Checks {
		if !c.Pass {
			out = append(out, c)
		}
	}
	return out
}
