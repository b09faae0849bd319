package recording

import (
	"time"

	"filippo.io/age"
)

// During says what becomes of a recording while a capture collects.
type During uint8

const (
	// Masked records on: what the agent hears is masked.
	Masked During = iota
	// Silence records silence in both channels.
	Silence
	// Off pauses the recording, and everybody is told so. What is kept is silence
	// as well, since the time base stays.
	Off
)

// String returns the name as the API spells it.
func (d During) String() string {
	switch d {
	case Silence:
		return "silence"
	case Off:
		return "off"
	default:
		return "masked"
	}
}

// Options say what to record, and where to.
type Options struct {
	Folder     string // for rec_….age
	Recording  string
	Conference string
	Recipients []age.Recipient
	During     During
	StartedAt  time.Time
	Metrics    *Metrics // nil: none
	// Completed is called once, from the recorder's goroutine, when nothing will
	// be written any more. It may be nil.
	Completed func(Completed)
}

// Completed is a recording that has ended. If Err is not nil, it could not be
// written to its end, and the file holds what could.
type Completed struct {
	Recording, Conference string
	Path                  string
	Size                  int64
	SHA256                string // of the file, in hexadecimal digits
	Duration              time.Duration
	Ended                 string
	Err                   error
}
