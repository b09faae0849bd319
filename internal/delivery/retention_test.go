package delivery

import (
	"context"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
	"pgregory.net/rapid"

	"tonegate/internal/store"
)

func TestRules(t *testing.T) {
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	rec := func(age time.Duration, size int64, state, delivery string) store.Recording {
		return store.Recording{State: state, StartedAt: now.Add(-age), EndedAt: now, Size: size, Delivery: store.Delivery{State: delivery, Store: "far"}}
	}
	open := rec(1000*time.Hour, 0, "recording", "")
	open.EndedAt = time.Time{}
	elsewhere := rec(1000*time.Hour, 1, Ready, Delivered)
	elsewhere.Delivery.Store = "another"
	bounds := Retention{MaxAge: 10 * time.Hour, MaxBytes: 100}
	for name, c := range map[string]struct {
		local, kept Retention
		recs        []store.Recording
		want        []Why
	}{
		"nothing is bounded":  {recs: []store.Recording{rec(1000*time.Hour, 1<<40, Ready, "")}, want: []Why{""}},
		"age":                 {local: bounds, recs: []store.Recording{rec(9*time.Hour, 1, Ready, ""), rec(11*time.Hour, 1, Ready, "")}, want: []Why{"", MaxAge}},
		"size, newest first":  {local: bounds, recs: []store.Recording{rec(1, 60, Ready, ""), rec(2, 40, "failed", ""), rec(3, 1, "interrupted", "")}, want: []Why{"", "", MaxBytes}},
		"being written":       {local: bounds, recs: []store.Recording{open}, want: []Why{""}},
		"delivered, by age":   {bounds, Retention{MaxAge: 20 * time.Hour}, []store.Recording{rec(15*time.Hour, 1, Ready, Delivered), rec(21*time.Hour, 1, Ready, Delivered)}, []Why{"", MaxAge}},
		"delivered, by size":  {Retention{}, bounds, []store.Recording{rec(1, 101, Ready, Delivered)}, []Why{MaxBytes}},
		"delivered elsewhere": {bounds, bounds, []store.Recording{elsewhere}, []Why{""}},
		"waiting, size":       {bounds, bounds, []store.Recording{rec(1, 1000, Delivering, Waiting)}, []Why{""}},
		"waiting, age":        {bounds, bounds, []store.Recording{rec(11*time.Hour, 1000, Delivering, Waiting)}, []Why{MaxAge}},
		"uploads":             {Retention{}, Retention{}, []store.Recording{rec(23*time.Hour, 0, Uploading, ""), rec(25*time.Hour, 0, Uploading, "")}, []Why{"", Abandoned}},
	} {
		t.Run(name, func(t *testing.T) {
			r := rules{now: now, local: c.local, kept: c.kept, storeName: "far"}
			for i, x := range c.recs {
				why, over := r.judge(x)
				if !over {
					why = ""
				}
				assert.Equal(t, c.want[i], why, "%d", i)
			}
		})
	}
}

// TestRulesKeepTheNewest: whatever the sizes, what stays is the newest and within
// the limit, and more would not be.
func TestRulesKeepTheNewest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOf(rapid.Int64Range(0, 100)).Draw(t, "sizes")
		limit := rapid.Int64Range(1, 500).Draw(t, "limit")
		r := rules{now: time.Now(), local: Retention{MaxBytes: limit}}
		kept, total, gone := int64(0), int64(0), false
		for _, size := range sizes {
			total += size
			_, over := r.judge(store.Recording{State: Ready, EndedAt: time.Now(), Size: size})
			if over != (total > limit) || gone && !over {
				t.Fatalf("%v within %d: %d judged %v", sizes, limit, size, over)
			}
			if gone = over; !over {
				kept += size
			}
		}
		if kept > limit {
			t.Fatal("too much is kept")
		}
	})
}

