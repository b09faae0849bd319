package fast

import (
	"bytes"
	"math/rand/v2"
	"net"
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/ice/v4"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"
	"github.com/pion/stun/v4"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tonegate/internal/rtcleg/fast/gcm"
)

// Both profiles work, across the wrap of sequence numbers in both directions,
// and GCM is taken where there is a choice, in whatever order it is offered.
func TestProfilesAndRollover(t *testing.T) {
	for name, c := range map[string]struct {
		offered []dtls.SRTPProtectionProfile
		want    srtp.ProtectionProfile
	}{
		"both": {[]dtls.SRTPProtectionProfile{dtls.SRTP_AES128_CM_HMAC_SHA1_80, dtls.SRTP_AEAD_AES_128_GCM}, srtp.ProtectionProfileAeadAes128Gcm},
		"old":  {[]dtls.SRTPProtectionProfile{dtls.SRTP_AES128_CM_HMAC_SHA1_80}, srtp.ProtectionProfileAes128CmHmacSha1_80},
	} {
		t.Run(name, func(t *testing.T) {
			x := newCaller(t, newNetwork(t, Config{}))
			x.connect(c.offered...)
			require.Equal(t, c.want, x.profile)
			for i := range 80 {
				x.send(x.packet(7, 65500+uint16(i), byte(i)))
				assert.Equal(t, []byte{byte(i)}, x.hears().Payload)
				sent, err := x.leg.Send(&rtp.Header{Version: 2, SequenceNumber: 65500 + uint16(i)}, []byte{byte(i), 1})
				require.NoError(t, err)
				require.True(t, sent)
				p := x.receives()
				assert.Equal(t, []byte{byte(i), 1}, p.Payload)
				assert.Equal(t, x.leg.SSRC(), p.SSRC)
			}
		})
	}
}

// What a shard's legs send leaves with its flush, in order, and more than one
// call takes leaves too.
func TestBatch(t *testing.T) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	x.leg.Batch(3, 1)
	const many = sendAtOnce + 5
	for i := range uint16(many) {
		sent, err := x.leg.Send(&rtp.Header{Version: 2, SequenceNumber: i}, []byte{1})
		require.NoError(t, err)
		require.True(t, sent)
	}
	assert.Equal(t, 5, n.batch(3).lists[0].n)
	n.Flush(0) // another shard's
	n.Flush(3)
	for i := range uint16(many) {
		assert.Equal(t, i, x.receives().SequenceNumber)
	}
	_, err := x.leg.Send(&rtp.Header{Version: 2}, make([]byte, sentBytes))
	assert.ErrorIs(t, err, errTooLong)
}

// Packets of any length arrive whole, short ones after long ones, too; longer than
// any network's they do not arrive.
func TestLengths(t *testing.T) {
	x := newCaller(t, newNetwork(t, Config{}))
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	const around = 12 + gcm.Overhead
	rng := rand.New(rand.NewPCG(1, 1))
	for i, size := range []int{packetBytes, 300, 60, packetBytes - 1, packetBytes + 1, 29} {
		payload := make([]byte, size-around)
		for k := range payload {
			payload[k] = byte(rng.Uint32())
		}
		x.send(x.packet(7, uint16(i), payload...))
		if size > packetBytes {
			continue
		}
		assert.Equal(t, payload, x.hears().Payload, "%d bytes", size)
	}
}

// Decrypted packets are gone from memory when they have been handed on, and so
// is what was sent.
func TestNothingIsKept(t *testing.T) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	for i := range uint16(20) {
		x.send(x.packet(7, i, 'k', 'e', 'y', byte(i), 'k', 'e', 'y'))
		x.hears()
	}
	x.send(x.packet(7, 20, bytes.Repeat([]byte("key"), packetBytes/4)...))
	x.hears()
	// Several in one go, long and short.
	n.reading.Lock()
	for i := range uint16(20) {
		x.send(x.packet(7, 21+i, bytes.Repeat([]byte("key"), 1+int(i)%3*100)...))
	}
	n.reading.Unlock()
	for range 20 {
		x.hears()
	}
	for i := range uint16(2) { // at once, and with a shard's others
		_, err := x.leg.Send(&rtp.Header{Version: 2, SequenceNumber: i}, []byte("keykeykeykey"))
		require.NoError(t, err)
		assert.NotContains(t, string(n.single.packet[:]), "key")
		x.leg.Batch(0, 0)
	}
	n.reading.Lock()
	defer n.reading.Unlock()
	for i := range n.in.packets {
		assert.NotContains(t, string(n.in.packets[i][:]), "key")
	}
	for i := range n.batch(0).lists[0].packets {
		assert.NotContains(t, string(n.batch(0).lists[0].packets[i][:]), "key")
	}
}

