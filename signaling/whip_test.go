package signaling_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/softphone"
)

func (n *node) offer() (*softphone.Phone, string) {
	n.t.Helper()
	p, err := softphone.New(softphone.Config{TelephoneEvent: true})
	require.NoError(n.t, err)
	n.t.Cleanup(func() { _ = p.Close() })
	offer, err := p.Offer(within(n.t))
	require.NoError(n.t, err)
	return p, offer
}

func TestWHIP(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	for _, role := range []string{"customer", "agent"} {
		t.Run(role, func(t *testing.T) {
			l := c.leg(role)
			phone, offer := n.offer()
			a := n.must(201, "POST", "/v1/whip", offer, sdpType+"; charset=utf-8", "Authorization: bearer "+l.Join.Token)
			location, resume := a.header.Get("Location"), a.header.Get("Tonegate-Resume")
			assert.Equal(t, "/v1/whip/"+l.ID, location)
			assert.NotEmpty(t, a.header.Get("ETag"))
			assert.Len(t, resume, 43)
			assert.Equal(t, "application/sdp", a.header.Get("Content-Type"))
			assert.Contains(t, string(a.body), "a=sendrecv")
			assert.Equal(t, role == "customer", strings.Contains(string(a.body), "telephone-event"),
				"named events are for customers and IVRs only")
			require.NoError(t, phone.Accept(string(a.body)))
			connected(t, phone)

			secret := "Authorization: Bearer " + resume
			const fragment = "Content-Type: application/trickle-ice-sdpfrag"
			n.must(204, "PATCH", location, softphone.Fragment(offer), fragment, secret)
			n.send("PATCH", location, badValue, fragment, secret).refused(t, 400, "bad_fragment")
			n.send("PATCH", location, "a=x", sdpType, secret).refused(t, 415, "unsupported_media_type")
			n.send("PATCH", location, "a=x", fragment, "Authorization: Bearer "+l.Join.Token).refused(t, 401, "token")
			n.send("PATCH", location+"x", "a=x", fragment, secret).refused(t, 401, "token")
			restart, err := phone.Offer(within(t))
			require.NoError(t, err)
			again := n.must(200, "PATCH", location, softphone.Fragment(restart), fragment, secret)
			assert.Equal(t, "application/trickle-ice-sdpfrag", again.header.Get("Content-Type"))
			assert.Contains(t, string(again.body), "a=ice-ufrag:")
			require.NoError(t, phone.AcceptFragment(string(again.body)))
			require.NoError(t, phone.WaitPackets(within(t), phone.Received().Packets+25)) // on the new path

			n.send("DELETE", location, "", "Authorization: Bearer "+badValue).refused(t, 401, "token")
			assert.NotEqual(t, "left", n.legState(l.ID))
			n.must(204, "DELETE", location, "", secret)
			assert.Equal(t, "left", n.legState(l.ID))
			n.send("DELETE", location, "", secret).refused(t, 401, "token")
			select {
			case <-phone.Gone():
			case <-within(t).Done():
				t.Fatal("the phone does not learn that it left")
			}
		})
	}
}

func TestWHIPRefusals(t *testing.T) {
	n := start(t, options{})
	c := n.create(threeLegs)
	id := c.leg("agent").ID
	_, offer := n.offer()
	video := strings.ReplaceAll(opusOnly(offer), "m=audio", "m=video")
	for name, tc := range map[string]struct {
		offer, contentType string
		status             int
		code               string
	}{
		"no SDP":        {badValue, "application/sdp", 400, "bad_offer"},
		"a value in it": {strings.Replace(offer, "\r\nm=audio", "\r\nx="+badValue+"\r\nm=audio", 1), "application/sdp", 400, "bad_offer"},
		"a bad payload": {strings.Replace(offer, "SAVPF 0 8", "SAVPF "+badValue, 1), "application/sdp", 400, "bad_offer"},
		"no DTLS":       {strings.ReplaceAll(offer, "a=fingerprint", "a=finger"), "application/sdp", 400, "bad_offer"},
		"opus only":     {opusOnly(offer), "application/sdp", 406, "no_common_codec"},
		"video only":    {video, "application/sdp", 406, "no_common_codec"},
		"JSON":          {`{}`, "application/json", 415, "unsupported_media_type"},
		"no type":       {offer, "", 415, "unsupported_media_type"},
		"too large":     {offer + strings.Repeat("a=x\r\n", 20_000), "application/sdp", 413, "body_too_large"},
	} {
		t.Run(name, func(t *testing.T) {
			a := n.send("POST", "/v1/whip", tc.offer, "Content-Type: "+tc.contentType, "Authorization: Bearer "+n.token(id))
			p := a.refused(t, tc.status, tc.code)
			if tc.status == 406 {
				assert.Contains(t, p.Detail, "PCMU")
				assert.Contains(t, p.Detail, "PCMA")
			}
			assert.Equal(t, "invited", n.legState(id))
		})
	}
	n.dial(c.leg("agent")) // and it can still join
}

// TestWHIPLegThatLosesItsMedia: nobody holds a connection to notice that it is
// gone, so its media says so, and its role becomes free again.
func TestWHIPLegThatLosesItsMedia(t *testing.T) {
	n := start(t, options{grace: 200 * time.Millisecond})
	c := n.create(threeLegs)
	agent := n.connect(c.leg("agent").Join.Token)
	phone := n.dial(c.leg("customer"))
	agent.legState(c.leg("customer").ID, "connected")
	require.NoError(t, phone.Close()) // says goodbye by DTLS, not by DELETE
	agent.legState(c.leg("customer").ID, "reconnecting")
	agent.legState(c.leg("customer").ID, "left")
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/legs", `{"role":"customer"}`)
}
