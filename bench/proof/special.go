package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"tonegate/internal/pspstub"
	"tonegate/internal/securemem"
	"tonegate/internal/softphone"
)

// echo has a provider send the card back. What our own code keeps of that must be
// gone; the copies in the buffers of crypto/tls are out of its reach, and are
// counted apart.
func echo(ctx context.Context, file, folder string, rng *rand.Rand) (c Check, err error) {
	c = Check{Name: "a provider that echoes the card: copies outside crypto/tls"}
	s, err := start(ctx, file, filepath.Join(folder, "echo"), securemem.None, pspstub.Echo)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, s.stop()) }()
	p, err := s.pay(ctx, newPlastic(rng), softphone.Event, echoing, true)
	if err != nil {
		return c, fmt.Errorf("the provider that echoes: %w", err)
	}
	c.Tried++
	if p.state != "failed" {
		c.fault("the payment is %s", p.state)
	}
	answers := 0
	n := newNeedle(p.card.number)
	for _, part := range p.after.parts {
		for _, h := range n.find(part.bytes) {
			if h.form == "ASCII" && echoed(part.bytes, h.at) {
				answers++
			} else {
				c.fault("%s outside an answer", h.form)
			}
		}
	}
	// Every window of the number is a hit of its own.
	windows := len(p.card.number) - someDigits + 1
	c.Figure = fmt.Sprintf("copies of the provider's answer inside crypto/tls, apart: %d", (answers+windows-1)/windows)
	return c.done(), nil
}

// echoed reports whether a place lies in the answer of a provider that echoes:
// our requests have neither member.
func echoed(b []byte, at int) bool {
	before := b[max(0, at-400):at]
	return bytes.Contains(before, []byte(`"token_id":"`)) || bytes.Contains(before, []byte(`"request":{"`))
}

// logNet takes a card on a server with a line that logs it (the build tag
// sabotage_log), and wants to find it caught. Nothing in a release logs a card: this
// is how the log's last net is seen at work.
func logNet(ctx context.Context, file, folder string, rng *rand.Rand) (c Check, err error) {
	c = Check{Name: "a careless line that logs the card: caught by the log's net"}
	s, err := start(ctx, file, filepath.Join(folder, "log"), securemem.None, pspstub.OK)
	if err != nil {
		return c, err
	}
	stopped := false
	defer func() {
		if !stopped {
			err = errors.Join(err, s.stop())
		}
	}()
	p, err := s.pay(ctx, newPlastic(rng), softphone.Event, paid, false)
	if err != nil {
		return c, fmt.Errorf("the server with a careless line: %w", err)
	}
	stopped = true
	if err := s.stop(); err != nil {
		return c, err
	}
	log := s.log.bytes()
	c.Tried = len(log)
	if !bytes.Contains(log, []byte("a careless line")) {
		c.fault("the careless line was not logged")
	}
	if hits := newNeedle(p.card.number).find(log); len(hits) > 0 {
		c.fault("%s in the log", tally(hits))
	}
	caught := strings.Count(string(log), "[redacted]")
	if caught == 0 {
		c.fault("the net caught nothing")
	}
	c.Figure = fmt.Sprintf("%d bytes of log, %d numbers caught", len(log), caught)
	return c.done(), nil
}
