package demo

import (
	"errors"
	"fmt"
	"math"
	"time"

	"tonegate/bench/listen"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/softphone"
)

// Report is what a run found. Its digits are test digits.
type Report struct {
	Version   string `json:"version"`
	Transport string `json:"transport"`
	Passed    bool   `json:"passed"`

	KeysSent     string `json:"keys_sent"`
	KeysIVRRead  string `json:"keys_ivr_read"`
	KeysByEvents string `json:"keys_ivr_with_events"`

	// The listener knows when each key was pressed.
	KeysNamed     int     `json:"keys_named_from_agent_audio"`
	KeysGuessed   int     `json:"keys_guessed_from_agent_audio"`
	ByChance      float64 `json:"keys_guessed_by_chance"`
	PValue        float64 `json:"p_value"` // of the guesses, by permutation
	ResidualDB    float64 `json:"residual_db"`
	CalibrationOK bool    `json:"listener_calibrated"`

	DelaysMS      map[string]float64 `json:"delays_ms"`
	AgentHears    bool               `json:"agent_hears_customer"`
	CustomerHears bool               `json:"customer_hears_agent"`
	IVRDiffering  int                `json:"ivr_samples_differing"`
	IVRCompared   int                `json:"ivr_samples_compared"`
	PacketsLost   int                `json:"packets_lost"`
	Adapted       int                `json:"frames_made_up_or_skipped"`
	Faults        []string           `json:"faults"`

	Recording *RecordingReport `json:"recording,omitempty"`
}

// ErrNoMarker means that the recordings cannot be aligned.
var ErrNoMarker = errors.New("a marker was not found")

// judge compares what was sent with what was received.
func judge(s *scene, ear *listen.Listener, _ listen.Calibration, plain, events *recordings) (*Report, error) {
	r := &Report{CalibrationOK: true, KeysSent: text(keysOf(s.strokes)), DelaysMS: map[string]float64{}, Faults: []string{}}
	toAgent, err := r.delays(plain)
	if err != nil {
		return nil, err
	}
	r.KeysIVRRead = text(keysOf(readKeys(plain.ivr.received.Samples)))
	r.KeysByEvents = eventKeys(s, &events.ivr.received)
	r.listenAsAgent(s, ear, plain.agent.received.Samples, toAgent)
	r.compareIVR(s, plain)
	r.AgentHears = correlates(s.customer, plain.agent.received.Samples, toAgent, s)
	r.CustomerHears = r.DelaysMS["agent_to_customer"] > 0
	for _, p := range []*party{&plain.customer, &plain.agent, &plain.ivr, &events.customer, &events.agent, &events.ivr} {
		r.PacketsLost += p.received.Lost
	}
	r.Adapted = plain.adapted
	r.conclude(plain, events)
	return r, nil
}

// delays measures each way by its marker and returns where the customer's
// first sample lies in the agent's recording.
func (r *Report) delays(rec *recordings) (toAgent int, err error) {
	ways := []struct {
		name     string
		from, to *party
		seed     uint64
	}{
		{"customer_to_agent", &rec.customer, &rec.agent, 1},
		{"customer_to_ivr", &rec.customer, &rec.ivr, 1},
		{"agent_to_customer", &rec.agent, &rec.customer, 2},
		{"ivr_to_customer", &rec.ivr, &rec.customer, 3},
	}
	for _, w := range ways {
		at, ok := find(marker(w.seed), w.to.received.Samples)
		if !ok {
			return 0, fmt.Errorf("%s: %w: the audio does not arrive", w.name, ErrNoMarker)
		}
		r.DelaysMS[w.name] = math.Round(10*delayOf(w.from, w.to, at)) / 10
		if w.name == "customer_to_agent" {
			toAgent = at - markAt
		}
	}
	return toAgent, nil
}

