package signaling

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"go.uber.org/zap"

	"tonegate/internal/auth"
	"tonegate/internal/call"
	"tonegate/internal/delivery"
	"tonegate/internal/store"
)

const (
	ageType     = "application/age"
	octetStream = "application/octet-stream"
	// Fields of resumable uploads (draft-ietf-httpbis-resumable-upload), RFC 9530,
	// and whose resume secret the credentials are.
	fieldOffset   = "Upload-Offset"
	fieldComplete = "Upload-Complete"
	fieldDigest   = "Repr-Digest"
	fieldLeg      = "Tonegate-Leg"
)

// registerContent serves recordings' files. They are streams with ranges, which is
// net/http's matter and not huma's; the description is written by hand.
func (s *server) registerContent(api huma.API) {
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: huma.TypeString}}
	sealed := map[string]*huma.MediaType{ageType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
	either := []map[string][]string{{"api_key": {}}, {"leg_token": {}}}
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodGet, Path: "/v1/recordings/{id}/content", OperationID: "get-recording-content", Security: either,
		Summary: "Read a recording's sealed file; ranges are served", Parameters: []*huma.Param{id},
		Responses: map[string]*huma.Response{"200": {Description: "OK", Content: sealed}, "206": {Description: "A range", Content: sealed}},
	})
	api.OpenAPI().AddOperation(&huma.Operation{
		Method: http.MethodPut, Path: "/v1/recordings/{id}/content", OperationID: "put-recording-content", Security: either[1:],
		Summary: "Upload a file that a leg's browser sealed, whole or in pieces", Parameters: []*huma.Param{id},
		RequestBody: &huma.RequestBody{Required: true, Content: sealed},
		Responses: map[string]*huma.Response{"201": {Description: "Complete"}, "204": {Description: "More is to come"},
			"409": {Description: "Another Upload-Offset is due; the answer has it"}},
	})
}

// getContent answers GET and HEAD: to a reader the sealed file, to the leg that
// uploads it how much of it is here.
func (s *server) getContent(w http.ResponseWriter, r *http.Request) {
	id, key := r.PathValue("id"), Bearer(r.Header.Get("Authorization"))
	by := call.Actor{KeyID: auth.KeyID(key)}
	switch ok, err := s.cfg.Keys.Check(key); {
	case err != nil:
		s.refuse(w, r, err)
		return
	case !ok && r.Method == http.MethodHead && s.headUpload(w, r, key, id):
		return
	case !ok:
		if by, err = s.cfg.Calls.RecordingReader(key, id); err != nil {
			s.refuse(w, r, err)
			return
		}
	}
	rec, file, err := s.cfg.Calls.OpenRecording(r.Context(), by, id)
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	defer file.Close()
	h := w.Header()
	h.Set("Content-Type", ageType)
	h.Set("Content-Disposition", `attachment; filename="`+rec.ID+`.age"`)
	h.Set("ETag", `"`+rec.SHA256+`"`)
	h.Set("X-Content-Type-Options", "nosniff")
	if sum, err := hex.DecodeString(rec.SHA256); err == nil {
		h.Set(fieldDigest, "sha-256=:"+base64.StdEncoding.EncodeToString(sum)+":")
	}
	late, in := &lateWriter{ResponseWriter: w, status: http.StatusOK}, &watchedReader{ReadSeeker: file}
	http.ServeContent(late, r, "", time.Time{}, in)
	if in.err != nil {
		s.cfg.Log.Error("recording not read", zap.String("recording_id", rec.ID), zap.Error(in.err))
	}
	switch {
	case late.wrote && in.err != nil:
		panic(http.ErrAbortHandler) // so that the half of it does not pass for the whole
	case in.err != nil:
		for _, name := range []string{"Content-Length", "Content-Range", "Content-Disposition", "ETag", "Accept-Ranges", fieldDigest} {
			h.Del(name)
		}
		writeProblem(w, r, http.StatusServiceUnavailable, "recording_store_unavailable", "The store for recordings does not answer; try again later.")
	case !late.wrote:
		w.WriteHeader(late.status)
	}
}

