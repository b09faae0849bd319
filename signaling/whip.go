package signaling

import (
	"io"
	"mime"
	"net/http"

	"go.uber.org/zap"
)

// body reads a request of one media type, or answers why not.
func body(w http.ResponseWriter, r *http.Request, mediaType string) (string, bool) {
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != mediaType {
		writeProblem(w, r, http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the body as "+mediaType+".")
		return "", false
	}
	b, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		writeProblem(w, r, http.StatusRequestEntityTooLarge, "body_too_large", "The body is larger than 64 KiB.")
		return "", false
	}
	return string(b), true
}

func (s *server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status, code, detail := explain(err)
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="tonegate"`)
	}
	if status >= 500 {
		s.cfg.Log.Error("request failed", zap.String("request_id", requestID(r.Context())), zap.Error(err))
	}
	writeProblem(w, r, status, code, detail)
}

// whipPost joins a leg: an offer in, an answer out (the shape of RFC 9725, but
// the audio goes both ways).
func (s *server) whipPost(w http.ResponseWriter, r *http.Request) {
	offer, ok := body(w, r, "application/sdp")
	if !ok {
		return
	}
	seat, err := s.cfg.Calls.Join(Bearer(r.Header.Get("Authorization")), true)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	answer, err := seat.Offer(r.Context(), offer)
	if err != nil {
		// The token is spent, but the leg is as it was: it can get a new one.
		seat.Reset()
		s.refuse(w, r, err)
		return
	}
	h := w.Header()
	h.Set("Content-Type", "application/sdp")
	h.Set("Location", "/v1/whip/"+seat.Snapshot().Leg.ID)
	h.Set("ETag", `"`+seat.Snapshot().Leg.ID+`"`)
	h.Set("Tonegate-Resume", seat.ResumeSecret())
	w.WriteHeader(http.StatusCreated)
	_, _ = io.WriteString(w, answer)
}

const fragmentType = "application/trickle-ice-sdpfrag"

func (s *server) whipPatch(w http.ResponseWriter, r *http.Request) {
	fragment, ok := body(w, r, fragmentType)
	if !ok {
		return
	}
	answer, restarted, err := s.cfg.Calls.Fragment(r.Context(), r.PathValue("leg"), Bearer(r.Header.Get("Authorization")), fragment)
	switch {
	case err != nil:
		s.refuse(w, r, err)
	case !restarted:
		w.WriteHeader(http.StatusNoContent)
	default:
		w.Header().Set("Content-Type", fragmentType)
		w.WriteHeader(http.StatusOK)
		_, _ = io.WriteString(w, answer)
	}
}

func (s *server) whipDelete(w http.ResponseWriter, r *http.Request) {
	if err := s.cfg.Calls.LeaveWith(r.Context(), r.PathValue("leg"), Bearer(r.Header.Get("Authorization"))); err != nil {
		s.refuse(w, r, err)
		return
	}
	w.WriteHeader(http.StatusNoContent)
}
