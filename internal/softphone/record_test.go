package softphone

import (
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
)

func feed(t *testing.T, r *recorder, pt uint8, sequence uint16, timestamp uint32, payload ...byte) {
	t.Helper()
	raw, err := (&rtp.Packet{
		Header:  rtp.Header{Version: 2, PayloadType: pt, SequenceNumber: sequence, Timestamp: timestamp, SSRC: 7},
		Payload: payload,
	}).Marshal()
	require.NoError(t, err)
	r.take(raw, time.Unix(0, 0))
}

// Order, repetition, loss and both wraps.
func TestRecorderTimeline(t *testing.T) {
	var r recorder
	r.begin(Media{Law: audio.MuLaw, Events: true, Event: 126}, false)
	one, two, three := audio.MuLaw.EncodeSample(1000), audio.MuLaw.EncodeSample(2000), audio.MuLaw.EncodeSample(3000)
	feed(t, &r, 0, 65534, 0xFFFFFFFE, one, one)
	feed(t, &r, 0, 1, 4, three) // before the one at 2; 0 is lost
	feed(t, &r, 0, 65535, 0, two, two)
	feed(t, &r, 0, 65535, 0, two, two)
	feed(t, &r, 126, 2, 5, 9, 0x0A, 0, 160)
	feed(t, &r, 126, 3, 5, 9, 0x8A, 1, 64)
	feed(t, &r, 0, 4, 6) // a probe
	feed(t, &r, 0, 5, 0x7000000, one)

	got := r.snapshot()
	d := audio.MuLaw.DecodeSample
	assert.Equal(t, []int16{d(one), d(one), d(two), d(two), 0, 0, d(three)}, got.Samples)
	assert.Equal(t, 2, got.Gaps)
	assert.Equal(t, 1, got.Lost)
	assert.Equal(t, 1, got.Repeated)
	assert.Equal(t, 1, got.Misplaced)
	assert.Equal(t, map[uint8]int{0: 6, 126: 2}, got.PayloadTypes)
	assert.Equal(t, []ReceivedEvent{{Code: 9, Duration: 320, Timestamp: 5, Ended: true, Packets: 2}}, got.Events)
	assert.Equal(t, 8, got.Packets)
	assert.Len(t, got.Arrivals, 7)
}

func TestRecorderTakesRubbish(t *testing.T) {
	var r recorder
	r.begin(Media{Events: true, Event: 101}, false)
	r.take([]byte{1, 2, 3}, time.Unix(0, 0))
	feed(t, &r, 101, 1, 1, 1, 2)
	assert.Equal(t, 2, r.snapshot().Malformed)
}

func TestReadAnswer(t *testing.T) {
	for text, want := range map[string]Media{
		"m=audio 5004 UDP/TLS/RTP/SAVPF 8\r\n":                                          {Law: audio.ALaw},
		"m=audio 5004 UDP/TLS/RTP/SAVPF 0 126\r\na=rtpmap:126 telephone-event/8000\r\n": {Events: true, Event: 126},
	} {
		m, err := readAnswer(text)
		require.NoError(t, err)
		assert.Equal(t, want, m)
	}
	for _, text := range []string{"", "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n", "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"} {
		_, err := readAnswer(text)
		assert.ErrorIs(t, err, ErrAnswer)
	}
}
