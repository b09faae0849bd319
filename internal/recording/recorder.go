package recording

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"tonegate/bridge"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

const (
	// segmentFrames are the ticks of a segment.
	segmentFrames = SegmentSamples / audio.FrameSamples
	// ringFrames is how far the disk may be behind the call: 2.5 s. Beyond it the
	// recording has a gap, and the call goes on.
	ringFrames = 5 * segmentFrames
	// maxLead bounds the silence before the first tick: ten minutes, which a slow
	// disk does not take. More is no delay but another clock.
	maxLead = 20 * 60 * segmentFrames
)

// Recorder writes a conference's recording. It implements engine.Recorder: a tick
// leaves its sound in a ring, and a goroutine of the recorder's own seals and writes
// it, so that no call waits for a disk.
type Recorder struct {
	opts   Options
	file   disk
	writer *Writer
	sum    hash.Hash
	size   int64
	wake   chan struct{}
	done   chan struct{}

	mu        sync.Mutex
	ring      [ringFrames]entry
	first, n  int
	began     time.Time // the first frame
	frames    int64     // since then, lost ones included
	lost      int64     // of the last frames: not in the ring
	events    []Event
	pauses    []string // why it is paused, once each
	capture   string   // the capture that is on, or about to be
	capturing bool
	silenced  bool   // the capture silences
	closing   string // why; empty: not
	broken    bool
}

// entry is a frame in the ring, or so many silent ones.
type entry struct {
	agent, heard mask.AgentMix
	silent       int64
}

// disk is the part of a file that a recorder needs.
type disk interface {
	io.WriteCloser
	Truncate(size int64) error
	Sync() error
	Name() string
}

// New creates the file and begins the recording. Close it.
func New(o Options) (*Recorder, error) {
	f, err := create(o)
	if err != nil {
		o.Metrics.NotBegun()
		return nil, err
	}
	r, err := begin(o, f)
	if err != nil {
		return nil, errors.Join(err, f.Close(), os.Remove(f.Name()))
	}
	return r, nil
}

func create(o Options) (*os.File, error) {
	if !recordingID.MatchString(o.Recording) {
		return nil, fmt.Errorf("%w: recording_id", ErrSegment)
	}
	if err := os.MkdirAll(o.Folder, 0o700); err != nil {
		return nil, fmt.Errorf("folder for recordings: %w", err)
	}
	f, err := os.OpenFile(filepath.Join(o.Folder, o.Recording+".age"), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, fmt.Errorf("file for a recording: %w", err)
	}
	return f, nil
}

func begin(o Options, f disk) (r *Recorder, err error) {
	r = &Recorder{
		opts: o, file: f, sum: sha256.New(), wake: make(chan struct{}, 1), done: make(chan struct{}), events: make([]Event, 0, 16),
	}
	if r.writer, err = NewWriter(sink{r}, o.Recording, o.Conference, o.StartedAt, o.Recipients...); err != nil {
		o.Metrics.NotBegun()
		return nil, err
	}
	o.Metrics.began()
	go r.run()
	return r, nil
}

// sink writes segments to the file, and takes back what was written in part.
type sink struct{ r *Recorder }

func (s sink) Write(b []byte) (int, error) {
	r := s.r
	n, err := r.file.Write(b)
	if err != nil {
		_ = r.file.Truncate(r.size)
		return n, err
	}
	r.size += int64(n)
	_, _ = r.sum.Write(b)
	r.opts.Metrics.wrote(n)
	return n, nil
}

// Record implements engine.Recorder.
func (r *Recorder) Record(now time.Time, m bridge.RecorderMix, capturing bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.broken || r.closing != "" {
		return
	}
	if r.began.IsZero() {
		r.begin(now)
	}
	// Ticks that were given up are silence: the time base is the clock's.
	if late := int64(math.Round(float64(now.Sub(r.began))/float64(audio.FrameDuration))) - r.frames; late > 0 {
		r.event(Event{Type: Gap, Reason: Late, Samples: late * audio.FrameSamples})
		r.push(&entry{silent: late})
	}
	r.follow(capturing)
	e := entry{silent: 1}
	if len(r.pauses) == 0 && !r.silenced {
		e = entry{agent: m.Agent(), heard: m.Heard()}
	}
	r.push(&e)
	if r.frames%segmentFrames == 0 {
		r.knock()
	}
}

// begin settles the time base at the first tick: what passed since StartedAt is
// silence, so that a place in the file is a time of day.
func (r *Recorder) begin(now time.Time) {
	lead := int64(math.Round(float64(now.Sub(r.opts.StartedAt)) / float64(audio.FrameDuration)))
	cut := lead > maxLead
	lead = max(0, min(lead, maxLead))
	r.began = now.Add(-time.Duration(lead) * audio.FrameDuration)
	if cut { // how long it was nobody knows
		r.event(Event{Type: Gap, Reason: Late, Samples: lead * audio.FrameSamples})
	}
	if lead > 0 {
		r.push(&entry{silent: lead})
	}
}

