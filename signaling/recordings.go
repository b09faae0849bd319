package signaling

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tonegate/internal/call"
	"tonegate/internal/recording"
	"tonegate/internal/store"
)

// RecordingRequest says how a conference is recorded.
type RecordingRequest struct {
	Recipients    []string      `json:"recipients,omitempty" maxItems:"16" required:"false" doc:"Public keys (age1…) that the recording is sealed to, in place of the server's own."`
	DuringCapture string        `json:"during_capture,omitempty" enum:"masked,silence,off" default:"masked" required:"false" doc:"What a capture does to it: masked sound, silence, or a pause that everybody is told of."`
	Pages         *PagesRequest `json:"pages,omitempty" required:"false" doc:"Pages of the agent's desktop on which nothing is recorded."`
	State         string        `json:"state,omitempty" enum:"recording,stopped" default:"recording" required:"false" doc:"recording begins with the first party; stopped waits until it is asked for."`
}

// PagesRequest says on which pages of the agent's desktop nothing is recorded. In
// a pattern * stands for any characters; case makes no difference.
type PagesRequest struct {
	Pause        []string `json:"pause" minItems:"1" maxItems:"32" doc:"Patterns of pages that pause, such as /payment*."`
	Resume       []string `json:"resume,omitempty" maxItems:"32" required:"false" doc:"Patterns of pages that resume. Without any every page does that does not pause."`
	OnLeave      string   `json:"on_leave,omitempty" enum:"resume_after,stay_paused,resume" default:"resume_after" required:"false" doc:"What becomes of the pause when the agent's connection is lost or the agent leaves: it ends resume_after_s later, not before somebody resumes, or as soon as the leg has left."`
	ResumeAfterS int      `json:"resume_after_s,omitempty" minimum:"1" maximum:"86400" default:"600" required:"false"`
}

func (p *PagesRequest) rule() *call.PageRule {
	if p == nil {
		return nil
	}
	out := &call.PageRule{Pause: p.Pause, Resume: p.Resume, After: time.Duration(p.ResumeAfterS) * time.Second}
	for o := call.ResumeAfter; o <= call.ResumeOnLeave; o++ {
		if o.String() == p.OnLeave {
			out.OnLeave = o
		}
	}
	return out
}

func (r *RecordingRequest) spec() *call.RecordingSpec {
	if r == nil {
		return nil
	}
	out := &call.RecordingSpec{Recipients: r.Recipients, Wait: r.State == "stopped", Pages: r.Pages.rule()}
	for d := recording.Masked; d <= recording.Off; d++ {
		if d.String() == r.DuringCapture {
			out.During = d
		}
	}
	return out
}

// RecordingStatus is the state of a conference's recording.
type RecordingStatus struct {
	ID    string `json:"id,omitempty"`
	State string `json:"state" enum:"recording,paused,stopped,failed"`
}

func recordingStatus(r call.RecordingChanged) *RecordingStatus {
	if r.State == "" {
		return nil
	}
	return &RecordingStatus{r.ID, r.State}
}

// RecordingShape is what is known of a recording. Who holds a recipient's key
// opens its file with tonegate recording open.
type RecordingShape struct {
	ID            string     `json:"id,omitempty" doc:"None before there is a recording."`
	ConferenceID  string     `json:"conference_id"`
	State         string     `json:"state" enum:"recording,paused,stopped,uploading,delivering,ready,failed,interrupted" doc:"stopped: and its file is not complete yet. delivering: the file is whole, and not yet where it is kept. ready: it is there. failed: it could not be written to its end. interrupted: the server died; what was written opens."`
	StartedAt     *time.Time `json:"started_at,omitempty"`
	EndedAt       *time.Time `json:"ended_at,omitempty"`
	DurationMS    int64      `json:"duration_ms,omitempty"`
	Size          int64      `json:"size,omitempty" doc:"Of the sealed file, in bytes."`
	SHA256        string     `json:"sha256,omitempty" doc:"Of the sealed file: keep it elsewhere, and a file that was made up is found."`
	DuringCapture string     `json:"during_capture,omitempty"`
	Reason        string     `json:"reason,omitempty" enum:"stopped,conference_ended,failed,restart" doc:"Why it ended."`
	LegID         string     `json:"leg_id,omitempty" doc:"Of the leg whose browser recorded it."`
	Delivery      *Delivery  `json:"delivery,omitempty" doc:"Absent: the file stays where it was written."`
}

