package fast

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/prefetch"
)

// asks queues checks as if they had come, and returns their transactions.
func (c *caller) asks(n *Network, checks int) (ids [][stun.TransactionIDSize]byte) {
	c.t.Helper()
	c.leg.mu.Lock()
	from := c.leg.paths[0].at
	c.leg.mu.Unlock()
	for range checks {
		m, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.NewUsername(c.local.localUfrag+":"+c.local.remoteUfrag),
			ice.PriorityAttr(1), stun.NewShortTermIntegrity(c.local.localPwd), stun.Fingerprint)
		require.NoError(c.t, err)
		n.later(nil, from, m.Raw)
		ids = append(ids, m.TransactionID)
	}
	return ids
}

// answered wants replies to these, in order.
func (c *caller) answered(ids [][stun.TransactionIDSize]byte) {
	c.t.Helper()
	for _, id := range ids {
		assert.Equal(c.t, id, c.reply().TransactionID)
	}
}

// Few checks are answered by the shard, when it says so; many, or when there is no time, or
// somebody else is at it, by the goroutine: in order always, and none is left.
func TestChecksAreAnsweredAfterThePhase(t *testing.T) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	for len(x.replies) > 0 {
		<-x.replies
	}
	ids := x.asks(n, atOnce)
	assert.Len(t, n.queue, atOnce)
	n.answers.Lock() // the goroutine could do nothing
	assert.Empty(t, x.replies)
	n.answers.Unlock()
	n.Answer(true)
	x.answered(ids)

	ids = x.asks(n, 3*atOnce)
	n.Answer(true)
	x.answered(ids)
	ids = x.asks(n, 1)
	n.Answer(false)
	x.answered(ids)

	ids = x.asks(n, 1)
	n.answers.Lock()
	n.Answer(true)
	n.answers.Unlock()
	x.answered(ids)
	n.Answer(true) // nothing waits
	for len(n.spare) < waiting {
		runtime.Gosched() // the goroutine gives back what it answered last
	}
}

// A network that is closed answers nothing that waits, on whoever's goroutine.
func TestNothingIsAnsweredAfterClose(t *testing.T) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	for len(x.replies) > 0 {
		<-x.replies
	}
	closed := func(yes bool) {
		n.answers.Lock()
		defer n.answers.Unlock()
		n.answers.closed = yes
	}
	closed(true)
	x.asks(n, 2) // as by a shard that had read them before
	n.Answer(true)
	assert.Empty(t, n.queue)
	assert.Empty(t, x.replies)
	closed(false)
	ids := x.asks(n, 1)
	n.Answer(true)
	x.answered(ids)

	require.NoError(t, x.leg.Close())
	require.NoError(t, n.Close())
	assert.True(t, n.answers.closed)
}

func BenchmarkCheck(b *testing.B) {
	n := newNetwork(b, Config{})
	x := newCaller(b, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	b.ReportAllocs()
	for b.Loop() {
		x.asks(n, 1)
		n.Answer(true)
		<-x.replies
	}
}

// TestStageFetches: with what packets need, as without, all of them are delivered, in order,
// and nothing is kept of it.
func TestStageFetches(t *testing.T) {
	n, x, s := newStaged(t)
	memory := new([1024]byte)
	for _, packets := range []int{0, 1, memoryAhead, listsAhead, listsAhead + 1, 3 * listsAhead} {
		n.reading.Lock()
		for i := range packets {
			needs := prefetch.NewList(prefetch.Whole(memory))
			if i%3 == 0 {
				needs = nil
			}
			s.put(route{leg: x.leg, needs: needs}, x.packet(7, uint16(packets<<6+i)), x.leg.seen)
		}
		s.deliver(3)
		for _, w := range s.waiting[:cap(s.waiting)] {
			assert.Nil(t, w.needs)
		}
		n.reading.Unlock()
		for i := range packets {
			assert.EqualValues(t, packets<<6+i, x.hears().SequenceNumber)
		}
	}
}

// TestNeeds: each packet's list has the leg's ciphers, and what it was told, and who has left
// keeps none of it.
func TestNeeds(t *testing.T) {
	n, x, _ := newStaged(t)
	memory := new([1024]byte)
	told := make([]prefetch.Place, prefetch.Most-1)
	for i := range told {
		told[i] = prefetch.Whole(memory)
	}
	x.leg.Batch(3, 2, told...)
	x.leg.mu.Lock()
	needs, at := x.leg.needs, x.leg.paths[0].at
	x.leg.mu.Unlock()
	assert.GreaterOrEqual(t, needs[0].Size(), int(unsafe.Sizeof(x.leg.in)+unsafe.Sizeof(x.leg.out)))
	assert.Less(t, needs[0].Size(), 4096)
	assert.Equal(t, told, needs[1:])
	n.routes.RLock()
	assert.Same(t, needs, n.routes.byAddress.of(at).needs)
	n.routes.RUnlock()

	x.send(x.packet(7, 2))
	n.reading.Lock()
	next := n.stages.of(3, 2)
	n.reading.Unlock()
	next.waits(t, n, 1)
	require.NoError(t, x.leg.Close())
	assert.Nil(t, next.waiting[0].needs)
	assert.Nil(t, x.leg.needs)
}
