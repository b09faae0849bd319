package psp_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/dtmf"
	"tonegate/internal/psp"
	"tonegate/internal/pspstub"
)

// TestEveryBehaviourHasItsClass runs over TLS against the stub provider.
func TestEveryBehaviourHasItsClass(t *testing.T) {
	short := psp.Config{Budget: 500 * time.Millisecond}
	for _, tc := range []struct {
		behaviour pspstub.Behaviour
		cfg       psp.Config
		class     psp.Class
		sent      bool
	}{
		{pspstub.OK, psp.Config{}, "", false},
		{pspstub.Latency, psp.Config{}, "", false},
		{pspstub.Decline, psp.Config{}, psp.Declined, true},
		{pspstub.TimeOut, short, psp.Slow, true},
		{pspstub.SlowLoris, short, psp.Slow, true},
		{pspstub.Failure, psp.Config{}, psp.Unavailable, true},
		{pspstub.Echo, psp.Config{}, psp.Echoed, true},
		{pspstub.Nonsense, psp.Config{}, psp.Nonsense, true},
		{pspstub.Redirect, psp.Config{}, psp.Redirected, true},
		{pspstub.BadCertificate, psp.Config{}, psp.BadCertificate, false},
	} {
		t.Run(string(tc.behaviour), func(t *testing.T) {
			p, c := provider(t, pspstub.Config{Behaviour: tc.behaviour, Latency: 60 * time.Millisecond}, tc.cfg)
			if tc.class == "" {
				res, err := c.Submit(within(t), card(t))
				require.NoError(t, err)
				require.Regexp(t, `^tok_[a-z2-7]{24}$`, res.Token)
			} else {
				e := failure(t, c, card(t))
				assert.Equal(t, tc.class, e.Class, e.Text)
				assert.Equal(t, tc.sent, e.Sent)
			}
			want := 1
			if tc.class == psp.BadCertificate {
				want = 0
			}
			assert.Len(t, p.Orders(), want, "one order, however it went: nothing is retried or followed once it was sent")
		})
	}
	require.Len(t, pspstub.Behaviours(), 10, "a new behaviour needs a row above")
}

// TestRequest is the generic connector's JSON, member for member.
func TestRequest(t *testing.T) {
	p, c := provider(t, pspstub.Config{}, psp.Config{AuthorizationFile: file(t, []byte("Bearer sk_test\n")), TokenType: "one-time"})
	o := card(t)
	o.Action, o.Amount, o.Currency, o.Description = psp.Charge, 1999, "EUR", "Order \"88\" \\ \x01 für Sie"
	o.Fields[psp.PostalCode], o.Fields["bank_account"], o.Fields["pin"] = keyed(t, "04109"), keyed(t, "12345678"), keyed(t, "4711")
	res, err := c.Submit(within(t), o)
	require.NoError(t, err)
	assert.Regexp(t, `^ch_`, res.Reference)
	seen := p.Orders()[0]
	assert.True(t, p.Was(seen, "cardnumber="+number, "cvv="+code, "expiry_month=08", "expiry_year=31", "postal_code=04109",
		"bank_account=12345678", "pin=4711"))
	assert.False(t, p.Was(seen, "cardnumber="+number), "the stub can tell")
	assert.Equal(t, []string{"bank_account", "cardnumber", "cvv", "expiry_month", "expiry_year", "pin", "postal_code"}, seen.Fields)
	assert.Equal(t, "Bearer sk_test", seen.Authorization)
	assert.Equal(t, []string{"cap_1", "idem-1", "credit-card", o.Description, "19.99", "one-time", "eur"},
		[]string{seen.TransactionID, seen.IdempotencyKey, seen.Method, seen.Description, seen.Amount, seen.TokenType, seen.Currency})
}

// TestAmounts: minor units become the decimals of the currency (ISO 4217).
func TestAmounts(t *testing.T) {
	p, c := provider(t, pspstub.Config{}, psp.Config{})
	for _, tc := range []struct {
		amount   int64
		currency string
		want     string
	}{{1, "EUR", "0.01"}, {10, "EUR", "0.10"}, {100, "USD", "1.00"}, {123456, "GBP", "1234.56"}, {1999, "JPY", "1999"}, {1999, "KWD", "1.999"}, {5, "BHD", "0.005"}, {19999, "CLF", "1.9999"}} {
		o := card(t)
		o.Action, o.Amount, o.Currency = psp.Charge, tc.amount, tc.currency
		_, err := c.Submit(within(t), o)
		require.NoError(t, err)
		seen := p.Orders()
		assert.Equal(t, tc.want, seen[len(seen)-1].Amount, tc.currency)
	}
}

