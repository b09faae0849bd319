package store

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"go.etcd.io/bbolt"
)

// ErrCursor means that no event with this id is kept (any more).
var ErrCursor = errors.New("no such event")

// Event is something that became of a call, for the platform. No member can hold
// a digit, a count of keys, the last four or an expiry date. ID and Sequence are
// set when it is appended.
type Event struct {
	ID, Type     string
	Time         time.Time
	ConferenceID string `json:",omitempty"`
	Sequence     uint64 `json:",omitempty"` // within the conference, from 1

	LegID, Role      string `json:",omitempty"`
	RecordingID      string `json:",omitempty"`
	CaptureID, Field string `json:",omitempty"`
	State, Reason    string `json:",omitempty"`
	Checkpoint       string `json:",omitempty"` // of the audit record, as its verifier reads it
}

// maxEvents bounds what is kept of events; the oldest go first.
const maxEvents = 100_000

// AppendEvents writes events in their order, in one sync of the disk.
func (s *Store) AppendEvents(events []Event) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b, counts := tx.Bucket(bucketEvents), tx.Bucket(bucketSequences)
		for _, e := range events {
			n, err := b.NextSequence()
			if err != nil {
				return err
			}
			e.ID = eventID(n)
			if e.ConferenceID != "" {
				if last := counts.Get([]byte(e.ConferenceID)); len(last) == 8 {
					e.Sequence = binary.BigEndian.Uint64(last)
				}
				e.Sequence++
				if err := counts.Put([]byte(e.ConferenceID), number(e.Sequence)); err != nil {
					return err
				}
			}
			data, err := json.Marshal(e)
			if err != nil {
				return err
			}
			if err := b.Put(number(n), data); err != nil {
				return err
			}
			if n > maxEvents {
				if err := b.Delete(number(n - maxEvents)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("append events: %w", err)
	}
	return nil
}

// Events returns up to limit events that follow the one named by after, oldest
// first; all that are kept, if after is empty.
func (s *Store) Events(after string, limit int) (found []Event, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketEvents).Cursor()
		k, v := c.First()
		if after != "" {
			n, ok := eventNumber(after)
			if !ok {
				return ErrCursor
			}
			if k, _ = c.Seek(number(n)); k == nil || binary.BigEndian.Uint64(k) != n {
				return ErrCursor
			}
			k, v = c.Next()
		}
		for ; k != nil && len(found) < limit; k, v = c.Next() {
			var e Event
			if err := json.Unmarshal(v, &e); err != nil {
				return fmt.Errorf("%w: event %s: %w", ErrDamaged, eventID(binary.BigEndian.Uint64(k)), err)
			}
			found = append(found, e)
		}
		return nil
	})
	return found, err
}

func number(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }

const eventPrefix = "evt_"

// eventID spells a number in the letters a to p: no id may look like a number of
// sixteen digits.
func eventID(n uint64) string {
	var b [16]byte
	for i := range b {
		b[i] = 'a' + byte(n>>(60-4*i)&15)
	}
	return eventPrefix + string(b[:])
}

func eventNumber(id string) (n uint64, ok bool) {
	letters, ok := strings.CutPrefix(id, eventPrefix)
	if !ok || len(letters) != 16 {
		return 0, false
	}
	for _, l := range []byte(letters) {
		if l < 'a' || l > 'p' {
			return 0, false
		}
		n = n<<4 | uint64(l-'a')
	}
	return n, true
}
