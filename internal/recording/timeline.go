package recording

import (
	"slices"
	"time"

	"tonegate/internal/audio"
)

// Timeline is what stands beside the sound of a recording that was opened. All
// times are milliseconds since StartedAt.
type Timeline struct {
	Recording  string    `json:"recording_id"`
	Conference string    `json:"conference_id"`
	StartedAt  time.Time `json:"started_at"`
	Duration   int64     `json:"duration_ms"`
	Encoding   string    `json:"encoding"`
	SampleRate int       `json:"sample_rate"`
	Channels   [2]string `json:"channels"`
	// Ended says why the recording ended; it is empty if its end is missing.
	Ended string `json:"ended"`
	// Complete says that nothing is missing and nothing was altered.
	Complete bool     `json:"complete"`
	Faults   []string `json:"faults"`

	Legs     []Presence `json:"legs"`
	Captures []Interval `json:"captures"`
	Pauses   []Interval `json:"pauses"`
	Gaps     []Interval `json:"gaps"`
}

// Presence is a party's part in the call. A party comes again as another one.
type Presence struct {
	LegID  string `json:"leg_id"`
	Role   string `json:"role"`
	Joined int64  `json:"joined_ms"`
	Left   *int64 `json:"left_ms"` // null: not before the end of what is there
}

// Interval is a part of the recording.
type Interval struct {
	CaptureID string `json:"capture_id,omitempty"`
	Reason    string `json:"reason,omitempty"`
	Start     int64  `json:"start_ms"`
	End       *int64 `json:"end_ms"` // null: not before the end of what is there
}

func newTimeline(i *Info) *Timeline {
	return &Timeline{
		Recording: i.Recording, Conference: i.Conference, StartedAt: i.StartedAt, Encoding: i.Encoding,
		SampleRate: audio.SampleRate, Channels: [2]string{"agent", "heard_by_agent"},
		Faults: []string{}, Legs: []Presence{}, Captures: []Interval{}, Pauses: []Interval{}, Gaps: []Interval{},
	}
}

func ms(samples int64) int64 { return samples * 1000 / audio.SampleRate }

func (t *Timeline) add(e *Event) {
	at := ms(e.At)
	switch e.Type {
	case LegJoined:
		t.Legs = append(t.Legs, Presence{LegID: e.LegID, Role: e.Role, Joined: at})
	case LegLeft:
		for i := range t.Legs {
			if p := &t.Legs[i]; p.LegID == e.LegID && p.Left == nil {
				p.Left = &at
			}
		}
	case CaptureStarted:
		t.Captures = append(t.Captures, Interval{CaptureID: e.CaptureID, Start: at})
	case CaptureEnded:
		finish(t.Captures, at, func(i *Interval) bool { return i.CaptureID == e.CaptureID })
	case Paused:
		t.Pauses = append(t.Pauses, Interval{Reason: e.Reason, Start: at})
	case Resumed:
		finish(t.Pauses, at, func(i *Interval) bool { return i.Reason == e.Reason })
	case Gap:
		t.gap(e.At, e.At+e.Samples, e.Reason)
	}
}

func (t *Timeline) gap(from, to int64, reason string) {
	end := ms(to)
	t.Gaps = append(t.Gaps, Interval{Reason: reason, Start: ms(from), End: &end})
}

func finish(all []Interval, at int64, which func(*Interval) bool) {
	for i := range slices.Backward(all) {
		if all[i].End == nil && which(&all[i]) {
			all[i].End = &at
			return
		}
	}
}
