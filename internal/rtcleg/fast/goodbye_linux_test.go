package fast

import (
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// flow has media flow both ways, and waits until the session is parked.
func (c *caller) flow() {
	c.t.Helper()
	c.send(c.packet(1, 1, 7))
	assert.Equal(c.t, []byte{7}, c.hears().Payload)
	c.leg.rest()
	c.leg.mu.Lock()
	defer c.leg.mu.Unlock()
	require.True(c.t, c.leg.farewell.parked)
	require.NotNil(c.t, c.leg.farewell.state)
	assert.Nil(c.t, c.leg.dtls)
	assert.Nil(c.t, c.leg.records)
	assert.Nil(c.t, c.leg.farewell.state.PeerCertificates)
}

// Once media flow, a leg has no DTLS session and no goroutine. Both sides still hear
// of the other's goodbye, whoever began the handshake, and media go on until then.
func TestGoodbyeWhileParked(t *testing.T) {
	for name, c := range map[string]struct {
		profile       dtls.SRTPProtectionProfile
		client, peers bool
	}{
		"the peer's":                     {dtls.SRTP_AEAD_AES_128_GCM, false, true},
		"the leg's":                      {dtls.SRTP_AEAD_AES_128_GCM, false, false},
		"the peer's, the leg is client":  {dtls.SRTP_AES128_CM_HMAC_SHA1_80, true, true},
		"the leg's, the leg is client":   {dtls.SRTP_AES128_CM_HMAC_SHA1_80, true, false},
		"the peer's, without GCM":        {dtls.SRTP_AES128_CM_HMAC_SHA1_80, false, true},
		"the leg's, a client's, and GCM": {dtls.SRTP_AEAD_AES_128_GCM, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			x := newCallerOf(t, newNetwork(t, Config{}), c.client)
			x.connect(c.profile)
			x.flow()
			_, err := x.leg.Send(&rtp.Header{Version: 2}, []byte{5})
			require.NoError(t, err)
			assert.Equal(t, []byte{5}, x.receives().Payload)
			assert.Zero(t, x.alerts.Load(), "the peer is told nothing yet")
			x.send(x.packet(1, 2, 8))
			assert.Equal(t, []byte{8}, x.hears().Payload)
			if c.peers {
				require.NoError(t, x.session.Close())
				x.waitState(Closed)
				x.leg.rest()
				assert.Nil(t, x.leg.farewell.state, "and with it the master secret")
				return
			}
			require.NoError(t, x.leg.Close())
			assert.Nil(t, x.leg.farewell.state)
			_, err = x.session.Read(make([]byte, 8)) // ends: the peer was told
			assert.Error(t, err)
		})
	}
}

// sealedRecord is as long as a sealed alert, and of epoch 1.
func sealedRecord(kind byte) []byte {
	return append([]byte{kind, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 0, 9, 0, 26}, make([]byte, 26)...)
}

func plainRecord(kind byte, body ...byte) []byte {
	return append([]byte{kind, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, byte(len(body))}, body...)
}

// forge sends datagrams from the peer's address, and returns when they were taken.
func (c *caller) forge(datagrams ...[]byte) {
	c.t.Helper()
	for _, d := range datagrams {
		c.send(d)
	}
	// The same goroutine answers checks.
	c.check(c.conn, c.local)
	c.reply()
}

// Who can send from the peer's address, but has no keys, ends no call, neither before
// media flow nor later.
func TestForgedGoodbyes(t *testing.T) {
	sealed, plain := sealedRecord, plainRecord
	forged := [][]byte{
		sealed(alertRecord), sealed(23), plain(alertRecord, 1, 0), plain(alertRecord, 2, 40), plain(23, 1, 2, 3), plain(24, 1),
		plain(changeCipherSpecRecord, 2), plain(alertRecord, 1, 0)[:14], sealed(alertRecord)[:headerBytes],
		append(plain(changeCipherSpecRecord, 1), plain(23, 1)...),
		append(sealed(alertRecord), plain(alertRecord, 1, 0)...), append(sealed(alertRecord), plain(23, 1)...),
	}
	x := newCaller(t, newNetwork(t, Config{}))
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	for parked := range 2 {
		for range 5 { // what a session that is opened again does is a race within it
			for _, d := range forged {
				x.forge(d)
				x.leg.mu.Lock()
				x.leg.look(x.leg.farewell.next)
				x.leg.mu.Unlock()
				if parked == 1 {
					x.leg.rest()
				}
			}
		}
		assert.Equal(t, Connected, x.leg.State())
		if parked == 0 {
			x.flow()
		}
	}
}

