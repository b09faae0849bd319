package serve_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tonegate/dtmf"
	"tonegate/internal/audit"
	"tonegate/internal/psp"
	"tonegate/internal/pspstub"
	"tonegate/internal/serve"
	"tonegate/internal/softphone"
)

// The card of these tests: no issuer's, and its digits occur nowhere else.
const (
	payNumber = "4938172659082743"
	payExpiry = "0739"
	payCode   = "628"
)

// keyed is a customer's script of named events, 160 ms each.
func keyed(keys string) *softphone.Script {
	s := &softphone.Script{Samples: make([]int16, keysFrom+len(keys)*keyEvery+3200)}
	for i := range s.Samples {
		s.Samples[i] = int16(i % 17)
	}
	for i := range len(keys) {
		k, _ := dtmf.KeyOf(keys[i])
		s.Keys = append(s.Keys, softphone.Keystroke{At: keysFrom + i*keyEvery, Code: uint8(k), Duration: keyLength, Transport: softphone.Event})
	}
	return s
}

func (s *server) key(p *softphone.Phone, keys string) {
	s.t.Helper()
	script := keyed(keys)
	script.Law = p.Media().Law
	_, err := p.Play(within(s.t), script.Source())
	require.NoError(s.t, err)
}

// shop is a server with a payment provider on loopback, and what left it.
type shop struct {
	*server
	provider    *pspstub.Provider
	data        string
	log, bodies *buffer
}

func openShop(t *testing.T) *shop {
	provider, err := pspstub.Start(pspstub.Config{Seed: "7", Latency: time.Second})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, provider.Close()) })
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, provider.CA(), 0o600))
	out := &shop{provider: provider, log: new(buffer), bodies: new(buffer)}
	cfg := valid(t)
	out.data = cfg.Data
	cfg.Connectors = psp.Configs{"psp-main": {Kind: psp.KindGeneric, URL: provider.URL(), CAFile: ca}}
	cfg.Log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewDevelopmentEncoderConfig()), zapcore.AddSync(out.log), zapcore.DebugLevel))
	out.server = run(t, cfg)
	out.seen = func(b []byte) { _, _ = out.bodies.Write(append(b, '\n')) }
	return out
}

type captured struct {
	ID, State, Reason string
	Fields            []map[string]any
	Result            map[string]any
	Failure           map[string]any
}

// holds asks the provider, which cannot tell what came, whether the card did.
func (s *shop) holds(o pspstub.Order) bool {
	return s.provider.Was(o, "cardnumber="+payNumber, "cvv="+payCode, "expiry_month="+payExpiry[:2], "expiry_year="+payExpiry[2:])
}

const payment = `{"fields":["card_number","expiry","cvv"],"connector":"psp-main","action":"tokenize"}`

// TestPayment: a customer keys a card, the provider's token is in the capture's
// result, and no digit of the card is anywhere else.
func TestPayment(t *testing.T) {
	s := openShop(t)
	c := s.create()
	customer, agent := s.dial(c, 0), s.join(c, 1)
	var capture captured
	require.Equal(t, 201, s.api("POST", "/v1/conferences/"+c.ID+"/captures", payment, &capture))
	assert.Equal(t, 409, s.api("POST", "/v1/conferences/"+c.ID+"/captures", payment, nil))
	s.key(customer, payNumber)
	agent.wait(t, `"brand":"visa"`, "•••• •••• •••• 2743")
	s.key(customer, payExpiry)
	agent.wait(t, "capture_progress", `"name":"cvv","state":"entering"`)
	s.key(customer, payCode)
	agent.wait(t, `"state":"submitting"`)
	told := agent.wait(t, `"state":"completed"`, `"connector":"psp-main"`, `"receipt":{"of":"token","ending":`)

	require.Equal(t, 200, s.api("GET", "/v1/captures/"+capture.ID, "", &capture))
	assert.Regexp(t, "^tok_[a-z2-7]{24}$", capture.Result["token"])
	token := capture.Result["token"].(string)
	assert.Contains(t, told, `"ending":"`+token[len(token)-4:]+`"`)
	assert.NotContains(t, told, token, "the agent can name it, not use it")
	delete(capture.Result, "token")
	assert.Equal(t, map[string]any{"brand": "visa", "last4": "2743", "exp": "2039-07"}, capture.Result)
	orders := s.provider.Orders()
	require.Len(t, orders, 1)
	assert.Equal(t, capture.ID, orders[0].TransactionID)
	assert.True(t, s.holds(orders[0]), "came with %v", orders[0].Fields)
	assert.Equal(t, 409, s.api("POST", "/v1/captures/"+capture.ID+"/retry", `{"field":"cvv"}`, nil))
	s.nothingLeaked(agent)
	assert.Equal(t, []string{"capture_started field", "masking_armed field", "capture_submitted ", "capture_completed ", "masking_released "}, s.acts(capture.ID))
}

