package signaling

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"
	"go.uber.org/zap"

	"tonegate/internal/auth"
	"tonegate/internal/call"
)

// Config configures the surface. All fields up to Version are required.
type Config struct {
	Log     *zap.Logger
	Calls   *call.Service
	Keys    *auth.Keys
	Console *auth.Codes[struct{}] // one-time links to the console
	Version string
	// Origins are the other origins whose pages may connect, as host patterns.
	Origins []string
	// BehindProxy says that X-Forwarded-Proto tells how clients reach us.
	BehindProxy bool
	// Connectors are the names of the connectors to payment providers.
	Connectors []string
	// Audit is the record of who did what; nil: there is none to read.
	Audit AuditReader
	// DigitMemory says how well the memory of digits is protected.
	DigitMemory DigitMemory
	// JoinTimeout is how long a connection may take to join; default 10 s.
	JoinTimeout time.Duration
	// UploadPatience is how long an upload may stand still; default a minute.
	UploadPatience time.Duration
	// Now is the clock of codes and remembered answers; default time.Now.
	Now func() time.Time
}

type server struct {
	cfg   Config
	joins *auth.Codes[string] // one-time join links: leg ids
	idem  *idempotency
}

const (
	// joinCodeLife is how long a demonstration's page link works.
	joinCodeLife = 10 * time.Minute
	// consoleLife is how long a console stays signed in.
	consoleLife = 12 * time.Hour
	maxBody     = 64 << 10
)

// New returns the handler of everything under /v1, of /openapi.json and of
// /version.
func New(cfg Config) http.Handler {
	useProblems()
	if cfg.JoinTimeout == 0 {
		cfg.JoinTimeout = 10 * time.Second
	}
	if cfg.UploadPatience == 0 {
		cfg.UploadPatience = uploadPatience
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &server{cfg: cfg, joins: auth.NewCodes[string](joinCodeLife)}
	s.idem = newIdempotency(cfg.Now, func(r *http.Request) bool {
		credentials := Bearer(r.Header.Get("Authorization"))
		ok, err := cfg.Keys.Check(credentials)
		return ok && err == nil || cfg.Calls.Vouches(credentials)
	})
	mux := http.NewServeMux()
	api := humago.New(mux, openAPI(cfg.Version))
	api.UseMiddleware(s.authenticate(api))
	s.registerConferences(api)
	s.registerLegs(api)
	s.registerCaptures(api)
	s.registerTransfers(api)
	s.registerRecordings(api)
	s.registerDemonstrations(api)
	s.registerJoinCodes(api)
	s.registerNode(api)
	s.registerAudit(api)
	s.registerEvents(api)
	mux.HandleFunc("POST /v1/whip", s.whipPost)
	mux.HandleFunc("PATCH /v1/whip/{leg}", s.whipPatch)
	mux.HandleFunc("DELETE /v1/whip/{leg}", s.whipDelete)
	mux.HandleFunc("GET /v1/rtc", s.websocket)
	mux.HandleFunc("GET /v1/recordings/{id}/content", s.getContent)
	mux.HandleFunc("PUT /v1/recordings/{id}/content", s.putContent)
	mux.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, http.StatusNotFound, "not_found", "There is nothing at this path with this method; see /openapi.json.")
	})
	return s.requests(s.uploads(s.idem.wrap(mux)))
}

func openAPI(version string) huma.Config {
	c := huma.DefaultConfig("Tonegate", version)
	c.DocsPath = "" // its page would load scripts from elsewhere
	c.SchemasPath = ""
	c.CreateHooks = nil
	c.Info.Description = "A media server for contact centres: customer, agent and payment IVR on one call; " +
		"the agent and the recording never receive a tone."
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"api_key":   {Type: "http", Scheme: "bearer", Description: "An API key."},
		"leg_token": {Type: "http", Scheme: "bearer", BearerFormat: "JWT", Description: "The leg token of an external IVR, with the grant collect."},
	}
	return c
}

var needsKey = []map[string][]string{{"api_key": {}}}

// orCollector is for what an external IVR's collector may do, too.
var orCollector = []map[string][]string{{"api_key": {}}, {"leg_token": {}}}

