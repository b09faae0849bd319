package signaling_test

import (
	"context"
	"crypto/ed25519"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/auth"
)

// signer says how a token is forged.
type signer int

const (
	own    signer = iota // with the server's own key
	alien                // with somebody else's
	none                 // alg none
	shared               // HMAC with the public key as secret
)

func claims(conference, leg, role string) jwt.MapClaims {
	return jwt.MapClaims{
		"conf": conference, "leg": leg, "role": role, "jti": auth.NewID("jti"),
		"iat": time.Now().Unix(), "exp": time.Now().Add(5 * time.Minute).Unix(),
	}
}

// forge signs any claims in any way.
func (n *node) forge(by signer, c jwt.MapClaims) string {
	n.t.Helper()
	var method jwt.SigningMethod = jwt.SigningMethodEdDSA
	var key any = n.private
	switch by {
	case alien:
		_, private, err := ed25519.GenerateKey(nil)
		require.NoError(n.t, err)
		key = private
	case none:
		method, key = jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType
	case shared:
		method, key = jwt.SigningMethodHS256, []byte(n.private.Public().(ed25519.PublicKey))
	}
	token, err := jwt.NewWithClaims(method, c).SignedString(key)
	require.NoError(n.t, err)
	return token
}

// token mints a further token of a leg.
func (n *node) token(legID string) string {
	n.t.Helper()
	var j join
	n.must(201, "POST", "/v1/legs/"+legID+"/tokens", "").into(n.t, &j)
	return j.Token
}

// abandoned sends a POST and gives up on it when ctx ends.
func (n *node) abandoned(ctx context.Context, path, key string) {
	n.t.Helper()
	req, err := http.NewRequestWithContext(ctx, "POST", n.url+path, strings.NewReader("{}"))
	require.NoError(n.t, err)
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", key)
	if res, err := n.client.Do(req); err == nil {
		_ = res.Body.Close()
	}
}

const sdpType = "Content-Type: application/sdp"

func TestTokens(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	id := c.leg("agent").ID
	with := func(name string, value any) jwt.MapClaims {
		m := claims(c.ID, id, "agent")
		if value == nil {
			delete(m, name)
		} else {
			m[name] = value
		}
		return m
	}
	good := claims(c.ID, id, "agent")
	signed := n.forge(own, good)
	cut := strings.LastIndexByte(signed, '.')
	for name, tc := range map[string]struct {
		token  string
		status int
		code   string
	}{
		"none":           {"", 401, "token"},
		"no token":       {badValue, 401, "token"},
		"forged":         {n.forge(alien, good), 401, "token"},
		"alg none":       {n.forge(none, good), 401, "token"},
		"HMAC":           {n.forge(shared, good), 401, "token"},
		"signature cut":  {signed[:cut+1], 401, "token"},
		"signature off":  {signed[:cut+1] + strings.Repeat("A", len(signed)-cut-1), 401, "token"},
		"expired":        {n.forge(own, with("exp", time.Now().Add(-time.Minute).Unix())), 401, "token"},
		"no expiry":      {n.forge(own, with("exp", nil)), 401, "token"},
		"too long":       {n.forge(own, with("exp", time.Now().Add(time.Hour).Unix())), 401, "token"},
		"from tomorrow":  {n.forge(own, with("iat", time.Now().Add(time.Hour).Unix())), 401, "token"},
		"no jti":         {n.forge(own, with("jti", nil)), 401, "token"},
		"no role":        {n.forge(own, with("role", nil)), 401, "token"},
		"other role":     {n.forge(own, with("role", "supervisor")), 403, "forbidden"},
		"made-up role":   {n.forge(own, with("role", badValue)), 403, "forbidden"},
		"no such leg":    {n.forge(own, with("leg", "leg_"+badValue)), 404, "not_found"},
		"not that call":  {n.forge(own, with("conf", "conf_"+badValue)), 404, "not_found"},
		"an API key":     {apiKey, 401, "token"},
		"the join token": {strings.ToLower(c.leg("agent").Join.Token), 401, "token"},
	} {
		t.Run(name, func(t *testing.T) {
			a := n.send("POST", "/v1/whip", "v=0\r\n", sdpType, "Authorization: Bearer "+tc.token)
			a.refused(t, tc.status, tc.code)
			if tc.status == 401 {
				assert.Contains(t, a.header.Get("WWW-Authenticate"), "Bearer")
			}
			assert.Equal(t, "invited", n.legState(id))
		})
	}
}

func TestTokenOpensOneJoin(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	token := c.leg("agent").Join.Token
	n.dial(c.leg("agent"))
	n.send("POST", "/v1/whip", "v=0\r\n", sdpType, "Authorization: Bearer "+token).refused(t, 401, "token")

	// Within the leeway for clocks the token still verifies; that it was used must
	// not be forgotten before.
	n.clock.advance(auth.MaxTokenLife + 2*time.Second)
	n.connect(n.token(c.leg("customer").ID)) // drops identifiers that have expired
	n.send("POST", "/v1/whip", "v=0\r\n", sdpType, "Authorization: Bearer "+token).refused(t, 401, "token")

	late := n.token(c.leg("customer").ID)
	n.clock.advance(auth.MaxTokenLife + 6*time.Second)
	n.send("POST", "/v1/whip", "v=0\r\n", sdpType, "Authorization: Bearer "+late).refused(t, 401, "token")
}
