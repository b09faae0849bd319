package signaling

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tonegate/internal/call"
	"tonegate/internal/card"
	"tonegate/internal/ivr"
)

// CapturePath names a capture in a path.
type CapturePath struct {
	ID string `path:"id" maxLength:"64"`
}

func (s *server) registerCaptures(api huma.API) {
	huma.Register(api, operation("POST", "/v1/conferences/{id}/captures", "start-capture",
		"Start a secure capture; answers once masking is armed", http.StatusCreated),
		func(ctx context.Context, in *struct {
			ConferencePath
			IdempotencyKey string `header:"Idempotency-Key" required:"true" maxLength:"255"`
			Body           CaptureRequest
		}) (*reply[CaptureShape], error) {
			spec := in.Body.spec()
			spec.By, spec.Once = actorOf(ctx), onceOf(actorOf(ctx), in.IdempotencyKey, &in.Body)
			return captureReply(ctx)(s.cfg.Calls.StartCapture(ctx, in.ID, spec))
		})
	huma.Register(api, operation("GET", "/v1/captures/{id}", "get-capture", "Read a capture", http.StatusOK),
		func(ctx context.Context, in *CapturePath) (*reply[CaptureShape], error) {
			return captureReply(ctx)(s.cfg.Calls.Capture(in.ID))
		})
	huma.Register(api, operation("POST", "/v1/captures/{id}/cancel", "cancel-capture", "Cancel a capture", http.StatusOK),
		func(ctx context.Context, in *CapturePath) (*reply[CaptureShape], error) {
			return captureReply(ctx)(s.cfg.Calls.CancelCapture(ctx, actorOf(ctx), in.ID))
		})
	huma.Register(api, operation("POST", "/v1/captures/{id}/retry", "retry-field", "Ask the customer for a field again", http.StatusOK),
		func(ctx context.Context, in *struct {
			CapturePath
			Body RetryRequest
		}) (*reply[CaptureShape], error) {
			return captureReply(ctx)(s.cfg.Calls.RetryField(ctx, actorOf(ctx), in.ID, in.Body.Field))
		})
	s.registerCollector(api)
}

// onceOf names a request by who asks with which key, and by what is asked for. It
// is kept with the capture, so that it holds after a crash, when the answers that
// are remembered are gone.
func onceOf(by call.Actor, key string, ask *CaptureRequest) call.Once {
	body, _ := json.Marshal(ask) // cannot fail: strings, numbers and booleans
	return call.Once{Key: sha256.Sum256([]byte(by.KeyID + "\x00" + key)), Asked: sha256.Sum256(body)}
}

// registerCollector registers what an external IVR's collector says.
func (s *server) registerCollector(api huma.API) {
	complete := operation("POST", "/v1/captures/{id}/complete", "complete-capture",
		"End a capture; an external collector may bring the result, or say that it failed", http.StatusOK)
	progress := operation("POST", "/v1/captures/{id}/progress", "report-progress",
		"Say what became of a field that an external collector reads", http.StatusOK)
	complete.Security, progress.Security = orCollector, orCollector
	huma.Register(api, complete,
		func(ctx context.Context, in *struct {
			CapturePath
			Body *CompleteRequest
		}) (*reply[CaptureShape], error) {
			if in.Body == nil {
				return captureReply(ctx)(s.cfg.Calls.CompleteCapture(ctx, actorOf(ctx), in.ID, nil))
			}
			if in.Body.State == "failed" {
				why, ok := ivr.CauseNamed(in.Body.Reason)
				if !ok {
					why = ivr.CollectorFailed
				}
				return captureReply(ctx)(s.cfg.Calls.FailCapture(ctx, actorOf(ctx), in.ID, why))
			}
			return captureReply(ctx)(s.cfg.Calls.CompleteCapture(ctx, actorOf(ctx), in.ID, in.Body.Result.result()))
		})
	huma.Register(api, progress,
		func(ctx context.Context, in *struct {
			CapturePath
			Body ProgressRequest
		}) (*reply[CaptureShape], error) {
			return captureReply(ctx)(s.cfg.Calls.ReportField(ctx, actorOf(ctx), in.ID, in.Body.report()))
		})
}

// captureReply answers with a capture or a problem.
func captureReply(ctx context.Context) func(call.Capture, error) (*reply[CaptureShape], error) {
	return func(c call.Capture, err error) (*reply[CaptureShape], error) {
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &reply[CaptureShape]{captureShape(c)}, nil
	}
}

// RetryRequest names a field.
type RetryRequest struct {
	Field string `json:"field" pattern:"^[a-z][a-z_]{0,31}$"`
}

// ProgressRequest is what an external collector says of a field.
type ProgressRequest struct {
	Field  string `json:"field" pattern:"^[a-z][a-z_]{0,31}$"`
	State  string `json:"state" enum:"entering,valid,rejected"`
	Reason string `json:"reason,omitempty" enum:"not_digits,length,unknown_brand,luhn,month,past,too_far,pattern,refused" required:"false" doc:"Of a rejected field."`
	Brand  string `json:"brand,omitempty" enum:"visa,mastercard,amex,discover,diners,jcb,unionpay,maestro" required:"false" doc:"Of a valid card number."`
	Last4  string `json:"last4,omitempty" pattern:"^[0-9]{4}$" required:"false" doc:"Of a valid card number."`
}

func (r *ProgressRequest) report() ivr.FieldReport {
	out := ivr.FieldReport{Field: r.Field}
	for state := ivr.Entering; state <= ivr.Rejected; state++ {
		if state.String() == r.State {
			out.State = state
		}
	}
	out.Reason, _ = card.ReasonNamed(r.Reason)
	out.Brand, _ = card.BrandNamed(r.Brand)
	out.LastFour, _ = card.ReportedLastFour(r.Last4)
	return out
}

// CompleteRequest ends a capture. Without it the capture is completed.
type CompleteRequest struct {
	State  string           `json:"state,omitempty" enum:"completed,failed" default:"completed" required:"false"`
	Reason string           `json:"reason,omitempty" enum:"declined,provider_error,provider_timeout,provider_unreachable,collector" required:"false" doc:"Of a capture that failed."`
	Result *CollectorResult `json:"result,omitempty" required:"false" doc:"Of a capture that completed; from an external collector only."`
}

// CollectorResult is what an external collector's payment came to.
type CollectorResult struct {
	Token        string `json:"token,omitempty" maxLength:"255" pattern:"^[!-~]*$" required:"false" doc:"The provider's, in place of the card."`
	Brand        string `json:"brand,omitempty" enum:"visa,mastercard,amex,discover,diners,jcb,unionpay,maestro" required:"false"`
	Last4        string `json:"last4,omitempty" pattern:"^[0-9]{4}$" required:"false"`
	Exp          string `json:"exp,omitempty" pattern:"^[0-9]{4}-(0[1-9]|1[0-2])$" required:"false" doc:"The card's last month."`
	PSPReference string `json:"psp_reference,omitempty" maxLength:"255" pattern:"^[!-~]*$" required:"false" doc:"The provider's id of a charge."`
}

func (r *CollectorResult) result() *call.Result {
	if r == nil {
		return nil
	}
	out := &call.Result{Token: r.Token, Reference: r.PSPReference, Expiry: r.Exp}
	out.Brand, _ = card.BrandNamed(r.Brand)
	out.LastFour, _ = card.ReportedLastFour(r.Last4)
	return out
}