// Delivery is how a recording gets to the store.
type Delivery struct {
	State       string     `json:"state" enum:"waiting,delivered" doc:"delivered: the store has confirmed its length and SHA-256."`
	Attempts    int        `json:"attempts"`
	Cause       string     `json:"cause,omitempty" enum:"store_down,store_slow,store_full,store_refused,store_mismatch,spool_damaged" doc:"Why the last attempt failed; there will be others."`
	DeliveredAt *time.Time `json:"delivered_at,omitempty"`
}

func recordingShape(r store.Recording) RecordingShape {
	out := RecordingShape{
		ID: r.ID, ConferenceID: r.ConferenceID, State: r.State, DurationMS: r.Duration.Milliseconds(),
		Size: r.Size, SHA256: r.SHA256, DuringCapture: r.During, Reason: r.Reason, LegID: r.LegID,
	}
	if d := r.Delivery; d.State != "" {
		out.Delivery = &Delivery{State: d.State, Attempts: d.Attempts, Cause: d.Cause}
		if !d.DeliveredAt.IsZero() {
			out.Delivery.DeliveredAt = &d.DeliveredAt
		}
	}
	if !r.StartedAt.IsZero() {
		out.StartedAt = &r.StartedAt
	}
	if !r.EndedAt.IsZero() {
		out.EndedAt = &r.EndedAt
	}
	return out
}

// RecordingList is a page of recordings.
type RecordingList struct {
	Items      []RecordingShape `json:"items"`
	NextCursor *string          `json:"next_cursor"`
}

// RecordingPath names a recording in a path.
type RecordingPath struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *server) registerRecordings(api huma.API) {
	huma.Register(api, operation("PUT", "/v1/conferences/{id}/recording", "set-recording",
		"Start or resume, pause or stop the recording; answers once it holds", http.StatusOK),
		func(ctx context.Context, in *struct {
			ConferencePath
			Body struct {
				State string `json:"state" enum:"recording,paused,stopped"`
			}
		}) (*reply[RecordingShape], error) {
			r, err := s.cfg.Calls.SetRecording(ctx, actorOf(ctx), in.ID, in.Body.State)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[RecordingShape]{recordingShape(r)}, nil
		})
	huma.Register(api, operation("GET", "/v1/recordings", "list-recordings", "List recordings, newest first", http.StatusOK),
		func(ctx context.Context, in *struct {
			Conference string `query:"conference_id" maxLength:"64"`
			Cursor     string `query:"cursor" maxLength:"64"`
			Limit      int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
		}) (*reply[RecordingList], error) {
			found, next, err := s.cfg.Calls.Recordings(in.Cursor, in.Conference, in.Limit)
			if err != nil {
				return nil, fail(ctx, err)
			}
			out := RecordingList{Items: []RecordingShape{}}
			for _, r := range found {
				out.Items = append(out.Items, recordingShape(r))
			}
			if next != "" {
				out.NextCursor = &next
			}
			return &reply[RecordingList]{out}, nil
		})
	huma.Register(api, operation("GET", "/v1/recordings/{id}", "get-recording", "Read what is known of a recording", http.StatusOK),
		func(ctx context.Context, in *RecordingPath) (*reply[RecordingShape], error) {
			r, err := s.cfg.Calls.Recording(in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[RecordingShape]{recordingShape(r)}, nil
		})
	huma.Register(api, operation("DELETE", "/v1/recordings/{id}", "delete-recording",
		"Delete a recording, here and where it was delivered to", http.StatusNoContent),
		func(ctx context.Context, in *RecordingPath) (*struct{}, error) {
			if err := s.cfg.Calls.DeleteRecording(ctx, actorOf(ctx), in.ID); err != nil {
				return nil, fail(ctx, err)
			}
			return nil, nil
		})
	s.registerContent(api)
}

type recordingMessage struct {
	Type   string `json:"type,omitempty"`
	State  string `json:"state"`
	Reason string `json:"reason,omitempty"`
	// Delivery is why recordings do not get to their store; for agents and
	// supervisors alone.
	Delivery string `json:"delivery,omitempty"`
}
