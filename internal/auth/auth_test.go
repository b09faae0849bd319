package auth_test

import (
	"crypto/ed25519"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/auth"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestCodesWorkOnceAndForAWhile(t *testing.T) {
	codes := auth.NewCodes[string](time.Minute)
	a, b := codes.Issue("a", epoch), codes.Issue("b", epoch)
	assert.NotEqual(t, a, b)
	v, err := codes.Exchange(a, epoch.Add(time.Minute))
	require.NoError(t, err)
	assert.Equal(t, "a", v)
	for _, code := range []string{a, "", "x"} {
		_, err = codes.Exchange(code, epoch)
		assert.ErrorIs(t, err, auth.ErrCode)
	}
	_, err = codes.Exchange(b, epoch.Add(time.Minute+1))
	require.ErrorIs(t, err, auth.ErrCode)
	_, err = codes.Exchange(b, epoch)
	assert.ErrorIs(t, err, auth.ErrCode, "a code that was tried too late is gone")
}

func TestSecretsAndIDs(t *testing.T) {
	seen := map[string]bool{}
	for range 100 {
		s, id := auth.Secret(), auth.NewID("leg")
		assert.Len(t, s, 43)
		assert.Regexp(t, `^leg_[0-9a-z]{24}$`, id)
		assert.False(t, seen[s] || seen[id])
		seen[s], seen[id] = true, true
		assert.True(t, auth.Equal(s, auth.Hash(s)))
		assert.False(t, auth.Equal(s+"x", auth.Hash(s)))
	}
	assert.False(t, auth.Equal("", [32]byte{}))
}

// memory is a key store that forgets. A nil one is broken.
type memory struct {
	keys map[[32]byte]bool
	meta map[string][]byte
}

func newMemory() *memory { return &memory{map[[32]byte]bool{}, map[string][]byte{}} }

var errBroken = errors.New("broken")

func (m *memory) AddKey(h [32]byte, _ time.Time) error {
	if m == nil {
		return errBroken
	}
	m.keys[h] = true
	return nil
}

func (m *memory) HasKey(h [32]byte) (bool, error) {
	if m == nil {
		return false, errBroken
	}
	return m.keys[h], nil
}

func (m *memory) RemoveKey(h [32]byte) error {
	delete(m.keys, h)
	return nil
}

func (m *memory) KeyCount() (int, error) {
	if m == nil {
		return 0, errBroken
	}
	return len(m.keys), nil
}

func (m *memory) Meta(name string) ([]byte, error) {
	if m == nil {
		return nil, errBroken
	}
	return m.meta[name], nil
}

func (m *memory) SetMeta(name string, value []byte) error {
	m.meta[name] = value
	return nil
}

// TestGivenKeyIsReplaced: giving another key revokes the one given before, and
// not one that was made.
func TestGivenKeyIsReplaced(t *testing.T) {
	keys := auth.NewKeys(newMemory(), time.Now)
	made, err := keys.Ensure("")
	require.NoError(t, err)
	for _, given := range []string{"the first key given", "the second key given", "the second key given"} {
		_, err := keys.Ensure(given)
		require.NoError(t, err)
	}
	for key, want := range map[string]bool{made: true, "the first key given": false, "the second key given": true} {
		ok, err := keys.Check(key)
		require.NoError(t, err)
		assert.Equal(t, want, ok)
	}
}

func TestKeys(t *testing.T) {
	now := epoch
	store := newMemory()
	keys := auth.NewKeys(store, func() time.Time { return now })
	check := func(key string) bool {
		ok, err := keys.Check(key)
		require.NoError(t, err)
		return ok
	}
	made, err := keys.Ensure("")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(made, "tgk_"))
	assert.True(t, check(made))
	again, err := keys.Ensure("")
	require.NoError(t, err)
	assert.Empty(t, again, "it is made once")
	given, err := keys.Ensure("given-by-the-platform")
	require.NoError(t, err)
	assert.Empty(t, given, "what was given is not shown")
	assert.True(t, check("given-by-the-platform") && check(made))
	assert.False(t, check("") || check("other"))
	for h := range store.keys {
		assert.NotContains(t, string(h[:]), "given", "only hashes are kept")
	}

	session, expires := keys.Session(time.Hour)
	assert.Equal(t, epoch.Add(time.Hour), expires)
	assert.True(t, check(session))
	now = expires
	assert.False(t, check(session))
	assert.Len(t, store.keys, 2, "sessions are not kept")

	_, err = auth.NewKeys((*memory)(nil), time.Now).Check("x")
	require.ErrorIs(t, err, errBroken)
	_, err = auth.NewKeys((*memory)(nil), time.Now).Ensure("")
	assert.ErrorIs(t, err, errBroken)
}

func TestTokens(t *testing.T) {
	now := epoch
	tick := func() time.Time { return now }
	_, server, _ := ed25519.GenerateKey(nil)
	platformPublic, platform, _ := ed25519.GenerateKey(nil)
	_, stranger, _ := ed25519.GenerateKey(nil)
	tokens := auth.NewTokens(server, tick, platformPublic)
	token, expires, err := tokens.Mint("conf_1", "leg_1", "agent", []string{auth.GrantCapture})
	require.NoError(t, err)
	assert.Equal(t, epoch.Add(auth.MaxTokenLife), expires)
	claims, err := tokens.Verify(token)
	require.NoError(t, err)
	assert.Equal(t, []any{"conf_1", "leg_1", "agent", []string{"capture"}},
		[]any{claims.Conference, claims.Leg, claims.Role, claims.Grants})
	assert.NotEmpty(t, claims.ID)

	byPlatform, _, err := auth.NewTokens(platform, tick).Mint("conf_1", "leg_1", "agent", nil)
	require.NoError(t, err)
	_, err = tokens.Verify(byPlatform)
	require.NoError(t, err)
	byStranger, _, err := auth.NewTokens(stranger, tick).Mint("conf_1", "leg_1", "agent", nil)
	require.NoError(t, err)
	for _, bad := range []string{"", "x", "a.b.c", byStranger, token + "A", token[:len(token)-4]} {
		_, err = tokens.Verify(bad)
		require.ErrorIs(t, err, auth.ErrToken)
	}

	// Whoever verifies a token until some time must remember its use as long.
	for _, tk := range []string{token, byPlatform} {
		for now = expires; ; now = now.Add(time.Second) {
			if _, err = tokens.Verify(tk); err != nil {
				break
			}
			assert.True(t, now.Before(claims.Forget()), "verified, but forgotten")
		}
		require.ErrorIs(t, err, auth.ErrExpired)
	}
}

func TestClaimsThatLack(t *testing.T) {
	_, key, _ := ed25519.GenerateKey(nil)
	tokens := auth.NewTokens(key, func() time.Time { return epoch })
	for _, lacking := range []string{"", "conf", "leg", "role", "jti", "exp"} {
		c := jwt.MapClaims{"conf": "c", "leg": "l", "role": "agent", "jti": "j", "exp": epoch.Add(time.Minute).Unix()}
		delete(c, lacking)
		token, err := jwt.NewWithClaims(jwt.SigningMethodEdDSA, c).SignedString(key)
		require.NoError(t, err)
		_, err = tokens.Verify(token)
		if lacking == "" {
			require.NoError(t, err)
			continue
		}
		require.ErrorIs(t, err, auth.ErrToken, lacking)
	}
}
