package fast

import (
	"runtime"
	"testing"
	"unsafe"

	"github.com/pion/dtls/v3"
	"github.com/pion/stun/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/prefetch"
)

// newAsker is a caller that is connected and has no answer to come.
func newAsker(t testing.TB) (*Network, *caller) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	n.rest()
	for len(x.replies) > 0 {
		<-x.replies
	}
	return n, x
}

// rest waits until whoever answered has given back all of it.
func (n *Network) rest() {
	for len(n.spare) < waiting {
		runtime.Gosched()
	}
}

// asks queues checks as if they had come, and returns their transactions.
func (c *caller) asks(n *Network, checks int) (ids [][stun.TransactionIDSize]byte) {
	c.t.Helper()
	c.leg.mu.Lock()
	from := c.leg.paths[0].at
	c.leg.mu.Unlock()
	for range checks {
		m := c.binding(c.local)
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
	n, x := newAsker(t)
	n.answers.Lock() // the goroutine may have been woken up by what came before
	ids := x.asks(n, atOnce)
	assert.Len(t, n.queue, atOnce)
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
	n.rest()
}

// A network that is closed answers nothing that waits, on whoever's goroutine.
func TestNothingIsAnsweredAfterClose(t *testing.T) {
	n, x := newAsker(t)
	closed := func(yes bool) {
		n.answers.Lock()
		defer n.answers.Unlock()
		n.answers.closed = yes
	}
	closed(true)
	x.asks(n, 2) // as by a shard that had read them before
	n.Answer(true)
	n.rest()
	assert.Empty(t, n.queue)
	closed(false)
	ids := x.asks(n, 1)
	n.Answer(true)
	x.answered(ids) // and to no other
	assert.Empty(t, x.replies)

	require.NoError(t, x.leg.Close())
	require.NoError(t, n.Close())
	assert.True(t, n.answers.closed)
}

func BenchmarkCheck(b *testing.B) {
	n, x := newAsker(b)
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