// TestDeclinedPayment: the class comes back, and so does the field that was
// keyed again.
func TestDeclinedPayment(t *testing.T) {
	s := openShop(t)
	s.provider.Behave(pspstub.Decline)
	c := s.create()
	customer, agent := s.dial(c, 0), s.join(c, 1)
	var capture captured
	require.Equal(t, 201, s.api("POST", "/v1/conferences/"+c.ID+"/captures",
		`{"fields":["card_number","cvv"],"connector":"psp-main","action":"charge","amount":{"value":1999,"currency":"EUR"}}`, &capture))
	s.key(customer, payNumber)
	agent.wait(t, "capture_progress", `"name":"cvv","state":"entering"`)
	agent.tell(t, `{"type":"capture_retry","field":"card_number"}`)
	agent.wait(t, "capture_progress", `"name":"card_number","state":"entering"`, `"attempt":2`)
	s.key(customer, payNumber)
	agent.wait(t, "capture_progress", `"brand":"visa"`)
	s.key(customer, payCode)
	agent.wait(t, `"state":"failed"`, `"reason":"declined"`, `"failure":{"class":"declined","sent":true}`)
	require.Equal(t, 200, s.api("GET", "/v1/captures/"+capture.ID, "", &capture))
	assert.Equal(t, "failed declined", capture.State+" "+capture.Reason)
	assert.Equal(t, map[string]any{"class": "declined", "sent": true}, capture.Failure)
	assert.Nil(t, capture.Result)
	require.Len(t, s.provider.Orders(), 1)
	assert.Equal(t, "19.99 eur", s.provider.Orders()[0].Amount+" "+s.provider.Orders()[0].Currency)
	s.nothingLeaked(agent)
	assert.Equal(t, []string{"capture_started field", "masking_armed field", "field_retried card_number",
		"capture_submitted ", "capture_failed declined", "masking_released "}, s.acts(capture.ID))
}

// TestStopDuringAPayment: the server ends while the provider is silent.
func TestStopDuringAPayment(t *testing.T) {
	s := openShop(t)
	s.provider.Behave(pspstub.TimeOut)
	c := s.create()
	customer, agent := s.dial(c, 0), s.join(c, 1)
	var capture captured
	require.Equal(t, 201, s.api("POST", "/v1/conferences/"+c.ID+"/captures", `{"fields":["card_number"],"connector":"psp-main"}`, &capture))
	s.key(customer, payNumber)
	agent.wait(t, `"state":"submitting"`)
	assert.Equal(t, 409, s.api("POST", "/v1/captures/"+capture.ID+"/cancel", "", nil))
	s.nothingLeaked(agent)
	assert.Equal(t, []string{"capture_started field", "masking_armed field", "capture_submitted ",
		"masking_released conference_ended", "capture_failed provider_error"}, s.acts(capture.ID))
}

// TestCallEndsDuringAPayment: what the provider did is what happened, although
// nobody is on the call any more.
func TestCallEndsDuringAPayment(t *testing.T) {
	s := openShop(t)
	s.provider.Behave(pspstub.Latency)
	c := s.create()
	customer, agent := s.dial(c, 0), s.join(c, 1)
	var capture captured
	require.Equal(t, 201, s.api("POST", "/v1/conferences/"+c.ID+"/captures", `{"fields":["card_number"],"connector":"psp-main"}`, &capture))
	s.key(customer, payNumber)
	agent.wait(t, `"state":"submitting"`)
	require.Equal(t, 200, s.api("POST", "/v1/conferences/"+c.ID+"/end", "", nil))
	require.Eventually(t, func() bool {
		return s.api("GET", "/v1/captures/"+capture.ID, "", &capture) == 200 && capture.State == "completed"
	}, deadline, 20*time.Millisecond)
	assert.NotEmpty(t, capture.Result["token"])
	s.nothingLeaked(agent)
	assert.Equal(t, []string{"capture_started field", "masking_armed field", "capture_submitted ",
		"masking_released conference_ended", "capture_completed "}, s.acts(capture.ID))
}

// TestLanguages: prompts speak the language that a capture asks for, of those that
// --prompts has a folder for.
func TestLanguages(t *testing.T) {
	cfg := valid(t)
	cfg.Prompts = filepath.Join(t.TempDir(), "prompts")
	require.NoError(t, os.CopyFS(filepath.Join(cfg.Prompts, "pt-BR"), os.DirFS("../ivr/prompts/en")))
	s := run(t, cfg)
	s.seen = func([]byte) {}
	shop := &shop{server: s}
	c := shop.create()
	_, agent := shop.dial(c, 0), shop.join(c, 1)
	path := "/v1/conferences/" + c.ID + "/captures"
	assert.Equal(t, 422, s.api("POST", path, `{"language":"de"}`, nil))
	assert.Equal(t, 201, s.api("POST", path, `{"language":"pt-BR"}`, nil))
	s.stop()
	<-agent.ended
	cfg.Prompts = t.TempDir()
	assert.ErrorIs(t, serve.Run(t.Context(), cfg), serve.ErrConfig, "a folder without prompts")
}

