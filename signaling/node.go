package signaling

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

type codeBody struct {
	Body struct {
		Code string `json:"code" minLength:"1" maxLength:"128"`
	}
}

// ConsoleSession lets a console use the API for some hours.
type ConsoleSession struct {
	APIKey    string    `json:"api_key"`
	ExpiresAt time.Time `json:"expires_at"`
}

// Version is the running software.
type Version struct {
	Version string `json:"version"`
}

// DigitMemory is how well the memory of digits is protected.
type DigitMemory struct {
	Level  string `json:"level" enum:"memfd_secret,mlock,none"`
	Reason string `json:"reason,omitempty" doc:"Why it is not memfd_secret."`
}

// Node is this server.
type Node struct {
	Version      string      `json:"version"`
	Draining     bool        `json:"draining" doc:"It takes no new conferences and joins."`
	DrainEndsAt  *time.Time  `json:"drain_ends_at,omitempty" doc:"What is left then is ended."`
	Conferences  int         `json:"conferences" doc:"That have not ended."`
	SecretMemory DigitMemory `json:"secret_memory"`
	Connectors   []string    `json:"connectors" doc:"The names of the connectors to payment providers."`
}

func (s *server) registerNode(api huma.API) {
	huma.Register(api, huma.Operation{Method: http.MethodGet, Path: "/version", OperationID: "version", Summary: "The running software"},
		func(context.Context, *struct{}) (*reply[Version], error) {
			return &reply[Version]{Version{s.cfg.Version}}, nil
		})
	huma.Register(api, operation(http.MethodGet, "/v1/node", "get-node", "Read the state of this server", http.StatusOK),
		func(context.Context, *struct{}) (*reply[Node], error) {
			return &reply[Node]{s.node()}, nil
		})
	huma.Register(api, operation(http.MethodPost, "/v1/node/drain", "drain-node",
		"Take no new conferences and joins; calls go on", http.StatusOK),
		func(ctx context.Context, in *struct{ Body *DrainRequest }) (*reply[Node], error) {
			within := 0
			if in.Body != nil {
				within = in.Body.WithinS
			}
			if err := s.cfg.Calls.Drain(ctx, actorOf(ctx), time.Duration(within)*time.Second); err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[Node]{s.node()}, nil
		})
}

// DrainRequest limits a drain.
type DrainRequest struct {
	WithinS int `json:"within_s,omitempty" minimum:"1" maximum:"86400" required:"false" doc:"End what is left after this long. Without it calls go on until they end."`
}

func (s *server) node() Node {
	n := s.cfg.Calls.Node()
	out := Node{Version: s.cfg.Version, Draining: n.Draining, Conferences: n.Conferences,
		SecretMemory: s.cfg.DigitMemory, Connectors: s.cfg.Connectors}
	if out.Connectors == nil {
		out.Connectors = []string{}
	}
	if !n.DrainEnds.IsZero() {
		out.DrainEndsAt = &n.DrainEnds
	}
	return out
}
