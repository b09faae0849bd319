package redact_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"pgregory.net/rapid"

	"tonegate/internal/card"
	"tonegate/internal/redact"
)

const canary = "4929421234567897"

// logger returns a logger, what it wrote, and its net.
func logger() (*zap.Logger, *bytes.Buffer, *redact.Core) {
	var out bytes.Buffer
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	core := redact.New(zapcore.NewCore(zapcore.NewJSONEncoder(enc), zapcore.AddSync(&out), zapcore.DebugLevel))
	return zap.New(core, zap.WithClock(still{})), &out, core
}

// still is a clock that stands.
type still struct{}

func (still) Now() time.Time                       { return time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC) }
func (still) NewTicker(time.Duration) *time.Ticker { panic("not used") }

type named string

func (n named) String() string { return "card " + string(n) }

type pair struct{ a, b string }

func (p pair) MarshalLogObject(e zapcore.ObjectEncoder) error {
	e.AddString("a", p.a)
	e.AddString(p.b, "b")
	e.OpenNamespace("inner")
	e.AddInt64("n", number(p.a))
	return e.AddReflected("r", map[string]any{"deep": []any{p.b, number(p.b)}})
}

type list []string

func (l list) MarshalLogArray(e zapcore.ArrayEncoder) error {
	for _, s := range l {
		e.AppendString(s)
		_ = e.AppendObject(pair{s, s})
		_ = e.AppendReflected([]string{s})
	}
	return nil
}

func number(s string) int64 {
	n, _ := strconv.ParseInt(s, 10, 64)
	return n
}

// fields puts a number wherever a field can hold one.
func fields(plain string) map[string]zap.Field {
	n := number(plain)
	var raw []int
	for i := range plain {
		raw = append(raw, int(plain[i]-'0'))
	}
	return map[string]zap.Field{
		"string": zap.String("k", "card="+plain), "key": zap.Bool(plain, true),
		"strings": zap.Strings("k", []string{"x", plain}), "stringer": zap.Stringer("k", named(plain)),
		"bytes": zap.ByteString("k", []byte(plain)), "binary": zap.Binary("k", []byte("x"+plain)),
		"error": zap.Error(fmt.Errorf("pay: %w", errors.New(plain))), "errors": zap.Errors("k", []error{errors.New(plain)}),
		"joined": zap.Error(errors.Join(errors.New("a"), errors.New(plain))),
		"int64":  zap.Int64("k", n), "negative": zap.Int64("k", -n), "uint64": zap.Uint64("k", uint64(n)), "ints": zap.Int64s("k", []int64{1, n}),
		"float": zap.Float64("k", float64(n)), "floats": zap.Float64s("k", []float64{float64(n)}), "complex": zap.Complex128("k", complex(1, float64(n))),
		"duration": zap.Duration("k", time.Duration(n)), "durations": zap.Durations("k", []time.Duration{time.Duration(n)}),
		"uintptr": zap.Uintptr("k", uintptr(n)), "digits": zap.Ints("k", raw), "any digits": zap.Any("k", raw),
		"struct": zap.Any("k", struct{ A, B any }{plain, []any{n}}), "map": zap.Any("k", map[string]any{plain: 1}),
		"object": zap.Object("k", pair{plain, plain}), "inline": zap.Inline(pair{plain, plain}),
		"array": zap.Array("k", list{plain}), "dict": zap.Dict("k", zap.String("x", plain), zap.Int64("y", n)),
		"raw JSON": zap.Any("k", json.RawMessage(`{"n":`+plain+`}`)), "pointer": zap.Stringp("k", &plain),
		"in words": zap.String("k", plain[:4]+" "+plain[4:8]+"-"+plain[8:12]+"."+plain[12:]), "spread": zap.String("k", strings.Join(strings.Split(plain, ""), ", ")),
		"next to numbers": zap.String("k", "12 "+plain+" 345"), "inside": zap.String("k", "id9"+plain+"7x"),
		"many": zap.String("k", plain+" "+plain), "a URL": zap.String("k", "https://h/pay?n="+plain+"&x=1"),
	}
}

// survives reports whether a number can be read in what was logged, with
// separators or base64 on it.
func survives(out, plain string) bool {
	bare := strings.NewReplacer(" ", "", ".", "", "-", "", ",", "", "\"", "").Replace(out)
	if strings.Contains(out, plain) || strings.Contains(bare, plain) {
		return true
	}
	for i := range 3 {
		text := base64.StdEncoding.EncodeToString([]byte(strings.Repeat("x", i) + plain))
		if strings.Contains(out, text[4:len(text)-4]) {
			return true
		}
	}
	return false
}

func TestNoFieldLetsACardThrough(t *testing.T) {
	for name, f := range fields(canary) {
		t.Run(name, func(t *testing.T) {
			for how, do := range map[string]func(*zap.Logger){
				"field": func(l *zap.Logger) { l.Info("paid", f) },
				"with":  func(l *zap.Logger) { l.With(f).Info("paid") },
			} {
				log, out, core := logger()
				do(log)
				assert.False(t, survives(out.String(), canary), "%s: %s", how, out)
				assert.Contains(t, out.String(), "[redacted]", how)
				assert.NotZero(t, core.Hits(), how)
				assert.True(t, json.Valid(out.Bytes()), "%s: %s", how, out)
			}
		})
	}
	log, out, core := logger()
	log.Named(canary).Error("paid with "+canary, zap.Stack("stack"))
	assert.False(t, survives(out.String(), canary), out.String())
	assert.EqualValues(t, 2, core.Hits())
}

