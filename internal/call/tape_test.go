package call

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audit"
	"tonegate/internal/engine"
	"tonegate/internal/ivr"
	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// deck is a service with a conference that can be recorded, and a disk that can
// be full. Its process can crash: see again.
type deck struct {
	*Service
	t      *testing.T
	key    *age.X25519Identity
	folder string
	c      Conference

	mu          sync.Mutex
	conferences map[string]store.Conference
	tapes       map[string]store.Recording
	full        bool // nothing can be kept
	tapesFull   bool // of recordings
	appended    func(audit.Entry) error
}

func (d *deck) Keep(c store.Conference) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		return errors.New("no space left on device")
	}
	d.conferences[c.ID] = c
	return nil
}
func (d *deck) Forget(string) error { return nil }
func (d *deck) Conferences() ([]store.Conference, error) {
	return slices.Collect(maps.Values(d.conferences)), nil
}
func (d *deck) KeepRecording(r store.Recording) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full || d.tapesFull {
		return errors.New("no space left on device")
	}
	d.tapes[r.ID] = r
	return nil
}
func (d *deck) Recordings(_, conference string, _ int) (found []store.Recording, next string, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, r := range d.tapes {
		if conference == "" || r.ConferenceID == conference {
			found = append(found, r)
		}
	}
	slices.SortFunc(found, func(a, b store.Recording) int { return b.StartedAt.Compare(a.StartedAt) })
	return found, "", nil
}
func (d *deck) Append(e audit.Entry) (audit.Entry, error) {
	if d.appended != nil {
		return e, d.appended(e)
	}
	return e, nil
}

// keptTape is what is on the disk of a recording.
func (d *deck) keptTape(id string) store.Recording {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.tapes[id]
}

func (d *deck) Recording(id string) (store.Recording, bool, error) {
	r := d.keptTape(id)
	return r, r.ID != "", nil
}

func openDeck(t *testing.T, spec *RecordingSpec) *deck {
	key, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	d := &deck{t: t, key: key, folder: filepath.Join(t.TempDir(), "recordings"),
		conferences: map[string]store.Conference{}, tapes: map[string]store.Recording{}}
	d.start()
	d.c, err = d.Create(t.Context(), Spec{Legs: []LegSpec{{Role: bridge.Customer}, {Role: bridge.Agent}}, Recording: spec})
	require.NoError(t, err)
	return d
}

func (d *deck) start() {
	prompts, err := ivr.Builtin()
	require.NoError(d.t, err)
	d.Service = New(Config{
		Log: zap.NewNop(), Arena: dtmf.NewArena(make([]byte, 4096)), Prompts: prompts, EngineMetrics: engine.NewMetrics(nil),
		State: d, Audit: d, Shards: 1, Seed: 1,
		Recordings: Recordings{Folder: d.folder, Recipients: []string{d.key.Recipient().String()}, Store: d},
	})
	d.t.Cleanup(func() { d.Close(context.Background()) })
}

// again is another process on what is on the disk now.
func (d *deck) again() *deck {
	d.t.Helper()
	d.mu.Lock()
	next := &deck{t: d.t, key: d.key, folder: d.folder, c: d.c, conferences: maps.Clone(d.conferences), tapes: maps.Clone(d.tapes)}
	d.mu.Unlock()
	next.start()
	require.NoError(d.t, next.Restore(d.t.Context()))
	return next
}

func (d *deck) set(state string) (store.Recording, error) {
	return d.SetRecording(context.Background(), Actor{}, d.c.ID, state)
}

func (d *deck) must(state string) store.Recording {
	d.t.Helper()
	r, err := d.set(state)
	require.NoError(d.t, err)
	return r
}

// fill makes the disk full, or not: both records, or that of recordings alone.
func (d *deck) fill(all, tapes bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.full, d.tapesFull = all, tapes
}

func (d *deck) state() string {
	d.t.Helper()
	c, err := d.Get(d.c.ID)
	require.NoError(d.t, err)
	return c.Recording.State
}

// conference is the service's own.
func (d *deck) conference() *conference {
	d.Service.mu.Lock()
	defer d.Service.mu.Unlock()
	return d.byID[d.c.ID]
}

