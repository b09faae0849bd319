package serve

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tonegate/dtmf"
	"tonegate/internal/audit"
	"tonegate/internal/auth"
	"tonegate/internal/call"
	"tonegate/internal/delivery"
	"tonegate/internal/engine"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/internal/recording"
	"tonegate/internal/redact"
	"tonegate/internal/rtcleg"
	"tonegate/internal/securemem"
	"tonegate/internal/store"
	"tonegate/signaling"
)

const (
	// shutdownTime bounds how long an orderly end may take.
	shutdownTime = 10 * time.Second
	// loginLife is how long the one-time link to the console works.
	loginLife = 30 * time.Minute
)

// server is a running server.
type server struct {
	cfg     Config
	log     *zap.Logger
	store   *store.Store
	rtc     *rtcleg.Server
	calls   *call.Service
	told    atomic.Pointer[call.Service] // of the audit record's checkpoints
	reg     *prometheus.Registry
	digits  *securemem.Memory // behind the arena
	audit   *audit.Log
	psp     *psp.Set
	keys    *auth.Keys
	spool   *delivery.Spool // of recordings
	ready   atomic.Bool
	http    *http.Server
	metrics *http.Server
	busy    sync.WaitGroup // requests, WebSockets included
}

// Run serves until ctx ends, then ends all calls and returns.
func Run(ctx context.Context, cfg Config) error {
	if err := cfg.Validate(); err != nil {
		return err
	}
	keepHeapSmall()
	s := &server{cfg: cfg, log: cfg.Log, reg: prometheus.NewRegistry()}
	if s.log == nil {
		s.log = zap.NewNop()
	}
	s.netLog()
	defer s.close()
	return s.run(ctx)
}

// keepHeapSmall has garbage collected when it comes to a fifth of what lives,
// unless GOGC says otherwise. Calls that are up make hardly any, so what they keep
// would otherwise double for what was left over from setting them up.
func keepHeapSmall() {
	if _, set := os.LookupEnv("GOGC"); !set {
		debug.SetGCPercent(20)
	}
}

// netLog puts the last net under the log. All who log here get theirs from it.
func (s *server) netLog() {
	net := redact.New(s.log.Core())
	s.log = s.log.WithOptions(zap.WrapCore(func(zapcore.Core) zapcore.Core { return net }))
	s.reg.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "tonegate_log_redactions_total",
		Help: "Card numbers that the log's last net caught. Above zero is a fault: find what logged them.",
	}, func() float64 { return float64(net.Hits()) }))
}

func (s *server) run(ctx context.Context) (err error) {
	if err := s.secureDigits(); err != nil {
		return err
	}
	if s.store, err = store.Open(s.cfg.Data); err != nil {
		return err
	}
	if err := s.openAudit(); err != nil {
		return err
	}
	if s.psp, err = psp.NewSet(s.cfg.Connectors, psp.Runtime{}); err != nil {
		return fmt.Errorf("%w: connectors: %w", ErrConfig, err)
	}
	s.keys = auth.NewKeys(s.store, time.Now)
	if err := s.openSpool(); err != nil {
		return err
	}
	if err := s.openCalls(); err != nil {
		return err
	}
	login := auth.NewCodes[struct{}](loginLife)
	api := signaling.New(signaling.Config{
		Log: s.log, Calls: s.calls, Keys: s.keys, Console: login, Version: s.cfg.Version,
		BehindProxy: s.cfg.BehindProxy, Origins: s.cfg.Origins, Connectors: s.psp.Names(), Audit: s.audit,
		DigitMemory: signaling.DigitMemory{Level: s.digits.Level().String(), Reason: s.digits.Reason()},
	})
	listener, err := listen("--listen", s.cfg.Listen)
	if err != nil {
		return err
	}
	defer listener.Close()
	var metrics net.Listener
	if s.cfg.MetricsListen != "" {
		if metrics, err = listen("--metrics-listen", s.cfg.MetricsListen); err != nil {
			return err
		}
		defer metrics.Close()
	}
	addresses := Addresses{
		HTTP: "http://" + listener.Addr().String(), Media: s.rtc.Addr().String(),
		Login: login.Issue(struct{}{}, time.Now()),
	}
	if s.cfg.TLSCert != "" {
		certs, err := newCertificates(s.cfg.TLSCert, s.cfg.TLSKey)
		if err != nil {
			return err
		}
		listener = tls.NewListener(listener, certs.config())
		addresses.HTTP = "https://" + listener.Addr().String()
	}
	if metrics != nil {
		addresses.Metrics = "http://" + metrics.Addr().String()
	}
	// Last: a key that was made is shown once, so nothing may fail after it.
	if addresses.APIKey, err = s.keys.Ensure(s.cfg.APIKey); err != nil {
		return err
	}
	return s.serve(ctx, api, listener, metrics, addresses)
}

// secureDigits takes the memory for digits before anything else runs, and says
// how well it is protected.
func (s *server) secureDigits() (err error) {
	if h := securemem.Harden(); h.Err() != nil {
		s.log.Warn("the process is not closed to core dumps and debuggers", zap.NamedError("core", h.NoCore), zap.NamedError("dumpable", h.NotDumpable))
	}
	if s.digits, err = securemem.Map(securemem.Config{Size: s.cfg.arenaBytes(), AtMost: s.cfg.DigitMemory}); err != nil {
		return fmt.Errorf("memory for digits: %w", err)
	}
	level := zap.Stringer("level", s.digits.Level())
	if s.digits.Level() == securemem.MemfdSecret {
		s.log.Info("memory for digits", level)
	} else {
		s.log.Warn("memory for digits has less than full protection", level, zap.String("reason", s.digits.Reason()))
	}
	return nil
}