// authenticate asks for an API key where the operation says so, or for a leg
// token where that will do.
func (s *server) authenticate(api huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		if len(ctx.Operation().Security) == 0 {
			next(ctx)
			return
		}
		key := Bearer(ctx.Header("Authorization"))
		ok, err := s.cfg.Keys.Check(key)
		switch {
		case err != nil:
			s.cfg.Log.Error("API key not checked", zap.Error(err))
			_ = huma.WriteErr(api, ctx, http.StatusInternalServerError, "The API key could not be checked.")
		case !ok && takesLegTokens(ctx.Operation()) && s.cfg.Calls.Vouches(key):
			actor, err := s.cfg.Calls.Collector(key, ctx.Param("id"))
			if err != nil {
				status, code, detail := explain(err)
				writeHumaProblem(ctx, problem(ctx.Context(), status, code, detail))
				return
			}
			next(huma.WithValue(ctx, keyActor, actor))
		case !ok:
			ctx.SetHeader("WWW-Authenticate", `Bearer realm="tonegate"`)
			_ = huma.WriteErr(api, ctx, http.StatusUnauthorized, "Send a valid API key as Authorization: Bearer.")
		default:
			next(huma.WithValue(ctx, keyActor, call.Actor{KeyID: auth.KeyID(key)}))
		}
	}
}

func takesLegTokens(o *huma.Operation) bool {
	return slices.ContainsFunc(o.Security, func(scheme map[string][]string) bool { return scheme["leg_token"] != nil })
}

// actorOf returns whose API key a request came with.
func actorOf(ctx context.Context) call.Actor {
	a, _ := ctx.Value(keyActor).(call.Actor)
	return a
}

// Bearer returns the credentials of an Authorization header.
// Bearer returns the credentials of an Authorization header (RFC 6750 §2.1), or nothing.
func Bearer(header string) string {
	scheme, value, _ := strings.Cut(header, " ")
	if !strings.EqualFold(scheme, "Bearer") {
		return ""
	}
	return strings.TrimSpace(value)
}

type contextKey int

const (
	keyRequestID contextKey = iota
	keyBase
	keyActor
)

func requestID(ctx context.Context) string {
	id, _ := ctx.Value(keyRequestID).(string)
	return id
}

// requests gives every request an id, a base URL and a line in the log.
func (s *server) requests(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := auth.NewID("req")
		w.Header().Set("X-Request-Id", id)
		w.Header().Set("Cache-Control", "no-store")
		ctx := context.WithValue(r.Context(), keyRequestID, id)
		ctx = context.WithValue(ctx, keyBase, s.base(r))
		started := time.Now()
		rec := &statusRecorder{ResponseWriter: w, status: http.StatusOK}
		r = r.WithContext(ctx)
		s.guard(rec, r, next)
		// The pattern, not the path: anything can be in a path.
		s.cfg.Log.Debug("request", zap.String("request_id", id), zap.String("method", r.Method),
			zap.String("pattern", r.Pattern), zap.Int("status", rec.status), zap.Duration("took", time.Since(started)))
		if rec.status >= 500 {
			s.cfg.Log.Error("request failed", zap.String("request_id", id), zap.Int("status", rec.status))
		}
	})
}

// guard answers a request that made its handler panic. The panic's value is not
// logged: it may hold what must not be.
func (s *server) guard(w *statusRecorder, r *http.Request, next http.Handler) {
	defer func() {
		p := recover()
		if p == nil {
			return
		}
		if p == http.ErrAbortHandler {
			panic(p)
		}
		s.cfg.Log.Error("handler panicked", zap.String("request_id", requestID(r.Context())),
			zap.String("panic_type", fmt.Sprintf("%T", p)), zap.Stack("stack"))
		if !w.wrote {
			writeProblem(w, r, http.StatusInternalServerError, "internal", "The server failed to do this. Its log has the request id.")
		}
	}()
	next.ServeHTTP(w, r)
}

// statusRecorder remembers the status of an answer.
type statusRecorder struct {
	http.ResponseWriter
	status int
	wrote  bool
}

func (r *statusRecorder) WriteHeader(status int) {
	r.status, r.wrote = status, true
	r.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController and WebSocket upgrades reach the
// connection.
func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// origin is how clients reach this server.
type origin struct {
	secure bool
	host   string
}

func (s *server) base(r *http.Request) origin {
	secure := r.TLS != nil
	if s.cfg.BehindProxy {
		secure = strings.EqualFold(r.Header.Get("X-Forwarded-Proto"), "https")
	}
	return origin{secure, r.Host}
}

func originOf(ctx context.Context) origin {
	o, _ := ctx.Value(keyBase).(origin)
	return o
}

func (o origin) url(scheme, path string) string {
	if o.secure {
		scheme += "s"
	}
	return scheme + "://" + o.host + path
}
