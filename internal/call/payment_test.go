package call

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/bridge"
	"tonegate/internal/card"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
)

// TestCauses: what a customer's capture says of each class of a connector's
// failures. Only a provider that declined lets the customer try another card.
func TestCauses(t *testing.T) {
	for class, want := range map[psp.Class]ivr.Cause{
		psp.Declined: ivr.Declined, psp.Slow: ivr.ProviderTimeout,
		psp.Unavailable: ivr.ProviderUnreachable, psp.BadCertificate: ivr.ProviderUnreachable, psp.CircuitOpen: ivr.ProviderUnreachable,
		psp.Nonsense: ivr.ProviderError, psp.Redirected: ivr.ProviderError, psp.Echoed: ivr.ProviderError,
		psp.Cancelled: ivr.ProviderError, psp.InvalidOrder: ivr.ProviderError,
	} {
		err := fmt.Errorf("submit: %w", &psp.Error{Connector: "psp-main", Class: class, Text: "a line", Sent: true})
		assert.Equal(t, want, causeOf(err), string(class))
		assert.Equal(t, &Failure{class, true}, failureOf(err))
	}
	assert.Equal(t, ivr.NoCause, causeOf(nil))
	assert.Equal(t, ivr.ProviderError, causeOf(errors.New("not recorded")))
	assert.Nil(t, failureOf(errors.New("not recorded")))
}

// TestCausesAreDetails: the audit record names how each capture ended.
func TestCausesAreDetails(t *testing.T) {
	for cause := ivr.NoInput; cause.String() != ""; cause++ {
		assert.Equal(t, cause.String(), string(detailOf(cause.String())))
	}
}

// TestEnvelopesExpire: a sealed card can be read for a while, also by who read it
// before, and then the answer says that it is gone. So it does after a restart.
func TestEnvelopesExpire(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &Service{captures: map[string]*Capture{}}
		s.captures["cap_1"] = &Capture{Payment: PaymentSpec{Connector: "vault"}, Result: &Result{Envelope: "sealed", Format: "age", Brand: card.Visa}}
		s.expireEnvelope(s.captures["cap_1"])
		time.Sleep(envelopeLife - time.Second)
		synctest.Wait()
		before, err := s.Capture("cap_1")
		require.NoError(t, err)
		assert.Equal(t, "sealed", before.Result.Envelope)
		time.Sleep(time.Second)
		synctest.Wait()
		c, err := s.Capture("cap_1")
		require.NoError(t, err)
		assert.Equal(t, &Result{EnvelopeExpired: true, Format: "age", Brand: card.Visa}, c.Result)
		assert.Equal(t, "sealed", before.Result.Envelope, "a snapshot stays what it was")
		assert.Equal(t, &Receipt{Of: "envelope"}, c.Result.receipt())
		assert.True(t, reviveCapture("conf_1", before.kept()).Result.EnvelopeExpired)
		token := Capture{Payment: c.Payment, Result: &Result{Token: "tok_1"}}
		assert.False(t, reviveCapture("conf_1", token.kept()).Result.EnvelopeExpired)
	})
}

// TestReceipt: an agent can name a result and never use it.
func TestReceipt(t *testing.T) {
	for _, tc := range []struct {
		result *Result
		want   *Receipt
	}{
		{nil, nil},
		{&Result{}, nil},
		{&Result{Token: "tok_abcdefghijkl"}, &Receipt{"token", "ijkl"}},
		{&Result{Token: "tok_abcdefg"}, &Receipt{"token", ""}},
		{&Result{Reference: "ch_9876543210"}, &Receipt{"charge", "3210"}},
		{&Result{Envelope: "-----BEGIN AGE ENCRYPTED FILE-----", Format: "age"}, &Receipt{"envelope", ""}},
	} {
		assert.Equal(t, tc.want, tc.result.receipt())
	}
	seen := Capture{Result: &Result{Token: "tok_abcdefghijkl"}, Failure: &Failure{Class: psp.Declined}, Payment: PaymentSpec{Connector: "psp-main"}}
	agent, supervisor := seen.seenBy(bridge.Agent), seen.seenBy(bridge.Supervisor)
	assert.Nil(t, agent.Result)
	assert.Equal(t, Capture{}, supervisor)
}