// openCalls opens the media port and starts the service behind it.
func (s *server) openCalls() (err error) {
	private, err := s.signingKey("token_signing_seed")
	if err != nil {
		return err
	}
	var others []ed25519.PublicKey
	for _, f := range s.cfg.TokenKeys {
		key, err := ReadPublicKey(f)
		if err != nil {
			return fmt.Errorf("%w: --token-key %s: %w", ErrConfig, f, err)
		}
		others = append(others, key)
	}
	prompts, languages, err := s.prompts()
	if err != nil {
		return err
	}
	if err := s.openMedia(); err != nil {
		return err
	}
	s.reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	s.calls = call.New(call.Config{
		Log: s.log, RTC: s.rtc, Tokens: auth.NewTokens(private, time.Now, others...), Used: s.store,
		Arena: dtmf.NewArena(s.digits.Bytes()), Prompts: prompts, Languages: languages,
		EngineMetrics: engine.NewMetrics(s.reg), MaxConferences: s.cfg.MaxCalls,
		TransferTimeout: s.cfg.TransferTimeout,
		Connectors:      s.psp.Get, Audit: s.audit, State: s.store, Events: s.store,
		Recordings: call.Recordings{
			Folder: s.cfg.recordings(), Recipients: s.cfg.RecordingRecipients, Store: s.store, Metrics: recording.NewMetrics(s.reg),
			Files: s.spool,
		},
	})
	s.told.Store(s.calls)
	if err := s.calls.Restore(context.Background()); err != nil {
		return err
	}
	return s.spool.Start(s.calls)
}

// openSpool prepares the folder for recordings and the store behind it.
func (s *server) openSpool() error {
	far, err := s.cfg.RecordingStore.Open(s.cfg.recordings())
	if err != nil {
		return fmt.Errorf("%w: %w", ErrConfig, err)
	}
	s.spool = delivery.NewSpool(delivery.SpoolConfig{
		Folder: s.cfg.recordings(), Store: far, Index: s.store, Local: s.cfg.RecordingKeep, Kept: s.cfg.RecordingStore.Keep,
		Metrics: s.reg, Log: s.log, Check: recording.CheckOuter,
	})
	return nil
}

// prompts returns the server's own prompts and those of further languages.
func (s *server) prompts() (*ivr.Prompts, ivr.Languages, error) {
	builtin, err := ivr.BuiltinLanguages()
	if err != nil || s.cfg.Prompts == "" {
		return builtin["en"], builtin, err
	}
	own, languages, err := promptsIn(os.DirFS(s.cfg.Prompts), builtin["en"])
	if err != nil {
		return nil, nil, fmt.Errorf("%w: --prompts %s: %w", ErrConfig, s.cfg.Prompts, err)
	}
	return own, languages, nil
}

// promptsIn reads a folder that has the files of one language, or a folder of
// them for each. Of these the server's own is English, or else the embedded.
func promptsIn(folder fs.FS, builtin *ivr.Prompts) (*ivr.Prompts, ivr.Languages, error) {
	languages, bad := ivr.LoadLanguages(folder)
	own, err := ivr.Load(folder)
	switch {
	case err == nil:
		return own, languages, nil
	case len(languages) == 0:
		return nil, nil, err
	case languages["en"] != nil:
		builtin = languages["en"]
	}
	return builtin, languages, bad
}

// signingKey returns the key of a name; the first start makes it.
func (s *server) signingKey(name string) (ed25519.PrivateKey, error) {
	seed, err := s.store.Meta(name)
	if err != nil {
		return nil, err
	}
	if len(seed) != ed25519.SeedSize {
		seed = make([]byte, ed25519.SeedSize)
		_, _ = rand.Read(seed) // never fails
		if err := s.store.SetMeta(name, seed); err != nil {
			return nil, err
		}
	}
	return ed25519.NewKeyFromSeed(seed), nil
}

// listen binds a TCP port, or says which one and what to do.
func listen(flag, address string) (net.Listener, error) {
	l, err := net.Listen("tcp", address)
	switch {
	case err == nil:
		return l, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s %s: the port is taken: stop the other process or choose another port", flag, address)
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s %s: no permission: choose a port above 1023 or grant CAP_NET_BIND_SERVICE", flag, address)
	default:
		return nil, fmt.Errorf("%s %s: %w", flag, address, err)
	}
}

// close ends whatever was started, in reverse order.
func (s *server) close() {
	s.ready.Store(false)
	ctx, cancel := context.WithTimeout(context.Background(), shutdownTime)
	defer cancel()
	if s.spool != nil {
		s.spool.Stop()
	}
	if s.calls != nil {
		s.calls.Close(ctx)
	}
	for _, srv := range []*http.Server{s.http, s.metrics} {
		if srv == nil {
			continue
		}
		if srv.Shutdown(ctx) != nil {
			_ = srv.Close()
		}
	}
	s.idle(ctx)
	if s.rtc != nil {
		_ = s.rtc.Close()
	}
	if s.audit != nil {
		_ = s.audit.Close()
	}
	if s.store != nil {
		_ = s.store.Close()
	}
	// A call that did not end in time may still hold a handle: then its digits
	// are overwritten, but their memory stays until the process ends.
	switch {
	case s.digits == nil:
	case ctx.Err() != nil:
		clear(s.digits.Bytes())
	default:
		_ = s.digits.Close()
	}
}
