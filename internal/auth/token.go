package auth

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// MaxTokenLife bounds a leg token's life, whoever minted it.
const MaxTokenLife = 10 * time.Minute

// leeway is by how much the clocks of issuer and server may differ.
const leeway = 5 * time.Second

// Grants are what a leg may do beyond talking.
const (
	GrantCapture  = "capture"  // start, complete and cancel captures
	GrantTalk     = "talk"     // hear the customer for a while during a muted capture
	GrantRecord   = "record"   // pause and resume the recording; upload what the leg's browser recorded
	GrantPage     = "page"     // report the page that the agent is on
	GrantCollect  = "collect"  // report progress and result as an external IVR
	GrantTransfer = "transfer" // send the customer to the IVR and come back
	GrantHold     = "hold"     // put other legs on hold
	// GrantRecordings reads the sealed recordings of the token's conference. Only
	// the platform mints it.
	GrantRecordings = "recordings"
)

// Claims are a leg token's contents.
type Claims struct {
	Conference string   `json:"conf"`
	Leg        string   `json:"leg"`
	Role       string   `json:"role"`
	Grants     []string `json:"grants,omitempty"`
	jwt.RegisteredClaims
}

// Tokens mints and verifies leg tokens.
type Tokens struct {
	private ed25519.PrivateKey
	trusted []ed25519.PublicKey
	now     func() time.Time
}

// NewTokens returns an issuer that signs with private and also accepts tokens
// signed by the keys of others (the platform's).
func NewTokens(private ed25519.PrivateKey, now func() time.Time, others ...ed25519.PublicKey) *Tokens {
	own := private.Public().(ed25519.PublicKey)
	return &Tokens{private: private, trusted: append([]ed25519.PublicKey{own}, others...), now: now}
}

// Mint signs a token that opens one join.
func (t *Tokens) Mint(conference, leg, role string, grants []string) (token string, expires time.Time, err error) {
	now := t.now()
	expires = now.Add(MaxTokenLife).Truncate(time.Second)
	claims := Claims{
		Conference: conference, Leg: leg, Role: role, Grants: grants,
		RegisteredClaims: jwt.RegisteredClaims{
			ID: NewID("jti"), IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(expires),
		},
	}
	token, err = jwt.NewWithClaims(jwt.SigningMethodEdDSA, claims).SignedString(t.private)
	if err != nil {
		return "", time.Time{}, fmt.Errorf("sign a leg token: %w", err)
	}
	return token, expires, nil
}

// Verify checks a token's signature, times and claims. It fails with
// [ErrExpired] or [ErrToken].
func (t *Tokens) Verify(token string) (*Claims, error) {
	for _, key := range t.trusted {
		claims := new(Claims)
		_, err := jwt.ParseWithClaims(token, claims,
			func(*jwt.Token) (any, error) { return key, nil },
			jwt.WithValidMethods([]string{jwt.SigningMethodEdDSA.Alg()}),
			jwt.WithExpirationRequired(), jwt.WithIssuedAt(), jwt.WithTimeFunc(t.now), jwt.WithLeeway(leeway))
		switch {
		case errors.Is(err, jwt.ErrTokenSignatureInvalid):
			continue
		case errors.Is(err, jwt.ErrTokenExpired):
			return nil, fmt.Errorf("verify the leg token: %w", ErrExpired)
		case err != nil:
			return nil, fmt.Errorf("verify the leg token: %w", ErrToken)
		}
		return claims, claims.check(t.now())
	}
	return nil, fmt.Errorf("verify the leg token's signature: %w", ErrToken)
}

// Forget returns the time from which a used token's identifier need not be
// remembered: Verify refuses the token then. Rounding costs a second.
func (c *Claims) Forget() time.Time { return c.ExpiresAt.Add(leeway + time.Second) }

func (c *Claims) check(now time.Time) error {
	switch {
	case c.Conference == "" || c.Leg == "" || c.Role == "" || c.ID == "":
		return fmt.Errorf("%w: conf, leg, role and jti are required", ErrToken)
	case c.ExpiresAt.Sub(now) > MaxTokenLife+leeway:
		return fmt.Errorf("%w: it lives longer than %s", ErrToken, MaxTokenLife)
	}
	return nil
}