// Nothing allocates for a packet: not to send it, not to receive it, not to find
// that there is none.
func TestNoAllocations(t *testing.T) {
	for name, profile := range map[string]dtls.SRTPProtectionProfile{
		"GCM": dtls.SRTP_AEAD_AES_128_GCM, "CM": dtls.SRTP_AES128_CM_HMAC_SHA1_80,
	} {
		t.Run(name, func(t *testing.T) {
			n := newNetwork(t, Config{})
			x := newCaller(t, n)
			x.connect(profile)
			x.leg.session.User = nobody{x}
			x.leg.Batch(0, 0)
			// The caller's own reader allocates, and is counted.
			require.NoError(t, x.conn.Close())
			x.reader.Wait()
			h := rtp.Header{Version: 2}
			payload := make([]byte, 160)
			assert.Zero(t, testing.AllocsPerRun(500, func() {
				h.SequenceNumber++
				_, _ = x.leg.Send(&h, payload)
				n.Flush(0)
				n.Receive(0, 0)
			}))
			var sealed [][]byte
			for i := range uint16(1200) {
				sealed = append(sealed, x.packet(7, i, payload...))
			}
			buf, now, next := make([]byte, packetBytes), time.Now(), 0
			assert.Zero(t, testing.AllocsPerRun(500, func() {
				p := buf[:copy(buf, sealed[next])]
				next++
				x.leg.receive(p, now, noShard)
			}))
			waits := new(stage)
			assert.Zero(t, testing.AllocsPerRun(500, func() {
				waits.put(route{leg: x.leg}, sealed[next], now)
				next++
				waits.deliver(0)
			}))
		})
	}
}

// A check that is not signed with the leg's password, or is none, changes
// nothing and gets no answer. One from a peer in the wrong role is told so.
func TestChecksThatAreNot(t *testing.T) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	wrong := x.local
	wrong.localPwd = "notthepasswordofthisleg"
	x.check(x.conn, wrong, ice.UseCandidate(), ice.AttrControlling(1))
	other := x.local
	other.remoteUfrag = "somebody"
	x.check(x.conn, other, ice.UseCandidate(), ice.AttrControlling(1))
	m, err := stun.Build(stun.BindingRequest, stun.TransactionID, stun.Fingerprint)
	require.NoError(t, err)
	x.send(m.Raw)
	x.send([]byte{0})
	x.send([]byte{20, 254, 253}) // DTLS from an address that is nobody's
	x.check(x.conn, x.local, ice.AttrControlled(1))
	reply := x.reply() // the first of all
	assert.Equal(t, stun.BindingError, reply.Type)
	var code stun.ErrorCodeAttribute
	require.NoError(t, code.GetFrom(reply))
	assert.Equal(t, stun.CodeRoleConflict, code.Code)
	assert.Zero(t, n.known().addresses)
	assert.Equal(t, Connecting, x.leg.State())
}

// A peer may have many addresses, but not any number, and none is left when it
// goes.
func TestAddressesAreBounded(t *testing.T) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	for range maxPaths + 5 {
		conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.sockets[0].local))
		require.NoError(t, err)
		x.check(conn, x.local, ice.AttrControlling(1))
		_, err = conn.Read(make([]byte, packetBytes))
		require.NoError(t, err)
		conn.Close()
	}
	assert.Equal(t, maxPaths, n.known().addresses)
	_, err := x.leg.Send(&rtp.Header{Version: 2}, []byte{1})
	require.NoError(t, err)
	assert.Equal(t, []byte{1}, x.receives().Payload, "the nominated one stays")
	require.NoError(t, x.leg.Close())
	assert.Zero(t, n.known())
}

