package load

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
)

// far is a server's way of sending to a leg: real SRTP, with times of our own.
type far struct {
	t         *testing.T
	g         *generator
	l         *leg
	seal      *srtp.Context
	sequence  uint16
	timestamp uint32
	tally     *tally
}

func newFar(t *testing.T, to role) *far {
	const profile = srtp.ProtectionProfileAeadAes128Gcm
	context := func() *srtp.Context {
		c, err := srtp.CreateContext(make([]byte, 16), make([]byte, 12), profile)
		require.NoError(t, err)
		return c
	}
	return &far{t: t, g: new(generator), l: &leg{role: to, room: new(room), hear: context()}, seal: context(),
		sequence: 65500, tally: newTally(3, time.Second)}
}

// send delivers a packet whose samples are at a level from the from-th on.
func (f *far) send(arrived int64, from int) {
	p := rtp.Packet{Header: rtp.Header{Version: 2, SequenceNumber: f.sequence, Timestamp: f.timestamp, SSRC: 7}, Payload: make([]byte, audio.FrameSamples)}
	for i := range p.Payload {
		p.Payload[i] = audio.MuLaw.EncodeSample(voicePeak)
		if i >= from {
			p.Payload[i] = audio.MuLaw.EncodeSample(markLevel)
		}
	}
	plain, err := p.Marshal()
	require.NoError(f.t, err)
	sealed, err := f.seal.EncryptRTP(nil, plain, nil)
	require.NoError(f.t, err)
	f.g.onMedia(f.l, sealed, arrived, f.tally)
	f.skip()
}

// skip is a packet that is lost.
func (f *far) skip() {
	f.sequence++
	f.timestamp += audio.FrameSamples
}

// A synthetic bridge with 30 ms of delay and 10 of look-ahead, packets that come
// when they should or 300 µs late, one lost, one twice, one frame never sent,
// and sequence numbers that wrap meanwhile.
func TestHearing(t *testing.T) {
	const frame, none = int64(audio.FrameDuration), audio.FrameSamples
	f := newFar(t, agent)
	const start = int64(1_000_000_000_000)
	at := func(n int64) int64 { return start + n*frame }
	for n := range int64(100) {
		arrived := at(n)
		switch n {
		case 20: // the mark left 30 ms before this packet came, and begins at its 80th sample
			f.l.room.mark.set(customer, at(20)-30_000_000, f.tally)
			f.send(arrived, 80)
		case 40:
			f.send(arrived+300_000, none)
		case 50:
			f.skip()
		case 60:
			f.send(arrived, none)
			f.sequence-- // the same one again
			f.timestamp -= audio.FrameSamples
			f.send(arrived, none)
		case 70:
			f.timestamp += audio.FrameSamples // a frame that was not sent
			f.send(arrived+frame, none)
		default:
			f.send(arrived, none)
		}
	}
	got := f.tally
	assert.Equal(t, []int32{40_000}, got.delays[customerToAgent])
	assert.Equal(t, [3]int{1, 1, 1}, [3]int{got.expected - got.received, got.reordered, got.jumps})
	assert.Equal(t, 99, got.expected)
	late := 0
	for _, d := range got.jitter {
		if d == 300 {
			late++
		}
	}
	assert.Equal(t, 2, late, "one late packet is two deviations")
	assert.Equal(t, int32(300), quantile(got.jitter, .98))
	assert.Zero(t, got.undecipherable)
}
