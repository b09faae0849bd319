package softphone

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
)

// maxAnswer bounds what is read of a server's answer.
const maxAnswer = 64 << 10

// Dial makes a phone and calls a server with it. It returns when the answer is
// in; see Connected for the connection.
func Dial(ctx context.Context, cfg Config) (*Phone, error) {
	p, err := New(cfg)
	if err != nil {
		return nil, err
	}
	if err := p.dial(ctx); err != nil {
		_ = p.Close()
		return nil, fmt.Errorf("dial %s: %w", cfg.URL, err)
	}
	return p, nil
}

func (p *Phone) dial(ctx context.Context) error {
	offer, err := p.Offer(ctx)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, p.cfg.URL, strings.NewReader(offer))
	if err != nil {
		return err
	}
	req.Header.Set("Content-Type", "application/sdp")
	resp, answer, err := p.request(req, p.cfg.Token, http.StatusCreated)
	if err != nil {
		return err
	}
	location, err := url.Parse(resp.Header.Get("Location"))
	if err != nil || location.String() == "" {
		return fmt.Errorf("%w: no Location", errors.Join(ErrAnswer, err))
	}
	p.location = req.URL.ResolveReference(location).String()
	p.resume = resp.Header.Get("Tonegate-Resume")
	return p.Accept(answer)
}

// Hangup tells the server that the leg leaves, and closes the phone.
func (p *Phone) Hangup(ctx context.Context) error {
	var err error
	if p.location != "" {
		err = p.leave(ctx)
	}
	return errors.Join(err, p.Close())
}

func (p *Phone) leave(ctx context.Context) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodDelete, p.location, nil)
	if err == nil {
		_, _, err = p.request(req, p.resume, http.StatusNoContent)
	}
	if err != nil {
		return fmt.Errorf("hang up: %w", err)
	}
	return nil
}

// RestartICE restarts ICE over HTTP: a new offer, of which the server is sent
// the fragment.
func (p *Phone) RestartICE(ctx context.Context) error {
	offer, err := p.Offer(ctx)
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPatch, p.location, strings.NewReader(Fragment(offer)))
	if err != nil {
		return fmt.Errorf("restart ICE: %w", err)
	}
	req.Header.Set("Content-Type", "application/trickle-ice-sdpfrag")
	_, reply, err := p.request(req, p.resume, http.StatusOK)
	if err != nil {
		return fmt.Errorf("restart ICE: %w", err)
	}
	return p.AcceptFragment(reply)
}

// request sends a request and returns the body of the answer, which must have
// the status wanted.
func (p *Phone) request(req *http.Request, bearer string, want int) (*http.Response, string, error) {
	req.Header.Set("Authorization", "Bearer "+bearer)
	resp, err := p.cfg.HTTPClient.Do(req)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return nil, "", err
	}
	if resp.StatusCode != want {
		return nil, "", &StatusError{Status: resp.StatusCode, Body: string(body)}
	}
	return resp, string(body), nil
}

// StatusError is an HTTP answer other than the one hoped for. It is an
// [ErrRefused].
type StatusError struct {
	Status int
	Body   string
}

func (e *StatusError) Error() string {
	return fmt.Sprintf("%v with status %d: %.200s", ErrRefused, e.Status, e.Body)
}

// Is makes it an ErrRefused.
func (e *StatusError) Is(target error) bool { return target == ErrRefused }
