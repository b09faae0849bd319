package psp_test

import (
	"bytes"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"io"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/go-jose/go-jose/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/psp"
)

// TestSealed: only the owner of the key reads the card, in each envelope.
func TestSealed(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	rsaKey, ecKey := rsaKey(t), ecKey(t)
	jwk, err := json.Marshal(jose.JSONWebKey{Key: ecKey.Public(), KeyID: "2031-a"})
	require.NoError(t, err)
	der, private := selfSigned(t, "provider")
	openJWE := func(key any, alg jose.KeyAlgorithm, kid string) func(*testing.T, string) []byte {
		return func(t *testing.T, envelope string) []byte {
			jwe, err := jose.ParseEncryptedCompact(envelope, []jose.KeyAlgorithm{alg}, []jose.ContentEncryption{jose.A256GCM})
			require.NoError(t, err)
			assert.Equal(t, kid, jwe.Header.KeyID)
			plain, err := jwe.Decrypt(key)
			require.NoError(t, err)
			return plain
		}
	}
	openAge := func(t *testing.T, envelope string) []byte {
		b, err := base64.StdEncoding.DecodeString(envelope)
		require.NoError(t, err)
		r, err := age.Decrypt(bytes.NewReader(b), identity)
		require.NoError(t, err)
		plain, err := io.ReadAll(r)
		require.NoError(t, err)
		return plain
	}
	for name, tc := range map[string]struct {
		cfg    psp.Config
		format string
		open   func(*testing.T, string) []byte
	}{
		"age":         {psp.Config{Recipient: identity.Recipient().String()}, "age", openAge},
		"age file":    {psp.Config{RecipientFile: file(t, []byte(identity.Recipient().String()+"\n"))}, "age", openAge},
		"RSA":         {psp.Config{RecipientFile: file(t, publicPEM(t, rsaKey.Public()))}, "jwe", openJWE(rsaKey, jose.RSA_OAEP_256, "")},
		"EC":          {psp.Config{RecipientFile: file(t, publicPEM(t, ecKey.Public()))}, "jwe", openJWE(ecKey, jose.ECDH_ES, "")},
		"JWK":         {psp.Config{RecipientFile: file(t, jwk)}, "jwe", openJWE(ecKey, jose.ECDH_ES, "2031-a")},
		"certificate": {psp.Config{RecipientFile: file(t, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))}, "jwe", openJWE(private, jose.ECDH_ES, "")},
	} {
		t.Run(name, func(t *testing.T) {
			tc.cfg.Kind = psp.KindSealed
			c := connector(t, tc.cfg, psp.Runtime{})
			o := card(t)
			o.Action, o.Amount, o.Currency, o.Description = psp.Charge, 1999, "EUR", `"88"`
			o.Fields["pin"], o.Fields["account"] = keyed(t, "4711"), keyed(t, "12345678")
			res, err := c.Submit(within(t), o)
			require.NoError(t, err)
			assert.Equal(t, tc.format, res.Format)
			assert.Empty(t, res.Token)
			var got map[string]any
			require.NoError(t, json.Unmarshal(tc.open(t, res.Envelope), &got))
			assert.Equal(t, map[string]any{
				"version": "1", "transaction_id": "cap_1", "action": "charge", "amount": "19.99", "currency_code": "EUR",
				"description": `"88"`, "idempotency_key": "idem-1", "card_number": number, "expiry": "0831", "cvv": code,
				"parameters": map[string]any{"pin": "4711", "account": "12345678"},
			}, got)
			// A shorter card makes no shorter envelope.
			o.Fields[psp.CardNumber] = keyed(t, number[:15])
			other, err := c.Submit(within(t), o)
			require.NoError(t, err)
			assert.Len(t, other.Envelope, len(res.Envelope))
			assert.NotEqual(t, res.Envelope, other.Envelope)
			o.Fields[psp.CardNumber] = keyed(t, strings.Repeat("*", 16))
			assert.Equal(t, psp.InvalidOrder, failure(t, c, o).Class)
		})
	}
}

// TestConfigFaults: all of them at once, each with its connector and remedy.
func TestConfigFaults(t *testing.T) {
	private, err := x509.MarshalPKCS8PrivateKey(ecKey(t))
	require.NoError(t, err)
	secretKey := file(t, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}))
	generic := func(change func(*psp.Config)) psp.Config {
		c := psp.Config{Kind: psp.KindGeneric, URL: "https://psp.example/pay"}
		change(&c)
		return c
	}
	all := psp.Configs{
		"a kind":     {Kind: "magic"},
		"no-url":     {Kind: psp.KindGeneric},
		"plain":      generic(func(c *psp.Config) { c.URL = "http://127.0.0.1/pay" }),
		"plain-far":  generic(func(c *psp.Config) { c.URL, c.PlainLoopback = "http://psp.example/", true }),
		"plain-name": generic(func(c *psp.Config) { c.URL, c.PlainLoopback = "http://localhost/", true }),
		"ftp":        generic(func(c *psp.Config) { c.URL = "ftp://psp.example/" }),
		"user":       generic(func(c *psp.Config) { c.URL = "https://u:hunter2@psp.example/" }),
		"many": generic(func(c *psp.Config) {
			c.CAFile, c.ClientCertFile, c.TokenType, c.AuthorizationFile, c.Budget = secretKey, "c", "gold", "none", 1<<62
		}),
		"half-sealed":  generic(func(c *psp.Config) { c.Recipient = "age1x" }),
		"no-recipient": {Kind: psp.KindSealed},
		"bad-age":      {Kind: psp.KindSealed, Recipient: "age1x"},
		"private":      {Kind: psp.KindSealed, RecipientFile: secretKey},
		"both":         {Kind: psp.KindSealed, Recipient: "age1x", RecipientFile: secretKey, URL: "https://x"},
		"header":       generic(func(c *psp.Config) { c.AuthorizationFile = file(t, []byte("hunter2\r\nX: y")) }),
	}
	err = all.Validate()
	require.ErrorIs(t, err, psp.ErrConfig)
	text := err.Error()
	for _, want := range []string{
		"a kind: a name is made", "a kind: no such kind", "no-url: url is missing", "plain: url has scheme http", "plain-far: plain http reaches",
		"plain-name: plain http", "ftp: url has scheme ftp", "user: url holds a user", "many: ca_file", "many: client_cert_file", "many: token_type",
		"many: authorization_file", "many: budget", "half-sealed: recipient does not belong", "no-recipient: give either", "bad-age: recipient is not",
		"private: recipient_file", "both: give either", "both: url does not belong", "header: authorization_file",
	} {
		assert.Contains(t, text, want)
	}
	assert.NotContains(t, text, "hunter2")
	require.NoError(t, psp.Configs{"main": generic(func(*psp.Config) {})}.Validate())

	set, err := psp.NewSet(psp.Configs{"b": generic(func(*psp.Config) {}), "a": generic(func(*psp.Config) {})}, psp.Runtime{})
	require.NoError(t, err)
	assert.Equal(t, []string{"a", "b"}, set.Names())
	_, found := set.Get("c")
	assert.False(t, found)
	_, found = (*psp.Set)(nil).Get("a")
	assert.False(t, found)
}
