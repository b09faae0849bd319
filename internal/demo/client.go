package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strconv"

	"tonegate/internal/auth"
)

// client is the platform's side of the REST API.
type client struct{ base, key string }

// post sends JSON and decodes the answer into out.
func (c *client) post(ctx context.Context, path string, in, out any) error {
	data, err := json.Marshal(in)
	if err != nil {
		return fmt.Errorf("encode a request: %w", err)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, c.base+path, bytes.NewReader(data))
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	req.Header.Set("Authorization", "Bearer "+c.key)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("Idempotency-Key", auth.NewID("demo"))
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return fmt.Errorf("POST %s: %w", path, err)
	}
	defer res.Body.Close()
	answer, err := io.ReadAll(res.Body)
	if err != nil {
		return fmt.Errorf("POST %s: %w", path, err)
	}
	if res.StatusCode >= 300 {
		return fmt.Errorf("POST %s: %s: %s", path, res.Status, answer)
	}
	if out == nil {
		return nil
	}
	if err := json.Unmarshal(answer, out); err != nil {
		return fmt.Errorf("POST %s: %w", path, err)
	}
	return nil
}

// adaptedMetrics count what a jitter buffer makes up, inserts or skips.
var adaptedMetrics = regexp.MustCompile(`(?m)^tonegate_(?:frames_concealed_total|playout_moves_total\{[^}]*\}) (\d+)`)

// adapted returns how many frames the server's jitter buffers have made up or
// skipped so far.
func (c *client) adapted(ctx context.Context) (n int, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, c.base+"/metrics", nil)
	if err != nil {
		return 0, fmt.Errorf("make a request: %w", err)
	}
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		return 0, fmt.Errorf("GET /metrics: %w", err)
	}
	defer res.Body.Close()
	text, err := io.ReadAll(res.Body)
	if err != nil {
		return 0, fmt.Errorf("GET /metrics: %w", err)
	}
	found := adaptedMetrics.FindAllSubmatch(text, -1)
	if len(found) == 0 {
		return 0, errors.New("GET /metrics: the playout metrics are missing")
	}
	for _, m := range found {
		v, _ := strconv.Atoi(string(m[1]))
		n += v
	}
	return n, nil
}

type conference struct {
	ID        string `json:"id"`
	Recording struct {
		ID string `json:"id"`
	} `json:"recording"`
	Legs []struct {
		Role string `json:"role"`
		Join struct {
			Token   string `json:"token"`
			WHIPURL string `json:"whip_url"`
		} `json:"join"`
	} `json:"legs"`
}