// fails lets the recorder give up: no recording is longer than a day.
func (d *deck) fails() {
	d.Service.mu.Lock()
	r := d.byID[d.c.ID].tape.recorder
	d.Service.mu.Unlock()
	now := time.Now()
	r.Record(now, bridge.RecorderMix{}, false)
	r.Record(now.Add(30*time.Hour), bridge.RecorderMix{}, false)
	<-r.Done()
}

// TestPauseOutlivesACrash: what was answered holds in the next process, whichever
// of the two records could be written; what none could be is not answered with yes,
// and holds all the same in this one.
func TestPauseOutlivesACrash(t *testing.T) {
	t.Run("paused", func(t *testing.T) {
		d := openDeck(t, nil)
		d.must(RecordingOn)
		d.fill(false, true)
		d.must(RecordingPaused)
		assert.Equal(t, RecordingPaused, d.again().state())
	})
	t.Run("paused, disk full", func(t *testing.T) {
		d := openDeck(t, nil)
		d.must(RecordingOn)
		d.fill(true, true)
		for range 2 {
			_, err := d.set(RecordingPaused)
			assert.ErrorIs(t, err, ErrStore)
			assert.Equal(t, RecordingPaused, d.state())
		}
		d.fill(false, false)
		d.must(RecordingPaused) // asked again, it is kept
		assert.Equal(t, RecordingPaused, d.again().state())
		d.fill(true, true)
		_, err := d.set(RecordingOn)
		assert.ErrorIs(t, err, ErrStore, "what is not kept is not resumed")
		assert.Equal(t, RecordingPaused, d.state())
		d.fill(false, false)
		d.must(RecordingOn)
		assert.Equal(t, RecordingOn, d.again().state())
	})
	t.Run("stopped", func(t *testing.T) {
		d := openDeck(t, nil)
		r := d.must(RecordingOn)
		d.fill(false, true) // the file's end is not on the disk
		d.must(RecordingStopped)
		after := d.again()
		assert.Equal(t, RecordingStopped, after.state())
		assert.Equal(t, RecordingInterrupted, after.keptTape(r.ID).State)
		after.must(RecordingStopped)
		after.must(RecordingOn)
		assert.Equal(t, RecordingOn, after.again().state())
	})
	t.Run("stopped, disk full", func(t *testing.T) {
		d := openDeck(t, nil)
		d.must(RecordingOn)
		d.fill(true, true)
		for range 2 {
			_, err := d.set(RecordingStopped)
			assert.ErrorIs(t, err, ErrStore)
			assert.Equal(t, RecordingStopped, d.state())
		}
		d.fill(false, false)
		assert.Equal(t, RecordingReady, d.must(RecordingStopped).State)
		assert.Equal(t, RecordingStopped, d.again().state())
	})
	t.Run("page", func(t *testing.T) {
		d := openDeck(t, &RecordingSpec{Wait: true, Pages: &PageRule{Pause: []string{"/pay"}}})
		d.must(RecordingOn)
		d.fill(false, true)
		by := Actor{LegID: d.c.Legs[1].ID, Role: bridge.Agent}
		require.NoError(t, d.Page(by, d.c.ID, "/pay"))
		assert.Equal(t, RecordingPaused, d.again().state())
		d.fill(true, true)
		assert.ErrorIs(t, d.Page(by, d.c.ID, "/orders"), ErrStore)
		assert.Equal(t, RecordingPaused, d.state())
		d.fill(false, false)
		require.NoError(t, d.Page(by, d.c.ID, "/orders"))
		d.fill(true, true)
		assert.ErrorIs(t, d.Page(by, d.c.ID, "/pay"), ErrStore)
		assert.Equal(t, RecordingPaused, d.state())
	})
}

