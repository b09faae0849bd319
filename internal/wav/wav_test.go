package wav_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/wav"
)

// file is a WAV file in parts, so that each can be wrong.
type file struct {
	riff, wave        string
	tag, channels     uint16
	rate              uint32
	bits              uint16
	before, after     []byte // chunks around the format
	samples           []int16
	size              int64 // of the data chunk; -1: as it is
	extra             []byte
	formatBytes       int
	subformat         uint16
	dataFirst, noData bool
}

func good(rate uint32, samples []int16) file {
	return file{riff: "RIFF", wave: "WAVE", tag: 1, channels: 1, rate: rate, bits: 16, samples: samples, size: -1, formatBytes: 16}
}

func chunk(id string, body []byte) []byte {
	return append(binary.LittleEndian.AppendUint32([]byte(id), uint32(len(body))), body...)
}

func (f file) bytes() []byte {
	format := binary.LittleEndian.AppendUint16(nil, f.tag)
	format = binary.LittleEndian.AppendUint16(format, f.channels)
	format = binary.LittleEndian.AppendUint32(format, f.rate)
	format = binary.LittleEndian.AppendUint32(format, f.rate*2)
	format = binary.LittleEndian.AppendUint16(format, 2)
	format = binary.LittleEndian.AppendUint16(format, f.bits)
	format = append(format, make([]byte, 24)...)
	binary.LittleEndian.PutUint16(format[24:], f.subformat)
	format = chunk("fmt ", format[:f.formatBytes])
	var pcm []byte
	for _, v := range f.samples {
		pcm = binary.LittleEndian.AppendUint16(pcm, uint16(v))
	}
	pcm = append(pcm, f.extra...)
	data := chunk("data", pcm)
	if f.size >= 0 {
		binary.LittleEndian.PutUint32(data[4:], uint32(f.size))
	}
	if f.noData {
		data = nil
	}
	out := append([]byte(f.riff), 0, 0, 0, 0)
	out = append(append(out, f.wave...), f.before...)
	if f.dataFirst {
		format, data = data, format
	}
	return slices.Concat(out, format, f.after, data)
}

