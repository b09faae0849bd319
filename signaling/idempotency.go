package signaling

import (
	"bytes"
	"crypto/sha256"
	"io"
	"net/http"
	"sync"
	"time"
)

const (
	idempotencyLife = 24 * time.Hour
	maxIdempotent   = 10_000
)

// idempotency replays the answer of a POST that comes again with the same
// Idempotency-Key. Answers are kept in memory; they hold no digit.
type idempotency struct {
	now   func() time.Time
	known func(*http.Request) bool // has a valid API key
	mu    sync.Mutex
	seen  map[[32]byte]*answer
}

type answer struct {
	body    [32]byte // hash of the request's body
	done    bool
	expires time.Time
	status  int
	header  http.Header
	data    []byte
}

func newIdempotency(now func() time.Time, known func(*http.Request) bool) *idempotency {
	return &idempotency{now: now, known: known, seen: map[[32]byte]*answer{}}
}

func (i *idempotency) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		key := r.Header.Get("Idempotency-Key")
		// Strangers' requests are not remembered: they would push out the answers
		// of those with a key, and have none that matters.
		if r.Method != http.MethodPost || key == "" || !i.known(r) {
			next.ServeHTTP(w, r)
			return
		}
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
		if err != nil {
			writeProblem(w, r, http.StatusRequestEntityTooLarge, "body_too_large", "The body is larger than 64 KiB.")
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		// The caller is part of the key: nobody sees another's answer.
		id := sha256.Sum256([]byte(r.Header.Get("Authorization") + "\x00" + r.URL.Path + "\x00" + key))
		a, first := i.enter(id, sha256.Sum256(body))
		switch {
		case first:
			i.run(w, r, next, id, a)
		case a.body != sha256.Sum256(body):
			writeProblem(w, r, http.StatusUnprocessableEntity, "idempotency_key_reused",
				"This Idempotency-Key was used with another body.")
		case !a.done:
			writeProblem(w, r, http.StatusConflict, "idempotency_in_flight",
				"The first request with this Idempotency-Key is still being handled.")
		default:
			replay(w, a)
		}
	})
}

func (i *idempotency) enter(id, body [32]byte) (a answer, first bool) {
	i.mu.Lock()
	defer i.mu.Unlock()
	if known := i.seen[id]; known != nil && i.now().Before(known.expires) {
		return *known, false
	}
	if len(i.seen) >= maxIdempotent {
		for k, v := range i.seen {
			if v.done && (!i.now().Before(v.expires) || len(i.seen) >= maxIdempotent) {
				delete(i.seen, k)
			}
		}
	}
	fresh := &answer{body: body, expires: i.now().Add(idempotencyLife)}
	i.seen[id] = fresh
	return *fresh, true
}

func (i *idempotency) run(w http.ResponseWriter, r *http.Request, next http.Handler, id [32]byte, a answer) {
	rec := &answerRecorder{ResponseWriter: w, status: http.StatusOK}
	defer func() {
		i.mu.Lock()
		defer i.mu.Unlock()
		if !rec.wrote || !lasting(rec.status) {
			delete(i.seen, id)
			return
		}
		a.done, a.status, a.header, a.data = true, rec.status, w.Header().Clone(), rec.data.Bytes()
		i.seen[id] = &a
	}()
	next.ServeHTTP(rec, r)
}

// lasting reports whether an answer holds for a request that comes again. A fault
// of ours, too much at once, or a conflict with what a call is at just then (409)
// may be tried again; and what a stranger sends must not push out the answers of
// those with a key.
func lasting(status int) bool {
	return status < 500 && status != http.StatusUnauthorized && status != http.StatusTooManyRequests && status != http.StatusConflict
}

func replay(w http.ResponseWriter, a answer) {
	for k, v := range a.header {
		if k != "X-Request-Id" {
			w.Header()[k] = v
		}
	}
	w.Header().Set("Idempotent-Replayed", "true")
	w.WriteHeader(a.status)
	_, _ = w.Write(a.data)
}

// answerRecorder passes an answer on and keeps a copy.
type answerRecorder struct {
	http.ResponseWriter
	status int
	wrote  bool
	data   bytes.Buffer
}

func (r *answerRecorder) WriteHeader(status int) {
	r.status, r.wrote = status, true
	r.ResponseWriter.WriteHeader(status)
}

func (r *answerRecorder) Write(b []byte) (int, error) {
	r.wrote = true
	r.data.Write(b)
	return r.ResponseWriter.Write(b)
}