// A peer that comes too late, and then restarts, gets the whole time to shake
// hands: none of it was used up by waiting.
func TestRestartOfAPeerThatNeverCame(t *testing.T) {
	n := newNetwork(t, Config{Disconnected: time.Second, Failed: time.Second})
	x := newCaller(t, n)
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for x.leg.State() != Failed {
		x.leg.Watch(<-tick.C)
	}
	x.check(x.conn, x.local, ice.UseCandidate(), ice.AttrControlling(1))
	x.negotiate("again")
	assert.Equal(t, Connecting, x.leg.State())
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	x.send(x.packet(7, 1, 1))
	x.hears()
}

// hasPacket reports whether a packet waits.
func hasPacket(t *testing.T, conn *net.UDPConn) (has bool) {
	t.Helper()
	raw, err := conn.SyscallConn()
	require.NoError(t, err)
	require.NoError(t, raw.Control(func(fd uintptr) {
		_, _, err := unix.Recvfrom(int(fd), make([]byte, 1), unix.MSG_DONTWAIT|unix.MSG_PEEK)
		has = err == nil
	}))
	return has
}

// During a restart the old path serves on, but the old credentials find no new
// one; when the new ones have nominated, the old are gone.
func TestRestart(t *testing.T) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	before := x.local
	x.negotiate("again")
	require.NotEqual(t, before.localUfrag, x.local.localUfrag)
	x.check(x.conn, before, ice.AttrControlling(1))
	assert.Equal(t, stun.BindingSuccess, x.reply().Type)
	x.send(x.packet(7, 1, 1))
	x.hears()

	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.sockets[0].local))
	require.NoError(t, err)
	defer conn.Close()
	x.check(conn, before, ice.UseCandidate(), ice.AttrControlling(1))
	for range 2 { // a nomination with the old ones is none
		x.check(x.conn, before, ice.UseCandidate(), ice.AttrControlling(1))
		x.reply() // checks are answered in order
	}
	assert.Equal(t, known{1, 2}, n.known())
	assert.False(t, hasPacket(t, conn), "the old credentials found a path")
	x.check(x.conn, x.local, ice.UseCandidate(), ice.AttrControlling(1))
	x.reply()
	assert.Equal(t, known{1, 1}, n.known())
	x.check(x.conn, before, ice.AttrControlling(1))
	x.send(x.packet(7, 2, 2))
	x.hears()
	assert.Empty(t, x.replies)
}

// A packet that decrypts is not heard from an address that no check came from,
// and the leg does not send there.
func TestPacketsDoNotMoveTheAddress(t *testing.T) {
	n := newNetwork(t, Config{})
	x := newCaller(t, n)
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.sockets[0].local))
	require.NoError(t, err)
	defer conn.Close()
	x.send(x.packet(7, 1, 1))
	x.hears()
	_, err = conn.Write(x.packet(7, 2, 2))
	require.NoError(t, err)
	x.check(x.conn, x.local, ice.AttrControlling(1))
	x.reply() // the socket is read in order
	_, err = x.leg.Send(&rtp.Header{Version: 2}, []byte{9})
	require.NoError(t, err)
	assert.Equal(t, []byte{9}, x.receives().Payload)
	x.send(x.packet(7, 3, 3))
	assert.Equal(t, []byte{3}, x.hears().Payload)
}

// The time a packet arrived is the kernel's, on the process's clock.
func TestArrival(t *testing.T) {
	now := time.Now()
	c := clock{now}
	assert.Equal(t, 3*time.Millisecond, now.Sub(c.at(3*time.Millisecond)))
	assert.Equal(t, now, c.at(-time.Second), "the clock was set back")
	assert.Equal(t, now, c.at(time.Hour), "or forth")
	n := newNetwork(t, Config{})
	n.reading.Lock()
	defer n.reading.Unlock()
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(n.sockets[0].local))
	require.NoError(t, err)
	defer conn.Close()
	_, err = conn.Write([]byte{1})
	require.NoError(t, err)
	require.Equal(t, 1, n.in.read(n.sockets[0].fd))
	later := time.Now()
	got := n.in.arrival(0, clock{later})
	assert.True(t, got.Before(later) && !got.Before(now))
}
