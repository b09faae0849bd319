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
	"testing/synctest"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"tonegate/internal/store"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

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

func TestDelivered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		b := newBench(t, t.TempDir(), f, nil)
		for n := 1; n <= 3; n++ {
			b.recorded(n)
		}
		b.start()
		synctest.Wait()
		b.Stop()
		assert.ElementsMatch(t, []string{"ready 1 ready", "ready 2 ready", "ready 3 ready"}, b.ear.take())
		for n := 1; n <= 3; n++ {
			assert.Equal(t, content(n), f.held[recID(n)])
			r := b.index.get(t, recID(n))
			assert.Equal(t, store.Delivery{State: Delivered, Store: "far", Attempts: 1, DeliveredAt: time.Now().UTC()}, r.Delivery)
			assert.NoFileExists(t, filepath.Join(b.folder, recID(n)+suffix))
		}
	})
}

// TestNothingIsDeletedBeforeItIsConfirmed: whatever a store does, the file stays
// until it says the right length and hash.
func TestNothingIsDeletedBeforeItIsConfirmed(t *testing.T) {
	wrong := hashOf([]byte("something else"))
	for name, c := range map[string]struct {
		answer func(*Item) (Confirmation, error)
		cause  Cause
		after  int // attempts until it is told
	}{
		"down":              {func(*Item) (Confirmation, error) { return Confirmation{}, failed(Down, "no route") }, Down, 3},
		"an unsorted error": {func(*Item) (Confirmation, error) { return Confirmation{}, io.ErrUnexpectedEOF }, Down, 3},
		"no room":           {func(*Item) (Confirmation, error) { return Confirmation{}, syscall.ENOSPC }, Full, 3},
		"refused":           {func(*Item) (Confirmation, error) { return Confirmation{}, failed(Refused, "403") }, Refused, 1},
		"another hash":      {func(i *Item) (Confirmation, error) { return Confirmation{i.Size, wrong}, nil }, Mismatch, 1},
		"no hash":           {func(i *Item) (Confirmation, error) { return Confirmation{i.Size, ""}, nil }, Mismatch, 1},
		"another length":    {func(i *Item) (Confirmation, error) { return Confirmation{i.Size - 1, i.SHA256}, nil }, Mismatch, 1},
		"nothing at all":    {func(*Item) (Confirmation, error) { return Confirmation{}, nil }, Mismatch, 1},
		"both, and an error": {func(i *Item) (Confirmation, error) {
			return Confirmation{i.Size, i.SHA256}, failed(Slow, "late")
		}, Slow, 3},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFar()
				f.put = func(_ context.Context, _ int, item *Item, _ Source) (Confirmation, error) { return c.answer(item) }
				b := newBench(t, t.TempDir(), f, nil)
				r := b.recorded(1)
				b.start()
				time.Sleep(time.Minute) // of the bubble's clock
				told := []string{"late 1 " + string(c.cause), "trouble " + string(c.cause)}
				assert.Equal(t, told, b.ear.take(), "once, and not for each attempt")
				assert.FileExists(t, r.Path)
				now := b.index.get(t, r.ID)
				assert.Equal(t, string(c.cause), now.Delivery.Cause)
				assert.Equal(t, Delivering, now.State)
				assert.GreaterOrEqual(t, now.Delivery.Attempts, c.after)

				f.mu.Lock()
				f.put = nil // it has come to its senses
				f.mu.Unlock()
				time.Sleep(lastPause)
				b.Stop()
				assert.Equal(t, []string{"ready 1 ready", "trouble "}, b.ear.take())
				assert.NoFileExists(t, r.Path)
				if c.cause == Mismatch {
					assert.NotEmpty(t, f.deleted, "what was wrong there is removed before it comes again")
				} else {
					assert.Empty(t, f.deleted)
				}
			})
		})
	}
}

// TestDiskFullAfterDelivery: what cannot be noted is not removed.
func TestDiskFullAfterDelivery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		b := newBench(t, t.TempDir(), f, nil)
		r := b.recorded(1)
		b.index.mu.Lock()
		b.index.full = true
		b.index.mu.Unlock()
		b.start()
		time.Sleep(10 * time.Second)
		assert.FileExists(t, r.Path)
		assert.NotContains(t, b.ear.take(), "ready 1 ready")
		b.index.mu.Lock()
		b.index.full = false
		b.index.mu.Unlock()
		time.Sleep(lastPause)
		b.Stop()
		assert.Contains(t, b.ear.take(), "ready 1 ready")
		assert.NoFileExists(t, r.Path)
	})
}

func TestSlowStoreIsGivenUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.put = func(ctx context.Context, n int, item *Item, src Source) (Confirmation, error) {
			if n == 1 { // slow, and going forward: no cause to give up
				for range 10 {
					time.Sleep(patience - time.Second)
					src.Moved()
				}
				return f.accept(item, src)
			}
			<-ctx.Done()
			return Confirmation{}, ctx.Err()
		}
		b := newBench(t, t.TempDir(), f, nil)
		b.recorded(1)
		b.start()
		time.Sleep(10 * patience)
		assert.Equal(t, []string{"ready 1 ready"}, b.ear.take())
		r := b.recorded(2)
		time.Sleep(patience + time.Second)
		assert.Equal(t, string(Slow), b.index.get(t, r.ID).Delivery.Cause)
		time.Sleep(3 * patience)
		b.Stop()
		assert.Equal(t, []string{"late 2 store_slow", "trouble store_slow"}, b.ear.take())
		assert.FileExists(t, r.Path)
	})
}

// TestDamagedHere: what is not as it was written is not passed on.
func TestDamagedHere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		b := newBench(t, t.TempDir(), f, nil)
		r := b.recorded(1)
		require.NoError(t, os.WriteFile(r.Path, append(content(1), 0), 0o600))
		gone := b.recorded(2)
		require.NoError(t, os.Remove(gone.Path))
		b.start()
		time.Sleep(time.Second)
		b.Stop()
		assert.ElementsMatch(t, []string{"late 1 spool_damaged", "late 2 spool_damaged", "trouble spool_damaged"}, b.ear.take())
		assert.Zero(t, f.puts)
		assert.FileExists(t, r.Path)
	})
}

// TestRestart: an upload that was under way goes on, with the store's name of it;
// one that was delivered is told, again if need be, and removed.
func TestRestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.put = func(ctx context.Context, n int, item *Item, src Source) (Confirmation, error) {
			if n == 1 {
				require.NoError(t, src.Keep("upload-7"))
				<-ctx.Done()
				return Confirmation{}, ctx.Err()
			}
			assert.Equal(t, "upload-7", item.Upload)
			return f.accept(item, src)
		}
		b := newBench(t, t.TempDir(), f, nil)
		r := b.recorded(1)
		b.start()
		synctest.Wait()
		b.Stop()
		assert.Empty(t, b.ear.take(), "a stop is nobody's fault")
		assert.FileExists(t, r.Path)

		// A process that ended between the note and the removal.
		cut := b.written(2, content(2))
		cut.State, cut.Delivery = Ready, store.Delivery{State: Delivered, Store: "far"}
		require.NoError(t, b.index.KeepRecording(cut))

		b = b.again(f)
		b.start()
		synctest.Wait()
		b.Stop()
		assert.ElementsMatch(t, []string{"ready 1 ready", "ready 2 ready"}, b.ear.take())
		assert.NoFileExists(t, r.Path)
		assert.NoFileExists(t, cut.Path)
		assert.Empty(t, b.index.get(t, cut.ID).Path)
	})
}

// TestOneThatHangsDoesNotHoldUpTheOthers, nor does a deletion wait for it.
func TestOneThatHangsDoesNotHoldUpTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.put = func(ctx context.Context, _ int, item *Item, src Source) (Confirmation, error) {
			if item.ID == recID(1) {
				<-ctx.Done()
				return Confirmation{}, ctx.Err()
			}
			return f.accept(item, src)
		}
		b := newBench(t, t.TempDir(), f, nil)
		hangs := b.recorded(1)
		b.start()
		synctest.Wait()
		b.recorded(2)
		b.recorded(3)
		synctest.Wait()
		assert.Equal(t, []string{"ready 2 ready", "ready 3 ready"}, b.ear.take())
		n, _ := b.waiting()
		assert.Equal(t, 1, n)
		require.NoError(t, b.Delete(t.Context(), hangs))
		n, _ = b.waiting()
		assert.Zero(t, n)
		assert.NoFileExists(t, hangs.Path)
		b.Stop()
	})
}

