package signaling_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/recording"
	"tonegate/internal/softphone"
)

type recordingShape struct {
	ID, State, Reason, SHA256 string
	ConferenceID              string `json:"conference_id"`
	During                    string `json:"during_capture"`
	Size                      int64
	DurationMS                int64 `json:"duration_ms"`
}

func newIdentity(t *testing.T) *age.X25519Identity {
	k, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	return k
}

// opened is a recording's timeline and, of each frame of 20 ms, whether there is
// sound in what the agent heard.
func (n *node) opened(id string, key age.Identity) (*recording.Timeline, []bool, []byte) {
	n.t.Helper()
	data, err := os.ReadFile(filepath.Join(n.folder, id+".age"))
	require.NoError(n.t, err)
	var sound bytes.Buffer
	tl, err := recording.Open(bytes.NewReader(data), []age.Identity{key}, recording.Want{Recording: id},
		func(recording.Info) (io.Writer, error) { return &sound, nil })
	require.NoError(n.t, err)
	require.True(n.t, tl.Complete, tl.Faults)
	var loud []bool
	for frame := sound.Bytes(); len(frame) >= 320; frame = frame[320:] {
		var f audio.Frame
		for i := range f {
			f[i] = audio.MuLaw.DecodeSample(frame[2*i+1])
		}
		loud = append(loud, audio.LevelDBm0(f[:]) > -40)
	}
	return tl, loud, data
}

// talk lets a phone make noise until the test ends.
func (n *node) talk(p *softphone.Phone) {
	script := &softphone.Script{Samples: make([]int16, 120*audio.SampleRate), Law: p.Media().Law}
	noise := audio.NewNoise(3)
	for i := range script.Samples {
		script.Samples[i] = noise.Within(3000)
	}
	ctx, cancel := context.WithCancel(n.t.Context())
	done := make(chan struct{})
	go func() { defer close(done); _, _ = p.Play(ctx, script.Source()) }()
	n.t.Cleanup(func() { cancel(); <-done })
}

// heard waits until levels were told so often, the last of them above or below
// -40 dBm0.
func (w *wire) heard(legID string, times int, loud bool) {
	w.t.Helper()
	w.find(func(m message) bool {
		if m["type"] != "level" {
			return false
		}
		times--
		for _, l := range m["levels"].([]any) {
			l := l.(map[string]any)
			if l["leg_id"] == legID && l["dbm0"].(float64) > -40 == loud {
				return times <= 0
			}
		}
		return false
	}, "levels")
}

func (w *wire) recording(state string) message {
	w.t.Helper()
	return w.find(func(m message) bool { return m["type"] == "recording" && m["state"] == state }, "recording "+state)
}