func TestRefused(t *testing.T) {
	samples := []int16{1, 2, 3}
	with := func(change func(*file)) []byte {
		f := good(8000, samples)
		change(&f)
		return f.bytes()
	}
	for name, tc := range map[string]struct {
		data []byte
		says string
	}{
		"empty":             {nil, "RIFF"},
		"text":              {[]byte("hello, I am not audio"), "RIFF"},
		"RIFX":              {with(func(f *file) { f.riff = "RIFX" }), "RIFF"},
		"AVI":               {with(func(f *file) { f.wave = "AVI " }), "RIFF"},
		"header alone":      {with(func(f *file) {})[:12], "no data"},
		"cut in the format": {with(func(f *file) {})[:30], `"fmt "`},
		"short format":      {with(func(f *file) { f.formatBytes = 14 }), "format chunk of 14"},
		"no data":           {with(func(f *file) { f.noData = true }), "no data"},
		"data first":        {with(func(f *file) { f.dataFirst = true }), "before format"},
		"cut in the data":   {with(func(f *file) {})[:46], `"data"`},
		"data too long":     {with(func(f *file) { f.size = 7 }), `"data"`},
		"odd":               {with(func(f *file) { f.extra = []byte{1} }), "odd"},
		"stereo":            {with(func(f *file) { f.channels = 2 }), "2 channels"},
		"no channel":        {with(func(f *file) { f.channels = 0 }), "0 channels"},
		"8 bits":            {with(func(f *file) { f.bits = 8 }), "8 bits"},
		"24 bits":           {with(func(f *file) { f.bits = 24 }), "24 bits"},
		"float":             {with(func(f *file) { f.tag = 3 }), "format 3"},
		"mu-law":            {with(func(f *file) { f.tag = 7 }), "format 7"},
		"extended mu-law":   {with(func(f *file) { f.tag, f.formatBytes, f.subformat = 0xFFFE, 40, 7 }), "format 7"},
		"44.1 kHz":          {with(func(f *file) { f.rate = 44100 }), "44100 Hz"},
		"0 Hz":              {with(func(f *file) { f.rate = 0 }), "0 Hz"},
		"a chunk too long":  {with(func(f *file) { f.before = []byte("LIST\xff\xff\xff\x7f") }), `"LIST"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := wav.Read(bytes.NewReader(tc.data))
			require.ErrorIs(t, err, wav.ErrFormat)
			assert.ErrorContains(t, err, tc.says)
		})
	}
	_, err := wav.Read(iotest.ErrReader(errors.New("disk on fire")))
	require.ErrorContains(t, err, "disk on fire")
	assert.NotErrorIs(t, err, wav.ErrFormat)
	_, err = wav.Read(io.MultiReader(bytes.NewReader(good(8000, samples).bytes()), endless{}))
	assert.ErrorIs(t, err, wav.ErrFormat, "no file is read without end")
}

type endless struct{}

func (endless) Read(b []byte) (int, error) { return len(b), nil }

func TestAccepted(t *testing.T) {
	samples := []int16{0, 1, -1, math.MaxInt16, math.MinInt16}
	for name, change := range map[string]func(*file){
		"plain":          func(*file) {},
		"size unset":     func(f *file) { f.size = 0 },
		"size unknown":   func(f *file) { f.size = math.MaxUint32 },
		"other chunks":   func(f *file) { f.before, f.after = chunk("LIST", []byte("abcd")), chunk("fact", []byte("abcd")) },
		"odd chunk":      func(f *file) { f.after = append(chunk("note", []byte("abc")), 0) },
		"long format":    func(f *file) { f.formatBytes = 18 },
		"extended PCM":   func(f *file) { f.tag, f.formatBytes, f.subformat = 0xFFFE, 40, 1 },
		"something more": func(f *file) { f.size = int64(2 * len(samples)); f.extra = chunk("LIST", []byte("x")) },
	} {
		t.Run(name, func(t *testing.T) {
			f := good(8000, samples)
			change(&f)
			got, err := wav.Read(iotest.OneByteReader(bytes.NewReader(f.bytes())))
			require.NoError(t, err)
			assert.Equal(t, samples, got)
		})
	}
}

func TestRoundTrip(t *testing.T) {
	for _, n := range []int{0, 1, 161} {
		samples := make([]int16, n)
		for i := range samples {
			samples[i] = int16(i * 977)
		}
		var b bytes.Buffer
		require.NoError(t, wav.Write(&b, samples))
		assert.Equal(t, 44+2*n, b.Len())
		assert.Equal(t, uint32(b.Len()-8), binary.LittleEndian.Uint32(b.Bytes()[4:]))
		got, err := wav.Read(&b)
		require.NoError(t, err)
		assert.Equal(t, samples, got)
	}
	require.Error(t, wav.Write(failing{}, nil))
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

// level returns the level of a frequency in dB, away from the edges.
func level(samples []int16, hz, rate float64) float64 {
	samples = samples[len(samples)/4 : 3*len(samples)/4]
	var re, im float64
	for i, v := range samples {
		sin, cos := math.Sincos(2 * math.Pi * hz / rate * float64(i))
		re, im = re+float64(v)*cos, im+float64(v)*sin
	}
	return 20 * math.Log10(2*math.Hypot(re, im)/float64(len(samples))+1e-9)
}

func TestDecimation(t *testing.T) {
	for _, rate := range []int{16000, 48000} {
		tone := func(hz float64) []int16 {
			s := make([]int16, rate)
			for i := range s {
				s[i] = int16(math.Round(10000 * math.Sin(2*math.Pi*hz/float64(rate)*float64(i))))
			}
			return s
		}
		for _, hz := range []float64{300, 697, 1000, 1633, 3000} {
			in := tone(hz)
			got, err := wav.Read(bytes.NewReader(good(uint32(rate), in).bytes()))
			require.NoError(t, err)
			require.Len(t, got, 8000, "a second stays a second")
			assert.InDeltaf(t, level(in, hz, float64(rate)), level(got, hz, 8000), 0.2, "%g Hz at %d Hz", hz, rate)
		}
		for _, hz := range []float64{4500, 5000, 7000} { // would fold back
			in := tone(hz)
			got, err := wav.Read(bytes.NewReader(good(uint32(rate), in).bytes()))
			require.NoError(t, err)
			assert.Lessf(t, level(got, 8000-hz, 8000), level(in, hz, float64(rate))-40, "%g Hz at %d Hz", hz, rate)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(good(8000, []int16{1, 2, 3}).bytes())
	f.Add(good(48000, make([]int16, 12)).bytes())
	f.Add([]byte("RIFF\x00\x00\x00\x00WAVEdata\x00\x00\x00\x00"))
	f.Fuzz(func(t *testing.T, data []byte) {
		samples, err := wav.Read(bytes.NewReader(data))
		if err != nil {
			if !errors.Is(err, wav.ErrFormat) || strings.Contains(err.Error(), "\n") {
				t.Fatal(err)
			}
			return
		}
		if 2*len(samples) > len(data) {
			t.Fatalf("%d samples from %d bytes", len(samples), len(data))
		}
		var b bytes.Buffer
		if err := wav.Write(&b, samples); err != nil {
			t.Fatal(err)
		}
		again, err := wav.Read(&b)
		if err != nil || !slices.Equal(again, samples) {
			t.Fatal("what was read cannot be written and read again:", err)
		}
	})
}
