package store

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// Conference is what of a call outlives the process: who takes part, what is
// masked, and how far its captures are. No member can hold a digit, a count of
// keys, the last four or an expiry date.
type Conference struct {
	ID, State     string
	ExternalID    string            `json:",omitempty"`
	Metadata      map[string]string `json:",omitempty"`
	Mode          string
	Replacement   string
	Demonstration bool `json:",omitempty"`
	CreatedAt     time.Time
	EndedAt       time.Time `json:",omitzero"`
	EndsBy        time.Time `json:",omitzero"`  // at the latest
	Transfer      string    `json:",omitempty"` // where the agent is; empty: together
	AwaitsAgent   bool      `json:",omitempty"` // the customer came back from the IVR and found none
	Legs          []Leg
	Captures      []Capture      `json:",omitempty"`
	Recording     *RecordingSpec `json:",omitempty"`
	// Tape is what its recording must be at most after a restart: stopped, or paused
	// by this (request, page). Empty: recorded.
	Tape string `json:",omitempty"`
}

// RecordingSpec is how a conference is to be recorded. Recipients are public keys.
type RecordingSpec struct {
	Recipients []string `json:",omitempty"`
	During     string
	Wait       bool      `json:",omitempty"` // until somebody asks for it
	Pages      *PageRule `json:",omitempty"`
}

// PageRule is which pages of the agent's desktop pause a recording.
type PageRule struct {
	Pause   []string
	Resume  []string `json:",omitempty"`
	OnLeave string
	After   time.Duration
}

// Leg is a party of a call.
type Leg struct {
	ID, Role, Kind, State string
	Identity              string `json:",omitempty"`
	Muted, Joined         bool
	OnHold                bool     `json:",omitempty"`
	Grants                []string `json:",omitempty"`
	// Hashes of the secrets with which the leg may come back.
	Resume, Earlier Hash
}

// Hash is the SHA-256 of a secret.
type Hash [32]byte

// MarshalText writes the hash as hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return hex.AppendEncode(nil, h[:]), nil }

// UnmarshalText reads what MarshalText wrote.
func (h *Hash) UnmarshalText(text []byte) error {
	if n, err := hex.Decode(h[:], text[:min(len(text), 2*len(h))]); err != nil || n != len(h) || len(text) != 2*n {
		return errors.New("not a hash")
	}
	return nil
}

// Capture is a capture's state, without anything that was keyed.
type Capture struct {
	ID, State       string
	Reason          string `json:",omitempty"`
	Collector, Mode string
	ArmedAt         time.Time `json:",omitzero"`
	Connector       string    `json:",omitempty"`
	Charge          bool      `json:",omitempty"`
	Amount          int64     `json:",omitempty"`
	Currency        string    `json:",omitempty"`
	Fields          []Field
	// What the provider answered.
	Token, Reference, Brand string `json:",omitempty"`
	Paid                    bool   `json:",omitempty"`
	Failure                 string `json:",omitempty"`
	Sent                    bool   `json:",omitempty"` // the provider may have carried the order out
	// Hashes of the Idempotency-Key that started it, and of what was asked for.
	Key, Asked Hash `json:",omitzero"`
}

// Field is a field's state.
type Field struct{ Name, Kind, State string }

// Keep writes a conference, in place of what was kept of it. It returns once it
// is on the disk.
func (s *Store) Keep(c Conference) error {
	data, err := json.Marshal(c)
	if err != nil {
		return fmt.Errorf("keep a conference: %w", err)
	}
	// Batch: calls that are written at the same moment share one sync of the disk.
	err = s.db.Batch(func(tx *bbolt.Tx) error { return tx.Bucket(bucketConferences).Put([]byte(c.ID), data) })
	if err != nil {
		return fmt.Errorf("keep a conference: %w", err)
	}
	return nil
}

// Forget removes a conference; an unknown one is no error.
func (s *Store) Forget(id string) error {
	err := s.db.Batch(func(tx *bbolt.Tx) error {
		return errors.Join(tx.Bucket(bucketConferences).Delete([]byte(id)), tx.Bucket(bucketSequences).Delete([]byte(id)))
	})
	if err != nil {
		return fmt.Errorf("forget a conference: %w", err)
	}
	return nil
}

// Conferences returns all that were kept.
func (s *Store) Conferences() (all []Conference, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		return tx.Bucket(bucketConferences).ForEach(func(id, data []byte) error {
			var c Conference
			if err := json.Unmarshal(data, &c); err != nil {
				return fmt.Errorf("%w: conference %s: %w", ErrDamaged, id, err)
			}
			all = append(all, c)
			return nil
		})
	})
	return all, err
}