func TestRecording(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	key := newIdentity(t)
	c := n.create(`{"recording":{"recipients":["` + key.Recipient().String() + `"]},
		"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr"},{"role":"supervisor"}]}`)
	agent, joined := n.joined(c.leg("agent").Join.Token)
	assert.Nil(t, joined["recording"])
	supervisor := n.connect(c.leg("supervisor").Join.Token)
	phone := n.dial(c.leg("customer"))
	agent.recording("recording")
	n.talk(phone)
	agent.heard(c.leg("customer").ID, 2, true)

	// The agent pauses and resumes, and nobody else on the call does.
	supervisor.tell(message{"type": "recording", "state": "paused"})
	supervisor.refused("recording", "forbidden")
	agent.tell(message{"type": "recording", "state": "stopped"})
	agent.refused("recording", "bad_message")
	agent.tell(message{"type": "recording", "state": "paused"})
	agent.recording("paused")
	supervisor.recording("paused")
	agent.heard(c.leg("customer").ID, 3, true)
	path := "/v1/conferences/" + c.ID + "/recording"
	var r recordingShape
	n.must(200, "PUT", path, `{"state":"paused"}`).into(t, &r)
	assert.Equal(t, "paused", r.State)
	n.must(200, "PUT", path, `{"state":"recording"}`).into(t, &r)
	assert.Equal(t, "recording", r.State)
	agent.recording("recording")
	agent.heard(c.leg("customer").ID, 2, true)

	var capture struct{ ID string }
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures", `{"mask":"mute"}`, "Idempotency-Key: a").into(t, &capture)
	agent.heard(c.leg("customer").ID, 3, false)
	n.must(200, "POST", "/v1/captures/"+capture.ID+"/cancel", "")
	agent.heard(c.leg("customer").ID, 2, true)

	n.must(200, "PUT", path, `{"state":"stopped"}`).into(t, &r)
	assert.Equal(t, "ready stopped masked", r.State+" "+r.Reason+" "+r.During)
	assert.Equal(t, c.ID, r.ConferenceID)
	agent.recording("stopped")
	tl, loud, data := n.opened(r.ID, key)
	sum := sha256.Sum256(data)
	assert.Equal(t, hex.EncodeToString(sum[:]), r.SHA256)
	assert.Equal(t, int64(len(data)), r.Size)
	assert.Equal(t, tl.Duration, r.DurationMS)
	assert.Equal(t, c.ID, tl.Conference)
	require.Len(t, tl.Pauses, 1)
	require.Len(t, tl.Captures, 1)
	assert.Equal(t, capture.ID, tl.Captures[0].CaptureID)
	for name, i := range map[string]recording.Interval{"pause": tl.Pauses[0], "mute capture": tl.Captures[0]} {
		require.NotNil(t, i.End, name)
		// The gate holds half a frame back.
		silent := loud[i.Start/20+1 : *i.End/20]
		assert.Greater(t, len(silent), 25, name)
		assert.NotContains(t, silent, true, name)
		assert.Contains(t, loud[:i.Start/20], true, "before the "+name)
		assert.Contains(t, loud[*i.End/20:], true, "after the "+name)
	}
	require.Len(t, tl.Legs, 1) // the others sent no media
	assert.Equal(t, c.leg("customer").ID+" customer", tl.Legs[0].LegID+" "+tl.Legs[0].Role)

	// To stop twice is no error; to pause nothing is one.
	n.must(200, "PUT", path, `{"state":"stopped"}`)
	n.send("PUT", path, `{"state":"paused"}`).refused(t, 409, "not_recording")
	agent.tell(message{"type": "recording", "state": "recording"})
	agent.refused("recording", "forbidden") // only the platform starts
	n.send("PUT", path, `{"state":"`+badValue+`"}`).refused(t, 422, "invalid")
	var again, got recordingShape
	n.must(200, "PUT", path, `{"state":"recording"}`).into(t, &again)
	assert.NotEqual(t, r.ID, again.ID)
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	n.send("PUT", path, `{"state":"recording"}`).refused(t, 409, "conference_ended")
	n.close()
	n.must(200, "GET", "/v1/recordings/"+again.ID, "").into(t, &got)
	assert.Equal(t, "ready conference_ended", got.State+" "+got.Reason)
	n.opened(again.ID, key)
	n.send("GET", "/v1/recordings/rec_none", "").refused(t, 404, "not_found")

	assert.Equal(t, []string{"recording.started", "recording.paused", "recording.resumed", "recording.ready", "recording.started", "recording.ready"},
		n.events("recording."))
	var acts []string
	for _, e := range l.entries {
		if e.Action == "recording_changed" {
			acts = append(acts, fmt.Sprint(e.Actor, " ", e.Detail))
		}
	}
	assert.Equal(t, []string{"system recording", "leg paused", "api_key recording", "api_key stopped", "api_key recording"}, acts)
}

// events are the types of all events that begin so, oldest first.
func (n *node) events(prefix string) (types []string) {
	var page eventPage
	n.must(200, "GET", "/v1/events?limit=500", "").into(n.t, &page)
	for _, e := range page.Items {
		if strings.HasPrefix(e.Type, prefix) {
			types = append(types, e.Type)
		}
	}
	return types
}

func TestRecordingsAreListed(t *testing.T) {
	n := start(t, options{})
	key := newIdentity(t)
	var want []string
	var last *conference
	for range 3 {
		last = n.create(`{"recording":{"recipients":["` + key.Recipient().String() + `"],"state":"stopped"},"legs":[{"role":"agent"}]}`)
		var r recordingShape
		n.must(200, "PUT", "/v1/conferences/"+last.ID+"/recording", `{"state":"recording"}`).into(t, &r)
		want = append([]string{r.ID}, want...)
		n.clock.advance(1e9)
	}
	var got []string
	for cursor := ""; ; {
		var page struct {
			Items      []recordingShape
			NextCursor *string `json:"next_cursor"`
		}
		n.must(200, "GET", "/v1/recordings?limit=2&cursor="+cursor, "").into(t, &page)
		for _, r := range page.Items {
			got = append(got, r.ID)
		}
		if page.NextCursor == nil {
			break
		}
		cursor = *page.NextCursor
	}
	assert.Equal(t, want, got)
	a := n.must(200, "GET", "/v1/recordings?conference_id="+last.ID, "")
	assert.Equal(t, 1, strings.Count(string(a.body), `"rec_`))
	n.send("GET", "/v1/recordings?cursor=rec_none", "").refused(t, 422, "cursor")
}

