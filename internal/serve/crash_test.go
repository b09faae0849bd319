package serve_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/serve"
	"tonegate/internal/softphone"
)

// childFolder names the environment variable that makes this test binary a
// server with the given data folder.
const childFolder = "TONEGATE_CHILD_FOR_TESTS"

// child serves until it is killed.
func child(folder string) {
	err := serve.Run(context.Background(), serve.Config{
		Listen: "127.0.0.1:0", Media: "127.0.0.1:0", Data: folder, APIKey: apiKey, LogLevel: "info", Version: "1.2.3",
		Ready: func(a serve.Addresses) { _, _ = os.Stdout.WriteString(a.HTTP + "\n") },
	})
	_, _ = os.Stderr.WriteString(err.Error() + "\n")
	os.Exit(1)
}

// process is a server in a process of its own.
type process struct {
	*server
	cmd *exec.Cmd
}

func spawn(t *testing.T, folder string) *process {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childFolder+"="+folder, "TMPDIR="+filepath.Dir(folder))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	p := &process{&server{t: t, client: &http.Client{Transport: &http.Transport{}}}, cmd}
	t.Cleanup(p.kill)
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err, "the server does not get ready")
	p.at.HTTP = strings.TrimSpace(line)
	return p
}

// kill ends the process as a crash does: nothing is cleaned up.
func (p *process) kill() {
	if p.cmd.ProcessState == nil {
		_ = p.cmd.Process.Kill()
		_ = p.cmd.Wait()
		p.client.CloseIdleConnections()
	}
}

// TestCrashDuringACapture kills a server in the middle of a card number and
// starts another one on its data folder.
func TestCrashDuringACapture(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	first := spawn(t, folder)
	var c conference
	require.Equal(t, 201, first.api("POST", "/v1/conferences", `{"external_id":"call-1","masking":{"replacement":"tone"},
		"legs":[{"role":"customer"},{"role":"agent","identity":"agent-17"},{"role":"ivr","kind":"builtin"},{"role":"supervisor"}]}`, &c))
	customer, agent := first.dial(&c, 0), first.join(&c, 1)
	require.Equal(t, 200, first.api("PATCH", "/v1/legs/"+c.Legs[1].ID, `{"muted":true}`, nil))
	var done, capture captured
	require.Equal(t, 201, first.api("POST", "/v1/conferences/"+c.ID+"/captures", `{}`, &done))
	first.key(customer, "7#")
	agent.wait(t, `"capture_id":"`+done.ID+`","state":"completed"`)
	require.Equal(t, 201, first.api("POST", "/v1/conferences/"+c.ID+"/captures", `{"fields":["card_number","cvv"]}`, &capture))
	first.key(customer, payNumber)
	agent.wait(t, `"brand":"visa"`)
	first.key(customer, payCode[:2])
	agent.wait(t, "capture_progress", `"digits_entered":2`)
	var before map[string]any
	require.Equal(t, 200, first.api("GET", "/v1/conferences/"+c.ID, "", &before))
	resume := secretOf(t, agent)
	first.kill()

	noDigits(t, folder)
	second := spawn(t, folder)
	require.Equal(t, 200, second.api("GET", "/v1/captures/"+capture.ID, "", &capture))
	assert.Equal(t, "failed restart", capture.State+" "+capture.Reason)
	assert.Equal(t, "released", capture.masking(t, second))
	require.Equal(t, 200, second.api("GET", "/v1/captures/"+done.ID, "", &done))
	assert.Equal(t, "completed", done.State)
	var after map[string]any
	require.Equal(t, 200, second.api("GET", "/v1/conferences/"+c.ID, "", &after))
	assert.Equal(t, withoutStates(before), withoutStates(after))
	assert.Equal(t, []string{"reconnecting", "reconnecting", "connected", "invited"}, statesOf(after))
	assert.Equal(t, []string{"capture_failed restart", "masking_released restart"}, lastActs(t, folder, capture.ID))

	// Who had joined comes back with the secret, and is told that all is muted.
	url := "ws" + strings.TrimPrefix(second.at.HTTP, "http") + "/v1/rtc"
	agent = second.enter(url, `{"type":"join","leg_id":"`+c.Legs[1].ID+`","resume":"`+resume+`"}`)
	var joined struct {
		Masking struct{ State, Mode string }
		Capture struct{ State, Reason string }
	}
	require.NoError(t, json.Unmarshal([]byte(agent.joined), &joined))
	assert.Equal(t, "mute mute", joined.Masking.State+" "+joined.Masking.Mode)
	assert.Equal(t, "failed restart", joined.Capture.State+" "+joined.Capture.Reason)

	// That ends once the customer was heard for a while without a key.
	var again struct {
		Token   string
		WHIPURL string `json:"whip_url"`
	}
	require.Equal(t, 201, second.api("POST", "/v1/legs/"+c.Legs[0].ID+"/tokens", "", &again))
	c.Legs[0].Join.Token, c.Legs[0].Join.WHIPURL = again.Token, again.WHIPURL
	customer = second.dial(&c, 0)
	second.key(customer, "12")
	speech := &softphone.Script{Samples: make([]int16, 4*audio.SampleRate), Law: customer.Media().Law}
	noise := audio.NewNoise(3)
	for i := range speech.Samples {
		speech.Samples[i] = noise.Within(900)
	}
	_, err := customer.Play(within(t), speech.Source())
	require.NoError(t, err)
	agent.wait(t, `"type":"masking"`, `"state":"strip"`)
	require.Equal(t, 201, second.api("POST", "/v1/conferences/"+c.ID+"/captures", `{}`, nil), "as before the restart")
	second.kill()
	noDigits(t, folder)
}

