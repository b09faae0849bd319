package rtcleg_test

import (
	"net"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/rtcleg"
	"tonegate/internal/softphone"
)

// relay is a NAT between a phone and the server, on loopback. It can be told to
// use another port outside, and to hold back checks.
type relay struct {
	inside  *net.UDPConn
	server  *net.UDPAddr
	noSTUN  atomic.Bool
	mu      sync.Mutex
	phone   *net.UDPAddr
	outside *net.UDPConn
	old     chan []byte // what comes to ports that are no longer used
	readers sync.WaitGroup
	all     []*net.UDPConn
}

func newRelay(t *testing.T, s *rtcleg.Server) *relay {
	t.Helper()
	r := &relay{server: s.Addr().(*net.UDPAddr), old: make(chan []byte, 64)}
	var err error
	r.inside, err = net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	require.NoError(t, err)
	r.rebind(t)
	r.readers.Go(func() {
		buf := make([]byte, 2000)
		for {
			n, from, err := r.inside.ReadFromUDP(buf)
			if err != nil {
				return
			}
			r.mu.Lock()
			r.phone = from
			out := r.outside
			r.mu.Unlock()
			if !r.noSTUN.Load() || buf[0] > 3 {
				_, _ = out.Write(buf[:n])
			}
		}
	})
	t.Cleanup(func() {
		r.inside.Close()
		for _, c := range r.all {
			c.Close()
		}
		r.readers.Wait()
	})
	return r
}

// rebind uses another port outside from now on.
func (r *relay) rebind(t *testing.T) {
	t.Helper()
	out, err := net.DialUDP("udp", nil, r.server)
	require.NoError(t, err)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.outside = out
	r.all = append(r.all, out)
	r.readers.Go(func() {
		buf := make([]byte, 2000)
		for {
			n, err := out.Read(buf)
			if err != nil {
				return
			}
			r.mu.Lock()
			phone, current := r.phone, r.outside == out
			r.mu.Unlock()
			if current && phone != nil {
				_, _ = r.inside.WriteToUDP(buf[:n], phone)
			} else if buf[0] >= 128 {
				select {
				case r.old <- append([]byte(nil), buf[:n]...):
				default:
				}
			}
		}
	})
}

// through has a phone come by the relay: the answer names it as the server.
func (r *relay) through(t *testing.T, answer string) string {
	t.Helper()
	port := strings.TrimPrefix(r.inside.LocalAddr().String(), "127.0.0.1:")
	return regexp.MustCompile(`(?m)^(a=candidate:.* 127\.0\.0\.1 )\d+ `).ReplaceAllString(answer, "${1}"+port+" ")
}

func connectBy(t *testing.T, s *rtcleg.Server, r *relay) *call {
	t.Helper()
	phone, err := softphone.New(softphone.Config{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, phone.Close()) })
	c := &call{phone: phone, ear: newEar()}
	c.offer, err = phone.Offer(t.Context())
	require.NoError(t, err)
	c.leg, c.answer, err = s.Accept(t.Context(), c.offer, rtcleg.Options{
		Receiver: c.ear, OnState: func(st rtcleg.State) { c.ear.states <- st },
	})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, c.leg.Close()) })
	require.NoError(t, phone.Accept(r.through(t, c.answer)))
	c.ear.waitState(t, rtcleg.StateConnected)
	<-phone.Connected()
	return c
}

// A NAT that forgets its binding: the leg follows the phone to its new port when
// a signed check comes from there, and neither hears it nor sends there before.
func TestNATRebinding(t *testing.T) {
	s := newServer(t)
	r := newRelay(t, s)
	c := connectBy(t, s, r)
	other := connect(t, s, softphone.Config{}, false)
	c.bothWays(t, 1)

	r.noSTUN.Store(true)
	r.rebind(t)
	before := c.leg.Stats().Received
	require.NoError(t, c.phone.SendRaw(0, []byte{9}))
	// The phone's packet passes the relay at its own pace: what the leg says is
	// waited for at the old port, and then packets of both phones go in order.
	c.say(t, speech(audio.MuLaw, 1, 3), 1)
	for range 3 {
		select {
		case <-r.old:
		case <-time.After(patience):
			t.Fatal("the leg does not send to the old port")
		}
	}
	require.NoError(t, other.phone.SendRaw(0, []byte{1}))
	other.ear.wait(t, atLeast(1))
	assert.Equal(t, before, c.leg.Stats().Received)

	r.noSTUN.Store(false)
	if path == rtcleg.PathFast { // the library waits for a nomination, which this phone does not repeat
		c.bothWays(t, 2)
	}
}

// Without checks a leg is disconnected and then lost, whatever else comes, and
// says nothing more; an ICE restart brings it back.
func TestConsentIsLostAndComesBack(t *testing.T) {
	s, err := rtcleg.NewServer(rtcleg.Config{Path: path, Listen: "127.0.0.1:0", Disconnected: 3 * time.Second, Failed: time.Second})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, s.Close()) })
	r := newRelay(t, s)
	c := connectBy(t, s, r)
	c.bothWays(t, 1)
	r.noSTUN.Store(true)
	c.ear.waitState(t, rtcleg.StateDisconnected)
	c.ear.waitState(t, rtcleg.StateFailed)
	if path == rtcleg.PathFast {
		before := c.leg.Stats()
		c.say(t, speech(audio.MuLaw, 1, 3), 1)
		assert.Equal(t, before.Dropped+3, c.leg.Stats().Dropped)
	}

	r.noSTUN.Store(false)
	offer, err := c.phone.Offer(t.Context())
	require.NoError(t, err)
	answer, err := c.leg.Renegotiate(t.Context(), offer)
	require.NoError(t, err)
	require.NoError(t, c.phone.Accept(r.through(t, answer)))
	c.ear.waitState(t, rtcleg.StateConnected)
	c.bothWays(t, 2)
}
