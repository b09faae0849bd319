package ivr_test

import (
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/ivr"
	"tonegate/mixer/mask"
)

// TestMaskEndsOnTheGrid: whenever within half a second the key of a one-key field
// is pressed, the customer is heard again at the same time.
func TestMaskEndsOnTheGrid(t *testing.T) {
	want := 0
	for pressed := 3 * grid; pressed < 4*grid-8; pressed += 4 {
		back := heardAgain(t, pressed)
		if want == 0 {
			want = back
		}
		assert.Equal(t, want, back, "pressed at tick %d", pressed)
	}
}

// heardAgain returns the tick at which an agent hears a customer again who speaks
// all the time and presses one key by named events.
func heardAgain(t *testing.T, pressed int) int {
	c := bridge.New(bridge.Config{Policy: mask.Policy{Mode: mask.Strip}, Seed: 1})
	customer, err := c.Join(bridge.LegSpec{Role: bridge.Customer, Media: bridge.Media{Law: audio.MuLaw, Events: true, Event: 101, Clock: 8000}})
	require.NoError(t, err)
	for _, role := range []bridge.Role{bridge.Agent, bridge.IVR} {
		_, err = c.Join(bridge.LegSpec{Role: role, Builtin: role == bridge.IVR, Media: bridge.Media{Law: audio.MuLaw}})
		require.NoError(t, err)
	}
	s := ivr.New(ivr.Config{Arena: dtmf.NewArena(make([]byte, 512)), Prompts: testPrompts()}) // it has no voice: it speaks as no leg
	require.NoError(t, s.Start(c, ivr.Params{ID: "cap_1", Mode: mask.Field, Fields: fieldsOf(t, "first/digits@1,second/digits@1")}))
	var out bridge.Output
	var voice audio.Frame
	now := time.Unix(1_000_000, 0)
	p := bridge.Packet{SSRC: 1}
	for tick := range 8 * grid {
		s.Tick(now, c, &out)
		for i := range voice {
			voice[i] = int16(8000 * math.Sin(2*math.Pi*400/audio.SampleRate*float64(tick*len(voice)+i)))
		}
		at := tick - pressed
		p.Arrived, p.Timestamp = now, uint32(tick*audio.FrameSamples)
		p.PayloadType, p.Payload = audio.MuLaw.PayloadType(), make([]byte, audio.FrameSamples)
		audio.MuLaw.Encode(p.Payload, &voice)
		if at >= 0 && at < 5 { // an event of 80 ms in place of audio
			n, flags := min(at+1, 4)*audio.FrameSamples, byte(10)
			if at == 4 {
				flags |= 0x80
			}
			p.PayloadType, p.Payload = 101, []byte{7, flags, byte(n >> 8), byte(n)}
			p.Timestamp = uint32(pressed * audio.FrameSamples)
		}
		p.Marker = at == 0
		c.Receive(customer, p)
		p.Sequence++
		c.Tick(now, &out)
		loud := 0
		for _, v := range out.Agent.Samples() {
			if v > 2000 || v < -2000 {
				loud++
			}
		}
		if at > 8 && loud > audio.FrameSamples/4 {
			return tick
		}
		now = now.Add(audio.FrameDuration)
	}
	t.Fatal("never heard again")
	return 0
}
