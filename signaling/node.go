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

func (s *server) registerNode(api huma.API) {
	huma.Register(api, huma.Operation{Method: http.MethodGet, Path: "/version", OperationID: "version", Summary: "The running software"},
		func(context.Context, *struct{}) (*reply[Version], error) {
			return &reply[Version]{Version{s.cfg.Version}}, nil
		})
}
