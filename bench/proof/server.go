package proof

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"filippo.io/age"

	"tonegate/bench/program"
	"tonegate/internal/pspstub"
	"tonegate/internal/securemem"
)

// tape collects bytes from several goroutines.
type tape struct {
	mu      sync.Mutex
	b       bytes.Buffer
	changed chan struct{}
}

func newTape() *tape { return &tape{changed: make(chan struct{}, 1)} }

func (t *tape) Write(p []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	select {
	case t.changed <- struct{}{}:
	default:
	}
	return t.b.Write(p)
}

func (t *tape) bytes() []byte {
	t.mu.Lock()
	defer t.mu.Unlock()
	return bytes.Clone(t.b.Bytes())
}

// server is a running server: the program itself, in a process of its own.
type server struct {
	folder   string
	base     string
	level    securemem.Level
	provider *pspstub.Provider
	cmd      *exec.Cmd
	ended    chan error
	out, log *tape // what it printed and what it logged, at debug level
	net      *wire
	// The key to its recordings, of which it has the public half.
	recordings *age.X25519Identity
}

const apiKey = "key-of-the-proof-0123"

// start runs a server with the stub provider, and everything that it writes in a
// folder of its own.
func start(ctx context.Context, file, folder string, level securemem.Level, b pspstub.Behaviour) (s *server, err error) {
	s = &server{folder: folder, level: level, out: newTape(), log: newTape(), ended: make(chan error, 1), net: newWire()}
	if err := os.MkdirAll(filepath.Join(folder, "tmp"), 0o700); err != nil {
		return nil, err
	}
	if s.recordings, err = age.GenerateX25519Identity(); err != nil {
		return nil, err
	}
	if s.provider, err = pspstub.Start(pspstub.Config{Seed: "proof", Behaviour: b}); err != nil {
		return nil, err
	}
	// Beside the folder, not in it: what we write is not what it wrote.
	ca, connectors := folder+"-ca.pem", folder+"-connectors.yaml"
	vault, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	text := fmt.Sprintf("main: {kind: generic, url: %q, ca_file: %q}\nvault: {kind: sealed, recipient: %q}\n",
		s.provider.URL(), ca, vault.Recipient())
	if err := errors.Join(os.WriteFile(ca, s.provider.CA(), 0o600), os.WriteFile(connectors, []byte(text), 0o600)); err != nil {
		return nil, errors.Join(err, s.provider.Close())
	}
	s.cmd = exec.Command(file, "serve", "--listen", "127.0.0.1:0", "--media", "127.0.0.1:0", "--data", filepath.Join(folder, "data"),
		"--connectors", connectors, "--log-level", "debug", "--digit-memory", level.String(),
		"--recording-recipients", s.recordings.Recipient().String())
	s.cmd.Dir, s.cmd.Stdout, s.cmd.Stderr = folder, s.out, s.log
	s.cmd.Env = append(os.Environ(), "TONEGATE_API_KEY="+apiKey, "TMPDIR="+filepath.Join(folder, "tmp"))
	if err := s.cmd.Start(); err != nil {
		return nil, errors.Join(err, s.provider.Close())
	}
	go func() { s.ended <- s.cmd.Wait() }()
	for {
		if m := program.PrintedAddress.FindSubmatch(s.out.bytes()); m != nil {
			s.base = string(m[1])
			return s, nil
		}
		select {
		case <-s.out.changed:
		case err := <-s.ended:
			return nil, errors.Join(fmt.Errorf("the server does not start: %w: %s", err, s.log.bytes()), s.provider.Close())
		case <-ctx.Done():
			return nil, errors.Join(ctx.Err(), s.cmd.Process.Kill(), s.provider.Close())
		}
	}
}

// stop ends the server as an operator does.
func (s *server) stop() error {
	s.net.close()
	err := s.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case ended := <-s.ended:
		err = errors.Join(err, ended)
	case <-time.After(20 * time.Second):
		err = errors.Join(err, errors.New("the server does not end"), s.cmd.Process.Kill())
	}
	return errors.Join(err, s.provider.Close())
}

// written returns every file that the server has left.
func (s *server) written() (files map[string][]byte, err error) {
	files = map[string][]byte{}
	err = filepath.WalkDir(s.folder, func(path string, d os.DirEntry, err error) error {
		// A sealed recording is noise, in which a short number is found sooner or
		// later. It is opened instead: see hearRecording.
		if err != nil || !d.Type().IsRegular() || strings.HasSuffix(path, ".age") {
			return err
		}
		files[strings.TrimPrefix(path, s.folder+"/")], err = os.ReadFile(path)
		return err
	})
	return files, err
}
