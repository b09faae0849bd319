package delivery

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"tonegate/internal/store"
)

// Open reads a recording's sealed file, from here or from the store. Close it.
func (s *Spool) Open(ctx context.Context, r store.Recording) (io.ReadSeekCloser, error) {
	if r.Delivery.State != Delivered {
		f, err := os.Open(s.file(&r))
		if err == nil {
			return f, nil
		}
		if !errors.Is(err, os.ErrNotExist) {
			return nil, err
		}
		// It may have been delivered since r was read.
		now, found, err := s.cfg.Index.Recording(r.ID)
		if err != nil {
			return nil, err
		}
		if !found || now.Delivery.State != Delivered {
			return nil, ErrGone
		}
		r = now
	}
	if !s.Delivers() || r.Delivery.Store != s.cfg.Store.Name() {
		return nil, ErrElsewhere
	}
	return &remote{ctx: ctx, store: s.cfg.Store, item: itemOf(&r)}, nil
}

// remote is a file at the store. It is opened at the first read, where the reader
// is then.
type remote struct {
	ctx   context.Context
	store Store
	item  Item
	at    int64
	in    io.ReadCloser
}

// Read implements io.Reader.
func (r *remote) Read(b []byte) (int, error) {
	if r.at >= r.item.Size {
		return 0, io.EOF
	}
	if r.in == nil {
		in, err := r.store.Open(r.ctx, &r.item, r.at)
		if err != nil {
			return 0, fmt.Errorf("open at the store: %w", err)
		}
		r.in = in
	}
	n, err := r.in.Read(b[:min(int64(len(b)), r.item.Size-r.at)])
	r.at += int64(n)
	if errors.Is(err, io.EOF) && r.at < r.item.Size {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// Seek implements io.Seeker.
func (r *remote) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += r.at
	case io.SeekEnd:
		offset += r.item.Size
	}
	if offset < 0 {
		return r.at, errors.New("seek before the beginning")
	}
	if offset != r.at {
		_ = r.Close()
		r.at = offset
	}
	return offset, nil
}

// Close implements io.Closer.
func (r *remote) Close() error {
	if r.in == nil {
		return nil
	}
	in := r.in
	r.in = nil
	return in.Close()
}
