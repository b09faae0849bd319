package serve_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tonegate/dtmf"
	"tonegate/internal/softphone"
)

// canary is a number that occurs nowhere else.
const canary = "7391628504862957"

// claim reads a claim of a token without judging it.
func claim(t *testing.T, token, name string) string {
	t.Helper()
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	require.NoError(t, err)
	claims := map[string]any{}
	require.NoError(t, json.Unmarshal(payload, &claims))
	s, _ := claims[name].(string)
	return s
}

// traces are the forms in which a part of the number could turn up.
func traces() (forms []string) {
	const part = 6
	for i := 0; i+part <= len(canary); i++ {
		digits := canary[i : i+part]
		var codes, ascii []string
		for _, d := range []byte(digits) {
			codes, ascii = append(codes, string(d)), append(ascii, strconv.Itoa(int(d)))
		}
		for _, parts := range [][]string{codes, ascii} {
			forms = append(forms, strings.Join(parts, ","), strings.Join(parts, ", "), strings.Join(parts, " "))
		}
		raw := make([]byte, part) // named-event codes as they are
		for k := range raw {
			raw[k] = digits[k] - '0'
		}
		forms = append(forms, digits, string(raw), fmt.Sprintf("%x", digits))
	}
	return forms
}

// search fails if a part of the number is in data.
func search(t *testing.T, where string, data []byte) {
	t.Helper()
	for _, form := range traces() {
		if bytes.Contains(data, []byte(form)) {
			t.Errorf("a part of the number is in %s, as %q", where, form)
		}
	}
}

// buffer is a log that several goroutines write to.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) bytes() []byte {
	b.mu.Lock()
	defer b.mu.Unlock()
	return bytes.Clone(b.b.Bytes())
}

const (
	keyLength = 80 * 8 // samples
	keyEvery  = 160 * 8
	keysFrom  = 400 * 8
)

// keying is a customer's script: the number, by events or in-band.
func keying(inBand bool) *softphone.Script {
	s := &softphone.Script{Samples: make([]int16, keysFrom+len(canary)*keyEvery+6400)}
	for i := range s.Samples { // a line is never silent
		s.Samples[i] = int16(20 * math.Sin(float64(i*i%977)))
	}
	for i := range len(canary) {
		k, _ := dtmf.KeyOf(canary[i])
		at := keysFrom + i*keyEvery
		if !inBand {
			s.Keys = append(s.Keys, softphone.Keystroke{At: at, Code: uint8(k), Duration: keyLength, Transport: softphone.Event})
			continue
		}
		low, high := k.Frequencies()
		for n := range keyLength {
			x := 2 * math.Pi * float64(n) / 8000
			s.Samples[at+n] += int16(6000*math.Sin(low*x) + 6000*math.Sin(high*x))
		}
	}
	return s
}

// TestCanary keys a unique number in a whole call and looks for it everywhere.
func TestCanary(t *testing.T) {
	// The search itself must work, or it proves nothing.
	for _, form := range traces() {
		require.NotEmpty(t, form)
	}
	for name, inBand := range map[string]bool{"events": false, "in-band": true} {
		t.Run(name, func(t *testing.T) { canaryCall(t, inBand) })
	}
}

func canaryCall(t *testing.T, inBand bool) {
	log, bodies := new(buffer), new(buffer)
	cfg := valid(t)
	cfg.Log = zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewDevelopmentEncoderConfig()), zapcore.AddSync(log), zapcore.DebugLevel))
	s := run(t, cfg)
	s.seen = func(b []byte) { _, _ = bodies.Write(append(b, '\n')) }
	c := s.create()
	customer, agent := s.dial(c, 0), s.join(c, 1)
	var capture struct{ ID, State string }
	require.Equal(t, 201, s.api("POST", "/v1/conferences/"+c.ID+"/captures", `{"mask":"field","max_digits":16}`, &capture))

	script := keying(inBand)
	script.Law = customer.Media().Law
	played := make(chan error, 1)
	go func() {
		_, err := customer.Play(within(t), script.Source())
		played <- err
	}()
	var messages []string
	keys, moved := map[time.Time]float64{}, 0
	last := 0.0
	for ended := false; !ended; {
		select {
		case m := <-agent.messages:
			messages = append(messages, m)
			if strings.Contains(m, "capture_progress") && strings.Contains(m, `"completed"`) {
				assert.Contains(t, m, `"digits_entered":16`)
				assert.Contains(t, m, strings.Repeat("•", 16))
				ended = true
			}
			require.NotContains(t, m, `"failed"`)
		case <-within(t).Done():
			t.Fatal("the capture does not complete")
		case <-time.After(40 * time.Millisecond): // metrics are watched meanwhile
			_, text := s.get(s.at.HTTP + "/metrics")
			if n := keysTotal(t, text); n != last {
				keys[time.Now()], last = n, n
				moved++
			}
			s.api("GET", "/v1/captures/"+capture.ID, "", nil)
		}
	}
	require.NoError(t, <-played)
	// 16 keys take 2.6 s: with a report each 500 ms the counter moves six or seven
	// times, not sixteen.
	assert.LessOrEqual(t, moved, 8, "%v", keys)
	assert.Equal(t, 200, s.api("GET", "/v1/captures/"+capture.ID, "", &capture))
	assert.Equal(t, "completed", capture.State)
	assert.Equal(t, 200, s.api("GET", "/v1/conferences/"+c.ID, "", nil))
	s.get(s.at.HTTP + "/metrics")
	s.api("POST", "/v1/conferences/"+c.ID+"/captures", `{"mask":"`+"off"+`"}`, nil)
	assert.Equal(t, 200, s.api("POST", "/v1/conferences/"+c.ID+"/end", "", nil))
	<-agent.ended
	for len(agent.messages) > 0 {
		messages = append(messages, <-agent.messages)
	}
	s.stop()

	require.Contains(t, string(log.bytes()), c.ID, "the log was on")
	require.Contains(t, string(log.bytes()), `"L":"DEBUG"`)
	search(t, "the log", log.bytes())
	search(t, "HTTP answers", withoutClocks(bodies.bytes()))
	search(t, "the agent's messages", []byte(strings.Join(messages, "\n")))
	require.NoError(t, filepath.WalkDir(cfg.Data, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		search(t, path, withoutHashes(data))
		return err
	}))
}

var keysLine = regexp.MustCompile(`(?m)^tonegate_keys_total\{[^}]*\} (\d+)`)

func keysTotal(t *testing.T, text string) (n float64) {
	t.Helper()
	for _, m := range keysLine.FindAllStringSubmatch(text, -1) {
		v, err := strconv.ParseFloat(m[1], 64)
		require.NoError(t, err)
		n += v
	}
	return n
}

// withoutClocks removes fractions and the metrics of runtime and process: six
// digits of a number of seconds or bytes are anybody's six digits.
func withoutClocks(b []byte) []byte {
	return regexp.MustCompile(`(?m)^(go|process)_.*$|\d+\.\d+(e[+-]\d+)?`).ReplaceAll(b, nil)
}

// withoutHashes removes the hashes of the audit record: six digits in a row of
// one are anybody's, too.
func withoutHashes(b []byte) []byte {
	return regexp.MustCompile(`"(prev|hash)":"[0-9a-f]{64}"`).ReplaceAll(b, nil)
}
