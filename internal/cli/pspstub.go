package cli

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"tonegate/internal/pspstub"
)

type pspStubCmd struct {
	Listen    string        `default:"127.0.0.1:0" help:"Where to listen, on loopback." placeholder:"HOST:PORT"`
	Behaviour string        `default:"ok" help:"ok, latency, decline, time-out, 5xx, slow-loris, echo, nonsense, redirect or bad-certificate."`
	Latency   time.Duration `default:"50ms" help:"Of latency, and for each byte of slow-loris."`
	Seed      string        `help:"Of the tokens: the same seed and idempotency key give the same token."`
	Plain     bool          `help:"HTTP without TLS."`
	CAOut     string        `name:"ca-out" help:"Write the authority's certificate (PEM) here, for the connector's ca_file." placeholder:"FILE"`
}

// Run is a provider for test cards until the process is told to stop. It says
// of each order what is no secret.
func (c *pspStubCmd) Run(ctx context.Context, s *streams) error {
	var mu sync.Mutex
	p, err := pspstub.Start(pspstub.Config{
		Listen: c.Listen, Behaviour: pspstub.Behaviour(c.Behaviour), Latency: c.Latency, Seed: c.Seed, Plain: c.Plain,
		Seen: func(o pspstub.Order) {
			mu.Lock()
			defer mu.Unlock()
			fmt.Fprintf(s.out, "order %q, amount %q %q, with %s: %s\n", o.TransactionID, o.Amount, o.Currency, strings.Join(o.Fields, " "), o.Behaviour)
		},
	})
	if err != nil {
		return fmt.Errorf("%w: %w", errUsage, err)
	}
	defer p.Close()
	if c.CAOut != "" {
		if err := os.WriteFile(c.CAOut, p.CA(), 0o644); err != nil {
			return fmt.Errorf("--ca-out: %w", err)
		}
	}
	mu.Lock()
	fmt.Fprintf(s.out, "Stub provider for test cards at %s\n", p.URL())
	mu.Unlock()
	<-ctx.Done()
	return nil
}
