package rtcleg

import (
	"io"
	"slices"
	"sync"

	"github.com/pion/transport/v4/packetio"

	"tonegate/internal/registers"
)

// queued is how many packets of a source may wait for its reader, which only
// hands them on. More are dropped, as a full socket would.
const queued = 64

// queue holds a source's decrypted packets between the library, which writes
// them, and our reader.
//
// It stands in for the library's own buffer, which keeps what was read until
// later packets overwrite it: after the last packet of a call, the last key. This
// one zeroes a packet as it is read, and all that waits when it is closed. It also
// zeroes what it is given: the library decrypts in place, in a buffer that lives as
// long as the connection and that nobody else can reach, and does not look at it
// again.
type queue struct {
	mu     sync.Mutex
	filled sync.Cond
	ring   [queued][]byte
	first  int
	count  int
	read   bool // somebody has begun to
	closed bool
	gone   func(*queue) // told when the library closes it
}

func newQueue(gone func(*queue)) *queue {
	q := &queue{gone: gone}
	q.filled.L = &q.mu
	return q
}

// maxQueues bounds those that a connection has at a time: two a source, one of them for
// its reports.
const maxQueues = 2 * (maxSources + 1)

// queues are those of one connection that are open. The library closes a source's queue
// with its reader. But it makes one for whatever source a packet names, and leaves some
// without a reader: a source that the offer does not have, one that an offer has just
// replaced, one whose packet comes while the connection is being closed.
type queues struct {
	tooMany func() // told of one too many; must not wait

	mu     sync.Mutex
	closed bool
	all    []*queue // the oldest first
}

// make is webrtc.SettingEngine's BufferFactory. What is one too many, or too late, is
// closed from the beginning: it zeroes what it is given and keeps nothing. So is that of
// source 0, which the library takes for a probe of the network and reads itself.
func (s *queues) make(_ packetio.BufferPacketType, source uint32) io.ReadWriteCloser {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := newQueue(s.forget)
	switch {
	case s.closed || source == 0:
		q.closed = true
	case len(s.all) == maxQueues && !s.evict():
		q.closed = true
		s.tooMany()
	default:
		s.all = append(s.all, q)
	}
	return q
}

// evict closes the oldest queue that nobody has begun to read.
func (s *queues) evict() bool {
	for i, q := range s.all {
		if q.unread() {
			q.discard()
			s.all = slices.Delete(s.all, i, i+1)
			return true
		}
	}
	return false
}

// forget makes room for another: at each change of its media the library closes the
// queues of sources that the offer does not name, and makes them anew.
func (s *queues) forget(q *queue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if i := slices.Index(s.all, q); i >= 0 && !s.closed {
		s.all = slices.Delete(s.all, i, i+1)
	}
}

// close closes and zeroes all of them, and closes those to come.
func (s *queues) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closed = true
	for _, q := range s.all {
		q.discard()
	}
}

// Write queues a copy of a packet and zeroes the packet, which io.Writer forbids
// in general.
func (q *queue) Write(packet []byte) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer registers.Clear()
	defer clear(packet)
	switch {
	case q.closed:
		return 0, io.ErrClosedPipe
	case len(packet) > packetBytes, q.count == queued && q.read:
		return 0, packetio.ErrFull
	case q.count == queued: // the library does not read this source
		q.empty()
	}
	slot := &q.ring[(q.first+q.count)%queued]
	*slot = append((*slot)[:0], packet...)
	q.count++
	q.filled.Signal()
	return len(packet), nil
}

// Read waits for a packet and moves it into the buffer. A buffer that is too
// short gets its beginning, and io.ErrShortBuffer.
func (q *queue) Read(into []byte) (n int, err error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	defer registers.Clear()
	q.read = true
	for q.count == 0 && !q.closed {
		q.filled.Wait()
	}
	if q.count == 0 {
		return 0, io.EOF
	}
	slot := q.ring[q.first]
	if n = copy(into, slot); n < len(slot) {
		err = io.ErrShortBuffer
	}
	clear(slot)
	q.first = (q.first + 1) % queued
	q.count--
	return n, err
}

// Close discards what waits: nobody is on the call any more.
func (q *queue) Close() error {
	q.discard()
	q.gone(q)
	return nil
}

// discard closes a queue and lets go of its memory: the library may keep the queue.
func (q *queue) discard() {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.closed = true
	q.empty()
	q.ring = [queued][]byte{}
	q.filled.Broadcast()
}

func (q *queue) unread() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return !q.read
}

// empty zeroes what waits.
func (q *queue) empty() {
	q.count = 0
	for i := range q.ring {
		clear(q.ring[i])
	}
}
