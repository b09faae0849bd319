package proof

import (
	"bytes"
	"fmt"
	"math"
	"time"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/card"
	"tonegate/internal/ivr"
	"tonegate/internal/softphone"
	"tonegate/mixer/mask"
)

// press is one key of a customer. Times are in samples.
type press struct {
	symbol     byte
	at, length int
}

// script is a call to be played without a clock: equal scripts give equal
// calls, to the bit.
type script struct {
	mode      mask.Mode
	transport softphone.Transport
	keys      []press
	voice     []int16 // the customer's
	ticks     int
}

// artefacts are everything that leaves the core of a call towards anyone but
// the payment IVR.
type artefacts struct {
	agent, supervisor []int16
	recording         []byte // opened: sound, timeline and the sealed file's size
	levels            []byte // of the reports on the 500 ms grid
	progress          []byte // of the capture, as told to agents and platform
	outcome           ivr.State

	ivr  []int16 // what the IVR hears, for the pictures and the controls
	sent []int16 // the customer's audio as G.711 carries it
}

const (
	captureAt = 20 // tick
	answerIn  = 25 // ticks that the provider takes
	captureID = "cap_proof"
)

// call is a call under way.
type call struct {
	script  script
	c       *bridge.Conference
	session *ivr.Session
	legs    map[bridge.LegID]*sender
	out     bridge.Output
	now     time.Time
	tick    int
	answer  int // tick of the provider's answer
	seen    artefacts
	tape    *tapeOf
	told    bytes.Buffer
	levels  bytes.Buffer
}

// sender is what a leg's RTP goes on from.
type sender struct {
	timestamp uint32
	sequence  uint16
}

const eventType = 101

// play plays a whole payment through the core: the conference with its
// detectors, gates and mixes, and the built-in IVR's collector.
func play(s script) (*artefacts, error) {
	prompts, err := ivr.Builtin()
	if err != nil {
		return nil, err
	}
	fields, err := fieldsOfACard()
	if err != nil {
		return nil, err
	}
	k := &call{
		script: s, c: bridge.New(bridge.Config{Policy: mask.Policy{Mode: mask.Strip}, Seed: 7}),
		legs: map[bridge.LegID]*sender{}, now: time.Unix(1_700_000_000, 0),
	}
	if k.tape, err = newTapeOf(); err != nil {
		return nil, err
	}
	customer, err1 := k.join(bridge.Customer, false)
	agent, err2 := k.join(bridge.Agent, false)
	collector, err3 := k.join(bridge.IVR, true)
	for _, err := range []error{err1, err2, err3} {
		if err != nil {
			return nil, err
		}
	}
	k.session = ivr.New(ivr.Config{
		Prompts: prompts, Leg: collector, Arena: dtmf.NewArena(make([]byte, 4096)),
		OnProgress: func(p ivr.Progress) { fmt.Fprintf(&k.told, "%d %+v\n", k.tick, p); k.seen.outcome = p.State },
		OnSubmit:   func(ivr.Submission) { k.answer = k.tick + answerIn },
	})
	source := s.source()
	for ; k.tick < s.ticks; k.tick++ {
		if k.tick == captureAt {
			if err := k.session.Start(k.c, ivr.Params{ID: captureID, Mode: s.mode, Fields: fields, Submit: true}); err != nil {
				return nil, err
			}
		}
		if k.answer > 0 && k.tick == k.answer {
			if err := k.session.Outcome(k.c, captureID, ivr.NoCause); err != nil {
				return nil, err
			}
		}
		k.speak(customer, source)
		k.talk(agent)
		if err := k.step(); err != nil {
			return nil, err
		}
	}
	k.seen.levels, k.seen.progress = k.levels.Bytes(), k.told.Bytes()
	k.seen.recording, err = k.tape.opened()
	return &k.seen, err
}

func fieldsOfACard() (out []ivr.Field, err error) {
	for _, kind := range []card.Kind{card.CardNumber, card.ExpiryDate, card.SecurityCode} {
		rule, err := card.NewRule(card.Spec{Kind: kind})
		if err != nil {
			return nil, err
		}
		out = append(out, ivr.Field{Name: kind.String(), Rule: rule})
	}
	return out, nil
}

