package delivery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// file is what the package needs of one.
type file interface {
	io.Reader
	io.Writer
	io.Seeker
	io.Closer
	Sync() error
	Stat() (fs.FileInfo, error)
}

// opener opens or creates a file; tests hand in disks that are full.
type opener func(name string, flag int) (file, error)

func openFile(name string, flag int) (file, error) { return os.OpenFile(name, flag, 0o600) }

// folder keeps recordings in a folder: a mounted share, most likely.
type folder struct {
	path string
	open opener
}

// Name implements Store.
func (f *folder) Name() string { return "folder " + f.path }

// Put copies the file, or the rest of it, and reads again what is there. The name
// stands for the whole file only.
func (f *folder) Put(ctx context.Context, item *Item, src Source) (Confirmation, error) {
	if err := os.MkdirAll(f.path, 0o700); err != nil {
		return Confirmation{}, err
	}
	whole := f.name(item)
	if c, err := f.look(ctx, whole, src); err == nil && c == (Confirmation{item.Size, item.SHA256}) {
		return c, nil
	}
	part := whole + partSuffix
	if err := f.fill(ctx, part, item, src); err != nil {
		return Confirmation{}, err
	}
	c, err := f.look(ctx, part, src)
	if err != nil {
		return c, err
	}
	if c != (Confirmation{item.Size, item.SHA256}) {
		return c, os.Remove(part) // begun anew next time
	}
	if err := os.Rename(part, whole); err != nil {
		return c, err
	}
	return c, syncFolder(f.path)
}

// fill appends what is missing to a part.
func (f *folder) fill(ctx context.Context, part string, item *Item, src Source) (err error) {
	out, err := f.open(part, os.O_RDWR|os.O_CREATE)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	at, err := out.Seek(0, io.SeekEnd)
	if err != nil {
		return err
	}
	if at < item.Size {
		if _, err := io.Copy(out, &reader{ctx, io.NewSectionReader(src, at, item.Size-at), src.Moved}); err != nil {
			return err
		}
	}
	return out.Sync()
}

// look hashes what is in a file.
func (f *folder) look(ctx context.Context, name string, src Source) (Confirmation, error) {
	in, err := f.open(name, os.O_RDONLY)
	if err != nil {
		return Confirmation{}, err
	}
	defer in.Close()
	return sum(&reader{ctx, in, src.Moved})
}

func sum(r io.Reader) (Confirmation, error) {
	h := sha256.New()
	n, err := io.Copy(h, r)
	return Confirmation{n, hex.EncodeToString(h.Sum(nil))}, err
}

// Open implements Store.
func (f *folder) Open(_ context.Context, item *Item, offset int64) (io.ReadCloser, error) {
	in, err := f.open(f.name(item), os.O_RDONLY)
	if err != nil {
		return nil, err
	}
	if _, err := in.Seek(offset, io.SeekStart); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return in, nil
}

// Delete implements Store.
func (f *folder) Delete(_ context.Context, item *Item) error {
	return errors.Join(remove(f.name(item)), remove(f.name(item)+partSuffix))
}

func (f *folder) name(item *Item) string { return filepath.Join(f.path, item.name()) }

// remove deletes a file; one that is not there is no error.
func remove(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// syncFolder makes names outlive a power failure.
func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("sync %s: %w", path, err)
	}
	return errors.Join(d.Sync(), d.Close())
}

// reader ends with its context, and tells of each step.
type reader struct {
	ctx   context.Context
	r     io.Reader
	moved func()
}

// Read implements io.Reader.
func (r *reader) Read(b []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, context.Cause(r.ctx)
	}
	n, err := r.r.Read(b)
	if n > 0 {
		r.moved()
	}
	return n, err
}