// TestCrashDuringATransfer: the agent finds itself outside, as before, and takes
// the customer back; or is brought back, if a capture failed with the server.
func TestCrashDuringATransfer(t *testing.T) {
	for _, capturing := range []bool{false, true} {
		folder := filepath.Join(t.TempDir(), "data")
		first := spawn(t, folder)
		c := first.create()
		first.dial(c, 0)
		agent := first.join(c, 1)
		require.Equal(t, 200, first.api("PATCH", "/v1/legs/"+c.Legs[0].ID, `{"on_hold":true}`, nil))
		require.Equal(t, 200, first.api("POST", "/v1/conferences/"+c.ID+"/transfer", `{"to":"ivr"}`, nil))
		if capturing {
			require.Equal(t, 201, first.api("POST", "/v1/conferences/"+c.ID+"/captures", `{}`, nil))
		}
		resume := secretOf(t, agent)
		first.kill()

		second := spawn(t, folder)
		url := "ws" + strings.TrimPrefix(second.at.HTTP, "http") + "/v1/rtc"
		agent = second.enter(url, `{"type":"join","leg_id":"`+c.Legs[1].ID+`","resume":"`+resume+`"}`)
		assert.Contains(t, agent.joined, `"on_hold":true`)
		if !capturing {
			assert.Contains(t, agent.joined, `"transfer":{"state":"with_ivr"}`)
			agent.tell(t, `{"type":"transfer","to":"agent"}`)
			agent.wait(t, `"type":"transfer"`, `"together"`)
		}
		// With a capture it may be back before it has joined.
		ctx := within(t)
		for state := ""; state != "together"; {
			require.NoError(t, ctx.Err())
			var now struct{ Transfer struct{ State string } }
			require.Equal(t, 200, second.api("GET", "/v1/conferences/"+c.ID, "", &now))
			state = now.Transfer.State
		}
		var events struct {
			Items []struct {
				Type string
				Data struct{ Reason string }
			}
		}
		want := map[bool]string{false: "taken_back", true: "restart"}[capturing]
		for reason := ""; reason != want; {
			require.NoError(t, ctx.Err())
			require.Equal(t, 200, second.api("GET", "/v1/events?limit=500", "", &events))
			for _, e := range events.Items {
				if e.Type == "transfer.returned" {
					reason = e.Data.Reason
				}
			}
		}
		second.kill()
	}
}

func secretOf(t *testing.T, w *socket) string {
	t.Helper()
	var joined struct{ Resume string }
	require.NoError(t, json.Unmarshal([]byte(w.joined), &joined))
	require.NotEmpty(t, joined.Resume)
	return joined.Resume
}

func (c *captured) masking(t *testing.T, p *process) string {
	t.Helper()
	var out struct{ Masking struct{ State string } }
	require.Equal(t, 200, p.api("GET", "/v1/captures/"+c.ID, "", &out))
	return out.Masking.State
}

// noDigits looks for what was keyed in every file of a folder.
func noDigits(t *testing.T, folder string) {
	t.Helper()
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		data, err := os.ReadFile(filepath.Join(folder, f.Name()))
		require.NoError(t, err)
		for i := range len(payNumber) - 5 {
			assert.NotContains(t, string(data), payNumber[i:i+6], f.Name())
			assert.NotContains(t, string(data), string(codesOf(payNumber[i:i+6])), f.Name())
		}
		assert.NotContains(t, string(data), `"`+payNumber[len(payNumber)-4:], f.Name())
	}
}

// codesOf turns digits into event codes.
func codesOf(digits string) []byte {
	out := []byte(digits)
	for i := range out {
		out[i] -= '0'
	}
	return out
}

func legsOf(c map[string]any) []any { legs, _ := c["legs"].([]any); return legs }

func statesOf(c map[string]any) (states []string) {
	for _, l := range legsOf(c) {
		states = append(states, l.(map[string]any)["state"].(string))
	}
	return states
}

func withoutStates(c map[string]any) map[string]any {
	data, _ := json.Marshal(c)
	var out map[string]any
	_ = json.Unmarshal(data, &out)
	for _, l := range legsOf(out) {
		delete(l.(map[string]any), "state")
	}
	return out
}

// lastActs reads a capture's last two acts from the record.
func lastActs(t *testing.T, folder, captureID string) (acts []string) {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(folder, "audit.jsonl"))
	require.NoError(t, err)
	for line := range strings.Lines(string(data)) {
		var e struct {
			Action, Detail string
			Capture        string `json:"capture_id"`
		}
		require.NoError(t, json.Unmarshal([]byte(line), &e))
		if e.Capture == captureID {
			acts = append(acts, e.Action+" "+e.Detail)
		}
	}
	return acts[max(0, len(acts)-2):]
}
