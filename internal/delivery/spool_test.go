package delivery

import (
	"context"
	"io"
	"os"
	"path/filepath"
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
