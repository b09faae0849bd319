package load

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
)

func TestKeyingOfATenthOfTheRooms(t *testing.T) {
	var n [3]int
	for room := range 200 {
		n[keyingOf(room)]++
	}
	assert.Equal(t, [3]int{180, 10, 10}, n)
}

// What a customer that presses keys by events sends in a period: speech, one
// mark, and four events as browsers send them.
func TestContentOfAPeriod(t *testing.T) {
	c, err := newContent()
	require.NoError(t, err)
	l := &leg{role: customer, room: &room{keys: keyEvents}, remote: answer{events: true}}
	var scratch [4]byte
	marks, keys, packets, silent := 0, 0, 0, 0
	for frame := range int64(period) {
		p := c.at(l, frame, &scratch)
		packets += p.copies
		switch {
		case p.marked:
			marks++
			assert.Zero(t, step(p.payload))
		case p.pressed != noKeys:
			keys++
			assert.Equal(t, piece{payload: []byte{scratch[0], eventVolume, 0, 160}, kind: eventType, copies: 1, pressed: keyEvents, first: true}, p)
		case p.copies == 3: // the end, sent three times
			assert.Equal(t, []byte{scratch[0], eventVolume | 0x80, 3, 0x20}, p.payload)
			assert.Equal(t, uint32(640), p.age)
		case p.copies == 0:
			silent++
		case p.kind == audio.PayloadTypePCMU:
			assert.Equal(t, -1, step(p.payload), "speech is no mark")
		}
	}
	assert.Equal(t, [...]int{1, keysAPeriod, keysAPeriod}, [...]int{marks, keys, silent})
	assert.Equal(t, period+2*keysAPeriod-keysAPeriod, packets)

	l.remote.events = false // nobody takes events: tones
	for frame := range int64(period) {
		if p := c.at(l, frame, &scratch); p.pressed != noKeys {
			assert.Equal(t, keyTones, p.pressed)
			assert.Equal(t, c.tones[int(frame)/keyEvery][:audio.FrameSamples], p.payload)
		}
	}
	// Whole keys only: who comes within one leaves it out, and who is hushed within
	// one ends it.
	l.room.pressing = false
	assert.NotEqual(t, c.tones[0][audio.FrameSamples:][:audio.FrameSamples], c.at(l, keyAt+1, &scratch).payload)
	c.at(l, keyAt, &scratch)
	c.hushed.Store(true)
	assert.Equal(t, c.tones[0][audio.FrameSamples:][:audio.FrameSamples], c.at(l, keyAt+1, &scratch).payload)
	assert.Equal(t, noKeys, c.at(l, keyEvery+keyAt, &scratch).pressed)
	l = &leg{role: agent, room: &room{}}
	assert.True(t, c.at(l, agentMark, &scratch).marked)
	assert.False(t, c.at(l, customerMark, &scratch).marked)
}