// headUpload answers a leg that asks where its upload has to go on.
func (s *server) headUpload(w http.ResponseWriter, r *http.Request, credentials, id string) bool {
	by, err := s.cfg.Calls.Sealer(credentials, r.Header.Get(fieldLeg))
	if err != nil {
		return false
	}
	rec, have, err := s.cfg.Calls.ReceivedRecording(by, id)
	if err != nil {
		s.refuse(w, r, err)
		return true
	}
	progress(w, rec, have)
	w.WriteHeader(http.StatusNoContent)
	return true
}

func progress(w http.ResponseWriter, rec store.Recording, have int64) {
	w.Header().Set(fieldOffset, strconv.FormatInt(have, 10))
	complete := "?1"
	if rec.State == delivery.Uploading {
		complete = "?0"
	}
	w.Header().Set(fieldComplete, complete)
}

// putContent takes a file that a leg's browser sealed, or a piece of it.
func (s *server) putContent(w http.ResponseWriter, r *http.Request) {
	by, err := s.cfg.Calls.Sealer(Bearer(r.Header.Get("Authorization")), r.Header.Get(fieldLeg))
	if err != nil {
		s.refuse(w, r, err)
		return
	}
	if t, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || t != ageType && t != octetStream {
		writeProblem(w, r, http.StatusUnsupportedMediaType, "unsupported_media_type", "Send the sealed file as "+ageType+".")
		return
	}
	p := delivery.Part{Last: r.Header.Get(fieldComplete) != "?0", Size: r.ContentLength, Body: &steady{
		in: http.MaxBytesReader(w, r.Body, delivery.MaxUpload+1), deadline: http.NewResponseController(w).SetReadDeadline,
		patience: s.cfg.UploadPatience, end: time.Now().Add(pieceTime),
	}}
	if v := r.Header.Get(fieldOffset); v != "" {
		if p.Offset, err = strconv.ParseInt(v, 10, 64); err != nil || p.Offset < 0 {
			writeProblem(w, r, http.StatusBadRequest, "bad_request", fieldOffset+" is not a number of bytes.")
			return
		}
	}
	digest := r.Header.Get(fieldDigest)
	if p.SHA256 = delivery.DigestOf(digest); p.SHA256 == "" && digest != "" {
		writeProblem(w, r, http.StatusBadRequest, "bad_request", fieldDigest+" is not sha-256=:…: (RFC 9530).")
		return
	}
	rec, have, err := s.cfg.Calls.ReceiveRecording(by, r.PathValue("id"), p)
	var at *delivery.OffsetError
	switch {
	case errors.As(err, &at):
		progress(w, rec, have)
		writeProblem(w, r, http.StatusConflict, "upload_offset", "Go on at the Upload-Offset of this answer.")
	case err != nil:
		s.refuse(w, r, err)
	case rec.State == delivery.Uploading:
		progress(w, rec, have)
		w.WriteHeader(http.StatusNoContent)
	default:
		progress(w, rec, have)
		w.Header().Set("Location", "/v1/recordings/"+rec.ID)
		w.WriteHeader(http.StatusCreated)
	}
}

// lateWriter holds the status back until there is a byte to follow it: a store that
// does not answer can then be told as what it is.
type lateWriter struct {
	http.ResponseWriter
	status int
	wrote  bool
}

// WriteHeader implements http.ResponseWriter.
func (l *lateWriter) WriteHeader(status int) { l.status = status }

// Write implements http.ResponseWriter.
func (l *lateWriter) Write(b []byte) (int, error) {
	if !l.wrote {
		l.wrote = true
		l.ResponseWriter.WriteHeader(l.status)
	}
	return l.ResponseWriter.Write(b)
}

// watchedReader remembers what went wrong.
type watchedReader struct {
	io.ReadSeeker
	err error
}

// Read implements io.Reader.
func (w *watchedReader) Read(b []byte) (int, error) {
	n, err := w.ReadSeeker.Read(b)
	if err != nil && !errors.Is(err, io.EOF) {
		w.err = err
	}
	return n, err
}
