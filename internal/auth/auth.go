// Package auth decides who may do what.
//
//   - An API key lets a platform use the REST API. Only its hash is stored.
//   - A leg token is a JWT (EdDSA, RFC 8037) of at most ten minutes that opens
//     one join in one role. The server signs it with its own key, or the
//     platform does and the server knows the platform's public key.
//   - A resume secret lets the leg that got it come back; each use replaces it.
//   - A one-time code stands for something that must not be in a URL.
//
// A role comes from a verified token and from nowhere else.
package auth

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"strings"
	"sync"
	"time"
)

// Errors of this package.
var (
	ErrToken   = errors.New("the token is not valid")
	ErrExpired = errors.New("the token has expired")
	ErrUsed    = errors.New("the token was used before")
	ErrCode    = errors.New("the code is unknown, used or expired")
)

// Secret returns 256 random bits as URL-safe text.
func Secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:]) // never fails; the runtime ends the process if it would
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// NewID returns a random identifier with a prefix, e.g. conf_….
func NewID(prefix string) string {
	var b [15]byte
	_, _ = rand.Read(b[:])
	return prefix + "_" + strings.ToLower(base32Hex(b[:]))
}

func base32Hex(b []byte) string {
	const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
	var out strings.Builder
	var acc, bits uint
	for _, v := range b {
		acc, bits = acc<<8|uint(v), bits+8
		for bits >= 5 {
			bits -= 5
			out.WriteByte(alphabet[acc>>bits&31])
		}
	}
	return out.String()
}

// Hash returns the hash under which a high-entropy secret is kept. Secrets are
// 256 random bits, so a slow hash would add nothing.
func Hash(secret string) [32]byte { return sha256.Sum256([]byte(secret)) }

// Equal compares a secret with a hash in constant time.
func Equal(secret string, hash [32]byte) bool {
	h := Hash(secret)
	return subtle.ConstantTimeCompare(h[:], hash[:]) == 1
}

// Codes are one-time codes, each standing for a value of type T until it is
// exchanged or its time is over. They live in memory only.
type Codes[T any] struct {
	mu    sync.Mutex
	life  time.Duration
	codes map[[32]byte]codeEntry[T]
}

type codeEntry[T any] struct {
	value   T
	expires time.Time
}

// NewCodes returns an empty set of codes that live for life.
func NewCodes[T any](life time.Duration) *Codes[T] {
	return &Codes[T]{life: life, codes: map[[32]byte]codeEntry[T]{}}
}

// Issue returns a new code for a value.
func (c *Codes[T]) Issue(value T, now time.Time) string {
	code := Secret()
	c.mu.Lock()
	defer c.mu.Unlock()
	for k, e := range c.codes {
		if now.After(e.expires) {
			delete(c.codes, k)
		}
	}
	c.codes[Hash(code)] = codeEntry[T]{value, now.Add(c.life)}
	return code
}

// Exchange returns a code's value and voids the code.
func (c *Codes[T]) Exchange(code string, now time.Time) (value T, err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := Hash(code)
	e, ok := c.codes[k]
	delete(c.codes, k)
	if !ok || now.After(e.expires) {
		return value, ErrCode
	}
	return e.value, nil
}
