package signaling

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"tonegate/internal/audit"
)

// AuditReader reads the record of who did what.
type AuditReader interface {
	Query(conferenceID string, after uint64, limit int) ([]audit.Entry, error)
}

// AuditEntry is one act.
type AuditEntry struct {
	Seq          uint64    `json:"seq" doc:"Its line in the record, from 1."`
	Time         time.Time `json:"time"`
	Action       string    `json:"action"`
	Actor        string    `json:"actor" enum:"leg,api_key,system"`
	ActorID      string    `json:"actor_id,omitempty" doc:"leg_… or key_…"`
	Role         string    `json:"role,omitempty" doc:"Of a leg."`
	ConferenceID string    `json:"conference_id,omitempty"`
	CaptureID    string    `json:"capture_id,omitempty"`
	RecordingID  string    `json:"recording_id,omitempty"`
	Detail       string    `json:"detail,omitempty"`
}

// AuditList is a page of the record.
type AuditList struct {
	Items      []AuditEntry `json:"items"`
	NextCursor *string      `json:"next_cursor"`
}

func (s *server) registerAudit(api huma.API) {
	huma.Register(api, operation(http.MethodGet, "/v1/audit", "list-audit", "Read the record of who did what, oldest first", http.StatusOK),
		func(ctx context.Context, in *struct {
			ConferenceID string `query:"conference_id" maxLength:"64" doc:"Of one conference only."`
			Cursor       string `query:"cursor" maxLength:"20" pattern:"^[0-9]*$"`
			Limit        int    `query:"limit" minimum:"1" maximum:"500" default:"100"`
		}) (*reply[AuditList], error) {
			return s.auditPage(ctx, in.ConferenceID, in.Cursor, in.Limit)
		})
}

func (s *server) auditPage(ctx context.Context, conferenceID, cursor string, limit int) (*reply[AuditList], error) {
	out := AuditList{Items: []AuditEntry{}}
	var after uint64
	if cursor != "" {
		var err error
		if after, err = strconv.ParseUint(cursor, 10, 64); err != nil {
			return nil, problem(ctx, http.StatusUnprocessableEntity, "invalid", "The cursor is not one of ours; begin again without one.")
		}
	}
	if s.cfg.Audit == nil {
		return &reply[AuditList]{out}, nil
	}
	entries, err := s.cfg.Audit.Query(conferenceID, after, limit+1)
	var fault *audit.Fault
	switch {
	case errors.As(err, &fault):
		s.cfg.Log.Error("the audit record does not verify", zap.Error(err))
		return nil, problem(ctx, http.StatusInternalServerError, "audit_damaged",
			"The record does not verify; `tonegate audit verify` says where.")
	case err != nil:
		return nil, fail(ctx, err)
	}
	if len(entries) > limit {
		entries = entries[:limit]
		next := strconv.FormatUint(entries[limit-1].Seq, 10)
		out.NextCursor = &next
	}
	for _, e := range entries {
		out.Items = append(out.Items, AuditEntry{e.Seq, e.Time, string(e.Action), string(e.Actor), e.ActorID, e.Role,
			e.ConferenceID, e.CaptureID, e.RecordingID, string(e.Detail)})
	}
	return &reply[AuditList]{out}, nil
}