// follow notes where captures begin and end.
func (r *Recorder) follow(capturing bool) {
	if capturing == r.capturing {
		return
	}
	r.capturing = capturing
	if capturing {
		r.event(Event{Type: CaptureStarted, CaptureID: r.capture})
		if r.opts.During != Masked {
			r.silenced = true
			r.event(Event{Type: Paused, Reason: ByCapture})
		}
		return
	}
	if r.silenced {
		r.silenced = false
		r.event(Event{Type: Resumed, Reason: ByCapture})
	}
	r.event(Event{Type: CaptureEnded, CaptureID: r.capture})
}

// push puts a frame, or silent ones, into the ring, or counts them as lost.
func (r *Recorder) push(e *entry) {
	frames := max(1, e.silent)
	if r.lost > 0 && r.n <= ringFrames-2 {
		e := r.lostFrames()
		r.put(&e)
	}
	if r.lost > 0 || r.n == ringFrames {
		if r.lost == 0 {
			r.knock()
		}
		r.lost += frames
		r.opts.Metrics.lost(frames)
	} else {
		r.put(e)
	}
	r.frames += frames
}

// lostFrames turns what was lost into silence and a gap.
func (r *Recorder) lostFrames() entry {
	e := entry{silent: r.lost}
	r.events = append(r.events, Event{Type: Gap, Reason: Overload,
		At: (r.frames - r.lost) * audio.FrameSamples, Samples: r.lost * audio.FrameSamples})
	r.lost = 0
	return e
}

func (r *Recorder) put(e *entry) {
	r.ring[(r.first+r.n)%ringFrames] = *e
	r.n++
}

func (r *Recorder) event(e Event) {
	e.At = r.frames * audio.FrameSamples
	r.events = append(r.events, e)
}

// Event puts something on the timeline, now.
func (r *Recorder) Event(e Event) error {
	if err := e.check(); err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.broken && r.closing == "" {
		r.event(e)
	}
	return nil
}

// Capture says which capture is about to begin.
func (r *Recorder) Capture(id string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.capture = id
}

// Pause records silence from now on for a reason, [ByRequest] or [ByPage], or
// takes that reason back. There is sound again when no reason is left.
func (r *Recorder) Pause(why string, paused bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := slices.Index(r.pauses, why)
	if paused == (at >= 0) {
		return
	}
	if paused {
		r.pauses = append(r.pauses, why)
		r.event(Event{Type: Paused, Reason: why})
		return
	}
	r.pauses = slices.Delete(r.pauses, at, at+1)
	r.event(Event{Type: Resumed, Reason: why})
}

// Close ends the recording. It does not wait: see [Recorder.Done].
func (r *Recorder) Close(reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.closing == "" {
		if reason == EndConference && r.capturing {
			r.event(Event{Type: CaptureEnded, CaptureID: r.capture})
		}
		r.closing = reason
		r.knock()
	}
}

// Path is the file's.
func (r *Recorder) Path() string { return r.file.Name() }

// Done is closed when the file is complete and Completed has returned.
func (r *Recorder) Done() <-chan struct{} { return r.done }

func (r *Recorder) knock() {
	select {
	case r.wake <- struct{}{}:
	default:
	}
}

// run seals and writes until the recording ends.
func (r *Recorder) run() {
	defer close(r.done)
	var err error
	for ended := false; !ended && err == nil; {
		<-r.wake
		ended, err = r.drain()
	}
	r.mu.Lock()
	r.broken = true
	clear(r.ring[:])
	reason := r.closing
	r.mu.Unlock()
	if err == nil {
		err = r.writer.Close(reason)
	}
	if err != nil {
		reason = EndFailed
	}
	err = errors.Join(err, r.file.Sync(), r.file.Close())
	r.opts.Metrics.ended(err)
	if r.opts.Completed != nil {
		r.opts.Completed(Completed{
			Recording: r.opts.Recording, Conference: r.opts.Conference, Path: r.file.Name(), Size: r.size,
			SHA256: hex.EncodeToString(r.sum.Sum(nil)), Ended: reason, Err: err,
			Duration: time.Duration(r.writer.Position()/audio.FrameSamples) * audio.FrameDuration,
		})
	}
}

// drain writes what the ring holds, and reports whether that was the last of it.
func (r *Recorder) drain() (ended bool, err error) {
	for err == nil {
		e, events, more := r.take()
		for i := range events {
			err = errors.Join(err, r.writer.note(events[i]))
		}
		switch {
		case err != nil:
		case !more:
			r.mu.Lock()
			ended = r.closing != "" && r.n == 0 && r.lost == 0
			r.mu.Unlock()
			return ended, nil
		case e.silent > 0:
			err = r.writer.Silence(e.silent)
		default:
			err = r.writer.Frame(e.agent, e.heard)
		}
	}
	return false, err
}

// take removes the oldest frame from the ring, with the events before it.
func (r *Recorder) take() (e entry, events []Event, more bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	at := r.writer.Position()
	k := 0
	for k < len(r.events) && r.events[k].At <= at {
		k++
	}
	if k > 0 {
		events = append(events, r.events[:k]...)
		r.events = append(r.events[:0], r.events[k:]...)
	}
	switch {
	case r.n > 0:
		e = r.ring[r.first]
		r.ring[r.first] = entry{}
		r.first = (r.first + 1) % ringFrames
		r.n--
	case r.lost > 0:
		e = r.lostFrames()
	default:
		return e, events, false
	}
	return e, events, true
}
