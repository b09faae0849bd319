package dtmfcmd_test

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"io"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/dtmf"
	"tonegate/internal/dtmfcmd"
	"tonegate/mixer/mask"
)

const (
	perMS   = 8
	length  = 80  // ms of a key
	spacing = 200 // ms from key to key
	first   = 300
)

const symbols = "0123456789*#ABCD"

// keys returns samples with faint noise and keys in them, as raw bytes.
func keys(digits string) []byte {
	rng := rand.New(rand.NewPCG(1, 2))
	samples := make([]int16, (first+len(digits)*spacing+200)*perMS)
	for i := range samples {
		samples[i] = int16(rng.IntN(41) - 20)
	}
	for i := range len(digits) {
		k, _ := dtmf.KeyOf(digits[i])
		low, high := k.Frequencies()
		at := (first + i*spacing) * perMS
		for n := range length * perMS {
			x := 2 * math.Pi * float64(n) / 8000
			samples[at+n] += int16(5000*math.Sin(low*x) + 5000*math.Sin(high*x))
		}
	}
	return raw(samples)
}

func raw(samples []int16) []byte {
	var b []byte
	for _, v := range samples {
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	return b
}

type line struct {
	StartMS *int `json:"start_ms"`
	EndMS   *int `json:"end_ms"`
	Digit   string
}

func detect(t *testing.T, r io.Reader) (string, []line) {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, dtmfcmd.Detect(r, &out))
	var lines []line
	for d := json.NewDecoder(bytes.NewReader(out.Bytes())); d.More(); {
		var l line
		require.NoError(t, d.Decode(&l))
		lines = append(lines, l)
	}
	return out.String(), lines
}

func TestDetectAllKeys(t *testing.T) {
	text, lines := detect(t, bytes.NewReader(keys(symbols)))
	require.Len(t, lines, len(symbols), text)
	assert.Equal(t, len(symbols), strings.Count(text, "\n"), "a line each")
	for i, l := range lines {
		want := first + i*spacing
		assert.Equal(t, string(symbols[i]), l.Digit)
		require.NotNil(t, l.StartMS)
		require.NotNil(t, l.EndMS)
		assert.InDelta(t, want, *l.StartMS, 15, "start of %s", l.Digit)
		assert.InDelta(t, want+length, *l.EndMS, 25, "end of %s", l.Digit)
	}
}

func TestDetectNothing(t *testing.T) {
	for name, in := range map[string][]byte{"empty": nil, "one sample": {1, 0}, "noise": keys("")} {
		text, _ := detect(t, bytes.NewReader(in))
		assert.Empty(t, text, name)
	}
}

// TestDetectWhileItStreams: a key is written before the input ends.
func TestDetectWhileItStreams(t *testing.T) {
	in, feed := io.Pipe()
	results, out := io.Pipe()
	go func() {
		_ = out.CloseWithError(dtmfcmd.Detect(in, out))
	}()
	go func() { _, _ = feed.Write(keys("5")) }() // and then no end
	var l line
	require.NoError(t, json.NewDecoder(results).Decode(&l))
	assert.Equal(t, "5", l.Digit)
	require.NoError(t, feed.Close())
	rest, err := io.ReadAll(results)
	require.NoError(t, err)
	assert.Empty(t, strings.TrimSpace(string(rest)))
}

// TestChunksDoNotMatter: however the input arrives, the output is the same.
func TestChunksDoNotMatter(t *testing.T) {
	input := keys("42#")
	input = input[:len(input)-len(input)%320-100] // not whole frames
	wholeText, _ := detect(t, bytes.NewReader(input))
	whole := masked(t, bytes.NewReader(input), mask.Policy{Mode: mask.Strip})
	for name, chunked := range map[string]func(io.Reader) io.Reader{
		"bytes": iotest.OneByteReader, "halves": iotest.HalfReader, "data with the end": iotest.DataErrReader,
	} {
		text, _ := detect(t, chunked(bytes.NewReader(input)))
		assert.Equal(t, wholeText, text, name)
		assert.True(t, bytes.Equal(whole, masked(t, chunked(bytes.NewReader(input)), mask.Policy{Mode: mask.Strip})), name)
	}
}

func masked(t *testing.T, r io.Reader, p mask.Policy) []byte {
	t.Helper()
	var out bytes.Buffer
	require.NoError(t, dtmfcmd.Mask(r, &out, p))
	return out.Bytes()
}

func TestMask(t *testing.T) {
	input := keys("4929")
	for _, n := range []int{0, 2, 318, 320, 322, len(input)} {
		for _, p := range []mask.Policy{
			{Mode: mask.Strip}, {Mode: mask.Strip, Armed: true}, {Mode: mask.Field, Replacement: mask.Silence}, {Mode: mask.Mute, Replacement: mask.Tone},
		} {
			assert.Len(t, masked(t, bytes.NewReader(input[:n]), p), n, "as long as the input")
		}
	}
	for _, p := range []mask.Policy{{Mode: mask.Strip}, {Mode: mask.Field, Armed: true}, {Mode: mask.Mute}} {
		text, _ := detect(t, bytes.NewReader(masked(t, bytes.NewReader(input), p)))
		assert.Empty(t, text, "%v", p.Mode)
	}
	speech := make([]int16, 8000)
	for i := range speech {
		speech[i] = int16(4000 * math.Sin(2*math.Pi*300/8000*float64(i)))
	}
	out := masked(t, bytes.NewReader(raw(speech)), mask.Policy{Mode: mask.Strip})
	assert.Positive(t, bytes.Count(out, raw(speech)[320:640]), "what is no tone passes unchanged, later")
}

// TestMaskWhileItStreams: output does not wait for more input than it needs.
func TestMaskWhileItStreams(t *testing.T) {
	in, feed := io.Pipe()
	results, out := io.Pipe()
	go func() { _ = out.CloseWithError(dtmfcmd.Mask(in, out, mask.Policy{})) }()
	frame := make([]byte, 320)
	for range 3 {
		go func() { _, _ = feed.Write(make([]byte, 320)) }()
		_, err := io.ReadFull(results, frame)
		require.NoError(t, err)
	}
	require.NoError(t, feed.Close())
	_, err := io.ReadAll(results)
	require.NoError(t, err)
}

func TestBadInput(t *testing.T) {
	run := map[string]func(io.Reader, io.Writer) error{
		"detect": dtmfcmd.Detect,
		"mask":   func(r io.Reader, w io.Writer) error { return dtmfcmd.Mask(r, w, mask.Policy{}) },
	}
	errDisk := errors.New("disk on fire")
	for name, f := range run {
		for _, n := range []int{1, 319, 321, 641} {
			require.ErrorIs(t, f(bytes.NewReader(make([]byte, n)), io.Discard), dtmfcmd.ErrInput, name)
		}
		err := f(iotest.ErrReader(errDisk), io.Discard)
		require.ErrorIs(t, err, errDisk)
		require.NotErrorIs(t, err, dtmfcmd.ErrInput)
		err = f(bytes.NewReader(keys("1")), failing{errDisk})
		require.ErrorIs(t, err, errDisk, name)
		assert.NotErrorIs(t, err, dtmfcmd.ErrInput)
	}
}

type failing struct{ err error }

func (f failing) Write([]byte) (int, error) { return 0, f.err }
