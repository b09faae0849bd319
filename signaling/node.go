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
	Draining     bool        `json:"draining" doc:"It takes no new conferences."`
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
			out := Node{s.cfg.Version, s.cfg.Calls.Draining(), s.cfg.DigitMemory, s.cfg.Connectors}
			if out.Connectors == nil {
				out.Connectors = []string{}
			}
			return &reply[Node]{out}, nil
		})
}
