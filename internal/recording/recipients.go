package recording

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// maxRecipients bounds the keys of a recording: each costs room in every segment.
const maxRecipients = 16

// ErrRecipient is wrapped by errors about a recipient. They do not repeat it: it
// may be a secret key in the wrong place.
var ErrRecipient = errors.New("not an age public key (age1…)")

// RecipientError says which of the keys is at fault.
type RecipientError struct {
	Index int
	Err   error
}

// Error names the fault.
func (e *RecipientError) Error() string { return fmt.Sprintf("recipient %d: %v", e.Index+1, e.Err) }

// Unwrap returns the fault.
func (e *RecipientError) Unwrap() error { return e.Err }

// ParseRecipients reads public keys: age1… or, post-quantum, age1pq1…. age does
// not mix the two kinds.
func ParseRecipients(keys []string) ([]age.Recipient, error) {
	if len(keys) == 0 {
		return nil, ErrNoRecipients
	}
	if len(keys) > maxRecipients {
		return nil, &RecipientError{maxRecipients, fmt.Errorf("%d are the limit", maxRecipients)}
	}
	var out []age.Recipient
	for i, key := range keys {
		found, err := age.ParseRecipients(strings.NewReader(key))
		if err != nil || len(found) != 1 {
			return nil, &RecipientError{i, ErrRecipient}
		}
		out = append(out, found[0])
		if _, err := age.Encrypt(io.Discard, out...); err != nil {
			return nil, &RecipientError{i, errors.New("keys of the post-quantum kind (age1pq1…) and others cannot be mixed")}
		}
	}
	return out, nil
}