func (k *call) join(r bridge.Role, builtin bool) (bridge.LegID, error) {
	id, err := k.c.Join(bridge.LegSpec{Role: r, Builtin: builtin,
		Media: bridge.Media{Law: audio.MuLaw, Events: r == bridge.Customer, Event: eventType, Clock: audio.SampleRate}})
	k.legs[id] = &sender{timestamp: math.MaxUint32 - 4000, sequence: 65500}
	return id, err
}

// source is what the customer's telephone sends, slot by slot: the same code
// that drives the real calls.
func (s *script) source() softphone.Source {
	samples := append([]int16(nil), s.voice...)
	out := softphone.Script{Law: audio.MuLaw, Samples: samples, Slots: int64(s.ticks)}
	for _, p := range s.keys {
		if s.transport != softphone.Event {
			tone(samples, p)
		}
		if s.transport != softphone.InBand {
			key, _ := dtmf.KeyOf(p.symbol)
			out.Keys = append(out.Keys, softphone.Keystroke{At: p.at, Code: uint8(key), Duration: p.length, Transport: s.transport})
		}
	}
	return out.Source()
}

// tone puts a key in place of the voice, as a telephone does.
func tone(samples []int16, p press) {
	key, _ := dtmf.KeyOf(p.symbol)
	low, high := key.Frequencies()
	a := audio.AmplitudeOf(-10)
	for i := p.at; i < min(p.at+p.length, len(samples)); i++ {
		t := 2 * math.Pi * float64(i-p.at) / audio.SampleRate
		samples[i] = audio.Clamp(int32(a*math.Sin(low*t) + a*math.Sin(high*t)))
	}
}

func (k *call) speak(id bridge.LegID, source softphone.Source) {
	slot, _ := source(int64(k.tick))
	if e := slot.Event; e != nil {
		flags := e.Volume
		if e.End {
			flags |= 0x80
		}
		for i := range max(1, e.Copies) {
			k.send(id, eventType, e.Marker && i == 0, e.Age, []byte{e.Code, flags, byte(e.Duration >> 8), byte(e.Duration)})
		}
	}
	heard := make([]int16, audio.FrameSamples)
	if len(slot.Audio) > 0 {
		audio.MuLaw.Decode(heard, slot.Audio)
		k.send(id, audio.MuLaw.PayloadType(), false, 0, slot.Audio)
	}
	k.seen.sent = append(k.seen.sent, heard...)
	k.legs[id].timestamp += audio.FrameSamples
}

// talk sends a frame of an agent who goes on talking: a steady hum.
func (k *call) talk(id bridge.LegID) {
	var f audio.Frame
	a := audio.AmplitudeOf(-22)
	for i := range f {
		f[i] = int16(a * math.Sin(2*math.Pi*310*float64(k.tick*audio.FrameSamples+i)/audio.SampleRate))
	}
	payload := make([]byte, audio.FrameSamples)
	audio.MuLaw.Encode(payload, &f)
	k.send(id, audio.MuLaw.PayloadType(), false, 0, payload)
	k.legs[id].timestamp += audio.FrameSamples
}

func (k *call) send(id bridge.LegID, kind uint8, marker bool, age uint32, payload []byte) {
	v := k.legs[id]
	k.c.Receive(id, bridge.Packet{PayloadType: kind, Marker: marker, Sequence: v.sequence, Timestamp: v.timestamp - age,
		SSRC: uint32(id), Payload: payload, Arrived: k.now})
	v.sequence++
}

// step is one tick, as the engine makes it.
func (k *call) step() error {
	k.now = k.now.Add(audio.FrameDuration)
	k.session.Tick(k.now, k.c, &k.out)
	k.c.Tick(k.now, &k.out)
	add := func(to *[]int16, f audio.Frame) { *to = append(*to, f[:]...) }
	add(&k.seen.agent, k.out.Agent.Samples())
	add(&k.seen.supervisor, k.out.Supervisor.Samples())
	add(&k.seen.ivr, k.out.IVR.Samples())
	if k.out.HasReport {
		for i := range k.out.Report.N {
			l := k.out.Report.Legs[i]
			fmt.Fprintln(&k.levels, k.tick, l.Leg, l.Role, l.DBm0)
		}
	}
	return k.tape.w.Frame(k.out.Recorder.Agent(), k.out.Recorder.Heard())
}
