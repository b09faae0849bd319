package recording

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/bridge"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

const (
	recID  = "rec_0123456789abcdefghjkmnpq"
	confID = "conf_0123456789abcdefghjkmnpq"
	capID  = "cap_0123456789abcdefghjkmnpq"
)

var began = time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)

// call is a conference in which the IVR speaks: what it says is heard in
// channel 2.
type call struct {
	*testing.T
	c   *bridge.Conference
	ivr bridge.LegID
	out bridge.Output
	n   int
}

func newCall(t *testing.T) *call {
	c := bridge.New(bridge.Config{Policy: mask.Policy{Mode: mask.Strip}})
	ivr, err := c.Join(bridge.LegSpec{Role: bridge.IVR, Builtin: true})
	require.NoError(t, err)
	return &call{T: t, c: c, ivr: ivr}
}

// run ticks so often, and records.
func (c *call) run(r *Recorder, ticks int) {
	for range ticks {
		var f audio.Frame
		for i := range f {
			f[i] = int16(2000 * (i%2*2 - 1))
		}
		require.NoError(c, c.c.Play(c.ivr, &f))
		now := began.Add(time.Duration(c.n) * audio.FrameDuration)
		c.c.Tick(now, &c.out)
		r.Record(now, c.out.Recorder, c.c.Capturing())
		c.n++
	}
}

// heard says of each frame of channel 2 whether there is sound in it.
func heard(sound []byte) (out []bool) {
	for ; len(sound) >= 320; sound = sound[320:] {
		loud := false
		for i := 1; i < 320; i += 2 {
			loud = loud || sound[i] != 0xFF && sound[i] != 0x7F
		}
		out = append(out, loud)
	}
	return out
}

func key(t *testing.T) *age.X25519Identity {
	k, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	return k
}

func opened(t *testing.T, data []byte, k age.Identity) (*Timeline, []bool) {
	t.Helper()
	var sound bytes.Buffer
	tl, err := Open(bytes.NewReader(data), []age.Identity{k}, Want{}, func(Info) (io.Writer, error) { return &sound, nil })
	require.NoError(t, err)
	return tl, heard(sound.Bytes())
}

// silentIn checks that sound is silent in exactly these frames. The gate holds
// sound back by half a frame, so the very first one may be either.
func silentIn(t *testing.T, sound []bool, from, to int) {
	t.Helper()
	for i, loud := range sound[1:] {
		if want := i+1 < from || i+1 >= to; loud != want {
			t.Errorf("frame %d: sound %v, want %v", i+1, loud, want)
			return
		}
	}
}

func options(t *testing.T, k *age.X25519Identity) (Options, chan Completed) {
	done := make(chan Completed, 1)
	return Options{
		Folder: filepath.Join(t.TempDir(), "recordings"), Recording: recID, Conference: confID,
		Recipients: []age.Recipient{k.Recipient()}, StartedAt: began, Completed: func(c Completed) { done <- c },
	}, done
}

func TestRecorder(t *testing.T) {
	for during, capturePauses := range map[During]bool{Masked: false, Silence: true, Off: true} {
		t.Run(during.String(), func(t *testing.T) {
			k := key(t)
			o, done := options(t, k)
			o.During = during
			r, err := New(o)
			require.NoError(t, err)
			c := newCall(t)
			c.run(r, 40)
			r.Capture(capID)
			require.NoError(t, c.c.BeginCapture(bridge.Capture{Mode: mask.Mute}))
			c.run(r, 50)
			require.NoError(t, c.c.EndCapture())
			c.run(r, 20)
			r.Close(EndConference)
			<-r.Done()
			got := <-done
			data, err := os.ReadFile(got.Path)
			require.NoError(t, err)
			sum := sha256.Sum256(data)
			assert.Equal(t, Completed{Recording: recID, Conference: confID, Path: filepath.Join(o.Folder, recID+".age"),
				Size: int64(len(data)), SHA256: hex.EncodeToString(sum[:]), Duration: 2200 * time.Millisecond, Ended: EndConference}, got)
			tl, sound := opened(t, data, k)
			assert.True(t, tl.Complete, tl.Faults)
			end := int64(1800)
			assert.Equal(t, []Interval{{CaptureID: capID, Start: 800, End: &end}}, tl.Captures)
			require.Len(t, sound, 110)
			if capturePauses {
				assert.Equal(t, []Interval{{Reason: ByCapture, Start: 800, End: &end}}, tl.Pauses)
				silentIn(t, sound, 40, 90)
			} else {
				assert.Empty(t, tl.Pauses)
				// What the capture held in the gate is gone when it ends.
				silentIn(t, sound, 0, 0)
			}
		})
	}
}

func TestPause(t *testing.T) {
	k := key(t)
	o, _ := options(t, k)
	r, err := New(o)
	require.NoError(t, err)
	c := newCall(t)
	c.run(r, 33)
	r.Pause(ByRequest, true)
	r.Pause(ByRequest, true)
	c.run(r, 44)
	r.Pause(ByRequest, false)
	c.run(r, 10)
	r.Close(EndStopped)
	<-r.Done()
	data, err := os.ReadFile(filepath.Join(o.Folder, recID+".age"))
	require.NoError(t, err)
	tl, sound := opened(t, data, k)
	end := int64(1540)
	assert.Equal(t, []Interval{{Reason: ByRequest, Start: 660, End: &end}}, tl.Pauses)
	silentIn(t, sound, 33, 77)
	st, err := os.Stat(filepath.Join(o.Folder, recID+".age"))
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), st.Mode().Perm())
}

