package delivery

import (
	"context"
	"crypto/tls"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"tonegate/internal/tlsclient"
)

// endpoint is an HTTPS server of the customer's own premises. What it has to do
// stands in docs/OPERATIONS.md: HEAD, PATCH, GET and DELETE of URL/rec_….age, with
// the fields of resumable uploads (draft-ietf-httpbis-resumable-upload) and
// Repr-Digest (RFC 9530 §3).
type endpoint struct {
	url           *url.URL
	authorization tlsclient.Secret
	client        *http.Client
}

// Fields of the protocol.
const (
	fieldOffset     = "Upload-Offset"
	fieldComplete   = "Upload-Complete"
	fieldLength     = "Upload-Length"
	fieldDigest     = "Repr-Digest"
	fieldConference = "Tonegate-Conference"
	partialUpload   = "application/partial-upload"
)

const (
	dialTime   = 15 * time.Second
	answerTime = time.Minute // for the head of an answer, of a far end that hashes
)

func newClient(t *tls.Config) *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			TLSClientConfig: t, DialContext: (&net.Dialer{Timeout: dialTime}).DialContext, TLSHandshakeTimeout: dialTime,
			ResponseHeaderTimeout: answerTime, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: deliveries, IdleConnTimeout: time.Minute,
		},
		// Credentials and recordings go where the configuration says.
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// Name implements Store.
func (e *endpoint) Name() string { return "https " + e.url.String() }

// held is what the far end says it has.
type held struct {
	Confirmation
	complete bool
}

// Put implements Store: it asks where to go on, sends the rest, and asks again
// what is there.
func (e *endpoint) Put(ctx context.Context, item *Item, src Source) (Confirmation, error) {
	have, err := e.head(ctx, item)
	if err != nil {
		return Confirmation{}, err
	}
	if !have.complete {
		if have.Size > item.Size {
			return Confirmation{have.Size, ""}, nil
		}
		if err := e.patch(ctx, item, src, have.Size); err != nil {
			return Confirmation{}, err
		}
		src.Moved()
		if have, err = e.head(ctx, item); err != nil {
			return Confirmation{}, err
		}
	}
	if !have.complete {
		return Confirmation{}, failed(Down, "the far end took the file and does not say that it is complete")
	}
	return have.Confirmation, nil
}

func (e *endpoint) head(ctx context.Context, item *Item) (held, error) {
	res, err := e.do(ctx, http.MethodHead, item, nil, nil)
	if err != nil {
		return held{}, err
	}
	defer drain(res)
	switch {
	case res.StatusCode == http.StatusNotFound:
		return held{}, nil
	case res.StatusCode != http.StatusOK && res.StatusCode != http.StatusNoContent:
		return held{}, refusal(res)
	}
	offset, err := strconv.ParseInt(res.Header.Get(fieldOffset), 10, 64)
	if err != nil || offset < 0 {
		return held{}, failed(Refused, "HEAD answers without %s: is this an endpoint for recordings?", fieldOffset)
	}
	out := held{Confirmation{offset, DigestOf(res.Header.Get(fieldDigest))}, res.Header.Get(fieldComplete) == "?1"}
	return out, nil
}

func (e *endpoint) patch(ctx context.Context, item *Item, src Source, offset int64) error {
	rest := item.Size - offset
	h := http.Header{} // without the digest: who has to tell it must not be able to repeat it
	h.Set("Content-Type", partialUpload)
	h.Set(fieldOffset, strconv.FormatInt(offset, 10))
	h.Set(fieldComplete, "?1")
	h.Set(fieldLength, strconv.FormatInt(item.Size, 10))
	h.Set(fieldConference, item.Conference)
	res, err := e.do(ctx, http.MethodPatch, item, h, &body{io.NewSectionReader(src, offset, rest), rest})
	if err != nil {
		return err
	}
	defer drain(res)
	if res.StatusCode/100 != 2 {
		return refusal(res)
	}
	return nil
}

// body is a request's, of known length.
type body struct {
	io.Reader
	size int64
}

