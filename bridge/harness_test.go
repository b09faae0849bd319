package bridge_test

import (
	"math"
	"testing"
	"time"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

const eventPT = 101

// rig is a conference with packets written by hand: no clock, no network.
type rig struct {
	t    *testing.T
	c    *bridge.Conference
	now  time.Time
	out  bridge.Output
	legs map[bridge.LegID]*voice
	// jammed is true while the network stands still; late is what waits in it.
	jammed bool
	late   []func()
	// what everybody heard so far
	customer, ivr, agent, supervisor []int16
	pressed                          []dtmf.Key
	events                           []dtmf.EventPayload
}

// voice is a leg's RTP sender.
type voice struct {
	law audio.Law
	ts  uint32
	seq uint16
}

func newRig(t *testing.T, mode mask.Mode) *rig {
	return &rig{
		t: t, c: bridge.New(bridge.Config{Policy: mask.Policy{Mode: mode}, Seed: 7}),
		now: time.Unix(1_000_000, 0), legs: map[bridge.LegID]*voice{},
	}
}

// join adds a leg whose sequence numbers and timestamps wrap around early.
func (r *rig) join(role bridge.Role, law audio.Law, events bool) bridge.LegID {
	r.t.Helper()
	id, err := r.c.Join(bridge.LegSpec{Role: role, Media: bridge.Media{Law: law, Events: events, Event: eventPT, Clock: 8000}})
	if err != nil {
		r.t.Fatal(err)
	}
	r.legs[id] = &voice{law: law, ts: math.MaxUint32 - 4000, seq: 65500}
	return id
}

// capture begins one.
func (r *rig) capture(mode mask.Mode) {
	r.t.Helper()
	if err := r.c.BeginCapture(bridge.Capture{Mode: mode}); err != nil {
		r.t.Fatal(err)
	}
}

// say sends one frame of audio.
func (r *rig) say(id bridge.LegID, f *audio.Frame) {
	v := r.legs[id]
	payload := make([]byte, audio.FrameSamples)
	v.law.Encode(payload, f)
	r.deliver(id, bridge.Packet{PayloadType: v.law.PayloadType(), Sequence: v.seq, Timestamp: v.ts,
		SSRC: uint32(id), Payload: payload, Arrived: r.now})
	v.ts += audio.FrameSamples
	v.seq++
}

// deliver brings a packet to the conference, unless the network stands still.
func (r *rig) deliver(id bridge.LegID, p bridge.Packet) {
	if r.jammed {
		r.late = append(r.late, func() { p.Arrived = r.now; r.c.Receive(id, p) })
		return
	}
	r.c.Receive(id, p)
}

// jam has the network stand still, or bring at once what waits in it.
func (r *rig) jam(still bool) {
	if r.jammed = still; still {
		return
	}
	for _, arrive := range r.late {
		arrive()
	}
	r.late = nil
}

// lose is say for a packet that the network loses.
func (r *rig) lose(id bridge.LegID) {
	r.legs[id].ts += audio.FrameSamples
	r.legs[id].seq++
}

// loud says one frame after another, loses lost of them from the first one
// named on, and returns how many samples louder than a limit the agent heard.
func (r *rig) loud(id bridge.LegID, sent []int16, first, lost int, limit int16) (loud int) {
	for n := range len(sent) / audio.FrameSamples {
		if n >= first && n < first+lost {
			r.lose(id)
		} else {
			f := frameOf(sent, n)
			r.say(id, &f)
		}
		r.tick()
	}
	for _, v := range r.agent {
		if v > limit || v < -limit {
			loud++
		}
	}
	return loud
}

// event sends one event packet in place of audio; age is how long ago, in
// samples, the event began.
func (r *rig) event(id bridge.LegID, k dtmf.Key, age uint32, duration uint16, marker, end bool) {
	v := r.legs[id]
	flags := byte(10)
	if end {
		flags |= 0x80
	}
	r.deliver(id, bridge.Packet{PayloadType: eventPT, Marker: marker, Sequence: v.seq, Timestamp: v.ts - age,
		SSRC: uint32(id), Payload: []byte{byte(k), flags, byte(duration >> 8), byte(duration)}, Arrived: r.now})
	v.seq++
}

// tick advances by one frame and records what everybody heard.
func (r *rig) tick() {
	r.now = r.now.Add(audio.FrameDuration)
	r.c.Tick(r.now, &r.out)
	add := func(to *[]int16, f audio.Frame) { *to = append(*to, f[:]...) }
	add(&r.customer, r.out.Customer.Samples())
	add(&r.ivr, r.out.IVR.Samples())
	add(&r.agent, r.out.Agent.Samples())
	add(&r.supervisor, r.out.Supervisor.Samples())
	r.pressed = append(r.pressed, r.out.Pressed...)
	r.events = append(r.events, r.out.Events...)
}

// sine is a frame of a steady tone, continuous over frame numbers.
func sine(hz, dbm0 float64, n int) (f audio.Frame) {
	a := audio.AmplitudeOf(dbm0)
	for i := range f {
		f[i] = int16(a * math.Sin(2*math.Pi*hz*float64(n*audio.FrameSamples+i)/audio.SampleRate))
	}
	return f
}

// keyTone adds a key's tone to samples from at on.
func keyTone(samples []int16, at, length int, k dtmf.Key) {
	low, high := k.Frequencies()
	a := audio.AmplitudeOf(-10)
	for i := at; i < min(at+length, len(samples)); i++ {
		t := 2 * math.Pi * float64(i-at) / audio.SampleRate
		samples[i] = audio.Clamp(int32(samples[i]) + int32(a*math.Sin(low*t)+a*math.Sin(high*t)))
	}
}

// power returns the level in dBm0 of one frequency in samples.
func power(samples []int16, hz float64) float64 {
	var re, im float64
	for i, v := range samples {
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / audio.SampleRate)
		re += float64(v) * c
		im += float64(v) * s
	}
	a := 2 * math.Hypot(re, im) / float64(len(samples))
	return 20*math.Log10(a/32767+1e-9) + audio.FullScaleDBm0
}

func frameOf(samples []int16, n int) (f audio.Frame) {
	if at := n * audio.FrameSamples; at < len(samples) {
		copy(f[:], samples[at:])
	}
	return f
}

// heardByIVR advances by a tick and returns the keys that an IVR got in it.
func (r *rig) heardByIVR(ear *dtmf.Detector) (got string) {
	seen := len(r.events)
	r.tick()
	heard := r.out.IVR.Samples()
	if len(r.events) > seen { // events stand in place of audio
		heard = audio.Frame{}
	}
	for _, e := range r.events[seen:] {
		if e.Marker {
			got += string(dtmf.Key(e.Payload[0]).Symbol())
		}
	}
	ev := ear.Process(&heard, dtmf.Reception{})
	return got + symbols(ev.Pressed())
}
