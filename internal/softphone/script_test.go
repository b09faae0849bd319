package softphone

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
)

type packet struct {
	slot     int
	age      uint32
	duration uint16
	marker   bool
	end      bool
	copies   int
}

// unroll lists a script's event packets and the slots with audio.
func unroll(s *Script) (events []packet, withAudio []bool) {
	source := s.Source()
	for n := int64(0); ; n++ {
		slot, ok := source(n)
		if !ok {
			return events, withAudio
		}
		withAudio = append(withAudio, len(slot.Audio) > 0)
		if e := slot.Event; e != nil {
			events = append(events, packet{int(n), e.Age, e.Duration, e.Marker, e.End, e.Copies})
		}
	}
}

// A 100 ms digit as browsers send it: five packets' times, the last three times
// over, and the next audio 1120 samples after the one before.
func TestEventAsBrowsersSendIt(t *testing.T) {
	s := Script{Samples: make([]int16, 10*160), Keys: []Keystroke{{At: 2 * 160, Code: 5, Duration: 800}}}
	events, withAudio := unroll(&s)
	assert.Equal(t, []packet{
		{2, 0, 160, true, false, 1}, {3, 160, 320, false, false, 1}, {4, 320, 480, false, false, 1},
		{5, 480, 640, false, false, 1}, {6, 640, 800, false, true, 3},
	}, events)
	assert.Equal(t, []bool{true, true, false, false, false, false, false, false, true, true}, withAudio)
}

func TestBothAndInBandKeepAudio(t *testing.T) {
	for _, transport := range []Transport{Both, InBand} {
		s := Script{Samples: make([]int16, 6*160), Keys: []Keystroke{{At: 160, Duration: 330, Transport: transport}}}
		events, withAudio := unroll(&s)
		assert.NotContains(t, withAudio, false)
		if transport == InBand {
			assert.Empty(t, events)
			continue
		}
		require.Len(t, events, 3)
		assert.Equal(t, packet{3, 320, 330, false, true, 3}, events[2])
	}
}

// An event longer than its duration field goes on as a new segment with its own
// timestamp (RFC 4733 §2.5.1.3).
func TestLongEvent(t *testing.T) {
	s := Script{Keys: []Keystroke{{Duration: longest + 320}}}
	events, _ := unroll(&s)
	require.Len(t, events, longest/160+2)
	last := events[longest/160-1]
	assert.Equal(t, packet{longest/160 - 1, uint32(longest - 160), longest, false, false, 1}, last)
	assert.Equal(t, []uint16{160, 320}, []uint16{events[longest/160].duration, events[longest/160+1].duration})
	start := func(e packet) int { return e.slot*160 - int(e.age) }
	assert.Zero(t, start(last))
	assert.Equal(t, longest, start(events[longest/160]))
	assert.Equal(t, longest, start(events[longest/160+1]))
}

func TestEventPayload(t *testing.T) {
	e := EventStep{Code: 11, Volume: 10, Duration: 0x0320, End: true}
	assert.Equal(t, [4]byte{11, 0x8A, 3, 0x20}, e.payload())
}

func TestScriptLength(t *testing.T) {
	_, slots := unroll(&Script{})
	assert.Empty(t, slots)
	_, slots = unroll(&Script{Samples: make([]int16, 161)})
	assert.Len(t, slots, 2)
	_, slots = unroll(&Script{Slots: 7, Samples: make([]int16, 160), Law: audio.ALaw})
	assert.Len(t, slots, 7)
}
