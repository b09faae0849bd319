package rtcleg_test

import (
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg"
	"tonegate/internal/softphone"
)

// A peer that never comes is reported, and its leg may be closed from there.
func TestPeerThatNeverComes(t *testing.T) {
	s, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: "127.0.0.1:0", Disconnected: 100 * time.Millisecond, Failed: 100 * time.Millisecond})
	require.NoError(t, err)
	defer s.Close()
	states := make(chan rtcleg.State, 8)
	var leg *rtcleg.Leg
	accepted := make(chan struct{})
	leg, _, err = s.Accept(t.Context(), chromium, rtcleg.Options{OnState: func(st rtcleg.State) {
		states <- st
		if st == rtcleg.StateFailed {
			<-accepted
			_ = leg.Close()
		}
	}})
	close(accepted)
	require.NoError(t, err)
	for _, want := range []rtcleg.State{rtcleg.StateConnecting, rtcleg.StateFailed, rtcleg.StateClosed} {
		select {
		case st := <-states:
			assert.Equal(t, want.String(), st.String())
		case <-time.After(patience):
			t.Fatalf("never %s", want)
		}
	}
	<-leg.Done()
}

// A peer that finds a path and then does not shake hands must not keep Close.
func TestCloseDuringTheHandshake(t *testing.T) {
	s := newServer(t)
	c := &call{ear: newEar(), offer: chromium}
	var err error
	c.leg, c.answer, err = s.Accept(t.Context(), chromium, rtcleg.Options{})
	require.NoError(t, err)
	x := newStranger(t, s)
	x.check(t, c, password(t, c.answer))
	require.Positive(t, x.reads(t, patience), "the answer to the check")
	require.NoError(t, c.leg.Close())
}

// The fingerprint in the offer is all that says who the peer is.
func TestAnotherCertificateThanOffered(t *testing.T) {
	s := newServer(t)
	phone, err := softphone.New(softphone.Config{})
	require.NoError(t, err)
	defer phone.Close()
	offer, err := phone.Offer(t.Context())
	require.NoError(t, err)
	at := strings.Index(offer, "sha-256 ") + len("sha-256 ")
	digit := "0"
	if offer[at] == '0' {
		digit = "1"
	}
	e := newEar()
	leg, answer, err := s.Accept(t.Context(), offer[:at]+digit+offer[at+1:], rtcleg.Options{
		Receiver: e, OnState: func(st rtcleg.State) { e.states <- st },
	})
	require.NoError(t, err)
	defer leg.Close()
	require.NoError(t, phone.Accept(answer))
	// The peer is told and hangs up, which may overtake the failure.
	e.waitState(t, rtcleg.StateFailed, rtcleg.StateClosed)
	_ = phone.SendRaw(0, []byte{1})
	require.NoError(t, leg.Send(&rtp.Header{Version: 2}, []byte{1}))
	assert.Equal(t, rtcleg.Stats{Dropped: 1}, leg.Stats())
}

// Closing from several sides at once, in the middle of traffic.
func TestCloseUnderLoad(t *testing.T) {
	s := newServer(t)
	c := connect(t, s, softphone.Config{}, false)
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		h := rtp.Header{Version: 2}
		for {
			select {
			case <-stop:
				return
			default:
				_ = c.leg.Send(&h, make([]byte, audio.FrameSamples))
				h.SequenceNumber++
			}
		}
	})
	require.NoError(t, c.phone.SendRaw(0, []byte{1}))
	c.ear.wait(t, atLeast(1))
	for range 3 {
		wg.Go(func() { assert.NoError(t, c.leg.Close()) })
	}
	wg.Go(func() { assert.NoError(t, s.Close()) })
	<-c.leg.Done()
	close(stop)
	wg.Wait()
}

// Calls that come and go leave nothing behind on the port.
func TestManyCallsInARow(t *testing.T) {
	s := newServer(t)
	for range 5 {
		c := connect(t, s, softphone.Config{}, false)
		require.NoError(t, c.phone.SendRaw(0, []byte{1}))
		c.ear.wait(t, atLeast(1))
		require.NoError(t, c.phone.Close())
		require.NoError(t, c.leg.Close())
	}
}

func BenchmarkSend(b *testing.B) {
	s, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: "127.0.0.1:0"})
	require.NoError(b, err)
	defer s.Close()
	phone, err := softphone.New(softphone.Config{Discard: true})
	require.NoError(b, err)
	defer phone.Close()
	offer, err := phone.Offer(b.Context())
	require.NoError(b, err)
	up := make(chan struct{})
	leg, answer, err := s.Accept(b.Context(), offer, rtcleg.Options{OnState: func(st rtcleg.State) {
		if st == rtcleg.StateConnected {
			close(up)
		}
	}})
	require.NoError(b, err)
	require.NoError(b, phone.Accept(answer))
	<-up
	payload := make([]byte, audio.FrameSamples)
	h := rtp.Header{Version: 2}
	b.ReportAllocs()
	for b.Loop() {
		h.SequenceNumber++
		h.Timestamp += audio.FrameSamples
		_ = leg.Send(&h, payload)
	}
}
