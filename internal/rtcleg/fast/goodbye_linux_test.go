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
	c.leg.running.Wait()
	c.leg.mu.Lock()
	defer c.leg.mu.Unlock()
	require.NotNil(c.t, c.leg.parked)
	require.NotNil(c.t, c.leg.parked.state)
	assert.Nil(c.t, c.leg.dtls)
	assert.Nil(c.t, c.leg.records)
	assert.Nil(c.t, c.leg.parked.state.PeerCertificates, "nobody needs them, and they are large")
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
				x.leg.running.Wait()
				assert.Nil(t, x.leg.parked.state, "and with it the master secret")
				return
			}
			require.NoError(t, x.leg.Close())
			assert.Nil(t, x.leg.parked.state)
			_, err = x.session.Read(make([]byte, 8)) // ends: the peer was told
			assert.Error(t, err)
		})
	}
}

// Who can send from the peer's address, but has no keys, ends no call, neither before
// media flow nor later.
func TestForgedGoodbyes(t *testing.T) {
	sealed := func(kind byte) []byte { // as long as a sealed alert, of epoch 1
		return append([]byte{kind, 0xFE, 0xFD, 0, 1, 0, 0, 0, 0, 0, 9, 0, 26}, make([]byte, 26)...)
	}
	plain := func(kind byte, body ...byte) []byte {
		return append([]byte{kind, 0xFE, 0xFD, 0, 0, 0, 0, 0, 0, 0, 99, 0, byte(len(body))}, body...)
	}
	forged := [][]byte{
		sealed(alertRecord), sealed(23), plain(alertRecord, 1, 0), plain(alertRecord, 2, 40), plain(23, 1, 2, 3), plain(24, 1),
		plain(changeCipherSpecRecord, 2), plain(alertRecord, 1, 0)[:14], sealed(alertRecord)[:headerBytes],
		append(plain(changeCipherSpecRecord, 1), plain(23, 1)...),
	}
	x := newCaller(t, newNetwork(t, Config{}))
	x.connect(dtls.SRTP_AEAD_AES_128_GCM)
	all := func() {
		for _, record := range forged {
			x.send(record)
			// The same goroutine answers checks, so the record was taken before.
			x.check(x.conn, x.local)
			x.reply()
		}
		assert.Equal(t, Connected, x.leg.State())
	}
	all()
	x.flow()
	all()
	// Each is looked at once there was time; a goodbye that comes meanwhile waits.
	for now := time.Now(); ; now = now.Add(lookAgain) {
		x.leg.mu.Lock()
		p := x.leg.parked
		x.leg.look(now)
		done := !p.busy && p.alert == nil
		x.leg.mu.Unlock()
		x.leg.running.Wait()
		if done {
			break
		}
	}
	assert.Equal(t, Connected, x.leg.State())
	require.NoError(t, x.session.Close())
	for x.leg.State() != Closed {
		x.leg.Watch(time.Now()) // which looks when the time has come
		x.check(x.conn, x.local)
		select {
		case <-x.replies:
		case <-x.states:
		case <-time.After(patience):
			t.Fatal("the goodbye was not heard")
		}
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

// What is no alert, or cannot be one, is not kept to be looked at.
func TestNote(t *testing.T) {
	p := new(parked)
	long := make([]byte, longestAlert+1)
	long[0], long[4] = alertRecord, sealedEpoch
	for _, record := range [][]byte{nil, {alertRecord}, long, append([]byte{alertRecord, 0, 0, 0, 0}, make([]byte, 20)...)} {
		p.note(record)
		assert.Nil(t, p.alert)
	}
	p.note(long[:longestAlert])
	assert.Len(t, p.alert, longestAlert)
}
