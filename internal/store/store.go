// Package store keeps what must outlive a restart in one bbolt file: hashed
// API keys, the token signing key, the identifiers of used tokens, and the state
// of calls.
//
// It has no method that could take a digit, and never will: of a capture it
// keeps states and names, and one that a restart interrupts has failed.
package store

import (
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"
)

// ErrLocked means that another process holds the file.
var ErrLocked = errors.New("the data folder is in use by another process")

// ErrDamaged means that a record is not what was written.
var ErrDamaged = errors.New("the data file is damaged")

// gather is how long a write of a call's state waits for others to share the
// sync of the disk with.
const gather = 2 * time.Millisecond

var (
	bucketKeys = []byte("api_keys") // SHA-256 of key → creation time
	bucketMeta = []byte("meta")     // name → bytes
	bucketUsed = []byte("used_tokens")

	bucketConferences = []byte("conferences") // id → JSON
	bucketEvents      = []byte("events")      // number → JSON
	bucketSequences   = []byte("sequences")   // conference → number of its last event
)

// Store is an open data file.
type Store struct{ db *bbolt.DB }

// Open opens or creates the data file in folder.
func Open(folder string) (*Store, error) {
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("create the data folder %s: %w (choose another with --data)", folder, err)
	}
	path := filepath.Join(folder, "tonegate.db")
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second})
	if errors.Is(err, bbolt.ErrTimeout) {
		return nil, fmt.Errorf("open %s: %w: stop it or choose another folder with --data", path, ErrLocked)
	}
	if err != nil {
		return nil, fmt.Errorf("open %s: %w (choose another folder with --data)", path, err)
	}
	db.MaxBatchDelay = gather
	err = db.Update(func(tx *bbolt.Tx) error {
		for _, b := range [][]byte{bucketKeys, bucketMeta, bucketUsed, bucketConferences, bucketEvents, bucketSequences,
			bucketRecordings, bucketRecordingOrder} {
			if _, err := tx.CreateBucketIfNotExists(b); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		_ = db.Close()
		return nil, fmt.Errorf("prepare %s: %w", path, err)
	}
	return &Store{db}, nil
}

// Close closes the file.
func (s *Store) Close() error { return s.db.Close() }

// AddKey remembers the hash of an API key.
func (s *Store) AddKey(hash [32]byte, created time.Time) error {
	return s.put(bucketKeys, hash[:], stamp(created))
}

// RemoveKey forgets an API key; an unknown one is no error.
func (s *Store) RemoveKey(hash [32]byte) error {
	err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucketKeys).Delete(hash[:]) })
	if err != nil {
		return fmt.Errorf("remove an API key: %w", err)
	}
	return nil
}

// HasKey reports whether an API key with this hash was added.
func (s *Store) HasKey(hash [32]byte) (bool, error) {
	v, err := s.get(bucketKeys, hash[:])
	return v != nil, err
}

// KeyCount returns the number of API keys.
func (s *Store) KeyCount() (n int, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		n = tx.Bucket(bucketKeys).Stats().KeyN
		return nil
	})
	return n, err
}

// Meta returns a named value, or nil.
func (s *Store) Meta(name string) ([]byte, error) { return s.get(bucketMeta, []byte(name)) }

// SetMeta keeps a named value.
func (s *Store) SetMeta(name string, value []byte) error {
	return s.put(bucketMeta, []byte(name), value)
}

// Use marks a token identifier as used until it expires. It reports false if
// it was used before. Expired identifiers are dropped on the way.
func (s *Store) Use(id string, expires, now time.Time) (first bool, err error) {
	err = s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(bucketUsed)
		if b.Get([]byte(id)) != nil {
			return nil
		}
		first = true
		c := b.Cursor()
		for k, v := c.First(); k != nil; k, v = c.Next() {
			if unstamp(v).Before(now) {
				if err := c.Delete(); err != nil {
					return err
				}
			}
		}
		return b.Put([]byte(id), stamp(expires))
	})
	if err != nil {
		return false, fmt.Errorf("remember a used token: %w", err)
	}
	return first, nil
}

func (s *Store) put(bucket, key, value []byte) error {
	err := s.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bucket).Put(key, value) })
	if err != nil {
		return fmt.Errorf("write to %s: %w", bucket, err)
	}
	return nil
}

func (s *Store) get(bucket, key []byte) (value []byte, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		if v := tx.Bucket(bucket).Get(key); v != nil {
			value = append([]byte{}, v...)
		}
		return nil
	})
	return value, err
}

func stamp(t time.Time) []byte { return binary.BigEndian.AppendUint64(nil, uint64(t.Unix())) }

func unstamp(b []byte) time.Time {
	if len(b) != 8 {
		return time.Time{}
	}
	return time.Unix(int64(binary.BigEndian.Uint64(b)), 0)
}