// TestSameOrderSameToken: a platform that submits again gets the same token.
func TestSameOrderSameToken(t *testing.T) {
	_, c := provider(t, pspstub.Config{Seed: "7"}, psp.Config{})
	first, err := c.Submit(within(t), card(t))
	require.NoError(t, err)
	again, err := c.Submit(within(t), card(t))
	require.NoError(t, err)
	assert.Equal(t, first, again)
}

// TestRetriesOnlyTheDial: a connection that cannot be opened is tried again; an
// order of which a byte was sent is not.
func TestRetriesOnlyTheDial(t *testing.T) {
	cfg, _ := says(t, ok(`{"token_id":"tok_1"}`))
	t.Run("comes up", func(t *testing.T) {
		d := &dialer{refuse: 2}
		res, err := connector(t, cfg, psp.Runtime{Dial: d.dial}).Submit(within(t), card(t))
		require.NoError(t, err)
		assert.Equal(t, "tok_1", res.Token)
		assert.Equal(t, 3, d.tried)
	})
	t.Run("stays down", func(t *testing.T) {
		d := &dialer{refuse: 99}
		e := failure(t, connector(t, cfg, psp.Runtime{Dial: d.dial}), card(t))
		assert.Equal(t, psp.Unavailable, e.Class)
		assert.False(t, e.Sent)
		assert.Equal(t, 3, d.tried)
	})
	t.Run("breaks off", func(t *testing.T) {
		cfg, _ := says(t, "")
		d := &dialer{}
		e := failure(t, connector(t, cfg, psp.Runtime{Dial: d.dial}), card(t))
		assert.Equal(t, psp.Unavailable, e.Class)
		assert.True(t, e.Sent)
		assert.Equal(t, 1, d.tried)
	})
}

// TestCircuitBreaker: after five failures in a row nobody waits for this
// provider for half a minute; then one order finds out.
func TestCircuitBreaker(t *testing.T) {
	now := time.Unix(0, 0)
	p, err := pspstub.Start(pspstub.Config{Behaviour: pspstub.Failure})
	require.NoError(t, err)
	defer p.Close()
	c := connector(t, psp.Config{Kind: psp.KindGeneric, URL: p.URL(), CAFile: file(t, p.CA())}, psp.Runtime{Now: func() time.Time { return now }})
	submit := func() psp.Class { _, err := c.Submit(within(t), card(t)); return psp.ClassOf(err) }

	p.Behave(pspstub.Decline)
	for range 6 {
		require.Equal(t, psp.Declined, submit(), "a decline is an answer")
	}
	p.Behave(pspstub.Failure)
	for range 5 {
		require.Equal(t, psp.Unavailable, submit())
	}
	require.Equal(t, psp.CircuitOpen, submit())
	now = now.Add(29 * time.Second)
	require.Equal(t, psp.CircuitOpen, submit())
	require.Len(t, p.Orders(), 11, "not even tried")
	now = now.Add(time.Second)
	require.Equal(t, psp.Unavailable, submit(), "the trial")
	require.Equal(t, psp.CircuitOpen, submit())
	now = now.Add(30 * time.Second)
	p.Behave(pspstub.OK)
	for range 3 {
		require.Empty(t, submit())
	}
}

// TestCallerGivesUp: a cancelled capture does not wait for the provider.
func TestCallerGivesUp(t *testing.T) {
	seen := make(chan struct{}, 1)
	_, c := provider(t, pspstub.Config{Behaviour: pspstub.TimeOut, Seen: func(pspstub.Order) { seen <- struct{}{} }}, psp.Config{})
	ctx, cancel := context.WithCancel(within(t))
	go func() { <-seen; cancel() }()
	_, err := c.Submit(ctx, card(t))
	require.ErrorIs(t, err, psp.Cancelled)
}

// TestClientCertificate: a provider that asks for one gets it, and one that
// misses ours is named as such, where the protocol has words for it: TLS 1.2
// knows only a handshake that failed (RFC 5246 §7.4.6).
func TestClientCertificate(t *testing.T) {
	for version, missing := range map[uint16]psp.Class{tls.VersionTLS12: psp.Unavailable, tls.VersionTLS13: psp.BadCertificate} {
		t.Run(tls.VersionName(version), func(t *testing.T) {
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				_, _ = io.WriteString(w, `{"token_id":"tok_`+r.TLS.PeerCertificates[0].Subject.CommonName+`"}`)
			}))
			cert, key := clientCertificate(t)
			pool := x509.NewCertPool()
			pool.AppendCertsFromPEM(cert)
			s.TLS = &tls.Config{ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: pool, MaxVersion: version}
			s.Config.ErrorLog = quiet()
			s.StartTLS()
			defer s.Close()
			cfg := trusting(t, s)
			assert.Equal(t, missing, failure(t, connector(t, cfg, psp.Runtime{}), card(t)).Class)
			cfg.ClientCertFile, cfg.ClientKeyFile = file(t, cert), file(t, key)
			res, err := connector(t, cfg, psp.Runtime{}).Submit(within(t), card(t))
			require.NoError(t, err)
			assert.Equal(t, "tok_merchant", res.Token)
		})
	}
}