// newForged has a leg whose session is parked, and that has looked at a forged alert.
func newForged(t *testing.T) *caller {
	t.Helper()
	x := newCaller(t, newNetwork(t, Config{}))
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	x.flow()
	x.forge(sealedRecord(alertRecord))
	x.leg.rest()
	return x
}

// Between two looks there is some time, whatever comes.
func TestForgedGoodbyesCostLittle(t *testing.T) {
	x := newForged(t)
	x.leg.mu.Lock()
	next := x.leg.farewell.next
	x.leg.farewell.next = next.Add(time.Hour)
	x.leg.mu.Unlock()
	assert.False(t, next.IsZero())
	for range 3 * mostAlerts {
		x.forge(sealedRecord(alertRecord))
	}
	x.leg.mu.Lock()
	defer x.leg.mu.Unlock()
	f := &x.leg.farewell
	assert.False(t, f.busy)
	assert.Len(t, f.alerts, mostAlerts)
	x.leg.look(f.next)
	assert.True(t, f.busy)
}

// Some forged alerts before and behind it do not hide a goodbye.
func TestGoodbyeAmongForgedOnes(t *testing.T) {
	x := newForged(t)
	x.forge(sealedRecord(alertRecord), sealedRecord(alertRecord))
	require.NoError(t, x.session.Close())
	x.forge(sealedRecord(alertRecord), sealedRecord(alertRecord))
	x.leg.mu.Lock()
	x.leg.look(x.leg.farewell.next)
	x.leg.mu.Unlock()
	x.waitState(Closed)
}

// A goodbye that comes while the session is being parked is heard, by the session or
// after it.
func TestGoodbyeWhileBeingParked(t *testing.T) {
	n := newNetwork(t, Config{})
	for range 40 {
		x := newCaller(t, n)
		x.connect(dtls.SRTP_AEAD_AES_128_GCM)
		x.send(x.packet(1, 1, 7))
		require.NoError(t, x.session.Close())
		x.waitState(Closed)
	}
}

func TestHarmless(t *testing.T) {
	record := func(kind, epoch byte, body ...byte) []byte {
		return append([]byte{kind, 0xFE, 0xFD, 0, epoch, 0, 0, 0, 0, 0, 1, 0, byte(len(body))}, body...)
	}
	flight := append(append(record(22, 0, 1, 2, 3), record(20, 0, 1)...), record(22, 1, 9, 9, 9)...)
	for name, c := range map[string]struct {
		datagram []byte
		want     bool
	}{
		"the last flight once more":    {flight, true},
		"a sealed alert":               {record(21, 1, 7, 7), true},
		"nothing":                      {nil, true},
		"an alert in the clear":        {record(21, 0, 1, 0), false},
		"data in the clear":            {record(23, 0, 1), false},
		"data in the clear, behind":    {append(flight[:len(flight):len(flight)], record(23, 0, 1)...), false},
		"an unknown type":              {record(99, 0, 1), false},
		"another change of the cipher": {record(20, 0, 2), false},
		"cut":                          {flight[:len(flight)-1], false},
		"a piece of a header":          {flight[:5], false},
	} {
		assert.Equal(t, c.want, harmless(c.datagram), name)
	}
}

// What is no sealed alert, or more than one, is not kept to be looked at.
func TestNote(t *testing.T) {
	f := new(farewell)
	long := append(sealedRecord(alertRecord), make([]byte, longestAlert)...)
	long[12] = byte(len(long) - headerBytes)
	epoch := sealedRecord(alertRecord)
	epoch[3] = 1
	for _, datagram := range [][]byte{
		nil, {alertRecord}, long, epoch, plainRecord(alertRecord, 1, 0), sealedRecord(23),
		append(sealedRecord(alertRecord), plainRecord(alertRecord, 1, 0)...), sealedRecord(alertRecord)[:30],
	} {
		f.note(datagram)
		assert.Empty(t, f.alerts)
	}
	for range mostAlerts + 1 {
		f.note(sealedRecord(alertRecord))
	}
	assert.Len(t, f.alerts, mostAlerts)
}
