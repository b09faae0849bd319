package signaling

import (
	"io"
	"net"
	"os"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
)

// TestSteady: a body that stands still is given up after a minute, one that comes
// drop by drop after an hour, and one that ends leaves no deadline behind.
func TestSteady(t *testing.T) {
	for name, c := range map[string]struct {
		drops int
		every time.Duration
		close bool
		bytes int
		after time.Duration
		err   error
	}{
		"stands still":         {2, time.Second, false, 2, 2*time.Second + uploadPatience, os.ErrDeadlineExceeded},
		"comes drop by drop":   {10_000, 50 * time.Second, false, 72, pieceTime, os.ErrDeadlineExceeded},
		"is slow and complete": {60, 50 * time.Second, true, 60, 3000 * time.Second, nil},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				far, near := net.Pipe()
				gone := make(chan struct{})
				defer func() { _ = near.Close(); <-gone }()
				go func() {
					defer close(gone)
					for range c.drops {
						time.Sleep(c.every) // of the bubble's clock
						if _, err := far.Write([]byte{0}); err != nil {
							return
						}
					}
					if c.close {
						_ = far.Close()
					}
				}()
				began := time.Now()
				var last time.Time
				body := &steady{near, func(at time.Time) error { last = at; return near.SetReadDeadline(at) }, uploadPatience, began.Add(pieceTime)}
				got, err := io.ReadAll(body)
				assert.ErrorIs(t, err, c.err)
				assert.InDelta(t, c.bytes, len(got), 1)
				assert.Equal(t, c.after, time.Since(began))
				assert.Equal(t, c.err == nil, last.IsZero())
			})
		})
	}
}
