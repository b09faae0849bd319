package signaling_test

import (
	"context"
	"encoding/json"
	"strings"
	"sync"
	"testing"

	"github.com/coder/websocket"
	"github.com/stretchr/testify/require"
)

// message is any message of the server.
type message map[string]any

// wire is a WebSocket client. One goroutine reads, so that an end is noticed.
type wire struct {
	t        *testing.T
	conn     *websocket.Conn
	messages chan message
	ended    chan struct{}
	status   websocket.StatusCode
	reason   string
	mu       sync.Mutex
	all      []byte // everything that was received, for searches
}

// open connects without joining.
func (n *node) open() *wire {
	n.t.Helper()
	return n.openWith(&websocket.DialOptions{Subprotocols: []string{"tonegate.v1"}, HTTPClient: n.client})
}

func (n *node) openWith(o *websocket.DialOptions) *wire {
	n.t.Helper()
	conn, _, err := websocket.Dial(within(n.t), strings.Replace(n.url, "http:", "ws:", 1)+"/v1/rtc", o)
	require.NoError(n.t, err)
	w := &wire{t: n.t, conn: conn, messages: make(chan message, 1024), ended: make(chan struct{})}
	go w.read()
	n.t.Cleanup(func() {
		_ = conn.CloseNow()
		<-w.ended
	})
	return w
}

func (w *wire) read() {
	defer close(w.ended)
	for {
		_, data, err := w.conn.Read(context.Background())
		if err != nil {
			w.status = websocket.CloseStatus(err)
			w.reason = err.Error()
			return
		}
		w.mu.Lock()
		w.all = append(append(w.all, data...), '\n')
		w.mu.Unlock()
		var m message
		if json.Unmarshal(data, &m) == nil {
			w.messages <- m
		}
	}
}

func (w *wire) send(text string) {
	w.t.Helper()
	require.NoError(w.t, w.conn.Write(within(w.t), websocket.MessageText, []byte(text)))
}

func (w *wire) tell(m message) {
	w.t.Helper()
	data, err := json.Marshal(m)
	require.NoError(w.t, err)
	w.send(string(data))
}

// next returns the next message of a type; others are passed over.
func (w *wire) next(kind string) message {
	w.t.Helper()
	return w.find(func(m message) bool { return m["type"] == kind }, kind)
}

func (w *wire) find(want func(message) bool, what string) message {
	w.t.Helper()
	ctx := within(w.t)
	for {
		select {
		case m := <-w.messages:
			if want(m) {
				return m
			}
			continue
		default:
		}
		select {
		case m := <-w.messages:
			if want(m) {
				return m
			}
		case <-w.ended:
			if len(w.messages) == 0 {
				w.t.Fatalf("the connection ended (%d, %s) before %s", w.status, w.reason, what)
			}
		case <-ctx.Done():
			w.t.Fatalf("no %s in time", what)
		}
	}
}

// legState waits until a leg is said to be in a state.
func (w *wire) legState(id, state string) {
	w.t.Helper()
	w.find(func(m message) bool {
		return m["leg_id"] == id && m["state"] == state && m["role"] != nil && m["type"] != "joined"
	},
		"leg "+state)
}

// refused waits for the error that answers a message.
func (w *wire) refused(re, code string) message {
	w.t.Helper()
	m := w.next("error")
	require.Equal(w.t, re, m["re"])
	require.Equal(w.t, code, m["code"], "%v", m["detail"])
	require.NotEmpty(w.t, m["detail"])
	require.NotContains(w.t, m["detail"], badValue)
	return m
}

// closed waits for the end and checks its code.
func (w *wire) closed(code websocket.StatusCode) {
	w.t.Helper()
	select {
	case <-w.ended:
		require.Equal(w.t, code, w.status, w.reason)
		require.NotContains(w.t, w.reason, badValue)
	case <-within(w.t).Done():
		w.t.Fatal("the connection is not closed")
	}
}

// sync returns when the server has handled what was sent before.
func (w *wire) sync() {
	w.t.Helper()
	w.tell(message{"type": "ping", "n": 4})
	w.find(func(m message) bool { return m["type"] == "pong" && m["n"] == 4.0 }, "pong")
}

// connect joins with a token.
func (n *node) connect(token string) *wire {
	n.t.Helper()
	w, _ := n.joined(token)
	return w
}

func (n *node) joined(token string) (*wire, message) {
	n.t.Helper()
	w := n.open()
	w.tell(message{"type": "join", "token": token})
	return w, w.next("joined")
}

func (n *node) resume(legID, secret string) *wire {
	n.t.Helper()
	w := n.open()
	w.tell(message{"type": "join", "leg_id": legID, "resume": secret})
	return w
}

// resumed is resume for what has to succeed.
func (n *node) resumed(legID, secret string) (*wire, message) {
	n.t.Helper()
	w := n.resume(legID, secret)
	return w, w.next("joined")
}
