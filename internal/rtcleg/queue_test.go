package rtcleg

import (
	"bytes"
	"io"
	"testing"

	"github.com/pion/transport/v4/packetio"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func alone(*queue) {}

// TestQueueKeepsNothing: packets come out whole, in order, and once they did, or
// the source is closed, no byte of them is left, neither here nor with whoever
// wrote them.
func TestQueueKeepsNothing(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		q := newQueue(alone)
		var waiting [][]byte
		next, read := byte(0), false
		t.Repeat(map[string]func(*rapid.T){
			"write": func(t *rapid.T) {
				next = next%250 + 1
				p := bytes.Repeat([]byte{next}, rapid.IntRange(1, packetBytes+1).Draw(t, "size"))
				kept := bytes.Clone(p)
				n, err := q.Write(p)
				require.Equal(t, make([]byte, len(p)), p, "the writer's copy")
				if len(waiting) == queued && !read && len(p) <= packetBytes {
					waiting = nil // nobody reads it
				}
				if len(waiting) == queued || len(p) > packetBytes {
					require.ErrorIs(t, err, packetio.ErrFull)
					return
				}
				require.NoError(t, err)
				require.Equal(t, len(p), n)
				waiting = append(waiting, kept)
			},
			"read": func(t *rapid.T) {
				if len(waiting) == 0 {
					t.Skip("it would wait")
				}
				into := make([]byte, rapid.SampledFrom([]int{packetBytes, 100}).Draw(t, "room"))
				n, err := q.Read(into)
				want := waiting[0]
				read = true
				waiting = waiting[1:]
				if len(want) > len(into) {
					require.ErrorIs(t, err, io.ErrShortBuffer)
					want = want[:len(into)]
				} else {
					require.NoError(t, err)
				}
				require.Equal(t, want, into[:n])
			},
			"": func(t *rapid.T) {
				held := map[byte]bool{}
				for _, p := range waiting {
					held[p[0]] = true
				}
				for _, slot := range q.ring {
					for _, b := range slot[:cap(slot)] {
						require.True(t, b == 0 || held[b], "%d is left", b)
					}
				}
			},
		})
		slots := q.ring
		require.NoError(t, q.Close())
		for _, slot := range slots {
			require.Zero(t, bytes.Count(slot[:cap(slot)], []byte{0})-cap(slot))
		}
		_, err := q.Read(make([]byte, 10))
		require.ErrorIs(t, err, io.EOF)
		p := []byte{7}
		_, err = q.Write(p)
		require.ErrorIs(t, err, io.ErrClosedPipe)
		require.Zero(t, p[0])
	})
}

// TestQueueWakesItsReader: by a packet, and by the end.
func TestQueueWakesItsReader(t *testing.T) {
	q := newQueue(alone)
	read := make(chan error)
	go func() {
		for {
			_, err := q.Read(make([]byte, 10))
			if read <- err; err != nil {
				return
			}
		}
	}()
	_, err := q.Write([]byte{1})
	require.NoError(t, err)
	require.NoError(t, <-read)
	require.NoError(t, q.Close())
	assert.ErrorIs(t, <-read, io.EOF)
}

// TestQueuesMadeTooLate, or one too many, keep nothing, and whoever reads them is told
// that there is nothing.
func TestQueuesMadeTooLate(t *testing.T) {
	told := 0
	all := queues{tooMany: func() { told++ }}
	add := func() *queue {
		q := all.make(packetio.RTPBufferPacket, 1).(*queue)
		_, err := q.Write([]byte{7, 7})
		require.NoError(t, err)
		return q
	}
	keepsNothing := func(what string, source uint32) {
		t.Helper()
		q := all.make(packetio.RTPBufferPacket, source)
		p := []byte{7}
		_, err := q.Write(p)
		require.ErrorIs(t, err, io.ErrClosedPipe, what)
		require.Zero(t, p[0], what)
		_, err = q.Read(p)
		require.ErrorIs(t, err, io.EOF, what)
	}
	keepsNothing("of a probe", 0)
	require.Empty(t, all.all)
	for range maxQueues {
		_, err := add().Read(make([]byte, 2))
		require.NoError(t, err)
	}
	require.Zero(t, told)
	keepsNothing("one too many", 1)
	require.Equal(t, 1, told, "the leg is closed, not deaf")
	require.NoError(t, all.all[0].Close())
	unread := add()
	slots := unread.ring
	add()
	require.Equal(t, []byte{0, 0}, slots[0], "makes room: nobody reads it")
	require.True(t, unread.closed)
	require.Equal(t, 1, told)

	waiting := make([][]byte, maxQueues)
	for i, q := range all.all {
		waiting[i] = q.ring[0]
	}
	all.close()
	for i, q := range all.all {
		require.Equal(t, []byte{0, 0}, waiting[i])
		_, err := q.Write([]byte{7})
		require.ErrorIs(t, err, io.ErrClosedPipe)
		require.NoError(t, q.Close(), "the library's turn")
	}
	keepsNothing("after the end", 1)
	require.Equal(t, 1, told)
}