func TestRetention(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		b := newBench(t, t.TempDir(), f, func(c *SpoolConfig) {
			c.Local.MaxAge, c.Kept.MaxAge = 30*time.Hour, 50*time.Hour
		})
		b.recorded(1)
		b.start()
		synctest.Wait()
		b.ear.mu.Lock()
		b.ear.deaf = true
		b.ear.mu.Unlock()
		f.mu.Lock()
		f.put = func(_ context.Context, _ int, _ *Item, _ Source) (Confirmation, error) {
			return Confirmation{}, failed(Down, "")
		}
		f.mu.Unlock()
		r := b.recorded(2)
		time.Sleep(60 * time.Hour)
		synctest.Wait()
		assert.FileExists(t, r.Path, "what cannot be put on record is not done")
		assert.Contains(t, f.held, recID(1))
		b.ear.take()
		b.ear.mu.Lock()
		b.ear.deaf = false
		b.ear.mu.Unlock()
		time.Sleep(retainEvery + time.Second)
		synctest.Wait()
		b.Stop()
		assert.ElementsMatch(t, []string{"deletion 2 max_age", "late 2 expired", "trouble ", "deletion 1 max_age"}, b.ear.take())
		assert.NoFileExists(t, r.Path)
		assert.Empty(t, f.held)
		assert.Empty(t, b.index.all)
	})
}

// TestSettingOfTheStoreIsGone: a restart without it loses nothing that waits, says
// so, and a restart with it delivers.
func TestSettingOfTheStoreIsGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		b := newBench(t, t.TempDir(), f, nil)
		r := b.recorded(1)
		b.recorded(2)

		core, logs := observer.New(zapcore.WarnLevel)
		without := b.again(nil)
		without.cfg.Local.MaxBytes, without.log = 1, zap.New(core)
		without.start()
		time.Sleep(3 * retainEvery)
		synctest.Wait()
		without.Stop()
		assert.Empty(t, without.ear.take())
		assert.FileExists(t, r.Path)
		assert.Equal(t, Waiting, b.index.get(t, r.ID).Delivery.State)
		warned := logs.FilterMessageSnippet("no store is configured").All()
		require.Len(t, warned, 1)
		assert.Equal(t, map[string]any{"recordings": int64(2)}, warned[0].ContextMap())

		b = b.again(f)
		b.start()
		synctest.Wait()
		b.Stop()
		assert.ElementsMatch(t, []string{"ready 1 ready", "ready 2 ready"}, b.ear.take())
	})
}

// TestTooOldGoesEvenIfTheStoreIsDown: age is a promise to callers; but nobody's
// request deletes by half.
func TestTooOldGoesEvenIfTheStoreIsDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		down := &folder{path: filepath.Join(t.TempDir(), "not", "a-folder", "\x00"), open: openFile}
		b := newBench(t, t.TempDir(), down, func(c *SpoolConfig) { c.Local.MaxAge = 30 * time.Hour })
		r := b.recorded(1)
		b.start()
		time.Sleep(time.Hour)
		synctest.Wait()
		assert.Error(t, b.Delete(t.Context(), r))
		assert.FileExists(t, r.Path)
		time.Sleep(30 * time.Hour)
		synctest.Wait()
		b.Stop()
		assert.Contains(t, b.ear.take(), "late 1 expired")
		assert.NoFileExists(t, r.Path)
		assert.Empty(t, b.index.all)
	})
}

func TestDeleteNeedsTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		b := newBench(t, t.TempDir(), f, nil)
		r := b.recorded(1)
		b.start()
		synctest.Wait()
		b.Stop()
		other := b.again(nil)
		assert.ErrorIs(t, other.Delete(t.Context(), r), ErrElsewhere)
		_, err := other.Spool.Open(t.Context(), r)
		assert.ErrorIs(t, err, ErrElsewhere)
		assert.Contains(t, b.index.all, r.ID)
		require.NoError(t, b.Delete(t.Context(), r))
		require.NoError(t, b.Delete(t.Context(), r), "twice is no error")
		_, err = b.Open(t.Context(), r)
		assert.ErrorIs(t, err, ErrGone)
	})
}