// delayOf returns, in milliseconds, how long after the marker's first sample
// was sent it was received: packet to packet, plus its shift within them.
func delayOf(from, to *party, at int) float64 {
	slot := int64(markAt / audio.FrameSamples)
	var left time.Time
	for _, p := range from.sent.Packets {
		if p.Slot == slot && p.PayloadType == audio.PayloadTypePCMU {
			left = p.At
		}
	}
	for _, a := range to.received.Arrivals {
		if a.PayloadType == audio.PayloadTypePCMU && at >= a.Position && at < a.Position+a.Bytes {
			shift := at - a.Position - markAt%audio.FrameSamples
			return float64(a.At.Sub(left))/1e6 + float64(shift)/audio.SamplesPerMs
		}
	}
	return math.NaN()
}

// find locates a pattern by its normalised correlation.
func find(pattern, in []int16) (at int, ok bool) {
	best := 0.0
	var pp float64
	for _, v := range pattern {
		pp += float64(v) * float64(v)
	}
	for i := 0; i+len(pattern) <= min(len(in), 2*second); i++ {
		var cross, energy float64
		for k, v := range pattern {
			x := float64(in[i+k])
			cross += float64(v) * x
			energy += x * x
		}
		if c := cross / math.Sqrt(pp*energy+1); c > best {
			best, at = c, i
		}
	}
	return at, best > 0.6
}

// listenAsAgent lets the listener at the agent's audio.
func (r *Report) listenAsAgent(s *scene, ear *listen.Listener, heard []int16, offset int) {
	strokes := make([]listen.Stroke, len(s.strokes))
	r.ResidualDB = math.Inf(-1)
	for i, k := range s.strokes {
		strokes[i] = listen.Stroke{Symbol: k.key.Symbol(), Onset: k.onset + offset, Duration: k.length}
		if !k.sent || s.transport != softphone.Event {
			r.ResidualDB = max(r.ResidualDB, listen.Residual(s.customer, heard, k.onset, k.length, offset-80, offset+80))
		}
	}
	if math.IsInf(r.ResidualDB, -1) {
		r.ResidualDB = -200 // nothing was sent in-band
	}
	rep := ear.Read(heard, strokes)
	r.KeysNamed, r.KeysGuessed, r.ByChance, r.PValue = rep.Named, rep.Correct, rep.Chance, rep.Permuted(1)
}

// compareIVR counts the samples of the customer's in-band audio that are not
// the same at the IVR, frame by frame. The jitter buffer may move playout by
// whole frames between tones; the comparison follows it, and a frame that it
// inserted or skipped counts as differing. Where keys travel as events there is
// nothing to compare: the IVR's audio has tones that the customer's has not.
func (r *Report) compareIVR(s *scene, rec *recordings) {
	heard := rec.ivr.received.Samples
	at, ok := find(marker(1), heard)
	if !ok || s.transport != softphone.InBand {
		return
	}
	shift := at - markAt
	for from := markAt; from+2*audio.FrameSamples <= len(s.customer); from += audio.FrameSamples {
		least := audio.FrameSamples
		for _, step := range []int{0, 1, -1, 2, -2, 3, -3} {
			moved := shift + step*audio.FrameSamples
			d, ok := differing(s.customer[from:from+audio.FrameSamples], heard, from+moved)
			if !ok {
				continue
			}
			if d < least {
				least = d
			}
			if d == 0 {
				// Silence is the same everywhere and says nothing of a shift.
				if audio.LevelDBm0(s.customer[from:from+audio.FrameSamples]) > -50 {
					shift = moved
				}
				break
			}
		}
		r.IVRCompared += audio.FrameSamples
		r.IVRDiffering += least
	}
}

// differing counts the samples of sent, as G.711 carries them, that are not
// those of heard from at on.
func differing(sent, heard []int16, at int) (n int, ok bool) {
	if at < 0 || at+len(sent) > len(heard) {
		return 0, false
	}
	for i, v := range sent {
		if audio.MuLaw.DecodeSample(audio.MuLaw.EncodeSample(v)) != heard[at+i] {
			n++
		}
	}
	return n, true
}

