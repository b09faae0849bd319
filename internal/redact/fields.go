package redact

import (
	"bytes"
	"encoding/json"
	"maps"
	"math"
	"slices"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
)

// fields returns clean copies: the caller's slice may be used again.
func (c *Core) fields(in []zapcore.Field) []zapcore.Field {
	out := make([]zapcore.Field, 0, len(in))
	for _, f := range in {
		out = c.field(out, f)
	}
	return out
}

// field appends what a field becomes.
func (c *Core) field(out []zapcore.Field, f zapcore.Field) []zapcore.Field {
	f.Key = c.text(f.Key)
	switch f.Type {
	case zapcore.BoolType, zapcore.TimeType, zapcore.TimeFullType, zapcore.SkipType, zapcore.NamespaceType:
		return append(out, f)
	case zapcore.StringType:
		f.String = c.text(f.String)
		return append(out, f)
	case zapcore.Int64Type, zapcore.Int32Type, zapcore.Int16Type, zapcore.Int8Type, zapcore.DurationType:
		return append(out, c.unless(signed(f.Integer), f))
	case zapcore.Uint64Type, zapcore.Uint32Type, zapcore.Uint16Type, zapcore.Uint8Type, zapcore.UintptrType:
		return append(out, c.unless(number(uint64(f.Integer)), f))
	case zapcore.Float64Type:
		return append(out, c.unless(float(math.Float64frombits(uint64(f.Integer))), f))
	}
	// The others encode themselves, into a map whose leaves can be looked at.
	m := zapcore.NewMapObjectEncoder()
	f.AddTo(m)
	for _, key := range slices.Sorted(maps.Keys(m.Fields)) {
		out = append(out, c.leaf(c.text(key), m.Fields[key]))
	}
	return out
}

// unless returns f, or the mark in its place if it is a hit.
func (c *Core) unless(hit bool, f zapcore.Field) zapcore.Field {
	if hit {
		c.hits.Add(1)
		return zap.String(f.Key, Mark)
	}
	return f
}

// leaf makes a field of a value that the map encoder holds.
func (c *Core) leaf(key string, value any) zapcore.Field {
	switch v := value.(type) {
	case map[string]any:
		return zap.Object(key, object{c, v})
	case []any:
		return zap.Array(key, array{c, v})
	case []byte:
		// Binary is written as base64, in which nobody could look later.
		if clean := c.text(string(v)); clean != string(v) {
			return zap.String(key, clean)
		}
		return zap.Binary(key, v)
	case string:
		return zap.String(key, c.text(v))
	case bool, time.Time, nil,
		int, int64, int32, int16, int8, uint, uint64, uint32, uint16, uint8, uintptr, float64, float32, time.Duration:
		return c.scalar(zap.Any(key, v))
	case complex128:
		return c.unless(float(real(v)) || float(imag(v)), zap.Complex128(key, v))
	case complex64:
		return c.unless(float(float64(real(v))) || float(float64(imag(v))), zap.Complex64(key, v))
	default:
		return c.reflected(key, v)
	}
}

// scalar cleans a field of a simple type.
func (c *Core) scalar(f zapcore.Field) zapcore.Field {
	if f.Type == zapcore.Float32Type {
		return c.unless(float(float64(math.Float32frombits(uint32(f.Integer)))), f)
	}
	if f.Type == zapcore.ReflectType { // nil
		return f
	}
	return c.field(nil, f)[0]
}

// reflected encodes a value as the encoder would, and hands on those very bytes.
func (c *Core) reflected(key string, value any) zapcore.Field {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return zap.String(key+"Error", c.text(err.Error()))
	}
	text := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if clean := c.text(string(text)); clean != string(text) {
		return zap.String(key, clean)
	}
	return zap.Reflect(key, json.RawMessage(text))
}

// object encodes a map whose leaves are still to be cleaned.
type object struct {
	core   *Core
	fields map[string]any
}

// MarshalLogObject implements zapcore.ObjectMarshaler.
func (o object) MarshalLogObject(e zapcore.ObjectEncoder) error {
	for _, key := range slices.Sorted(maps.Keys(o.fields)) {
		o.core.leaf(o.core.text(key), o.fields[key]).AddTo(e)
	}
	return nil
}

// array encodes a list whose leaves are still to be cleaned.
type array struct {
	core  *Core
	items []any
}

// MarshalLogArray implements zapcore.ArrayMarshaler. A list of single digits is
// a number too, so it is looked at as a whole first.
func (a array) MarshalLogArray(e zapcore.ArrayEncoder) error {
	if text, err := json.Marshal(a.items); err == nil {
		if _, found := Text(string(text)); found > 0 {
			a.core.hits.Add(uint64(found))
			e.AppendString(Mark)
			return nil
		}
	}
	for _, item := range a.items {
		switch f := a.core.leaf("", item); f.Type {
		case zapcore.StringType:
			e.AppendString(f.String)
		case zapcore.ObjectMarshalerType:
			_ = e.AppendObject(f.Interface.(zapcore.ObjectMarshaler))
		case zapcore.ArrayMarshalerType:
			_ = e.AppendArray(f.Interface.(zapcore.ArrayMarshaler))
		case zapcore.DurationType:
			e.AppendDuration(time.Duration(f.Integer))
		case zapcore.TimeType, zapcore.TimeFullType:
			e.AppendTime(item.(time.Time))
		case zapcore.ReflectType:
			_ = e.AppendReflected(f.Interface)
		default:
			_ = e.AppendReflected(item)
		}
	}
	return nil
}
