package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"syscall"
	"time"

	"tonegate/internal/store"
)

// Item is a recording's file, as a store has to know it.
type Item struct {
	ID, Conference string
	StartedAt      time.Time
	Size           int64
	SHA256         string // in hexadecimal digits
	// Upload is the store's own name of an upload in progress, if it has one.
	Upload string
}

func itemOf(r *store.Recording) Item {
	return Item{r.ID, r.ConferenceID, r.StartedAt, r.Size, r.SHA256, r.Delivery.Upload}
}

// name is the file's, here and there.
func (i *Item) name() string { return i.ID + suffix }

const (
	suffix     = ".age"
	partSuffix = ".part"
)

// Source is a file on its way.
type Source interface {
	io.ReaderAt
	// Moved is called when something went forward that is not a read of the
	// source: who neither reads nor calls it for a while is given up as slow.
	Moved()
	// Keep notes the item's Upload, so that it outlives the process.
	Keep(upload string) error
}

// Confirmation is what the far end says it holds.
type Confirmation struct {
	Size   int64
	SHA256 string
}

// Store is a far end.
type Store interface {
	// Name tells this store from another one; recordings remember it.
	Name() string
	// Put brings the file there, or the rest of it, and returns what the far end
	// then says it holds.
	Put(ctx context.Context, item *Item, file Source) (Confirmation, error)
	// Open reads a delivered file from an offset on.
	Open(ctx context.Context, item *Item, offset int64) (io.ReadCloser, error)
	// Delete removes a file, whole or in part; one that is not there is no error.
	Delete(ctx context.Context, item *Item) error
}

// Cause is why a recording is not where it should be.
type Cause string

// The causes.
const (
	Down     Cause = "store_down"     // no connection, or it answers that it cannot just now
	Slow     Cause = "store_slow"     // nothing went forward for a while
	Full     Cause = "store_full"     // it has no room
	Refused  Cause = "store_refused"  // it does not want it: credentials, certificates, rights
	Mismatch Cause = "store_mismatch" // it holds something else than what it was given
	Damaged  Cause = "spool_damaged"  // the file here is not what was written
	Expired  Cause = "expired"        // it was deleted by age before it could be delivered
)

// Causes are all of them that an attempt can have.
var Causes = []Cause{Down, Slow, Full, Refused, Mismatch, Damaged}

// grave causes do not pass by themselves, so they are told at once.
func (c Cause) grave() bool { return c == Mismatch || c == Damaged || c == Refused }

// Error is a failed attempt.
type Error struct {
	Cause Cause
	Err   error
}

// Error says what went wrong.
func (e *Error) Error() string { return fmt.Sprintf("%s: %v", e.Cause, e.Err) }

// Unwrap returns what was behind it.
func (e *Error) Unwrap() error { return e.Err }

func failed(c Cause, format string, args ...any) error {
	return &Error{c, fmt.Errorf(format, args...)}
}

// causeOf sorts an error; what a store did not sort itself is a disk's or the
// network's.
func causeOf(err error) Cause {
	var known *Error
	switch {
	case errors.As(err, &known):
		return known.Cause
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return Full
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM), errors.Is(err, syscall.EROFS):
		return Refused
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, errStalled):
		return Slow
	default:
		return Down
	}
}

// errStalled ends an attempt in which nothing goes forward.
var errStalled = errors.New("nothing went forward")
