package load

import (
	"encoding/binary"
	"fmt"
	"math"
	"sync/atomic"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/demo"
)

// keying is how a room's customer presses keys.
type keying uint8

const (
	noKeys keying = iota
	keyEvents
	keyTones
	keyings
)

// keyingOf gives a tenth of the rooms keys, by events and by tones in turn.
func keyingOf(room int) keying {
	if room%10 != 0 {
		return noKeys
	}
	return keyEvents + keying(room/10%2)
}

// A room's life repeats every two seconds. In it the customer is marked once and
// the agent once, a second apart, and four keys of 100 ms are pressed between.
const (
	period       = 100 // frames
	customerMark = 0
	agentMark    = period / 2
	keyEvery     = period / 4
	keyAt        = 8 // frames after each quarter: the marks are heard by then
	keyFrames    = 5
	keysAPeriod  = period / keyEvery
)

// Levels. Two voices at once stay under voicePeak×2, a mark over one is above
// markLevel−voicePeak, and heardLevel lies between.
const (
	voicePeak   = 8000
	markLevel   = 32000
	heardLevel  = 20000
	keyDBm0     = -14 // per frequency: a key over a voice stays under heardLevel
	eventVolume = 10
)

// content is everything that legs say, encoded once.
type content struct {
	voices [roles][]byte
	mark   []byte
	tones  [keysAPeriod][]byte
	codes  [keysAPeriod]byte
	hushed atomic.Bool // no more keys are pressed
}

func newContent() (*content, error) {
	talk, reply, err := demo.Speech()
	if err != nil {
		return nil, fmt.Errorf("load the speech: %w", err)
	}
	c := &content{mark: make([]byte, audio.FrameSamples)}
	for i := range c.mark {
		c.mark[i] = audio.MuLaw.EncodeSample(markLevel)
	}
	c.voices[customer], c.voices[agent] = encode(talk), encode(reply)
	half := len(c.voices[agent]) / 2
	c.voices[ivr] = append(append([]byte(nil), c.voices[agent][half:]...), c.voices[agent][:half]...)
	for i, symbol := range []byte("159#") {
		k, _ := dtmf.KeyOf(symbol)
		c.tones[i], c.codes[i] = tone(k), byte(k)
	}
	return c, nil
}

// encode scales speech to its peak and cuts it to whole frames.
func encode(samples []int16) []byte {
	peak := 1.0
	for _, v := range samples {
		peak = max(peak, math.Abs(float64(v)))
	}
	out := make([]byte, len(samples)/audio.FrameSamples*audio.FrameSamples)
	for i := range out {
		out[i] = audio.MuLaw.EncodeSample(int16(float64(samples[i]) * voicePeak / peak))
	}
	return out
}

func tone(k dtmf.Key) []byte {
	low, high := k.Frequencies()
	a := audio.AmplitudeOf(keyDBm0)
	out := make([]byte, keyFrames*audio.FrameSamples)
	for i := range out {
		t := 2 * math.Pi * float64(i) / audio.SampleRate
		out[i] = audio.MuLaw.EncodeSample(int16(a * (math.Sin(low*t) + math.Sin(high*t))))
	}
	return out
}

// piece is what a leg sends in one frame.
type piece struct {
	payload []byte
	kind    uint8  // payload type
	age     uint32 // samples by which the timestamp lies back: since an event began
	copies  int
	marked  bool
	pressed keying // how a key begins, if one does
	first   bool   // the RTP marker
}

// at returns what a leg sends in a frame. scratch holds an event's payload.
func (c *content) at(l *leg, frame int64, scratch *[4]byte) piece {
	// Rooms are out of step with each other, or all marks would meet.
	when := int((frame + int64(l.room.index)*7) % period)
	voice := c.voices[l.role]
	from := int((frame+int64(l.index)*37)%int64(len(voice)/audio.FrameSamples)) * audio.FrameSamples
	p := piece{payload: voice[from : from+audio.FrameSamples], copies: 1}
	switch {
	case l.role == customer && when == customerMark, l.role == agent && when == agentMark:
		p.payload, p.marked = c.mark, true
	case l.role == customer && l.room.keys != noKeys:
		by := l.room.keys
		if !l.remote.events {
			by = keyTones // as a client does whose events nobody takes
		}
		c.key(l, by, when, scratch, &p)
	}
	return p
}

// key puts a key's part of the frame in place of speech.
func (c *content) key(l *leg, by keying, when int, scratch *[4]byte, p *piece) {
	n, k := when%keyEvery-keyAt, when/keyEvery
	if n <= 0 { // whole keys only, of a customer that comes or is hushed meanwhile
		l.room.pressing = n == 0 && !c.hushed.Load()
	}
	if !l.room.pressing || n < 0 || n > keyFrames || n == keyFrames && by == keyTones {
		return
	}
	if n == 0 {
		p.pressed = by
	}
	if by == keyTones {
		p.payload = c.tones[k][n*audio.FrameSamples:][:audio.FrameSamples]
		return
	}
	if n == keyFrames {
		p.copies = 0 // browsers are silent for one frame more
		return
	}
	scratch[0], scratch[1] = c.codes[k], eventVolume
	if p.first = n == 0; n == keyFrames-1 {
		scratch[1] |= 0x80
		p.copies = 3
	}
	binary.BigEndian.PutUint16(scratch[2:], uint16(n+1)*audio.FrameSamples)
	p.payload, p.kind, p.age = scratch[:], eventType, uint32(n)*audio.FrameSamples
}
