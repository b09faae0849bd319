package psp

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tonegate/dtmf"
	"tonegate/internal/registers"
	"tonegate/internal/tlsclient"
)

const (
	requestHead = 4 << 10 // room for the longest head
	requestBody = 8 << 10
	// dials is how often a connection is tried, with a pause before each but
	// the first that doubles.
	dials      = 3
	firstPause = 100 * time.Millisecond
)

// requestSizes are the sizes that a request is padded to, by spaces after the
// JSON. Each is some bytes below a size in which the runtime hands out memory:
// crypto/tls (TLS 1.3) collects a record in a growing buffer, then appends its
// content type and the tag and encrypts in place. Without room for those it
// would encrypt into a new buffer and leave the card in the old one. That the
// sizes are right is tested, on the memory of the process.
var requestSizes = [...]int{1000, 2000, 4000, 8000}

// generic posts the generic Pay connector's JSON (see [KindGeneric]).
type generic struct {
	name          string
	url           *url.URL
	tls           *tls.Config // nil means plain HTTP to loopback
	authorization tlsclient.Secret
	tokenType     string
	budget        time.Duration
	runtime       Runtime
	breaker       breaker
}

func newGeneric(cfg Config, r Runtime, f *faults) *generic {
	g := &generic{
		name: f.name, url: cfg.target(f), tokenType: cfg.TokenType, budget: cfg.Budget,
		authorization: cfg.authorization(f), runtime: r, breaker: breaker{now: r.Now},
	}
	if g.url != nil && g.url.Scheme != "http" {
		g.tls = cfg.tls(g.url.Hostname(), f)
	}
	switch g.tokenType {
	case "":
		g.tokenType = "reusable"
	case "reusable", "one-time":
	default:
		f.add("token_type is neither reusable nor one-time")
	}
	if g.budget == 0 {
		g.budget = budgetMost
	}
	if g.budget < 0 || g.budget > budgetMost {
		f.add("budget is not between 0 and %s", budgetMost)
	}
	cfg.others(f, KindGeneric, map[string]bool{"recipient": cfg.Recipient != "", "recipient_file": cfg.RecipientFile != ""})
	return g
}

// exchange is all memory in which one order and its answer ever stand in the
// clear. It is one object on the heap, so that it neither moves nor grows, and
// it is cleared as a whole.
type exchange struct {
	request [requestHead + requestBody]byte
	answer  [maxAnswer]byte
	scan    scanner
}

// Submit implements [Connector].
func (g *generic) Submit(ctx context.Context, o Order) (Result, error) {
	if why := o.check(); why != "" {
		return Result{}, g.fail(InvalidOrder, false, why)
	}
	ok, trial := g.breaker.enter()
	if !ok {
		return Result{}, g.fail(CircuitOpen, false, "it failed too often just now: wait half a minute, and look at the provider's state")
	}
	ctx, cancel := context.WithTimeout(ctx, g.budget)
	defer cancel()
	res, failure := g.submit(ctx, &o)
	g.breaker.leave(trial, judge(failure))
	if failure != nil {
		return Result{}, failure
	}
	return res, nil
}

// judge tells what an outcome says about the provider's health.
func judge(failure *Error) verdict {
	switch {
	case failure == nil || failure.Class == Declined:
		return well
	case failure.Class == Cancelled || failure.Class == InvalidOrder:
		return unknown
	default:
		return ill
	}
}

func (g *generic) fail(c Class, sent bool, text string) *Error {
	return &Error{Connector: g.name, Class: c, Sent: sent, Text: text}
}

func (g *generic) submit(ctx context.Context, o *Order) (Result, *Error) {
	conn, failure := g.connect(ctx)
	if failure != nil {
		return Result{}, failure
	}
	defer conn.Close()
	// A caller who gives up must not wait for the provider.
	defer context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })()

	x := new(exchange)
	defer func() {
		*x = exchange{}
		registers.Clear()
	}()
	request, why := g.write(x, o)
	if why != "" {
		return Result{}, g.fail(InvalidOrder, false, why)
	}
	if !o.whole() {
		clear(x.request[:])
		return Result{}, g.fail(Cancelled, false, "the order was wiped before it was sent")
	}
	_, err := conn.Write(request)
	clear(x.request[:])
	registers.Clear() // the thread may sleep until the provider answers
	if err != nil {
		return Result{}, g.broken(ctx, err, true)
	}
	return g.read(ctx, conn, x, o)
}