// TestAnyStore: with a store that does anything at each attempt, a file is here or
// confirmed there, and in the end there.
func TestAnyStore(t *testing.T) {
	folder := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		script := rapid.SliceOfN(rapid.SampledFrom([]string{"ok", "lie", "short", "down", "full", "hang", "half", "stop"}), 1, 12).Draw(rt, "script")
		synctest.Test(t, func(t *testing.T) {
			f := newFar()
			b := newBench(t, filepath.Join(folder, rapid.StringMatching(`[a-z]{12}`).Draw(rt, "folder")), f, nil)
			stop := make(chan struct{}, len(script))
			f.put = func(ctx context.Context, n int, item *Item, src Source) (Confirmation, error) {
				require.FileExists(t, filepath.Join(b.folder, item.ID+suffix), "asked for after it was removed")
				if n > len(script) {
					return f.accept(item, src)
				}
				switch script[n-1] {
				case "lie":
					return Confirmation{item.Size, hashOf(nil)}, nil
				case "short":
					return Confirmation{item.Size / 2, item.SHA256}, nil
				case "down":
					return Confirmation{}, failed(Down, "down")
				case "full":
					return Confirmation{}, syscall.ENOSPC
				case "stop":
					stop <- struct{}{}
					fallthrough
				case "hang":
					<-ctx.Done()
					return Confirmation{}, ctx.Err()
				case "half":
					_, _ = io.CopyN(io.Discard, io.NewSectionReader(src, 0, item.Size), item.Size/2)
					return Confirmation{}, io.ErrUnexpectedEOF
				}
				return f.accept(item, src)
			}
			r := b.recorded(1)
			b.start()
			for range len(script) + 1 {
				select {
				case <-stop:
					b.Stop()
					b = b.again(f)
					b.start()
				case <-time.After(lastPause + patience):
				}
				_, err := os.Stat(r.Path)
				confirmed := f.has(r.ID) == string(content(1)) && b.index.get(t, r.ID).Delivery.State == Delivered
				if err != nil && !confirmed {
					rt.Fatalf("%v: neither here nor confirmed there", script)
				}
			}
			b.Stop()
			assert.Equal(t, content(1), f.held[r.ID])
			assert.NoFileExists(t, r.Path)
		})
	})
}

func TestPauses(t *testing.T) {
	for n := 1; n < 80; n++ {
		d := pauseAfter(n)
		assert.GreaterOrEqual(t, d, firstPause/2)
		assert.LessOrEqual(t, d, lastPause)
		if n > 11 {
			assert.GreaterOrEqual(t, d, lastPause/2)
		}
	}
}

func TestMetrics(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		f.put = func(_ context.Context, n int, item *Item, src Source) (Confirmation, error) {
			if n == 1 {
				return Confirmation{item.Size, hashOf(nil)}, nil
			}
			return Confirmation{}, failed(Down, "down")
		}
		reg := prometheus.NewRegistry()
		b := newBench(t, t.TempDir(), f, func(c *SpoolConfig) { c.Metrics, c.Local.MaxBytes = reg, 10 })
		b.recorded(1)
		b.start()
		time.Sleep(2 * time.Second)
		b.Stop()
		got := map[string]float64{}
		families, err := reg.Gather()
		require.NoError(t, err)
		for _, m := range families {
			for _, v := range m.Metric {
				name := m.GetName()
				for _, l := range v.Label {
					name += "," + l.GetValue()
				}
				got[name] = v.GetCounter().GetValue() + v.GetGauge().GetValue()
			}
		}
		assert.Equal(t, 1.0, got["tonegate_recording_deliveries_total,store_mismatch"])
		assert.GreaterOrEqual(t, got["tonegate_recording_deliveries_total,store_down"], 1.0)
		assert.Equal(t, 0.0, got["tonegate_recording_deliveries_total,delivered"])
		assert.Equal(t, 1.0, got["tonegate_recordings_waiting"])
		assert.InDelta(t, 2.0, got["tonegate_recordings_waiting_oldest_seconds"], 0.01)
		assert.Equal(t, float64(len(content(1))), got["tonegate_recording_spool_bytes"])
		assert.Equal(t, 1.0, got["tonegate_recording_spool_full"])
		assert.ErrorIs(t, b.Room(), ErrSpoolFull)
	})
}