// TestCapturePausesRecording: with during_capture off everybody is told of the
// pause, and of its end, however the capture ends.
func TestCapturePausesRecording(t *testing.T) {
	n := start(t, options{})
	key := newIdentity(t)
	c := n.create(`{"recording":{"recipients":["` + key.Recipient().String() + `"],"during_capture":"off"},
		"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr","kind":"builtin"}]}`)
	agent := n.connect(c.leg("agent").Join.Token)
	n.dial(c.leg("customer"))
	agent.recording("recording")
	n.must(201, "POST", "/v1/conferences/"+c.ID+"/captures", `{}`, "Idempotency-Key: a")
	m := agent.recording("paused")
	assert.Equal(t, "capture", m["reason"])
	var shape struct{ Recording recordingShape }
	n.must(200, "GET", "/v1/conferences/"+c.ID, "").into(t, &shape)
	assert.Equal(t, "paused", shape.Recording.State)
	agent.tell(message{"type": "capture_cancel"})
	agent.recording("recording")
	n.must(200, "POST", "/v1/conferences/"+c.ID+"/end", "")
	n.close()
	tl, _, _ := n.opened(shape.Recording.ID, key)
	require.Len(t, tl.Pauses, 1)
	require.Len(t, tl.Captures, 1)
	assert.Len(t, tl.Legs, 2, "the customer and the built-in ivr")
	assert.Equal(t, "capture", tl.Pauses[0].Reason)
	assert.Equal(t, tl.Captures[0].Start, tl.Pauses[0].Start)
	assert.Equal(t, tl.Captures[0].End, tl.Pauses[0].End)
	assert.Equal(t, []string{"recording.started", "recording.paused", "recording.resumed", "recording.ready"}, n.events("recording."))
}

// TestNothingIsRecordedUnsealed: without a good key there is no recording, and no
// conference that would want one.
func TestNothingIsRecordedUnsealed(t *testing.T) {
	n := start(t, options{})
	key := newIdentity(t)
	a := n.send("POST", "/v1/conferences", `{"recording":{},"legs":[{"role":"agent"}]}`)
	a.refused(t, 422, "no_recipients")
	assert.Contains(t, string(a.body), `"pointer":"/recording/recipients"`)
	for _, bad := range []string{badValue, key.String(), "age1" + badValue, ""} {
		a := n.send("POST", "/v1/conferences", `{"recording":{"recipients":["`+key.Recipient().String()+`","`+bad+`"]}}`)
		a.refused(t, 422, "invalid")
		assert.Contains(t, string(a.body), `"pointer":"/recording/recipients/1"`)
		if bad != "" {
			assert.NotContains(t, string(a.body), bad)
		}
	}
	assert.Empty(t, n.conferences())
	c := n.create(`{"legs":[{"role":"agent"}]}`)
	n.send("PUT", "/v1/conferences/"+c.ID+"/recording", `{"state":"recording"}`).refused(t, 422, "no_recipients")
	n.send("PUT", "/v1/conferences/conf_none/recording", `{"state":"recording"}`).refused(t, 404, "not_found")
	assert.NoDirExists(t, n.folder)
}

// TestRecordingWithoutRecord: what cannot be put on record is not recorded, and
// not resumed; a pause holds all the same.
func TestRecordingWithoutRecord(t *testing.T) {
	l := new(ledger)
	n := start(t, options{audit: l})
	key := newIdentity(t)
	c := n.create(`{"recording":{"recipients":["` + key.Recipient().String() + `"],"state":"stopped"},"legs":[{"role":"agent"}]}`)
	path := "/v1/conferences/" + c.ID + "/recording"
	l.setFull(true)
	n.send("PUT", path, `{"state":"recording"}`).refused(t, 503, "audit_unavailable")
	assert.NoDirExists(t, n.folder)
	l.setFull(false)
	n.must(200, "PUT", path, `{"state":"recording"}`)
	l.setFull(true)
	var r recordingShape
	n.must(200, "PUT", path, `{"state":"paused"}`).into(t, &r)
	assert.Equal(t, "paused", r.State)
	n.send("PUT", path, `{"state":"recording"}`).refused(t, 503, "audit_unavailable")
	var shape struct{ Recording recordingShape }
	n.must(200, "GET", "/v1/conferences/"+c.ID, "").into(t, &shape)
	assert.Equal(t, "paused", shape.Recording.State)
	n.must(200, "PUT", path, `{"state":"stopped"}`).into(t, &r)
	assert.Equal(t, "ready", r.State)
	tl, _, _ := n.opened(r.ID, key)
	require.Len(t, tl.Pauses, 1)
	assert.Nil(t, tl.Pauses[0].End)
}
