package rtcleg

import (
	"errors"
	"testing"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestReceptionReport(t *testing.T) {
	var a arrivals
	start := time.Unix(1_700_000_000, 0)
	assert.Nil(t, a.report(start))
	feed := func(i int, late time.Duration) {
		h := rtp.Header{Version: 2, SSRC: 7, SequenceNumber: uint16(65534 + i), Timestamp: 0xFFFFFF00 + uint32(i)*160}
		raw, err := h.Marshal()
		require.NoError(t, err)
		a.note(raw, start.Add(time.Duration(i)*20*time.Millisecond+late))
	}
	for _, i := range []int{0, 1, 3, 2, 5, 6, 9} { // 4, 7 and 8 are lost
		feed(i, 0)
	}
	sr, err := (&rtcp.SenderReport{SSRC: 7, NTPTime: 0x1122_3344_5566_7788}).Marshal()
	require.NoError(t, err)
	a.heardFrom(sr, start.Add(time.Second))

	r := a.report(start.Add(1500 * time.Millisecond))
	require.Len(t, r, 1)
	assert.Equal(t, rtcp.ReceptionReport{
		SSRC: 7, TotalLost: 3, FractionLost: 3 * 256 / 10, LastSequenceNumber: 1<<16 + 7,
		LastSenderReport: 0x3344_5566, Delay: 65536 / 2,
	}, r[0])

	feed(10, 16*time.Millisecond) // 128 samples late: a sixteenth of it is jitter
	r = a.report(start.Add(2 * time.Second))
	assert.Equal(t, uint8(0), r[0].FractionLost, "of the time since the last report")
	assert.Equal(t, uint32(8), r[0].Jitter)

	h := rtp.Header{Version: 2, SSRC: 8, SequenceNumber: 5}
	raw, err := h.Marshal()
	require.NoError(t, err)
	a.note(raw, start)
	assert.Equal(t, []rtcp.ReceptionReport{{SSRC: 8, LastSequenceNumber: 5}}, a.report(start))
}

func TestSenderReport(t *testing.T) {
	var d departures
	now := time.Unix(1_700_000_000, 500_000_000)
	_, ok := d.report(now)
	assert.False(t, ok)
	d.timestamp, d.at = 0xFFFFFFFF, now
	d.note(160)
	r, ok := d.report(now.Add(time.Second))
	require.True(t, ok)
	assert.Equal(t, rtcp.SenderReport{
		NTPTime: (1_700_000_001+2_208_988_800)<<32 | 1<<31, RTPTime: 7999, PacketCount: 1, OctetCount: 160,
	}, r)
}

// by is a connection that answers in turn.
type by struct {
	connection
	numbers []uint16
	answers []error
}

var errDropped, errGone = errors.New("dropped"), errors.New("gone")

func (b *by) send(h *rtp.Header, _ []byte) (bool, error) {
	b.numbers = append(b.numbers, h.SequenceNumber)
	switch err := b.answers[len(b.numbers)-1]; err {
	case errDropped:
		return false, nil
	default:
		return err == nil, err
	}
}

// Numbers are consecutive, whatever the caller's header says: what was dropped takes
// none, and what failed does, as it may have been encrypted.
func TestNumbers(t *testing.T) {
	to := &by{answers: []error{nil, nil, errDropped, errDropped, nil, errGone, nil, nil}}
	d := departures{next: 65533}
	for i := range to.answers {
		_, _ = d.send(to, &rtp.Header{SequenceNumber: uint16(7 * i)}, []byte{1})
	}
	assert.Equal(t, []uint16{65533, 65534, 65535, 65535, 65535, 0, 1, 2}, to.numbers)
	assert.Equal(t, uint64(5), d.packets)
}

// A report relates the clock to timestamps by a packet of audio of the last third of a
// second, or of the last one before an event.
func TestSenderReportIsOfLate(t *testing.T) {
	const audioType, eventType = 8, 101
	to := &by{answers: make([]error, 200)}
	d := departures{audio: audioType}
	for i := range uint32(200) {
		h := rtp.Header{PayloadType: audioType, Timestamp: i * 160}
		if i >= 100 && i < 150 {
			h.PayloadType, h.Timestamp = eventType, 100*160
		}
		before := time.Now()
		_, err := d.send(to, &h, []byte{1})
		require.NoError(t, err)
		switch {
		case i < 100 && i%clocked == 0, i == 150:
			assert.Equal(t, i*160, d.timestamp)
			assert.False(t, d.at.Before(before))
		case i < 150:
			assert.Equal(t, min(i, 96)/clocked*clocked*160, d.timestamp)
		default:
			assert.LessOrEqual(t, i*160-d.timestamp, uint32(clocked*160))
		}
	}
}
