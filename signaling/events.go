package signaling

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tonegate/internal/store"
)

// EventShape is something that became of a call. It tells of fields their names
// and states; counts and last four are a capture's to tell.
type EventShape struct {
	ID           string    `json:"id"`
	Type         string    `json:"type" enum:"conference.started,conference.ended,leg.joined,leg.left,leg.reconnecting,capture.started,capture.progress,capture.field_completed,capture.field_rejected,capture.completed,capture.failed,capture.cancelled,capture.expired,transfer.started,transfer.returned,masking.armed,recording.started,recording.paused,recording.resumed,recording.failed,recording.ready,node.draining,audit.checkpoint"`
	Time         time.Time `json:"time"`
	ConferenceID string    `json:"conference_id,omitempty"`
	Sequence     uint64    `json:"sequence,omitempty" doc:"Within the conference, from 1."`
	Data         EventData `json:"data"`
}

// EventData says what an event is about.
type EventData struct {
	LegID       string `json:"leg_id,omitempty"`
	Role        string `json:"role,omitempty"`
	CaptureID   string `json:"capture_id,omitempty"`
	RecordingID string `json:"recording_id,omitempty"`
	Field       string `json:"field,omitempty"`
	State       string `json:"state,omitempty"`
	Reason      string `json:"reason,omitempty"`
	// Checkpoint vouches for the audit record up to here: keep it elsewhere.
	Checkpoint string `json:"checkpoint,omitempty" doc:"A signed checkpoint of the audit record, for tonegate audit verify."`
}

// EventList is a page of events, oldest first.
type EventList struct {
	Items []EventShape `json:"items"`
	// NextCursor is the last event's id: ask again with it as after, whenever.
	NextCursor *string `json:"next_cursor"`
}

func eventShape(e store.Event) EventShape {
	return EventShape{e.ID, e.Type, e.Time, e.ConferenceID, e.Sequence,
		EventData{e.LegID, e.Role, e.CaptureID, e.RecordingID, e.Field, e.State, e.Reason, e.Checkpoint}}
}

const eventStream = "text/event-stream"

func (s *server) registerEvents(api huma.API) {
	list := operation(http.MethodGet, "/v1/events", "list-events",
		"Read what became of calls, oldest first; as text/event-stream, go on with what comes", http.StatusOK)
	schema := api.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[EventList](), true, "EventList")
	list.Responses = map[string]*huma.Response{"200": {
		Description: "OK",
		Content:     map[string]*huma.MediaType{"application/json": {Schema: schema}, eventStream: {Schema: &huma.Schema{Type: huma.TypeString}}},
	}}
	huma.Register(api, list, func(ctx context.Context, in *struct {
		After  string `query:"after" maxLength:"64" doc:"An event's id; those that follow it are returned."`
		Limit  int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		Accept string `header:"Accept"`
		Last   string `header:"Last-Event-ID" maxLength:"64" doc:"As after, of a stream that goes on."`
	}) (*huma.StreamResponse, error) {
		after := in.After
		if in.Last != "" {
			after = in.Last
		}
		found, _, err := s.cfg.Calls.Events(after, in.Limit)
		if err != nil {
			return nil, fail(ctx, err)
		}
		if strings.Contains(in.Accept, eventStream) {
			return &huma.StreamResponse{Body: func(hc huma.Context) { s.stream(hc, after) }}, nil
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) {
			hc.SetHeader("Content-Type", "application/json")
			_ = json.NewEncoder(hc.BodyWriter()).Encode(page(found, after))
		}}, nil
	})
}

func page(found []store.Event, after string) EventList {
	out := EventList{Items: []EventShape{}}
	for _, e := range found {
		out.Items = append(out.Items, eventShape(e))
		after = e.ID
	}
	if after != "" {
		out.NextCursor = &after
	}
	return out
}

// stream sends events as they come until the client or the server ends it.
func (s *server) stream(hc huma.Context, after string) {
	hc.SetHeader("Content-Type", eventStream)
	hc.SetStatus(http.StatusOK)
	w := hc.BodyWriter()
	flush := func() bool {
		rw, ok := w.(http.ResponseWriter)
		return ok && http.NewResponseController(rw).Flush() == nil
	}
	beat := time.NewTicker(streamBeat)
	defer beat.Stop()
	for {
		found, more, err := s.cfg.Calls.Events(after, 100)
		if err != nil || more == nil {
			return
		}
		for _, e := range found {
			data, err := json.Marshal(eventShape(e))
			if err != nil {
				return
			}
			if _, err := fmt.Fprintf(w, "id: %s\nevent: %s\ndata: %s\n\n", e.ID, e.Type, data); err != nil {
				return
			}
			after = e.ID
		}
		if !flush() {
			return
		}
		if len(found) > 0 {
			continue
		}
		select {
		case <-more:
		case <-beat.C:
			if _, err := fmt.Fprint(w, ":\n\n"); err != nil {
				return
			}
		case <-hc.Context().Done():
			return
		case <-s.cfg.Calls.Closed():
			return
		}
	}
}

// streamBeat is how often a quiet stream shows that it is alive.
const streamBeat = 15 * time.Second
