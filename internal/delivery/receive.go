package delivery

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"tonegate/internal/store"
)

// MaxUpload bounds a file that a browser sealed: eight hours of a call.
const MaxUpload = 512 << 20

// Errors of uploads.
var (
	ErrBusy     = errors.New("somebody else is at this recording's file just now")
	ErrTooLarge = errors.New("the file is larger than 512 MiB")
	ErrDigest   = errors.New("the file that arrived has another SHA-256 than was said: send it again from the beginning")
	ErrSealed   = errors.New("not a sealed recording")
	ErrComplete = errors.New("the recording is complete")
	ErrTimeout  = errors.New("the upload came to a stop; what is here is kept: ask with HEAD where to go on")
)

// OffsetError says where an upload has to go on.
type OffsetError struct{ Have int64 }

// Error says where.
func (e *OffsetError) Error() string { return fmt.Sprintf("go on at Upload-Offset %d", e.Have) }

// Part is a piece of a file that a browser sealed.
type Part struct {
	Offset int64
	Last   bool
	SHA256 string // of the whole file, if it was said
	Body   io.Reader
	Size   int64 // of Body; zero or less if that is not known
	// Record puts on record that the file has come, once all of it is here and is
	// what it should be. On an error the piece is as if it had not come. Nil: nobody
	// wants to know.
	Record func(store.Recording) error
}

// Receive takes a piece of a browser's file. The first one brings what is known of
// the recording, which is kept before a byte of the file is. What arrived of a
// piece that broke off stays. It returns the recording and how much of it is here.
func (s *Spool) Receive(r store.Recording, p Part) (store.Recording, int64, error) {
	s.mu.Lock()
	busy := s.held[r.ID]
	s.held[r.ID] = true
	s.mu.Unlock()
	if busy {
		return r, 0, ErrBusy
	}
	defer func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.held, r.ID)
	}()
	known, found, err := s.cfg.Index.Recording(r.ID)
	switch {
	case err != nil:
		return r, 0, err
	case !found:
		r.State, r.Path = Uploading, s.file(&r)
	case known.State != Uploading:
		return known, known.Size, ErrComplete
	default:
		r = known
	}
	if err := s.admit(&r, p, !found); err != nil {
		return r, s.Received(r), err
	}
	if !found {
		if err := s.cfg.Index.KeepRecording(r); err != nil {
			return r, 0, err
		}
	}
	have, err := s.append(r, p)
	if err != nil || !p.Last {
		return r, have, err
	}
	if r, err = s.complete(r, p); err != nil {
		have = s.Received(r)
	}
	return r, have, err
}

// admit says whether a piece is the next one and has room, and makes the folder.
func (s *Spool) admit(r *store.Recording, p Part, first bool) error {
	if have := s.Received(*r); p.Offset != have {
		return &OffsetError{have}
	}
	// Without a store as well, unlike [Spool.Room]: the browser can wait until the
	// oldest have made room.
	if first && s.full(1) {
		return ErrSpoolFull
	}
	if err := os.MkdirAll(filepath.Dir(r.Path), 0o700); err != nil {
		return err
	}
	return s.roomFor(r, p.Size)
}

// Received says how much of an upload is here.
func (s *Spool) Received(r store.Recording) int64 {
	if r.State != Uploading {
		return r.Size
	}
	st, err := os.Stat(s.file(&r) + partSuffix)
	if err != nil {
		return 0
	}
	return st.Size()
}

func (s *Spool) append(r store.Recording, p Part) (have int64, err error) {
	out, err := s.open(s.file(&r)+partSuffix, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if have, err = out.Seek(0, io.SeekEnd); err != nil {
		return 0, err
	}
	in := &measured{p.Body, roomEvery, func() error { return s.roomFor(&r, 0) }}
	n, err := io.Copy(out, io.LimitReader(in, MaxUpload-have+1))
	if have += n; err != nil {
		if errors.Is(err, os.ErrDeadlineExceeded) {
			err = ErrTimeout
		}
		return have, err
	}
	if have > MaxUpload {
		return have, errors.Join(ErrTooLarge, remove(s.file(&r)+partSuffix))
	}
	return have, out.Sync()
}

// complete looks at the outer form, and takes the file in place of its parts. One
// that is not what it should be goes, and can be sent again.
func (s *Spool) complete(r store.Recording, p Part) (store.Recording, error) {
	part := s.file(&r) + partSuffix
	in, err := os.Open(part)
	if err != nil {
		return r, err
	}
	c, err := sum(in)
	if err := errors.Join(err, in.Close()); err != nil {
		return r, err
	}
	if p.SHA256 != "" && p.SHA256 != c.SHA256 {
		return r, errors.Join(ErrDigest, remove(part))
	}
	if s.cfg.Check != nil {
		if err := s.cfg.Check(part); err != nil {
			return r, errors.Join(fmt.Errorf("%w: %w", ErrSealed, err), remove(part))
		}
	}
	if err := os.Rename(part, r.Path); err != nil {
		return r, err
	}
	if err := syncFolder(filepath.Dir(r.Path)); err != nil {
		return r, err
	}
	whole := r
	whole.State, whole.EndedAt, whole.Size, whole.SHA256 = Ready, time.Now().UTC(), c.Size, c.SHA256
	s.Mark(&whole)
	if err := s.note(whole, p.Record); err != nil {
		// As it was, so that the last piece can come again.
		return r, errors.Join(err, os.Rename(r.Path, part), os.Truncate(part, p.Offset))
	}
	r = whole
	if !s.Delivers() {
		s.tell.RecordingReady(r)
	}
	s.Add(r)
	return r, nil
}

// note puts a whole file on record, and then into the index.
func (s *Spool) note(whole store.Recording, record func(store.Recording) error) error {
	if record != nil {
		if err := record(whole); err != nil {
			return err
		}
	}
	return s.cfg.Index.KeepRecording(whole)
}