// TestLateTicks: ticks that the shard gave up are silence, so that what follows
// stands where the clock says.
func TestLateTicks(t *testing.T) {
	k := key(t)
	o, _ := options(t, k)
	r, err := New(o)
	require.NoError(t, err)
	c := newCall(t)
	c.run(r, 20)
	c.n += 60
	c.run(r, 20)
	r.Close(EndStopped)
	<-r.Done()
	data, err := os.ReadFile(filepath.Join(o.Folder, recID+".age"))
	require.NoError(t, err)
	tl, sound := opened(t, data, k)
	end := int64(1600)
	assert.Equal(t, []Interval{{Reason: Late, Start: 400, End: &end}}, tl.Gaps)
	require.Len(t, sound, 100)
	silentIn(t, sound, 20, 80)
}

// slow is a disk on which a write waits, and which may be full.
type slow struct {
	bytes.Buffer
	wait chan struct{} // nil: not
	took chan struct{}
	room int   // writes after which it is full
	fail error // then
}

func (s *slow) Write(b []byte) (int, error) {
	if s.wait != nil {
		s.took <- struct{}{}
		<-s.wait
	}
	if s.room--; s.room < 0 && s.fail != nil {
		n, _ := s.Buffer.Write(b[:len(b)/2])
		return n, s.fail
	}
	return s.Buffer.Write(b)
}
func (s *slow) Truncate(n int64) error { s.Buffer.Truncate(int(n)); return nil }
func (s *slow) Sync() error            { return nil }
func (s *slow) Close() error           { return nil }
func (s *slow) Name() string           { return "" }

// TestSlowDisk: the tick does not wait for the disk. What has no room is silence,
// and said to be.
func TestSlowDisk(t *testing.T) {
	k := key(t)
	o, _ := options(t, k)
	d := &slow{}
	r, err := begin(o, d)
	require.NoError(t, err)
	d.wait, d.took = make(chan struct{}), make(chan struct{})
	c := newCall(t)
	c.run(r, segmentFrames)
	<-d.took // the first second half is being written, and stays so
	c.run(r, ringFrames+30)
	close(d.wait)
	go func() {
		for range d.took {
		}
	}()
	r.Close(EndStopped)
	<-r.Done()
	close(d.took)
	tl, sound := opened(t, d.Bytes(), k)
	assert.True(t, tl.Complete, tl.Faults)
	full := segmentFrames + ringFrames
	end := int64(20 * (full + 30))
	assert.Equal(t, []Interval{{Reason: Overload, Start: int64(20 * full), End: &end}}, tl.Gaps)
	require.Len(t, sound, full+30)
	silentIn(t, sound, full, full+30)
}

// TestFullDisk: the recording fails, what was written opens, and ticks go on.
func TestFullDisk(t *testing.T) {
	k := key(t)
	o, done := options(t, k)
	d := &slow{room: 3, fail: errors.New("no space left on device")} // the first segment holds no sound
	r, err := begin(o, d)
	require.NoError(t, err)
	c := newCall(t)
	c.run(r, 3*segmentFrames)
	<-r.Done()
	c.run(r, 3*ringFrames)
	r.Close(EndConference)
	got := <-done
	assert.ErrorIs(t, got.Err, d.fail)
	assert.Equal(t, EndFailed, got.Ended)
	tl, _ := opened(t, d.Bytes(), k)
	assert.Len(t, tl.Faults, 1)
	assert.Equal(t, int64(1000), tl.Duration)
	assert.Equal(t, int64(d.Len()), got.Size)
}

func TestRecordDoesNotAllocate(t *testing.T) {
	o, _ := options(t, key(t))
	r, err := New(o)
	require.NoError(t, err)
	c := newCall(t)
	c.run(r, 1)
	now := began
	allocs := testing.AllocsPerRun(10, func() {
		now = now.Add(audio.FrameDuration)
		r.Record(now, c.out.Recorder, false)
	})
	assert.Zero(t, allocs) // fewer ticks than a segment has: the writer sleeps
	r.Close(EndStopped)
	<-r.Done()
}

// BenchmarkSegment is what half a second of a recording costs off the tick.
func BenchmarkSegment(b *testing.B) {
	k, err := age.GenerateX25519Identity()
	require.NoError(b, err)
	w, err := NewWriter(io.Discard, recID, confID, began, k.Recipient())
	require.NoError(b, err)
	var m mask.AgentMix
	for b.Loop() {
		w.next.Start = 0 // a benchmark may be longer than a day
		for range segmentFrames {
			_ = w.Frame(m, m)
		}
	}
	require.NoError(b, w.err)
}

// TestSlowStart: what passes between StartedAt and the first tick is silence, so
// that what follows stands where the clock says; beyond what a disk may need it is
// another clock, and a gap says so.
func TestSlowStart(t *testing.T) {
	for name, tc := range map[string]struct {
		ticks, lead int
		gap         bool
	}{"a slow disk": {250, 250, false}, "another clock": {50 * 3600, maxLead, true}} {
		t.Run(name, func(t *testing.T) {
			k := key(t)
			o, _ := options(t, k)
			r, err := New(o)
			require.NoError(t, err)
			c := newCall(t)
			c.n = tc.ticks
			c.run(r, 20)
			r.Close(EndStopped)
			<-r.Done()
			data, err := os.ReadFile(filepath.Join(o.Folder, recID+".age"))
			require.NoError(t, err)
			tl, sound := opened(t, data, k)
			assert.Len(t, sound, tc.lead+20)
			assert.Equal(t, tc.gap, len(tl.Gaps) == 1, tl.Gaps)
		})
	}
}
