package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"

	"github.com/coder/websocket"

	"tonegate/internal/auth"
)

// wire is a client's network: it keeps every byte that the server sends over
// HTTP and WebSockets.
type wire struct {
	client *http.Client
	got    *tape
}

func newWire() *wire {
	w := &wire{got: newTape()}
	dialer := new(net.Dialer)
	w.client = &http.Client{Transport: &http.Transport{DisableCompression: true,
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, network, address)
			return &tapped{c, w.got}, err
		}}}
	return w
}

func (w *wire) close() { w.client.CloseIdleConnections() }

// tapped is a connection that is listened in on.
type tapped struct {
	net.Conn
	got *tape
}

func (c *tapped) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	_, _ = c.got.Write(b[:n])
	return n, err
}

// api makes a request and decodes the answer, unless out is nil.
func (s *server) api(ctx context.Context, method, path, body string, out any) (answer []byte, err error) {
	req, err := http.NewRequestWithContext(ctx, method, s.base+path, strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	req.Header.Set("Authorization", "Bearer "+apiKey)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", auth.NewID("proof"))
	res, err := s.net.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	defer res.Body.Close()
	if answer, err = io.ReadAll(res.Body); err != nil {
		return nil, fmt.Errorf("%s %s: %w", method, path, err)
	}
	if res.StatusCode >= 300 {
		return nil, fmt.Errorf("%s %s: %s: %s", method, path, res.Status, answer)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			return nil, fmt.Errorf("%s %s: %w", method, path, err)
		}
	}
	return answer, nil
}

// seat is a leg's WebSocket.
type seat struct {
	conn     *websocket.Conn
	messages chan string // closed at the end
}

// sit joins a leg over WebSocket.
func (s *server) sit(ctx context.Context, url, token string) (*seat, error) {
	conn, _, err := websocket.Dial(ctx, url, &websocket.DialOptions{Subprotocols: []string{"tonegate.v1"}, HTTPClient: s.net.client})
	if err != nil {
		return nil, fmt.Errorf("join: %w", err)
	}
	conn.SetReadLimit(1 << 20)
	w := &seat{conn: conn, messages: make(chan string, 1<<14)}
	go func() {
		defer close(w.messages)
		for {
			_, data, err := conn.Read(context.WithoutCancel(ctx))
			if err != nil {
				return
			}
			w.messages <- string(bytes.Clone(data))
		}
	}()
	return w, w.tell(ctx, map[string]any{"type": "join", "token": token})
}

func (w *seat) tell(ctx context.Context, m map[string]any) error {
	data, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return w.conn.Write(ctx, websocket.MessageText, data)
}

// next returns the next message that want accepts; each goes to seen first.
func (w *seat) next(ctx context.Context, seen *[]string, want func(string) bool) (string, error) {
	for {
		select {
		case m, ok := <-w.messages:
			if !ok {
				return "", fmt.Errorf("the connection ended")
			}
			*seen = append(*seen, m)
			if want(m) {
				return m, nil
			}
		case <-ctx.Done():
			return "", fmt.Errorf("wait for a message: %w", ctx.Err())
		}
	}
}
