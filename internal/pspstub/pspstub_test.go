package pspstub_test

import (
	"bytes"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"fmt"
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tonegate/internal/pspstub"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// post sends an order as any customer's software would, with net/http.
func post(t *testing.T, p *pspstub.Provider, key, number string) (status int, out map[string]any) {
	t.Helper()
	roots := x509.NewCertPool()
	require.True(t, roots.AppendCertsFromPEM(p.CA()))
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, p.URL(),
		bytes.NewBufferString(`{"transaction_id":"cap_1","cardnumber":"`+number+`","chargeAmount":"0"}`))
	require.NoError(t, err)
	req.Header.Set("Idempotency-Key", key)
	res, err := client.Do(req)
	require.NoError(t, err)
	defer res.Body.Close()
	require.NoError(t, json.NewDecoder(res.Body).Decode(&out))
	return res.StatusCode, out
}

// TestTokens: they come from the seed and the idempotency key, never from the
// card, so that two runs that differ in the card alone look alike.
func TestTokens(t *testing.T) {
	token := func(seed, key, number string) any {
		p, err := pspstub.Start(pspstub.Config{Seed: seed})
		require.NoError(t, err)
		defer func() { require.NoError(t, p.Close()) }()
		status, out := post(t, p, key, number)
		require.Equal(t, http.StatusOK, status)
		return out["token_id"]
	}
	first := token("7", "k", "4111111111111111")
	assert.Equal(t, first, token("7", "k", "5500005555555559"))
	assert.NotEqual(t, first, token("7", "l", "4111111111111111"))
	assert.NotEqual(t, first, token("8", "k", "4111111111111111"))
}

// TestKeepsNoCard: it can tell whether a number came, and cannot tell which.
func TestKeepsNoCard(t *testing.T) {
	p, err := pspstub.Start(pspstub.Config{})
	require.NoError(t, err)
	defer func() { require.NoError(t, p.Close()) }()
	post(t, p, "k", "4111111111111111")
	o := p.Orders()[0]
	assert.True(t, p.Was(o, "cardnumber=4111111111111111"))
	assert.False(t, p.Was(o, "cardnumber=4111111111111112"))
	assert.NotContains(t, fmt.Sprintf("%+v %q", o, o), "4111111111111111")
}
