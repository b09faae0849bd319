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
	if known, found, err := s.cfg.Index.Recording(r.ID); err != nil {
		return r, 0, err
	} else if found {
		if r = known; r.State != Uploading {
			return r, r.Size, ErrComplete
		}
	} else {
		if err := s.roomFor(); err != nil {
			return r, 0, err
		}
		r.State, r.Path = Uploading, s.file(&r)
		if err := s.cfg.Index.KeepRecording(r); err != nil {
			return r, 0, err
		}
	}
	have, err := s.append(r, p)
	if err != nil || !p.Last {
		return r, have, err
	}
	r, err = s.complete(r, p.SHA256)
	return r, have, err
}

// roomFor is Room, for what nobody can hold back until later.
func (s *Spool) roomFor() error {
	if limit := s.cfg.Local.MaxBytes; limit > 0 && s.bytes() >= limit {
		return ErrSpoolFull
	}
	return nil
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
	if err := os.MkdirAll(filepath.Dir(s.file(&r)), 0o700); err != nil {
		return 0, err
	}
	out, err := s.open(s.file(&r)+partSuffix, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if have, err = out.Seek(0, io.SeekEnd); err != nil {
		return 0, err
	}
	if p.Offset != have {
		return have, &OffsetError{have}
	}
	n, err := io.Copy(out, io.LimitReader(p.Body, MaxUpload-have+1))
	if have += n; err != nil {
		return have, err
	}
	if have > MaxUpload {
		return have, errors.Join(ErrTooLarge, remove(s.file(&r)+partSuffix))
	}
	return have, out.Sync()
}

// complete looks at the outer form, and takes the file in place of its parts. One
// that is not what it should be goes, and can be sent again.
func (s *Spool) complete(r store.Recording, want string) (store.Recording, error) {
	part := s.file(&r) + partSuffix
	in, err := os.Open(part)
	if err != nil {
		return r, err
	}
	c, err := sum(in)
	if err := errors.Join(err, in.Close()); err != nil {
		return r, err
	}
	if want != "" && want != c.SHA256 {
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
	r.State, r.EndedAt, r.Size, r.SHA256 = Ready, time.Now().UTC(), c.Size, c.SHA256
	if s.Delivers() {
		r.State, r.Delivery.State = Delivering, Waiting
	}
	if err := s.cfg.Index.KeepRecording(r); err != nil {
		// As it was, so that the last piece can come again.
		return r, errors.Join(err, os.Rename(r.Path, part))
	}
	if !s.Delivers() {
		s.tell.RecordingReady(r)
	}
	s.Add(r)
	return r, nil
}