// TestPauseMeetsAFailure: a recorder gives up while its pause waits for the audit
// record. The file stays failed, and nobody is told that it is paused.
func TestPauseMeetsAFailure(t *testing.T) {
	for _, state := range []string{RecordingPaused, RecordingOn} {
		t.Run(state, func(t *testing.T) {
			d := openDeck(t, nil)
			r := d.must(RecordingOn)
			if state == RecordingOn {
				d.must(RecordingPaused)
			}
			d.appended = func(e audit.Entry) error {
				if e.Detail == audit.Detail(state) {
					d.fails()
				}
				return nil
			}
			got := d.must(state)
			assert.Equal(t, RecordingFailed, got.State)
			assert.Equal(t, RecordingFailed, d.keptTape(r.ID).State)
			assert.Equal(t, RecordingFailed, d.state())
			after := d.again()
			assert.Equal(t, RecordingFailed, after.keptTape(r.ID).State)
			assert.Len(t, after.tapes, 1, "nothing is gone on with")
		})
	}
}

// TestPauseOutlivesAFailedFile: who paused wants silence, in the next file too.
func TestPauseOutlivesAFailedFile(t *testing.T) {
	d := openDeck(t, nil)
	d.must(RecordingOn)
	d.must(RecordingPaused)
	d.fails()
	assert.Equal(t, RecordingFailed, d.state())
	assert.Equal(t, RecordingPaused, d.must(RecordingOn).State)
	assert.Equal(t, RecordingOn, d.must(RecordingOn).State)

	d.fails()
	assert.Equal(t, RecordingPaused, d.must(RecordingPaused).State)
	assert.Equal(t, RecordingPaused, d.must(RecordingOn).State)
	d.fails()
	assert.Equal(t, RecordingStopped, d.must(RecordingStopped).State)
	assert.Equal(t, RecordingOn, d.must(RecordingOn).State, "stopped, and begun anew")
}

// TestWantedBeforehand: what the platform wants before the first party is there is
// what the automatic recording begins with.
func TestWantedBeforehand(t *testing.T) {
	begin := func(d *deck) {
		c := d.conference()
		d.Service.mu.Lock()
		c.State = ConferenceActive
		d.Service.mu.Unlock()
		d.autoRecord(c)
	}
	for state, then := range map[string]string{RecordingPaused: RecordingPaused, RecordingStopped: RecordingStopped} {
		for name, crash := range map[string]bool{"": false, " and a crash": true} {
			t.Run(state+name, func(t *testing.T) {
				d := openDeck(t, &RecordingSpec{})
				assert.Equal(t, state, d.must(state).State)
				if crash {
					d = d.again()
				}
				begin(d)
				assert.Equal(t, then, d.state())
				assert.Equal(t, RecordingOn, d.must(RecordingOn).State)
			})
		}
	}
	t.Run("taken back", func(t *testing.T) {
		d := openDeck(t, &RecordingSpec{})
		d.must(RecordingPaused)
		assert.Equal(t, RecordingOn, d.must(RecordingOn).State)
	})
	t.Run("nothing is wanted", func(t *testing.T) {
		_, err := openDeck(t, nil).set(RecordingPaused)
		assert.ErrorIs(t, err, ErrNotRecording)
	})
	t.Run("disk full", func(t *testing.T) {
		d := openDeck(t, &RecordingSpec{})
		d.fill(true, true)
		_, err := d.set(RecordingPaused)
		assert.ErrorIs(t, err, ErrStore)
		d.fill(false, false)
		begin(d)
		assert.Equal(t, RecordingPaused, d.state())
	})
}

// TestOldRecordingCompletesLate: when another one runs already, the old one's record
// keeps its start and its place in the list.
func TestOldRecordingCompletesLate(t *testing.T) {
	d := openDeck(t, &RecordingSpec{Wait: true, During: recording.Silence})
	first := d.must(RecordingOn)
	c := d.conference()
	d.Service.mu.Lock()
	old := c.tape.recorder
	c.tape.recorder = nil // as a stop that gave up waiting leaves it
	d.Service.mu.Unlock()
	second := d.must(RecordingOn)
	old.Close(recording.EndStopped)
	<-old.Done()
	got := d.keptTape(first.ID)
	assert.Equal(t, []string{RecordingReady, recording.EndStopped, "silence"}, []string{got.State, got.Reason, got.During})
	assert.Equal(t, first.StartedAt, got.StartedAt)
	assert.Equal(t, RecordingOn, d.keptTape(second.ID).State)
	_, err := os.Stat(got.Path)
	assert.NoError(t, err)
}
