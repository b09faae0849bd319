package load

import (
	"context"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"time"

	"github.com/coder/websocket"

	"tonegate/internal/auth"
)

//go:embed janus
var janusConfig embed.FS

const (
	janusURL = "ws://127.0.0.1:8188"
	// janusAlive is how often a session is kept; Janus ends it after 60 s.
	janusAlive = 20 * time.Second
	// janusRate is the rate at which a room mixes. G.711 is resampled to it.
	janusRate = 16000
)

var (
	errJanus   = errors.New("janus")
	janusReady = regexp.MustCompile(`(?i)WebSockets server started`)
)

// janus is Debian's Janus with one session for all legs.
type janus struct {
	process *process
	folder  string
	conn    *websocket.Conn
	session uint64

	mu      sync.Mutex
	waiting map[string]chan janusMessage
	ended   chan struct{}
	stopped context.CancelFunc
}

// janusMessage is what is read of its messages.
type janusMessage struct {
	Janus       string `json:"janus"`
	Transaction string `json:"transaction"`
	Data        struct {
		ID uint64 `json:"id"`
	} `json:"data"`
	Error struct {
		Reason string `json:"reason"`
	} `json:"error"`
	Plugin struct {
		Data struct {
			State string `json:"audiobridge"`
			Error string `json:"error"`
		} `json:"data"`
	} `json:"plugindata"`
	JSEP struct {
		SDP string `json:"sdp"`
	} `json:"jsep"`
}

// startJanus starts Janus with the committed configuration.
func startJanus(ctx context.Context) (*janus, error) {
	program, err := exec.LookPath("janus")
	if err != nil {
		return nil, fmt.Errorf("%w is not installed: run scripts/janus-deps.sh: %w", errJanus, err)
	}
	folder, err := os.MkdirTemp("", "tonegate-janus-")
	if err != nil {
		return nil, fmt.Errorf("start janus: %w", err)
	}
	j := &janus{folder: folder, waiting: map[string]chan janusMessage{}, ended: make(chan struct{})}
	if err := j.start(ctx, program); err != nil {
		return nil, errors.Join(err, j.stop())
	}
	return j, nil
}

func (j *janus) start(ctx context.Context, program string) error {
	files, err := janusConfig.ReadDir("janus")
	if err != nil {
		return err
	}
	for _, f := range files {
		text, err := janusConfig.ReadFile("janus/" + f.Name())
		if err == nil {
			err = os.WriteFile(filepath.Join(j.folder, f.Name()), text, 0o600)
		}
		if err != nil {
			return fmt.Errorf("configure janus: %w", err)
		}
	}
	if j.process, _, err = spawn(ctx, exec.Command(program, "--configs-folder="+j.folder), janusReady); err != nil {
		return err
	}
	if j.conn, _, err = websocket.Dial(ctx, janusURL, &websocket.DialOptions{Subprotocols: []string{"janus-protocol"}}); err != nil {
		return fmt.Errorf("reach janus: %w", err)
	}
	j.conn.SetReadLimit(1 << 20)
	life, stop := context.WithCancel(context.Background())
	j.stopped = stop
	go j.read(life)
	made, err := j.ask(ctx, map[string]any{"janus": "create"})
	if err != nil {
		return err
	}
	j.session = made.Data.ID
	go j.keep(life)
	return nil
}

// read hands answers to whoever waits for them.
func (j *janus) read(ctx context.Context) {
	defer close(j.ended)
	for {
		_, data, err := j.conn.Read(ctx)
		if err != nil {
			return
		}
		var m janusMessage
		if json.Unmarshal(data, &m) != nil || m.Janus == "ack" {
			continue // an acknowledgement announces an event
		}
		j.mu.Lock()
		c := j.waiting[m.Transaction]
		delete(j.waiting, m.Transaction)
		j.mu.Unlock()
		if c != nil {
			c <- m
		}
	}
}

