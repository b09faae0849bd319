package rtcleg

import (
	"bytes"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tonegate/internal/softphone"
)

// TestClosedWhilePacketsCome: what comes while a connection is being closed is not
// kept, whichever source the library takes it for.
func TestClosedWhilePacketsCome(t *testing.T) {
	s, err := NewServer(Config{Path: PathPortable, Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	defer s.Close()
	for range 10 {
		phone, err := softphone.New(softphone.Config{Discard: true})
		require.NoError(t, err)
		offer, err := phone.Offer(t.Context())
		require.NoError(t, err)
		leg, answer, err := s.Accept(t.Context(), offer, Options{})
		require.NoError(t, err)
		require.NoError(t, phone.Accept(answer))
		<-phone.Connected()
		stop := make(chan struct{})
		var sending sync.WaitGroup
		sending.Go(func() {
			for payload := bytes.Repeat([]byte{7}, 160); ; {
				select {
				case <-stop:
					return
				default:
					_ = phone.SendRaw(0, payload)
				}
			}
		})
		for deadline := time.Now().Add(time.Minute); leg.Stats().Received == 0; runtime.Gosched() {
			require.True(t, time.Now().Before(deadline), "nothing comes")
		}
		var slots [][]byte
		queues := &leg.conn.(*peer).queues
		queues.mu.Lock()
		for _, q := range queues.all {
			q.mu.Lock()
			slots = append(slots, q.ring[:]...)
			q.mu.Unlock()
		}
		queues.mu.Unlock()
		require.NoError(t, leg.Close())
		close(stop)
		sending.Wait()
		require.True(t, queues.closed)
		require.NotEmpty(t, queues.all)
		for _, q := range queues.all {
			slots = append(slots, q.ring[:]...)
		}
		require.NotEmpty(t, slots)
		for _, slot := range slots {
			require.Zero(t, bytes.Count(slot[:cap(slot)], []byte{7}), "of a key's samples")
		}
		require.NoError(t, phone.Close())
	}
}
