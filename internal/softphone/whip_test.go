package softphone_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg"
	"tonegate/internal/softphone"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// whip is the least server that a phone can call.
type whip struct {
	server *rtcleg.Server
	leg    atomic.Pointer[rtcleg.Leg]
}

func newWHIP(t *testing.T) (*whip, string) {
	s, err := rtcleg.NewServer(rtcleg.Config{Listen: "127.0.0.1:0"})
	require.NoError(t, err)
	w := &whip{server: s}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /v1/whip", w.post)
	mux.HandleFunc("PATCH /v1/whip/leg", w.patch)
	mux.HandleFunc("DELETE /v1/whip/leg", w.delete)
	h := httptest.NewServer(mux)
	t.Cleanup(func() {
		h.Close()
		require.NoError(t, s.Close())
		http.DefaultClient.CloseIdleConnections()
	})
	return w, h.URL + "/v1/whip"
}

func (w *whip) post(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	if r.Header.Get("Authorization") != "Bearer token" || r.Header.Get("Content-Type") != "application/sdp" {
		http.Error(rw, "who are you", http.StatusUnauthorized)
		return
	}
	leg, answer, err := w.server.Accept(r.Context(), string(body), rtcleg.Options{TelephoneEvent: true})
	if errors.Is(err, rtcleg.ErrNoCommonCodec) {
		http.Error(rw, err.Error(), http.StatusNotAcceptable)
		return
	}
	w.leg.Store(leg)
	rw.Header().Set("Location", "/v1/whip/leg")
	rw.Header().Set("Tonegate-Resume", "secret")
	rw.WriteHeader(http.StatusCreated)
	io.WriteString(rw, answer)
}

func (w *whip) patch(rw http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	reply, restarted, err := w.leg.Load().ApplyFragment(r.Context(), string(body))
	if err != nil || !restarted || r.Header.Get("Authorization") != "Bearer secret" {
		http.Error(rw, "no", http.StatusBadRequest)
		return
	}
	io.WriteString(rw, reply)
}

func (w *whip) delete(rw http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer secret" {
		http.Error(rw, "no", http.StatusForbidden)
		return
	}
	_ = w.leg.Load().Close()
	rw.WriteHeader(http.StatusNoContent)
}

func TestDial(t *testing.T) {
	w, url := newWHIP(t)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	phone, err := softphone.Dial(ctx, softphone.Config{URL: url, Token: "token", TelephoneEvent: true})
	require.NoError(t, err)
	assert.Equal(t, softphone.Media{Events: true, Event: 126}, phone.Media())

	script := softphone.Script{Samples: make([]int16, 10*160)}
	sent, err := phone.Play(ctx, script.Source())
	require.NoError(t, err)
	require.Len(t, sent.Packets, 10)
	for i, p := range sent.Packets {
		assert.Equal(t, uint16(65500+i), p.Sequence)
		assert.Equal(t, sent.Packets[0].Timestamp+uint32(i)*160, p.Timestamp)
		assert.False(t, p.At.Before(sent.Start.Add(time.Duration(i)*audio.FrameDuration)), "never early")
	}
	require.NoError(t, phone.RestartICE(ctx))
	require.NoError(t, phone.Hangup(ctx))
	<-w.leg.Load().Done()
	_, err = phone.Play(ctx, script.Source())
	assert.ErrorIs(t, err, softphone.ErrClosed)
}

func TestDialRefused(t *testing.T) {
	_, url := newWHIP(t)
	_, err := softphone.Dial(t.Context(), softphone.Config{URL: url, Token: "wrong"})
	require.ErrorIs(t, err, softphone.ErrRefused)
	var status *softphone.StatusError
	require.ErrorAs(t, err, &status)
	assert.Equal(t, http.StatusUnauthorized, status.Status)
}

func TestPlayEndsWithItsContext(t *testing.T) {
	phone, err := softphone.New(softphone.Config{})
	require.NoError(t, err)
	defer phone.Close()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = phone.Play(ctx, new(softphone.Script).Source())
	assert.ErrorIs(t, err, context.Canceled)
}
