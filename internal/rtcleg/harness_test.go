package rtcleg_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg"
	"tonegate/internal/softphone"
)

// path is the media path that the tests run on. All of them run on each.
var path string

type onEachPath struct{ *testing.M }

func (m onEachPath) Run() (code int) {
	for _, path = range paths() {
		fmt.Println("media path:", path)
		code |= m.M.Run()
	}
	return code
}

// paths are those of this platform, the default first.
func paths() []string {
	if rtcleg.DefaultPath() == rtcleg.PathFast {
		return []string{rtcleg.PathFast, rtcleg.PathPortable}
	}
	return []string{rtcleg.PathPortable}
}

func TestMain(m *testing.M) { goleak.VerifyTestMain(onEachPath{m}) }

const patience = 20 * time.Second

func newServer(t *testing.T) *rtcleg.Server {
	t.Helper()
	s, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	return s
}

// ear records what a leg is given and lets a test wait for it.
type ear struct {
	mu      sync.Mutex
	packets []rtp.Packet
	changed chan struct{}
	states  chan rtcleg.State
}

func newEar() *ear { return &ear{changed: make(chan struct{}), states: make(chan rtcleg.State, 32)} }

func (e *ear) Deliver(raw []byte, _ time.Time, _ int) {
	var p rtp.Packet
	if p.Unmarshal(append([]byte(nil), raw...)) != nil {
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	e.packets = append(e.packets, p)
	close(e.changed)
	e.changed = make(chan struct{})
}

// wait returns once done says so of the packets so far.
func (e *ear) wait(t *testing.T, done func([]rtp.Packet) bool) []rtp.Packet {
	t.Helper()
	timeout := time.After(patience)
	for {
		e.mu.Lock()
		packets, changed := e.packets, e.changed
		e.mu.Unlock()
		if done(packets) {
			return packets
		}
		select {
		case <-changed:
		case <-timeout:
			t.Fatalf("only %d packets arrived", len(packets))
		}
	}
}

func atLeast(n int) func([]rtp.Packet) bool {
	return func(p []rtp.Packet) bool { return len(p) >= n }
}

func (e *ear) waitState(t *testing.T, want ...rtcleg.State) {
	t.Helper()
	timeout := time.After(patience)
	for {
		select {
		case s := <-e.states:
			if slices.Contains(want, s) {
				return
			}
		case <-timeout:
			t.Fatalf("never %s", want)
		}
	}
}

// call is a phone connected to a leg.
type call struct {
	phone *softphone.Phone
	leg   *rtcleg.Leg
	ear   *ear

	offer, answer string
}

func connect(t *testing.T, s *rtcleg.Server, cfg softphone.Config, events bool) *call {
	t.Helper()
	return connectWith(t, s, cfg, events, func(offer string) string { return offer })
}

// connectWith is connect with an offer edited on its way.
func connectWith(t *testing.T, s *rtcleg.Server, cfg softphone.Config, events bool, edit func(string) string) *call {
	t.Helper()
	ctx := t.Context()
	phone, err := softphone.New(cfg)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, phone.Close()) })
	offer, err := phone.Offer(ctx)
	require.NoError(t, err)
	offer = edit(offer)
	c := &call{phone: phone, ear: newEar()}
	var answer string
	c.leg, answer, err = s.Accept(ctx, offer, rtcleg.Options{
		TelephoneEvent: events, Receiver: c.ear,
		OnState: func(st rtcleg.State) { c.ear.states <- st },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.leg.Close()) })
	c.offer, c.answer = offer, answer
	require.NoError(t, phone.Accept(answer))
	c.ear.waitState(t, rtcleg.StateConnected)
	select {
	case <-phone.Connected():
	case <-time.After(patience):
		t.Fatal("the phone does not connect")
	}
	return c
}

// speech returns samples that survive companding unchanged, so that what
// arrives can be compared sample for sample.
func speech(law audio.Law, seed uint64, frames int) []int16 {
	rng := rand.New(rand.NewPCG(seed, 1))
	samples := make([]int16, frames*audio.FrameSamples)
	for i := range samples {
		samples[i] = law.DecodeSample(law.EncodeSample(int16(rng.IntN(20000) - 10000)))
	}
	return samples
}

// say sends samples from the leg, numbered on from sequence.
func (c *call) say(t *testing.T, samples []int16, sequence uint16) {
	t.Helper()
	law := c.leg.Media().Law
	for i := 0; i*audio.FrameSamples < len(samples); i++ {
		frame := audio.Frame(samples[i*audio.FrameSamples:])
		payload := make([]byte, audio.FrameSamples)
		law.Encode(payload, &frame)
		h := rtp.Header{
			Version: 2, PayloadType: law.PayloadType(), SequenceNumber: sequence + uint16(i),
			Timestamp: (uint32(sequence) + uint32(i)) * audio.FrameSamples,
		}
		require.NoError(t, c.leg.Send(&h, payload))
	}
}

// heard decodes the audio packets in their order of arrival.
func heard(m rtcleg.Media, packets []rtp.Packet) []int16 {
	var out []int16
	for _, p := range packets {
		if p.PayloadType == m.Law.PayloadType() {
			samples := make([]int16, len(p.Payload))
			m.Law.Decode(samples, p.Payload)
			out = append(out, samples...)
		}
	}
	return out
}

func deadline(t *testing.T) context.Context {
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	return ctx
}