// correlates reports whether the customer's speech before the keys arrives,
// wherever the jitter buffer has put it by then.
func correlates(sent, heard []int16, offset int, s *scene) bool {
	from, to := talkAt, min(len(sent), talkAt+3*second/2)
	if len(s.strokes) > 0 && s.strokes[0].onset-second/10 > from {
		to = min(to, s.strokes[0].onset-second/10)
	}
	best := 0.0
	for lag := offset - second/10; lag <= offset+second/5; lag++ {
		best = max(best, correlation(sent[from:to], heard, from+lag))
	}
	// The IVR's prompt is in the agent's ear as well, so this is far from 1.
	return best > 0.2
}

func correlation(sent, heard []int16, at int) float64 {
	var xy, xx, yy float64
	for i, v := range sent {
		if k := at + i; k >= 0 && k < len(heard) {
			x, y := float64(v), float64(heard[k])
			xy, xx, yy = xy+x*y, xx+x*x, yy+y*y
		}
	}
	if xx == 0 {
		return 1 // the customer says nothing there
	}
	return xy / math.Sqrt(xx*yy+1)
}

// eventKeys returns the keys that an IVR with named events got: those that came
// as events, and those that its own ear reads in the audio between them.
func eventKeys(s *scene, rec *softphone.Recording) string {
	if s.transport == softphone.Event && !s.fromFile {
		var keys []dtmf.Key
		for _, e := range rec.Events {
			keys = append(keys, dtmf.Key(e.Code))
		}
		return text(keys)
	}
	return mergeKeys(rec)
}

// mergeKeys puts events and in-band keys of a recording in the order of time.
func mergeKeys(rec *softphone.Recording) string {
	type at struct {
		when int
		key  dtmf.Key
	}
	var all []at
	for _, k := range readKeys(rec.Samples) {
		all = append(all, at{k.onset, k.key})
	}
	first := uint32(0)
	for _, a := range rec.Arrivals {
		if a.PayloadType == audio.PayloadTypePCMU {
			first = a.Timestamp - uint32(a.Position)
			break
		}
	}
	for _, e := range rec.Events {
		all = append(all, at{int(int32(e.Timestamp - first)), dtmf.Key(e.Code)})
	}
	for i := range all {
		for k := i; k > 0 && all[k].when < all[k-1].when; k-- {
			all[k], all[k-1] = all[k-1], all[k]
		}
	}
	keys := make([]dtmf.Key, len(all))
	for i, a := range all {
		keys[i] = a.key
	}
	return text(keys)
}

// conclude lists what broke a promise.
func (r *Report) conclude(plain, events *recordings) {
	fault := func(bad bool, format string, args ...any) {
		if bad {
			r.Faults = append(r.Faults, fmt.Sprintf(format, args...))
		}
	}
	fault(r.KeysIVRRead != r.KeysSent, "the IVR read %q, not %q", r.KeysIVRRead, r.KeysSent)
	fault(r.KeysByEvents != r.KeysSent, "the IVR with named events got %q, not %q", r.KeysByEvents, r.KeysSent)
	fault(r.KeysNamed > 0, "the listener could name %d keys from the agent's audio", r.KeysNamed)
	fault(r.PValue < 1e-4, "the listener guessed %d keys right from the agent's audio, far more than chance", r.KeysGuessed)
	fault(!r.AgentHears, "the agent does not hear the customer's voice")
	fault(!r.CustomerHears, "the customer does not hear the agent")
	for _, p := range []*party{&plain.agent, &events.agent} {
		fault(len(p.received.Events) > 0, "the agent received %d named events", len(p.received.Events))
	}
	// On a busy machine packets come late, and the jitter buffer must make up
	// frames; without that, every sample must be the customer's.
	fault(r.IVRDiffering > 0 && r.Adapted == 0, "%d of %d samples differ at the IVR", r.IVRDiffering, r.IVRCompared)
	r.Passed = len(r.Faults) == 0
}
