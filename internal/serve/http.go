package serve

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.uber.org/zap"

	"tonegate/signaling"
	"tonegate/web"
)

// routes puts the pages, the API and the operator's endpoints together.
func (s *server) routes(api http.Handler, withMetrics bool) http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/", web.Handler())
	mux.Handle("/v1/", s.counted(api))
	mux.Handle("/version", api)
	mux.Handle("/openapi.json", api)
	mux.Handle("/openapi.yaml", api)
	s.health(mux)
	if withMetrics {
		s.serveMetrics(mux, s.cfg.reachable())
	}
	return mux
}

// counted keeps track of requests, so that the process does not end before
// WebSockets have said goodbye: http.Server does not wait for them.
func (s *server) counted(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.busy.Add(1)
		defer s.busy.Done()
		next.ServeHTTP(w, r)
	})
}

// idle waits until no request is being handled, or ctx ends.
func (s *server) idle(ctx context.Context) {
	done := make(chan struct{})
	go func() {
		s.busy.Wait()
		close(done)
	}()
	select {
	case <-done:
	case <-ctx.Done():
	}
}

// serveMetrics serves the metrics: they count keys and masked frames, so not to
// anybody who reaches a public port.
func (s *server) serveMetrics(mux *http.ServeMux, public bool) {
	all := promhttp.HandlerFor(s.reg, promhttp.HandlerOpts{})
	mux.HandleFunc("GET /metrics", func(w http.ResponseWriter, r *http.Request) {
		if public {
			if ok, err := s.keys.Check(signaling.Bearer(r.Header.Get("Authorization"))); err != nil || !ok {
				w.Header().Set("WWW-Authenticate", `Bearer realm="tonegate"`)
				http.Error(w, "Send an API key as Authorization: Bearer, or give the metrics a port of their own (--metrics-listen).", http.StatusUnauthorized)
				return
			}
		}
		all.ServeHTTP(w, r)
	})
}

func (s *server) health(mux *http.ServeMux) {
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte("ok\n"))
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		switch {
		case !s.ready.Load():
			http.Error(w, "not ready", http.StatusServiceUnavailable)
			return
		case s.calls.Draining():
			http.Error(w, "draining", http.StatusServiceUnavailable)
			return
		}
		_, _ = w.Write([]byte("ready\n"))
	})
}

func (s *server) serve(ctx context.Context, api http.Handler, main, metrics net.Listener, at Addresses) error {
	failed := make(chan error, 2)
	start := func(h http.Handler, l net.Listener) *http.Server {
		srv := &http.Server{Handler: h, ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute,
			MaxHeaderBytes: 32 << 10, ErrorLog: zap.NewStdLog(s.log)}
		go func() { failed <- srv.Serve(l) }()
		return srv
	}
	s.http = start(s.routes(api, metrics == nil), main)
	if metrics != nil {
		mux := http.NewServeMux()
		s.serveMetrics(mux, false)
		s.health(mux)
		s.metrics = start(mux, metrics)
	}
	s.ready.Store(true)
	s.log.Info("serving", zap.String("http", at.HTTP), zap.String("media", at.Media), zap.String("version", s.cfg.Version))
	if s.cfg.Ready != nil {
		s.cfg.Ready(at)
	}
	select {
	case <-ctx.Done():
		s.log.Info("ending all calls")
		return nil
	case err := <-failed:
		return fmt.Errorf("serve HTTP: %w", err)
	}
}
