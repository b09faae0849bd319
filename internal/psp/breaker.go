package psp

import (
	"sync"
	"time"
)

const (
	// tripAfter failures in a row open the circuit for coolDown; then one order
	// is let through, and its outcome closes the circuit or opens it again.
	tripAfter = 5
	coolDown  = 30 * time.Second
)

// verdict is what an outcome says about the provider's health.
type verdict uint8

const (
	unknown verdict = iota // nothing: the caller gave up, say
	well                   // it answers, be it with a decline
	ill
)

// breaker keeps callers from waiting for a provider that does not answer, and
// the provider from being flooded when it comes back.
type breaker struct {
	now func() time.Time

	mu       sync.Mutex
	failures int
	open     bool
	until    time.Time
	trial    bool // an order is out to find whether the provider is back
}

// enter reports whether an order may be tried, and whether it is the trial.
// Each that may must leave.
func (b *breaker) enter() (ok, trial bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.open {
		return true, false
	}
	if b.trial || b.now().Before(b.until) {
		return false, false
	}
	b.trial = true
	return true, true
}

func (b *breaker) leave(trial bool, v verdict) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if trial {
		b.trial = false
	}
	switch v {
	case well:
		b.failures, b.open = 0, false
	case ill:
		b.failures++
		if b.open || b.failures >= tripAfter {
			b.open, b.until = true, b.now().Add(coolDown)
		}
	case unknown:
	}
}
