package store

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

var (
	bucketRecordings     = []byte("recordings")      // id → JSON
	bucketRecordingOrder = []byte("recording_order") // time of its start, id → nothing
)

// Recording is what is known of a sealed recording. The server cannot read the
// file itself.
type Recording struct {
	ID, ConferenceID string
	State            string // recording, paused, uploading, delivering, ready, failed, interrupted
	StartedAt        time.Time
	EndedAt          time.Time     `json:",omitzero"`
	Duration         time.Duration `json:",omitempty"`
	Size             int64         `json:",omitempty"`
	SHA256           string        `json:",omitempty"` // of the sealed file, hexadecimal
	Path             string        // of the file on this server
	During           string        // what captures do to it
	Reason           string        `json:",omitempty"` // why it ended
	Paused           string        `json:",omitempty"` // by what, while it is: request, page
	LegID            string        `json:",omitempty"` // of a browser that recorded it; empty: this server did
	Delivery         Delivery      `json:",omitzero"`
}

// Delivery is how a recording gets to where it is kept. The zero value says that
// it is kept where it was written.
type Delivery struct {
	State       string    `json:",omitempty"` // waiting, delivered
	Store       string    `json:",omitempty"` // where it was delivered to
	Upload      string    `json:",omitempty"` // the store's name of an upload in progress
	Attempts    int       `json:",omitempty"`
	Cause       string    `json:",omitempty"` // of the last attempt's failure
	Told        string    `json:",omitempty"` // the cause that the platform was told
	DeliveredAt time.Time `json:",omitzero"`
}

// KeepRecording writes what is known of a recording, in place of what was.
func (s *Store) KeepRecording(r Recording) error {
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("keep a recording: %w", err)
	}
	err = s.db.Batch(func(tx *bbolt.Tx) error {
		if err := tx.Bucket(bucketRecordings).Put([]byte(r.ID), data); err != nil {
			return err
		}
		return tx.Bucket(bucketRecordingOrder).Put(r.order(), nil)
	})
	if err != nil {
		return fmt.Errorf("keep a recording: %w", err)
	}
	return nil
}

// ForgetRecording removes what is known of a recording; an unknown one is no error.
func (s *Store) ForgetRecording(id string) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		r, found, err := readRecording(tx, []byte(id))
		if err != nil || !found {
			return err
		}
		if err := tx.Bucket(bucketRecordings).Delete([]byte(id)); err != nil {
			return err
		}
		return tx.Bucket(bucketRecordingOrder).Delete(r.order())
	})
	if err != nil {
		return fmt.Errorf("forget a recording: %w", err)
	}
	return nil
}

// order is a key that sorts by the time of the start.
func (r *Recording) order() []byte {
	return append(binary.BigEndian.AppendUint64(nil, uint64(max(0, r.StartedAt.UnixMilli()))), r.ID...)
}

// Recording returns a recording; found is false if there is none with this id.
func (s *Store) Recording(id string) (r Recording, found bool, err error) {
	err = s.db.View(func(tx *bbolt.Tx) (err error) {
		r, found, err = readRecording(tx, []byte(id))
		return err
	})
	return r, found, err
}

func readRecording(tx *bbolt.Tx, id []byte) (r Recording, found bool, err error) {
	data := tx.Bucket(bucketRecordings).Get(id)
	if data == nil {
		return r, false, nil
	}
	if err := json.Unmarshal(data, &r); err != nil {
		return r, false, fmt.Errorf("%w: recording %s: %w", ErrDamaged, id, err)
	}
	return r, true, nil
}

// Recordings returns up to limit recordings, newest first, that are older than
// the one named by after (all, if after is empty) and of the conference (of all,
// if empty). next continues the list; it is empty at its end.
func (s *Store) Recordings(after, conference string, limit int) (found []Recording, next string, err error) {
	err = s.db.View(func(tx *bbolt.Tx) error {
		c := tx.Bucket(bucketRecordingOrder).Cursor()
		k, _ := c.Last()
		if after != "" {
			from, ok, err := readRecording(tx, []byte(after))
			if err != nil {
				return err
			}
			if !ok {
				return ErrCursor
			}
			c.Seek(from.order())
			k, _ = c.Prev()
		}
		for ; k != nil; k, _ = c.Prev() {
			r, ok, err := readRecording(tx, k[8:])
			if err != nil {
				return err
			}
			if !ok || conference != "" && r.ConferenceID != conference {
				continue
			}
			if len(found) == limit {
				next = found[limit-1].ID
				return nil
			}
			found = append(found, r)
		}
		return nil
	})
	return found, next, err
}