// write puts the whole request (RFC 9112) into the exchange's buffer: the body
// behind the space for the longest head, then the head right before it.
func (g *generic) write(x *exchange, o *Order) (request []byte, why string) {
	body := ink{b: x.request[requestHead:]}
	g.body(&body, o)
	head := ink{b: x.request[:requestHead]}
	g.head(&head, o)
	const end = "\r\n\r\n"
	fixed := head.n + len(end)
	for _, size := range requestSizes {
		for digits := 3; digits <= 4; digits++ {
			length := strconv.Itoa(size - fixed - digits)
			if size-fixed-digits < body.n || len(length) != digits {
				continue
			}
			head.raw(length + end)
			for body.n < size-head.n {
				body.byte(' ')
			}
			if head.full || body.full {
				return nil, tooLarge
			}
			from := requestHead - head.n
			copy(x.request[from:], head.b[:head.n])
			return x.request[from : from+size], ""
		}
	}
	return nil, tooLarge
}

const tooLarge = "the order is too large"

// head writes the head up to the body's length, which comes last.
func (g *generic) head(k *ink, o *Order) {
	k.raw("POST " + g.url.RequestURI() + " HTTP/1.1\r\nHost: " + g.url.Host)
	k.raw("\r\nUser-Agent: tonegate\r\nConnection: close\r\nAccept: application/json\r\nAccept-Encoding: identity")
	k.raw("\r\nIdempotency-Key: " + o.IdempotencyKey)
	if g.authorization != "" {
		k.raw("\r\nAuthorization: " + string(g.authorization))
	}
	k.raw("\r\nContent-Type: application/json\r\nContent-Length: ")
}

func (g *generic) body(k *ink, o *Order) {
	method := o.Method
	if method == "" {
		method = "credit-card"
	}
	k.raw(`{"transaction_id":`)
	k.quoted(o.CaptureID)
	k.member("method", method)
	for _, f := range []struct {
		name, field string
		from, to    int
	}{
		{"cardnumber", CardNumber, 0, dtmf.MaxDigits}, {"cvv", SecurityCode, 0, dtmf.MaxDigits},
		{"expiry_month", Expiry, 0, 2}, {"expiry_year", Expiry, 2, 4}, {"postal_code", PostalCode, 0, dtmf.MaxDigits},
	} {
		if d, ok := o.Fields[f.field]; ok {
			k.digits(f.name, d, f.from, f.to)
		}
	}
	if o.Description != "" {
		k.member("description", o.Description)
	}
	// No amount is how the generic connector is asked for a token.
	amount := "0"
	if o.Action == Charge {
		amount = decimal(o.Amount, o.Currency)
	}
	k.member("chargeAmount", amount)
	k.member("token_type", g.tokenType)
	if o.Currency != "" {
		k.member("currency_code", strings.ToLower(o.Currency))
	}
	k.custom("parameters", o)
	k.byte('}')
}

// read takes the answer in and judges it. It reads as little as it can, and
// looks for the card before anything else.
func (g *generic) read(ctx context.Context, conn net.Conn, x *exchange, o *Order) (Result, *Error) {
	for n := 0; ; {
		m, err := conn.Read(x.answer[n:])
		n += m
		a, done, bad := parse(x.answer[:n], errors.Is(err, io.EOF) && n > 0)
		if !done && bad == nil && err == nil {
			continue
		}
		// The body is a part of it, contiguous by now.
		if x.echoes(x.answer[:n], o) {
			return Result{}, g.fail(Echoed, true, "the answer contains the card; nothing of it was kept: the provider must not send cards back")
		}
		switch {
		case done:
			res, failure := g.outcome(a, o)
			if !o.whole() {
				// What was wiped meanwhile was not looked for.
				return Result{}, g.fail(Cancelled, true, "the order was wiped before its answer was judged, so nothing of the answer was kept: look the payment up at the provider")
			}
			return res, failure
		case bad != nil:
			return Result{}, g.fail(Nonsense, true, "the answer is not HTTP/1.1 within the limits: check the connector's url")
		default:
			return Result{}, g.broken(ctx, err, true)
		}
	}
}
