package auth

import (
	"encoding/hex"
	"sync"
	"time"
)

// KeyStore is where hashes of API keys are kept.
type KeyStore interface {
	AddKey(hash [32]byte, created time.Time) error
	HasKey(hash [32]byte) (bool, error)
	KeyCount() (int, error)
	RemoveKey(hash [32]byte) error
	Meta(name string) ([]byte, error)
	SetMeta(name string, value []byte) error
}

// Keys are the API keys. Console sessions are keys that live for hours and in
// memory only.
type Keys struct {
	store    KeyStore
	now      func() time.Time
	mu       sync.Mutex
	sessions map[[32]byte]time.Time
}

// NewKeys returns the API keys of a store.
func NewKeys(store KeyStore, now func() time.Time) *Keys {
	return &Keys{store: store, now: now, sessions: map[[32]byte]time.Time{}}
}

// Ensure makes sure that there is an API key: the given one if it is not
// empty, else, if none was ever made, a new one, which is returned so that it
// can be shown once.
func (k *Keys) Ensure(given string) (made string, err error) {
	if given != "" {
		return "", k.replaceGiven(Hash(given))
	}
	if n, err := k.store.KeyCount(); err != nil || n > 0 {
		return "", err
	}
	made = "tgk_" + Secret()
	return made, k.store.AddKey(Hash(made), k.now())
}

// givenKey names the record of the key that came with the configuration.
const givenKey = "given_api_key"

// replaceGiven makes the configuration's key valid and the one it had before
// invalid: giving another key is how one is revoked.
func (k *Keys) replaceGiven(hash [32]byte) error {
	before, err := k.store.Meta(givenKey)
	if err != nil {
		return err
	}
	if len(before) == len(hash) && [32]byte(before) != hash {
		if err := k.store.RemoveKey([32]byte(before)); err != nil {
			return err
		}
	}
	if err := k.store.AddKey(hash, k.now()); err != nil {
		return err
	}
	return k.store.SetMeta(givenKey, hash[:])
}

// Session returns a key for a console that is valid for life.
func (k *Keys) Session(life time.Duration) (key string, expires time.Time) {
	key, expires = "tgs_"+Secret(), k.now().Add(life)
	k.mu.Lock()
	defer k.mu.Unlock()
	for h, e := range k.sessions {
		if k.now().After(e) {
			delete(k.sessions, h)
		}
	}
	k.sessions[Hash(key)] = expires
	return key, expires
}

// Check reports whether key is a valid API key.
func (k *Keys) Check(key string) (bool, error) {
	if key == "" {
		return false, nil
	}
	h := Hash(key)
	k.mu.Lock()
	expires, ok := k.sessions[h]
	k.mu.Unlock()
	if ok {
		return k.now().Before(expires), nil
	}
	return k.store.HasKey(h)
}

// KeyID names an API key without telling it: the beginning of its hash.
func KeyID(key string) string {
	h := Hash(key)
	return "key_" + hex.EncodeToString(h[:8])
}