// TestControlKeys: a capture's own keys end and cancel it; two of one kind are
// refused.
func TestControlKeys(t *testing.T) {
	s := openShop(t)
	c := s.create()
	customer, agent := s.dial(c, 0), s.join(c, 1)
	path := "/v1/conferences/" + c.ID + "/captures"
	var capture captured
	require.Equal(t, 422, s.api("POST", path, `{"fields":["digits"],"cancel_key":"#"}`, nil), "# ends already")
	require.Equal(t, 201, s.api("POST", path, `{"fields":["digits"],"end_key":"none","cancel_key":"#"}`, &capture))
	s.key(customer, "12#")
	agent.wait(t, `"state":"cancelled"`)
	require.Equal(t, 200, s.api("GET", "/v1/captures/"+capture.ID, "", &capture))
	assert.Equal(t, "cancelled", capture.State)
	var events struct {
		Items []struct {
			Type string
			Data struct{ Checkpoint string }
		}
	}
	found := func() (line string) {
		require.Equal(t, 200, s.api("GET", "/v1/events?limit=500", "", &events))
		for _, e := range events.Items {
			if e.Type == "audit.checkpoint" {
				line = e.Data.Checkpoint
			}
		}
		return line
	}
	for range 20 { // a checkpoint comes after 64 lines
		require.Equal(t, 201, s.api("POST", path, `{"fields":["digits"]}`, &capture))
		require.Equal(t, 200, s.api("POST", "/v1/captures/"+capture.ID+"/cancel", "", nil))
	}
	require.Eventually(t, func() bool { return found() != "" }, deadline, 20*time.Millisecond)
	_, err := audit.ParseCheckpoint([]byte(found() + "\n"))
	assert.NoError(t, err, "the checkpoint's event is what the verifier reads")
	s.stop()
	<-agent.ended
}

// nothingLeaked ends the server and looks for the card in all that left it.
func (s *shop) nothingLeaked(agent *socket) {
	s.t.Helper()
	s.stop()
	<-agent.ended
	for len(agent.messages) > 0 {
		_, _ = s.bodies.Write([]byte(<-agent.messages + "\n"))
	}
	written, err := os.ReadFile(filepath.Join(s.data, "audit.jsonl"))
	require.NoError(s.t, err)
	for where, text := range map[string][]byte{"the log": s.log.bytes(), "an answer": s.bodies.bytes(), "the audit record": withoutHashes(written)} {
		require.NotEmpty(s.t, text)
		for i := range len(payNumber) - 5 {
			assert.NotContains(s.t, string(text), payNumber[i:i+6], where)
		}
		for _, short := range []string{payExpiry, payCode} {
			found := regexp.MustCompile(`(^|[^0-9a-zA-Z.])`+short+`([^0-9a-zA-Z.]|$)`).FindAll(withoutClocks(text), -1)
			assert.Empty(s.t, found, where)
		}
	}
}

// acts reads a capture's acts from the record, which verifies with its key and
// with the last checkpoint in the log.
func (s *shop) acts(captureID string) (acts []string) {
	s.t.Helper()
	public, err := serve.ReadPublicKey(filepath.Join(s.data, "audit.pub"))
	require.NoError(s.t, err)
	found := regexp.MustCompile(`"checkpoint":"?([^"\s}]+)`).FindAllSubmatch(s.log.bytes(), -1)
	require.NotEmpty(s.t, found)
	checkpoint, err := audit.ParseCheckpoint(found[len(found)-1][1])
	require.NoError(s.t, err)
	written, err := os.ReadFile(filepath.Join(s.data, "audit.jsonl"))
	require.NoError(s.t, err)
	_, err = audit.Verify(bytes.NewReader(written), public, checkpoint)
	require.NoError(s.t, err)
	for line := range strings.Lines(string(written)) {
		var e audit.Entry
		require.NoError(s.t, json.Unmarshal([]byte(line), &e))
		if e.CaptureID == captureID {
			acts = append(acts, string(e.Action)+" "+string(e.Detail))
		}
	}
	return acts
}

// TestNode: an operator reads how well the digits' memory is protected.
func TestNode(t *testing.T) {
	s := openShop(t)
	var node struct {
		Version      string
		Draining     bool
		Connectors   []string
		SecretMemory struct{ Level, Reason string } `json:"secret_memory"`
	}
	require.Equal(t, 200, s.api("GET", "/v1/node", "", &node))
	assert.Equal(t, "1.2.3", node.Version)
	assert.False(t, node.Draining)
	assert.Equal(t, []string{"psp-main"}, node.Connectors)
	assert.Contains(t, []string{"memfd_secret", "mlock", "none"}, node.SecretMemory.Level)
	assert.Equal(t, node.SecretMemory.Level != "memfd_secret", node.SecretMemory.Reason != "")
}
