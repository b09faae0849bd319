package delivery

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"tonegate/internal/store"
)

// index is an Index in memory, whose disk can be full.
type index struct {
	mu   sync.Mutex
	all  map[string]store.Recording
	full bool
}

func newIndex() *index { return &index{all: map[string]store.Recording{}} }

func (i *index) KeepRecording(r store.Recording) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.full {
		return syscall.ENOSPC
	}
	i.all[r.ID] = r
	return nil
}

func (i *index) ForgetRecording(id string) error {
	i.mu.Lock()
	defer i.mu.Unlock()
	delete(i.all, id)
	return nil
}

func (i *index) Recording(id string) (store.Recording, bool, error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	r, ok := i.all[id]
	return r, ok, nil
}

func (i *index) Recordings(string, string, int) (found []store.Recording, next string, err error) {
	i.mu.Lock()
	defer i.mu.Unlock()
	for _, r := range i.all {
		found = append(found, r)
	}
	slices.SortFunc(found, func(a, b store.Recording) int { return b.StartedAt.Compare(a.StartedAt) })
	return found, "", nil
}

func (i *index) get(t *testing.T, id string) store.Recording {
	t.Helper()
	r, ok, _ := i.Recording(id)
	require.True(t, ok, id)
	return r
}

// ear is a Listener that writes down what it is told.
type ear struct {
	mu   sync.Mutex
	told []string
	deaf bool // the audit record is full
	news chan struct{}
}

func newEar() *ear { return &ear{news: make(chan struct{}, 1)} }

func (e *ear) add(format string, args ...any) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.told = append(e.told, fmt.Sprintf(format, args...))
	select {
	case e.news <- struct{}{}:
	default:
	}
}

// wait returns once something was told.
func (e *ear) wait(t *testing.T, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	for {
		e.mu.Lock()
		told := slices.Clone(e.told)
		e.mu.Unlock()
		if slices.Contains(told, want) {
			return
		}
		select {
		case <-e.news:
		case <-ctx.Done():
			t.Fatalf("not told %q, but %q", want, told)
		}
	}
}

func (e *ear) take() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := e.told
	e.told = nil
	return out
}

func (e *ear) RecordingReady(r store.Recording)             { e.add("ready %s %s", short(r.ID), r.State) }
func (e *ear) RecordingLate(r store.Recording, cause Cause) { e.add("late %s %s", short(r.ID), cause) }
func (e *ear) StoreTrouble(cause Cause)                     { e.add("trouble %s", cause) }
func (e *ear) RecordDeletion(r store.Recording, why Why) error {
	e.mu.Lock()
	deaf := e.deaf
	e.mu.Unlock()
	if deaf {
		return errors.New("full")
	}
	e.add("deletion %s %s", short(r.ID), why)
	return nil
}

func recID(n int) string     { return fmt.Sprintf("rec_%024d", n) }
func short(id string) string { return strings.TrimLeft(strings.TrimPrefix(id, "rec_"), "0") }
func content(n int) []byte   { return []byte(strings.Repeat(fmt.Sprintf("sealed %d ", n), 2000)) }
func hashOf(b []byte) string { h := sha256.Sum256(b); return hex.EncodeToString(h[:]) }

// far is a store in memory that does what a test says.
type far struct {
	mu      sync.Mutex
	held    map[string][]byte
	deleted []string
	puts    int
	put     func(ctx context.Context, n int, item *Item, src Source) (Confirmation, error) // nil: takes all
}

func newFar() *far { return &far{held: map[string][]byte{}} }

func (f *far) Name() string { return "far" }

func (f *far) Put(ctx context.Context, item *Item, src Source) (Confirmation, error) {
	f.mu.Lock()
	f.puts++
	n, put := f.puts, f.put
	f.mu.Unlock()
	if put != nil {
		return put(ctx, n, item, src)
	}
	return f.accept(item, src)
}

func (f *far) has(id string) string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return string(f.held[id])
}

func (f *far) accept(item *Item, src Source) (Confirmation, error) {
	b, err := io.ReadAll(io.NewSectionReader(src, 0, item.Size))
	if err != nil {
		return Confirmation{}, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.held[item.ID] = b
	return Confirmation{int64(len(b)), hashOf(b)}, nil
}

func (f *far) Open(_ context.Context, item *Item, offset int64) (io.ReadCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b, ok := f.held[item.ID]
	if !ok {
		return nil, failed(Down, "nothing")
	}
	return io.NopCloser(strings.NewReader(string(b[offset:]))), nil
}

func (f *far) Delete(_ context.Context, item *Item) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.held, item.ID)
	f.deleted = append(f.deleted, short(item.ID))
	return nil
}

// bench is a spool with its surroundings.
type bench struct {
	*Spool
	t      testing.TB
	folder string
	index  *index
	ear    *ear
}

func newBench(t testing.TB, folder string, s Store, change func(*SpoolConfig)) *bench {
	b := &bench{t: t, folder: folder, index: newIndex(), ear: newEar()}
	cfg := SpoolConfig{Folder: folder, Store: s, Index: b.index}
	if change != nil {
		change(&cfg)
	}
	b.Spool = NewSpool(cfg)
	return b
}

// hasty tries again at once, for stores on real sockets.
func (b *bench) hasty() *bench {
	b.pause = func(int) time.Duration { return time.Millisecond }
	return b
}

// again is another process on the same folder and index.
func (b *bench) again(s Store) *bench {
	out := &bench{t: b.t, folder: b.folder, index: b.index, ear: newEar()}
	out.Spool = NewSpool(SpoolConfig{Folder: b.folder, Store: s, Index: b.index})
	return out
}

func (b *bench) start() {
	require.NoError(b.t, b.Start(b.ear))
}

// recorded puts a complete file into the spool.
func (b *bench) recorded(n int) store.Recording {
	r := b.written(n, content(n))
	b.Add(r)
	return r
}

func (b *bench) written(n int, data []byte) store.Recording {
	require.NoError(b.t, os.MkdirAll(b.folder, 0o700))
	now := time.Now().Add(time.Duration(n) * time.Microsecond)
	r := store.Recording{
		ID: recID(n), ConferenceID: "conf_" + strings.Repeat("c", 24), State: Ready, StartedAt: now, EndedAt: now,
		Size: int64(len(data)), SHA256: hashOf(data), Path: filepath.Join(b.folder, recID(n)+suffix),
	}
	if b.Delivers() {
		r.State, r.Delivery.State = Delivering, Waiting
	}
	require.NoError(b.t, os.WriteFile(r.Path, data, 0o600))
	require.NoError(b.t, b.index.KeepRecording(r))
	return r
}
