package demo

import (
	"embed"
	"fmt"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/ivr"
	"tonegate/internal/softphone"
	"tonegate/internal/wav"
)

//go:embed speech/customer.wav speech/agent.wav
var speech embed.FS

// The timeline of a call, in samples. A marker opens each party's audio, by
// which delays are measured and recordings are aligned.
const (
	second      = audio.SampleRate
	markAt      = second / 2
	markLength  = second / 10
	talkAt      = second
	keysAt      = 2*second + second/2
	keyLength   = second / 10
	keySpacing  = 3 * second / 10
	afterKeys   = 2 * second
	inbandLevel = -10 // dBm0 per frequency
)

// scene is what everybody will say and key.
type scene struct {
	customer, agent, ivr []int16
	keys                 []dtmf.Key // to press
	strokes              []stroke   // all keys of the call, in order
	transport            softphone.Transport
	fromFile             bool
	end                  int // samples
}

// stroke is one key of the call.
type stroke struct {
	key           dtmf.Key
	onset, length int  // in the customer's samples
	sent          bool // pressed by the demonstration, not found in a recording
}

func newScene(keys []dtmf.Key, transport softphone.Transport, file []int16) (*scene, error) {
	s := &scene{keys: keys, transport: transport, fromFile: file != nil}
	if file != nil {
		s.customer = append(make([]int16, talkAt), file...)
	} else {
		talk, err := load("speech/customer.wav")
		if err != nil {
			return nil, err
		}
		s.customer = append(make([]int16, talkAt), talk...)
	}
	agent, err := load("speech/agent.wav")
	if err != nil {
		return nil, err
	}
	// The agent begins when the customer has begun, so that they talk at once.
	s.agent = append(make([]int16, talkAt+second), agent...)
	prompts, err := ivr.Builtin()
	if err != nil {
		return nil, err
	}
	s.ivr = append(make([]int16, talkAt), prompts[ivr.Enter]...)
	s.layKeys()
	s.end += afterKeys
	s.customer = fit(s.customer, s.end)
	s.agent = fit(s.agent, s.end)
	s.ivr = fit(s.ivr, s.end)
	for i, voice := range [][]int16{s.customer, s.agent, s.ivr} {
		copy(voice[markAt:], marker(uint64(i+1)))
	}
	return s, nil
}

// layKeys schedules the keys to press: during the bundled speech, or after a
// given recording, whose own tones are found and count as keys sent in-band.
func (s *scene) layKeys() {
	pressed, from := s.keys, keysAt
	if s.fromFile {
		s.strokes = readKeys(s.customer)
		from = len(s.customer) + second/2
		s.end = len(s.customer)
	}
	for i, k := range pressed {
		at := from + i*keySpacing
		s.strokes = append(s.strokes, stroke{key: k, onset: at, length: keyLength, sent: true})
		s.end = at + keyLength
		s.customer = fit(s.customer, max(len(s.customer), s.end))
		// A telephone silences the voice while it plays a tone.
		if s.transport != softphone.Event {
			tone(s.customer[at:s.end], k)
		}
	}
}

func load(name string) ([]int16, error) {
	f, err := speech.Open(name)
	if err != nil {
		return nil, fmt.Errorf("bundled speech: %w", err)
	}
	defer f.Close()
	samples, err := wav.Read(f)
	if err != nil {
		return nil, fmt.Errorf("bundled speech %s: %w", name, err)
	}
	return samples, nil
}

// fit cuts samples to n or repeats silence up to it.
func fit(samples []int16, n int) []int16 {
	if len(samples) >= n {
		return samples[:n:n]
	}
	return append(samples, make([]int16, n-len(samples))...)
}

// marker is a burst of noise that no other party has: white, so that neither
// detector nor codec minds it, and sharp when correlated with itself.
func marker(seed uint64) []int16 {
	n := audio.NewNoise(seed)
	out := make([]int16, markLength)
	for i := range out {
		out[i] = n.Within(6000)
	}
	return out
}