func (j *janus) keep(ctx context.Context) {
	t := time.NewTicker(janusAlive)
	defer t.Stop()
	for {
		select {
		case <-t.C:
			_ = j.write(ctx, map[string]any{"janus": "keepalive", "session_id": j.session, "transaction": "alive"})
		case <-ctx.Done():
			return
		}
	}
}

func (j *janus) write(ctx context.Context, m map[string]any) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return j.conn.Write(ctx, websocket.MessageText, data)
}

// ask sends a message and returns its answer.
func (j *janus) ask(ctx context.Context, m map[string]any) (answer janusMessage, err error) {
	id := auth.NewID("load")
	m["transaction"] = id
	if j.session != 0 {
		m["session_id"] = j.session
	}
	c := make(chan janusMessage, 1)
	j.mu.Lock()
	j.waiting[id] = c
	j.mu.Unlock()
	if err := j.write(ctx, m); err != nil {
		return answer, fmt.Errorf("%w: %v: %w", errJanus, m["janus"], err)
	}
	select {
	case answer = <-c:
	case <-j.ended:
		return answer, fmt.Errorf("%w: %v: the connection ended", errJanus, m["janus"])
	case <-ctx.Done():
		return answer, fmt.Errorf("%w: %v: %w", errJanus, m["janus"], ctx.Err())
	}
	if why := answer.Error.Reason + answer.Plugin.Data.Error; why != "" {
		return answer, fmt.Errorf("%w: %v %v: %s", errJanus, m["janus"], m["body"], why)
	}
	return answer, nil
}

// handle attaches to the AudioBridge.
func (j *janus) handle(ctx context.Context) (uint64, error) {
	m, err := j.ask(ctx, map[string]any{"janus": "attach", "plugin": "janus.plugin.audiobridge"})
	return m.Data.ID, err
}

func (j *janus) message(ctx context.Context, handle uint64, body map[string]any, offer string) (janusMessage, error) {
	m := map[string]any{"janus": "message", "handle_id": handle, "body": body}
	if offer != "" {
		m["jsep"] = map[string]any{"type": "offer", "sdp": offer}
	}
	return j.ask(ctx, m)
}

// janusRoom is the request for a room: nothing but its rate differs from the
// defaults.
func janusRoom(number int) map[string]any {
	return map[string]any{"request": "create", "room": number, "sampling_rate": janusRate}
}

func (j *janus) open(ctx context.Context, n int) (legs [roles]exchange, err error) {
	number := n + 1
	handle, err := j.handle(ctx)
	if err != nil {
		return legs, err
	}
	if _, err := j.message(ctx, handle, janusRoom(number), ""); err != nil {
		return legs, err
	}
	for r := range legs {
		legs[r] = func(ctx context.Context, offer string) (string, error) {
			if r > 0 {
				if handle, err = j.handle(ctx); err != nil {
					return "", err
				}
			}
			if _, err := j.message(ctx, handle, map[string]any{"request": "join", "room": number, "codec": "pcmu"}, ""); err != nil {
				return "", err
			}
			m, err := j.message(ctx, handle, map[string]any{"request": "configure", "muted": false}, offer)
			return m.JSEP.SDP, err
		}
	}
	return legs, nil
}

func (j *janus) pid() int { return j.process.cmd.Process.Pid }

// metrics: Janus counts nothing that is compared.
func (j *janus) metrics(context.Context) (series, error) { return nil, nil }

func (j *janus) stop() error {
	if j.stopped != nil {
		j.stopped()
	}
	if j.conn != nil {
		_ = j.conn.CloseNow()
	}
	var err error
	if j.process != nil {
		// It hangs at its end now and then, which takes nothing away from what was
		// measured before.
		if err = j.process.end(); errors.Is(err, errStubborn) {
			<-j.process.ended
			err = nil
		}
	}
	return errors.Join(err, os.RemoveAll(j.folder))
}
