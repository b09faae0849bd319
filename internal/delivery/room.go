package delivery

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"tonegate/internal/store"
)

// ErrDiskFull refuses uploads only: what browsers send can wait there.
var ErrDiskFull = errors.New("the disk for recordings is nearly full: make room on it")

const (
	// Uploads leave a part of the disk free, for this server's own recordings and
	// for what it has to write down: a tenth, or 1 GiB if that is less.
	freeShare  = 10
	freeAtMost = 1 << 30
	// roomEvery bytes of an upload, the room is looked at again: others fill it, too.
	roomEvery = 1 << 20
)

// bytes is what the folder holds.
func (s *Spool) bytes() (total int64) {
	entries, err := os.ReadDir(s.cfg.Folder)
	if err != nil {
		return 0 // it is made with the first recording
	}
	for _, e := range entries {
		if !strings.HasSuffix(e.Name(), suffix) && !strings.HasSuffix(e.Name(), partSuffix) {
			continue
		}
		if info, err := e.Info(); err == nil {
			total += info.Size()
		}
	}
	return total
}

// full reports whether the folder cannot hold more bytes.
func (s *Spool) full(more int64) bool {
	limit := s.cfg.Local.MaxBytes
	return limit > 0 && s.bytes()+more > limit
}

// Room reports whether another recording may begin. Where recordings stay, the
// oldest make room; those that wait for delivery never do.
func (s *Spool) Room() error {
	if s.Delivers() && s.full(1) {
		return ErrSpoolFull
	}
	return nil
}

// roomFor refuses size more bytes of an upload. What is not known of the disk
// counts as no room.
func (s *Spool) roomFor(r *store.Recording, size int64) error {
	size = max(size, 1)
	if s.Delivers() && s.full(size) {
		return ErrSpoolFull
	}
	free, total, err := s.disk(filepath.Dir(s.file(r)))
	if err != nil {
		return fmt.Errorf("room on the disk for recordings: %w", err)
	}
	if free-size < min(total/freeShare, freeAtMost) {
		return ErrDiskFull
	}
	return nil
}

// measured reads as long as there is room.
type measured struct {
	in   io.Reader
	left int64 // until the next look
	room func() error
}

// Read implements io.Reader.
func (m *measured) Read(b []byte) (int, error) {
	if m.left <= 0 {
		if err := m.room(); err != nil {
			return 0, err
		}
		m.left = roomEvery
	}
	n, err := m.in.Read(b)
	m.left -= int64(n)
	return n, err
}
