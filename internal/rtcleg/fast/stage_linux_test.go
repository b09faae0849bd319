package fast

import (
	"bytes"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// newStaged is a caller whose leg phase 1 of shard 3 ticks, and its stage. Nobody but
// the test asks for that phase.
func newStaged(t *testing.T) (*Network, *caller, *stage) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	x.leg.Batch(3, 1)
	n.reading.Lock()
	defer n.reading.Unlock()
	return n, x, n.stages.of(3, 1)
}

// waits asks for a phase until so many packets wait in a stage.
func (s *stage) waits(t *testing.T, n *Network, packets int) {
	t.Helper()
	for end := time.Now().Add(patience); time.Now().Before(end); {
		n.Receive(3, 0)
		n.reading.Lock()
		got := len(s.waiting)
		n.reading.Unlock()
		if got == packets {
			return
		}
	}
	t.Fatalf("%d packets never waited", packets)
}

// Packets wait, as they came, for the phase that ticks their leg, and are then
// delivered in order, on its shard's goroutine. Nothing of them is left.
func TestPacketsWaitForTheirPhase(t *testing.T) {
	n, x, s := newStaged(t)
	key, sent := []byte("keykeykey"), []byte(nil)
	for i := range uint16(20) {
		p := x.packet(7, i, bytes.Repeat(key, 1+int(i))...)
		x.send(p)
		sent = append(sent, p...)
	}
	s.waits(t, n, 20)
	n.Receive(0, 1)
	assert.Empty(t, x.heard)
	assert.Equal(t, sent, s.data)
	n.Receive(3, 1)
	for i := range uint16(20) {
		p := x.hears()
		assert.Equal(t, i, p.SequenceNumber)
		assert.Equal(t, bytes.Repeat(key, 1+int(i)), p.Payload)
		assert.EqualValues(t, 3, x.on.Load())
	}
	assert.NotContains(t, string(s.data[:cap(s.data)]), "key")
	for _, w := range s.waiting[:cap(s.waiting)] {
		assert.Nil(t, w.leg)
	}
}

// More than fits is delivered at once and not on the shard's goroutine; nothing is
// lost, and the order is kept.
func TestAFloodDoesNotWait(t *testing.T) {
	n, x, s := newStaged(t)
	at := time.Now()
	n.reading.Lock()
	sent := uint16(0)
	for len(s.data)+packetBytes <= stageBytes {
		s.put(route{leg: x.leg}, x.packet(7, sent, make([]byte, packetBytes-12-16)...), at)
		sent++
	}
	assert.Empty(t, x.heard)
	s.put(route{leg: x.leg}, x.packet(7, sent, make([]byte, packetBytes-12-16)...), at)
	assert.Len(t, s.waiting, 1)
	n.reading.Unlock()
	for i := range sent {
		assert.Equal(t, i, x.hears().SequenceNumber)
		assert.EqualValues(t, noShard, x.on.Load())
	}
	n.Receive(3, 1)
	assert.Equal(t, sent, x.hears().SequenceNumber)
	assert.LessOrEqual(t, cap(s.data), 2*stageBytes)
}

// A leg that is given to another phase loses nothing, and one that is closed is
// delivered nothing that waits.
func TestAStageIsLeft(t *testing.T) {
	n, x, s := newStaged(t)
	x.send(x.packet(7, 0))
	s.waits(t, n, 1)
	x.leg.Batch(3, 2)
	x.send(x.packet(7, 1))
	n.reading.Lock()
	next := n.stages.of(3, 2)
	n.reading.Unlock()
	next.waits(t, n, 1)
	n.Receive(3, 1)
	assert.EqualValues(t, 0, x.hears().SequenceNumber)
	n.Receive(3, 2)
	assert.EqualValues(t, 1, x.hears().SequenceNumber)

	x.send(x.packet(7, 2))
	next.waits(t, n, 1)
	require.NoError(t, x.leg.Close())
	assert.Nil(t, next.waiting[0].leg)
	n.Receive(3, 2)
	assert.Empty(t, x.heard)
}

// Short packets are not kept, and many of any length do not wait for one tick.
func TestStageIsBounded(t *testing.T) {
	n, x, s := newStaged(t)
	n.reading.Lock()
	defer n.reading.Unlock()
	for range 10 * stagePackets {
		s.put(route{leg: x.leg}, make([]byte, shortest-1), time.Now())
	}
	assert.Empty(t, s.waiting)
	for range 10 * stagePackets {
		s.put(route{leg: x.leg}, make([]byte, shortest), time.Now())
		assert.LessOrEqual(t, len(s.waiting), stagePackets)
	}
}