func (e *endpoint) do(ctx context.Context, method string, item *Item, h http.Header, b *body) (*http.Response, error) {
	var r io.Reader
	if b != nil {
		r = b.Reader
	}
	req, err := http.NewRequestWithContext(ctx, method, e.url.JoinPath(item.name()).String(), r)
	if err != nil {
		return nil, failed(Refused, "%w", err)
	}
	if h != nil {
		req.Header = h
	}
	if b != nil {
		req.ContentLength = b.size
		if b.size == 0 {
			req.Body = http.NoBody
		}
	}
	if e.authorization != "" {
		req.Header.Set("Authorization", string(e.authorization))
	}
	res, err := e.client.Do(req)
	if err != nil {
		return nil, broken(ctx, err)
	}
	return res, nil
}

// broken sorts an error of the connection.
func broken(ctx context.Context, err error) error {
	var timeout net.Error
	var untrusted *tls.CertificateVerificationError
	var alert tls.AlertError
	switch {
	case ctx.Err() != nil:
		return &Error{causeOf(context.Cause(ctx)), fmt.Errorf("%w: %w", context.Cause(ctx), err)}
	case errors.As(err, &untrusted), errors.As(err, &alert), strings.Contains(err.Error(), "tls: "):
		return &Error{Refused, err}
	case errors.As(err, &timeout) && timeout.Timeout():
		return &Error{Slow, err}
	default:
		return &Error{Down, err}
	}
}

// refusal turns an answer into an error. Its body is not read: what others write
// does not belong into this server's log.
func refusal(res *http.Response) error {
	cause := Refused
	switch s := res.StatusCode; {
	case s == http.StatusInsufficientStorage || s == http.StatusRequestEntityTooLarge:
		cause = Full
	case s >= 500, s == http.StatusTooManyRequests, s == http.StatusConflict, s == http.StatusRequestTimeout, s == http.StatusLocked:
		cause = Down // another attempt begins with HEAD
	}
	return failed(cause, "%s answers %d", res.Request.Method, res.StatusCode)
}

// DigestOf reads the SHA-256 of a Repr-Digest field (RFC 9530), or nothing.
func DigestOf(field string) string {
	for member := range strings.SplitSeq(field, ",") {
		value, ok := strings.CutPrefix(strings.TrimSpace(member), "sha-256=:")
		if !ok {
			continue
		}
		b, err := base64.StdEncoding.DecodeString(strings.TrimSuffix(value, ":"))
		if err == nil && len(b) == 32 {
			return hex.EncodeToString(b)
		}
	}
	return ""
}

// drain reads a short rest, so that the connection can be used again.
func drain(res *http.Response) {
	_, _ = io.CopyN(io.Discard, res.Body, 4<<10)
	_ = res.Body.Close()
}

// Open implements Store.
func (e *endpoint) Open(ctx context.Context, item *Item, offset int64) (io.ReadCloser, error) {
	h := http.Header{}
	want := http.StatusOK
	if offset > 0 {
		h.Set("Range", fmt.Sprintf("bytes=%d-", offset))
		want = http.StatusPartialContent
	}
	res, err := e.do(ctx, http.MethodGet, item, h, nil)
	if err != nil {
		return nil, err
	}
	switch {
	case res.StatusCode == want:
		return res.Body, nil
	case res.StatusCode == http.StatusOK: // it has no ranges
		if _, err := io.CopyN(io.Discard, res.Body, offset); err != nil {
			_ = res.Body.Close()
			return nil, broken(ctx, err)
		}
		return res.Body, nil
	}
	defer drain(res)
	return nil, refusal(res)
}

// Delete implements Store.
func (e *endpoint) Delete(ctx context.Context, item *Item) error {
	res, err := e.do(ctx, http.MethodDelete, item, nil, nil)
	if err != nil {
		return err
	}
	defer drain(res)
	if res.StatusCode/100 != 2 && res.StatusCode != http.StatusNotFound && res.StatusCode != http.StatusGone {
		return refusal(res)
	}
	return nil
}
