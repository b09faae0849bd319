package signaling

import (
	"errors"
	"io"
	"time"
)

const (
	// uploadPatience is how long a piece of an upload may stand still.
	uploadPatience = time.Minute
	// pieceTime bounds a piece that comes drop by drop: meanwhile nobody else gets
	// at the file, not even to delete it. What arrived can be gone on from.
	pieceTime = time.Hour
)

// steady is a body that has to go forward, and to come to an end. Behind it stands
// the connection's own deadline, so a read that waits ends, too.
type steady struct {
	in       io.Reader
	deadline func(time.Time) error
	patience time.Duration
	end      time.Time
}

// Read implements io.Reader.
func (s *steady) Read(b []byte) (int, error) {
	next := time.Now().Add(s.patience)
	if next.After(s.end) {
		next = s.end
	}
	if err := s.deadline(next); err != nil {
		return 0, err
	}
	n, err := s.in.Read(b)
	if errors.Is(err, io.EOF) {
		_ = s.deadline(time.Time{}) // what is done with it all may take its time
	}
	return n, err
}