// TestRestIsWrittenAsItWas: the net changes nothing of what is no card.
func TestRestIsWrittenAsItWas(t *testing.T) {
	var plain bytes.Buffer
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	bare := zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(enc), zapcore.AddSync(&plain), zapcore.DebugLevel), zap.WithClock(still{}))
	netted, out, core := logger()
	at := time.Date(2026, 11, 24, 4, 7, 50, 123456789, time.UTC)
	all := []zap.Field{
		zap.String("conference_id", "conf_0123456789abcdefghjkmnpq"), zap.String("last4", "4242"), zap.Int("n", 42), zap.Bool("b", false),
		zap.Time("at", at), zap.Times("ats", []time.Time{at}), zap.String("text_time", at.Format(time.RFC3339Nano)), zap.Duration("d", 1500*time.Millisecond),
		zap.Int64("unix_nano", at.UnixNano()), zap.Int64("unix_ms", at.UnixMilli()), zap.Int64("unix_us", at.UnixMicro()), zap.Strings("s", []string{"a", "b"}),
		zap.Error(errors.New("no route")), zap.Float64("ratio", 0.12345678901234566), zap.Float32("f32", 1.5), zap.Any("nil", nil), zap.Binary("bin", []byte{1, 2}),
		zap.Durations("ds", []time.Duration{time.Second}), zap.Bools("bs", []bool{true}), zap.Reflect("struct", struct{ A int }{3}), zap.Uint8("u8", 8),
		zap.String("remote", "192.168.100.100:50404"), zap.String("ip", "192.168.100.100"), zap.Complex128("c", 1+2i), zap.Skip(), zap.Stringer("stringer", at),
		zap.Any("ints", []int{1, 2, 3}), zap.Any("map", map[string]int{"b": 1, "a": 2}), zap.Namespace("ns"), zap.String("inner", "x"),
	}
	bare.Info("leg state", all...)
	netted.Info("leg state", all...)
	assert.Equal(t, plain.String(), out.String())
	assert.Zero(t, core.Hits())
}

func TestLevelsAndSync(t *testing.T) {
	var out bytes.Buffer
	core := redact.New(zapcore.NewCore(zapcore.NewJSONEncoder(zap.NewProductionEncoderConfig()), zapcore.AddSync(&out), zapcore.WarnLevel))
	log := zap.New(core)
	log.Info("quiet")
	assert.Empty(t, out.String())
	log.Warn("loud")
	assert.Equal(t, 1, strings.Count(out.String(), "loud"), "written once")
	require.NoError(t, log.Sync())
}

func TestText(t *testing.T) {
	for in, want := range map[string]string{
		"":                                "",
		"4242424242424242":                "[redacted]",
		"a4242 4242-4242.4242b":           "a[redacted]b",
		"4242424242424241":                "4242424242424241",
		"42424242424":                     "42424242424",
		"4242\n424242424241":              "4242\n424242424241",
		"1 4242424242424242 7":            "1 [redacted] 7",
		"378282246310005; 30569309025904": "[redacted]; [redacted]",
		"x4444242424242424242x":           "x[redacted]x",
		"1764000000000":                   "1764000000000",
		"4242   424242424241":             "4242   424242424241",
	} {
		got, found := redact.Text(in)
		assert.Equal(t, want, got, in)
		assert.Equal(t, strings.Count(want, redact.Mark), found, in)
	}
}

// digits draws a Luhn-valid number of a length that cards have, of no brand in
// particular, that is not a time.
func digits(t *rapid.T) string {
	n := rapid.IntRange(card.MinNumber, card.MaxNumber).Draw(t, "length")
	plain := []byte{byte('0' + rapid.IntRange(2, 9).Draw(t, "first"))}
	for len(plain) < n-1 {
		plain = append(plain, byte('0'+rapid.IntRange(0, 9).Draw(t, "digit")))
	}
	for c := byte('0'); ; c++ {
		if whole := append(plain[:len(plain):len(plain)], c); card.Luhn(whole) {
			return string(whole)
		}
	}
}

// TestNoLuhnValidNumberSurvives, wherever it is put.
func TestNoLuhnValidNumberSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := digits(t)
		for name, f := range fields(plain) {
			n := number(plain)
			exact := strings.HasPrefix(name, "float") || name == "complex"
			if n < 0 || n == 9223372036854775807 || exact && n > 1<<53 {
				continue // what such a field holds is another number
			}
			if name == "inside" { // an issuer is needed there
				continue
			}
			log, out, _ := logger()
			log.Info(plain, f)
			if survives(out.String(), plain) {
				t.Fatalf("%s: %s", name, out)
			}
		}
	})
}

func FuzzText(f *testing.F) {
	for _, s := range []string{canary, "a 4242-4242 4242.4242", "1764000000000", "12,3", "4242424242424242424242424242", "\xff4", "10.0.0.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, found := redact.Text(s)
		if (found == 0) != (clean == s) {
			t.Errorf("%d found", found)
		}
		if found > strings.Count(clean, redact.Mark) {
			t.Error("fewer marks than hits")
		}
		// Whatever stands alone and passes Luhn is gone.
		for _, word := range strings.FieldsFunc(clean, func(r rune) bool { return r < '0' || r > '9' }) {
			n := len(word)
			time := word[0] == '1' && (n == 13 || n == 16 || n == 19)
			if n >= card.MinNumber && n <= card.MaxNumber && card.Luhn([]byte(word)) && !time {
				t.Error("a number survives")
			}
		}
	})
}
