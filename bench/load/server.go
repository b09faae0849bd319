package load

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"

	"tonegate/bench/program"
	"tonegate/internal/auth"
)

// target is a server under load.
type target interface {
	pid() int
	// open makes a conference and returns how each of its legs joins.
	open(ctx context.Context, room int) ([roles]exchange, error)
	// metrics returns what the server counts itself; none is fine.
	metrics(ctx context.Context) (series, error)
	stop() error
}

// process is a server that was started here.
type process struct {
	cmd   *exec.Cmd
	ended chan struct{}
	why   error
	mu    sync.Mutex
	text  bytes.Buffer // what it printed until it was ready
	ready bool
	news  chan struct{}
}

func (p *process) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	select {
	case p.news <- struct{}{}:
	default:
	}
	if p.ready {
		return len(b), nil
	}
	return p.text.Write(b)
}

func (p *process) isReady() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ready = true
}

func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.text.String()
}

// startLimit bounds the wait for a server that was started.
const startLimit = 30 * time.Second

// spawn starts a program and waits until what it prints matches ready.
func spawn(ctx context.Context, cmd *exec.Cmd, ready *regexp.Regexp) (*process, []string, error) {
	ctx, cancel := context.WithTimeout(ctx, startLimit)
	defer cancel()
	p := &process{cmd: cmd, ended: make(chan struct{}), news: make(chan struct{}, 1)}
	cmd.Stdout, cmd.Stderr = p, p
	endWithUs(cmd)
	started := make(chan error, 1)
	go func() {
		// The kernel ends it with the thread that began it, so that thread waits.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		started <- err
		if err == nil {
			p.why = cmd.Wait()
			close(p.ended)
		}
	}()
	if err := <-started; err != nil {
		return nil, nil, fmt.Errorf("start %s: %w", cmd.Path, err)
	}
	for {
		if m := ready.FindStringSubmatch(p.said()); m != nil {
			p.isReady()
			return p, m, nil
		}
		select {
		case <-p.news:
		case <-p.ended:
			return nil, nil, fmt.Errorf("%s does not start: %w: %s", cmd.Path, errors.Join(p.why, errEnded), p.said())
		case <-ctx.Done():
			return nil, nil, fmt.Errorf("%s is not ready: %w: %s", cmd.Path, errors.Join(ctx.Err(), p.end()), p.said())
		}
	}
}

var (
	errEnded    = errors.New("the process has ended")
	errStubborn = errors.New("the server does not end")
)

// end stops it as an operator does, and kills it if that does not help.
func (p *process) end() error {
	_ = p.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-p.ended:
		return nil
	case <-time.After(20 * time.Second):
		return errors.Join(errStubborn, p.cmd.Process.Kill())
	}
}

// tonegate is this repository's server, reached as a platform reaches it.
type tonegate struct {
	base, key string
	process   *process // nil if it was there already
	id        int
	folder    string
	client    *http.Client
}

// startTonegate starts a program with data of its own. media is its address.
func startTonegate(ctx context.Context, path, media string, args, environment []string) (*tonegate, error) {
	folder, err := os.MkdirTemp("", "tonegate-load-")
	if err != nil {
		return nil, fmt.Errorf("start the server: %w", err)
	}
	const key = "key-of-the-load-0123"
	cmd := exec.Command(path, "serve", "--listen", "127.0.0.1:0", "--media", media+":0",
		"--data", filepath.Join(folder, "data"), "--max-calls", "20000", "--log-level", "warn")
	cmd.Args = append(cmd.Args, args...)
	cmd.Env = append(append(os.Environ(), "TONEGATE_API_KEY="+key), environment...)
	p, found, err := spawn(ctx, cmd, program.PrintedAddress)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(folder))
	}
	return &tonegate{base: found[1], key: key, process: p, id: cmd.Process.Pid, folder: folder, client: newClient()}, nil
}

// newClient keeps enough connections for legs that join side by side.
func newClient() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 2 * joining}, Timeout: 30 * time.Second}
}

func (s *tonegate) pid() int { return s.id }

func (s *tonegate) stop() error {
	s.client.CloseIdleConnections()
	if s.process == nil {
		return nil
	}
	return errors.Join(s.process.end(), os.RemoveAll(s.folder))
}

// request makes a request and returns the body of an answer with the status
// wanted.
func (s *tonegate) request(ctx context.Context, method, url, bearer, kind, body string, want int) (string, error) {
	req, err := http.NewRequestWithContext(ctx, method, url, strings.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+bearer)
	if body != "" {
		req.Header.Set("Content-Type", kind)
		req.Header.Set("Idempotency-Key", auth.NewID("load"))
	}
	res, err := s.client.Do(req)
	if err != nil {
		return "", fmt.Errorf("%s %s: %w", method, url, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil || res.StatusCode != want {
		return "", fmt.Errorf("%s %s: %s: %.300s: %w", method, url, res.Status, answer, errors.Join(err, errAnswer))
	}
	return string(answer), nil
}

func (s *tonegate) open(ctx context.Context, _ int) (legs [roles]exchange, err error) {
	const body = `{"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr","kind":"external"}]}`
	text, err := s.request(ctx, http.MethodPost, s.base+"/v1/conferences", s.key, "application/json", body, http.StatusCreated)
	if err != nil {
		return legs, err
	}
	var made struct {
		Legs []struct {
			Role string
			Join struct {
				Token   string
				WHIPURL string `json:"whip_url"`
			}
		}
	}
	if err := json.Unmarshal([]byte(text), &made); err != nil {
		return legs, fmt.Errorf("create a conference: %w", err)
	}
	for _, l := range made.Legs {
		for r := range roles {
			if r.String() == l.Role {
				legs[r] = func(ctx context.Context, offer string) (string, error) {
					return s.request(ctx, http.MethodPost, l.Join.WHIPURL, l.Join.Token, "application/sdp", offer, http.StatusCreated)
				}
			}
		}
	}
	for r, ask := range legs {
		if ask == nil {
			return legs, fmt.Errorf("create a conference: %w: no join block for the %s", errAnswer, role(r))
		}
	}
	return legs, nil
}

func (s *tonegate) metrics(ctx context.Context) (series, error) {
	text, err := s.request(ctx, http.MethodGet, s.base+"/metrics", s.key, "", "", http.StatusOK)
	return parseSeries(text), err
}
