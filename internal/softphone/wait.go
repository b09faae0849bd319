package softphone

import (
	"context"
	"fmt"
)

// WaitPackets returns when at least n packets have arrived.
func (p *Phone) WaitPackets(ctx context.Context, n int) error {
	r := &p.rec
	for {
		r.mu.Lock()
		have := r.rec.Packets
		if have >= n {
			r.mu.Unlock()
			return nil
		}
		if r.changed == nil {
			r.changed = make(chan struct{})
		}
		changed := r.changed
		r.mu.Unlock()
		select {
		case <-changed:
		case <-p.gone:
			return fmt.Errorf("wait for %d packets, have %d: %w", n, have, ErrClosed)
		case <-ctx.Done():
			return fmt.Errorf("wait for %d packets, have %d: %w", n, have, ctx.Err())
		}
	}
}