// TestOldTLSIsRefused: nothing below TLS 1.2, and no suite but AEAD.
func TestOldTLSIsRefused(t *testing.T) {
	for name, change := range map[string]func(*tls.Config){
		"TLS 1.1": func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS11 },
		"CBC": func(c *tls.Config) {
			c.MaxVersion, c.CipherSuites = tls.VersionTLS12, []uint16{tls.TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA}
		},
	} {
		t.Run(name, func(t *testing.T) {
			var seen atomic.Int32
			s := httptest.NewUnstartedServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { seen.Add(1) }))
			s.TLS = &tls.Config{}
			change(s.TLS)
			s.Config.ErrorLog = quiet()
			s.StartTLS()
			defer s.Close()
			e := failure(t, connector(t, trusting(t, s), psp.Runtime{}), card(t))
			assert.Equal(t, psp.Unavailable, e.Class)
			assert.False(t, e.Sent)
			assert.Zero(t, seen.Load())
		})
	}
}

// TestInvalidOrders: what cannot be right is refused before a byte is sent, and
// named without repeating it.
func TestInvalidOrders(t *testing.T) {
	p, c := provider(t, pspstub.Config{}, psp.Config{})
	wiped := keyed(t, number)
	wiped.Wipe()
	for name, change := range map[string]func(*psp.Order){
		"star in the number": func(o *psp.Order) { o.Fields[psp.CardNumber] = keyed(t, "531290876413*754") },
		"letter in a PIN":    func(o *psp.Order) { o.Fields["pin"] = keyed(t, "47A1") },
		"hash in the code":   func(o *psp.Order) { o.Fields[psp.SecurityCode] = keyed(t, "91#") },
		"wiped":              func(o *psp.Order) { o.Fields[psp.CardNumber] = wiped },
		"zero handle":        func(o *psp.Order) { o.Fields[psp.CardNumber] = dtmf.Digits{} },
		"short number":       func(o *psp.Order) { o.Fields[psp.CardNumber] = keyed(t, "53129087641") },
		"long number":        func(o *psp.Order) { o.Fields[psp.CardNumber] = keyed(t, "53129087641307541111") },
		"month 13":           func(o *psp.Order) { o.Fields[psp.Expiry] = keyed(t, "1331") },
		"month 0":            func(o *psp.Order) { o.Fields[psp.Expiry] = keyed(t, "0031") },
		"half an expiry":     func(o *psp.Order) { o.Fields[psp.Expiry] = keyed(t, "08") },
		"long code":          func(o *psp.Order) { o.Fields[psp.SecurityCode] = keyed(t, "91712") },
		"no field":           func(o *psp.Order) { o.Fields = nil },
		"field name":         func(o *psp.Order) { o.Fields[`x":"`] = keyed(t, "1") },
		"capture id":         func(o *psp.Order) { o.CaptureID = `cap"1` },
		"no key":             func(o *psp.Order) { o.IdempotencyKey = "" },
		"header in the key":  func(o *psp.Order) { o.IdempotencyKey = "a\r\nHost: b" },
		"method":             func(o *psp.Order) { o.Method = "a b" },
		"description":        func(o *psp.Order) { o.Description = "\xff" },
		"no amount":          func(o *psp.Order) { o.Action = psp.Charge; o.Currency = "EUR" },
		"no currency":        func(o *psp.Order) { o.Action = psp.Charge; o.Amount = 1 },
		"odd currency":       func(o *psp.Order) { o.Currency = "eur" },
		"negative amount":    func(o *psp.Order) { o.Amount = -1 },
		"action":             func(o *psp.Order) { o.Action = 7 },
	} {
		t.Run(name, func(t *testing.T) {
			o := card(t)
			change(&o)
			e := failure(t, c, o)
			assert.Equal(t, psp.InvalidOrder, e.Class)
			assert.NotRegexp(t, `531290|4711|47A1|\*|#`, e.Text)
		})
	}
	assert.Empty(t, p.Orders())
}

func clientCertificate(t *testing.T) (cert, key []byte) {
	t.Helper()
	der, private := selfSigned(t, "merchant")
	b, err := x509.MarshalPKCS8PrivateKey(private)
	require.NoError(t, err)
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: b})
}
