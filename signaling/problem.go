package signaling

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"tonegate/internal/auth"
	"tonegate/internal/call"
	"tonegate/internal/delivery"
	"tonegate/internal/engine"
	"tonegate/internal/rtcleg"
	"tonegate/internal/store"
)

// Problem is an error as the API sends it (RFC 9457).
type Problem struct {
	Type      string  `json:"type" doc:"A URI reference that identifies the kind of problem."`
	Title     string  `json:"title" doc:"The status in words."`
	Status    int     `json:"status" doc:"The HTTP status."`
	Detail    string  `json:"detail,omitempty" doc:"What was wrong, and what to do about it."`
	Code      string  `json:"code" doc:"The kind of problem, for programs."`
	RequestID string  `json:"request_id,omitempty" doc:"The X-Request-Id of the answer."`
	Errors    []Fault `json:"errors,omitempty" doc:"Each fault of the request."`
}

// Fault is one fault of a request. It names the place, never the value.
type Fault struct {
	Location string `json:"location,omitempty"`
	Pointer  string `json:"pointer,omitempty" doc:"The member of the body at fault (RFC 6901)."`
	Message  string `json:"message"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

func problem(ctx context.Context, status int, code, detail string, errs ...error) *Problem {
	p := &Problem{
		Type: "urn:tonegate:problem:" + code, Title: http.StatusText(status), Status: status,
		Detail: detail, Code: code, RequestID: requestID(ctx),
	}
	for _, err := range errs {
		var d huma.ErrorDetailer
		var m *call.MemberError
		switch {
		case err == nil:
		case errors.As(err, &m):
			p.Errors = append(p.Errors, Fault{Pointer: m.Pointer, Message: m.Err.Error()})
		case errors.As(err, &d):
			at := place(d.ErrorDetail().Location)
			p.Errors = append(p.Errors, Fault{at, pointer(at), faultText(d.ErrorDetail().Message)})
		default:
			p.Errors = append(p.Errors, Fault{Message: err.Error()})
		}
	}
	return p
}

// place shortens a fault's location to what this API names itself: a member's
// name that was made up by the client may be a value in the wrong place.
func place(location string) string {
	parts := strings.Split(location, ".")
	for i, part := range parts {
		name, _, _ := strings.Cut(part, "[")
		if !knownName(name) {
			return strings.Join(append(parts[:i], "…"), ".")
		}
	}
	return location
}

// pointer turns a location in the body into a JSON pointer. Names in it are
// known, so none needs escaping; what was cut off points to what is around it.
func pointer(location string) string {
	rest, ok := strings.CutPrefix(location, "body.")
	if !ok {
		return ""
	}
	rest = strings.TrimSuffix(strings.TrimSuffix(rest, "…"), ".")
	if rest == "" {
		return ""
	}
	return "/" + strings.NewReplacer(".", "/", "[", "/", "]", "").Replace(rest)
}

// knownName reports whether a name cannot carry digits.
func knownName(s string) bool {
	return len(s) <= 32 && !strings.ContainsFunc(s, func(r rune) bool { return (r < 'a' || r > 'z') && r != '_' })
}

// faultText is a validation message without what a JSON decoder quotes of its
// input.
func faultText(message string) string {
	if strings.HasPrefix(message, "invalid character") || strings.Contains(message, "json:") {
		return "not JSON of the expected shape"
	}
	return message
}

// codes of problems that have no better one.
var statusCodes = map[int]string{
	http.StatusBadRequest:            "bad_request",
	http.StatusUnauthorized:          "unauthorized",
	http.StatusForbidden:             "forbidden",
	http.StatusNotFound:              "not_found",
	http.StatusMethodNotAllowed:      "method_not_allowed",
	http.StatusNotAcceptable:         "not_acceptable",
	http.StatusRequestEntityTooLarge: "body_too_large",
	http.StatusUnsupportedMediaType:  "unsupported_media_type",
	http.StatusUnprocessableEntity:   "invalid",
}

func codeOf(status int) string {
	if c := statusCodes[status]; c != "" {
		return c
	}
	return "internal"
}

// useProblems makes huma speak our problems. Its hook is a variable of the
// package; setting it once, to a function without state, is the whole of it.
var useProblems = sync.OnceFunc(func() {
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return problem(context.Background(), status, codeOf(status), msg, errs...)
	}
	huma.NewErrorWithContext = func(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
		return problem(ctx.Context(), status, codeOf(status), msg, errs...)
	}
})

// meaning is how the protocols present a known error.
type meaning struct {
	is     error
	status int
	code   string
}

var meanings = []meaning{
	{call.ErrNotFound, http.StatusNotFound, "not_found"},
	{call.ErrRoleTaken, http.StatusConflict, "role_taken"},
	{call.ErrEnded, http.StatusConflict, "conference_ended"},
	{call.ErrCapturing, http.StatusConflict, "capture_in_progress"},
	{call.ErrUnknownField, http.StatusUnprocessableEntity, "unknown_field"},
	{call.ErrUnknownConnector, http.StatusUnprocessableEntity, "unknown_connector"},
	{call.ErrSubmitting, http.StatusConflict, "capture_submitting"},
	{call.ErrCollector, http.StatusConflict, "wrong_collector"},
	{call.ErrReused, http.StatusUnprocessableEntity, "idempotency_key_reused"},
	{call.ErrIncomplete, http.StatusConflict, "capture_incomplete"},
	{call.ErrStore, http.StatusServiceUnavailable, "store_unavailable"},
	{call.ErrAudit, http.StatusServiceUnavailable, "audit_unavailable"},
	{call.ErrNoCapture, http.StatusConflict, "capture_not_collecting"},
	{store.ErrCursor, http.StatusUnprocessableEntity, "cursor"},
	{call.ErrNoRecipients, http.StatusUnprocessableEntity, "no_recipients"},
	{call.ErrNotRecording, http.StatusConflict, "not_recording"},
	{call.ErrPagePauses, http.StatusConflict, "page_pauses"},
	{call.ErrRecording, http.StatusServiceUnavailable, "recording_unavailable"},
	{call.ErrInProgress, http.StatusConflict, "recording_in_progress"},
	{call.ErrRecordings, http.StatusServiceUnavailable, "recording_store_unavailable"},
	{delivery.ErrElsewhere, http.StatusConflict, "recording_elsewhere"},
	{delivery.ErrComplete, http.StatusConflict, "recording_complete"},
	{call.ErrUploads, http.StatusTooManyRequests, "too_many_uploads"},
	{delivery.ErrDigest, http.StatusUnprocessableEntity, "digest"},
	{delivery.ErrSealed, http.StatusUnprocessableEntity, "not_sealed"},
	{delivery.ErrTimeout, http.StatusRequestTimeout, "upload_timeout"},
	{delivery.ErrTooLarge, http.StatusRequestEntityTooLarge, "body_too_large"},
	{call.ErrNoTalk, http.StatusConflict, "talk_not_muted"},
	{call.ErrTransferring, http.StatusConflict, "transfer_in_progress"},
	{call.ErrNotTransferred, http.StatusConflict, "not_transferred"},
	{call.ErrAbsent, http.StatusConflict, "party_absent"},
	{call.ErrTalking, http.StatusConflict, "talk_pressed"},
	{call.ErrNoCollector, http.StatusConflict, "no_collector"},
	{call.ErrBuiltin, http.StatusConflict, "leg_is_builtin"},
	{call.ErrNotNegotiated, http.StatusConflict, "not_negotiated"},
	{call.ErrForbidden, http.StatusForbidden, "forbidden"},
	{call.ErrToken, http.StatusUnauthorized, "token"},
	{auth.ErrCode, http.StatusNotFound, "code"},
	{call.ErrTooMany, http.StatusTooManyRequests, "too_many"},
	{call.ErrDraining, http.StatusServiceUnavailable, "draining"},
	{rtcleg.ErrNoCommonCodec, http.StatusNotAcceptable, "no_common_codec"},
	{rtcleg.ErrBadOffer, http.StatusBadRequest, "bad_offer"},
	{rtcleg.ErrCodecChanged, http.StatusBadRequest, "codec_changed"},
	{rtcleg.ErrBadCandidate, http.StatusBadRequest, "bad_candidate"},
	{rtcleg.ErrBadFragment, http.StatusBadRequest, "bad_fragment"},
	{rtcleg.ErrClosed, http.StatusConflict, "leg_closed"},
	{engine.ErrNoConference, http.StatusConflict, "conference_ended"},
	{engine.ErrClosed, http.StatusServiceUnavailable, "draining"},
	{call.ErrInvalid, http.StatusUnprocessableEntity, "invalid"},
}

// explain finds what a known error means; the rest is an internal fault, whose
// text is not for clients.
func explain(err error) (status int, code, detail string) {
	for _, m := range meanings {
		if errors.Is(err, m.is) {
			return m.status, m.code, safeDetail(err, m.is)
		}
	}
	return http.StatusInternalServerError, "internal", "The server failed to do this. Its log has the request id."
}

// safeDetail is an error's text, or only its kind if the text quotes something
// with digits: parsers like to repeat what they could not read.
func safeDetail(err, kind error) string {
	text, run := err.Error(), 0
	for _, r := range text {
		if run++; r < '0' || r > '9' {
			run = 0
		}
		if run == 4 && !strings.Contains(kind.Error(), "PCMU") {
			return kind.Error()
		}
	}
	return text
}

// fail turns an error of the service into a problem.
func fail(ctx context.Context, err error) error {
	status, code, detail := explain(err)
	var member *call.MemberError
	if errors.As(err, &member) {
		return problem(ctx, status, code, detail, member)
	}
	return problem(ctx, status, code, detail)
}

// writeHumaProblem answers a request before huma has parsed it.
func writeHumaProblem(ctx huma.Context, p *Problem) {
	ctx.SetHeader("Content-Type", "application/problem+json")
	ctx.SetStatus(p.Status)
	_ = json.NewEncoder(ctx.BodyWriter()).Encode(p)
}

// writeProblem answers a request that huma does not handle.
func writeProblem(w http.ResponseWriter, r *http.Request, status int, code, detail string) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(problem(r.Context(), status, code, detail))
}
