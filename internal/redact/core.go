// Package redact is the last net under the log: a zapcore.Core that looks for
// card numbers in all that is logged, replaces them and counts them.
//
// Nothing is meant to end in it. Digits are kept where they cannot be printed
// (tonegate/dtmf.Digits), and a count above zero is a fault to be found. The net
// is for what no type guards: a peer's text in an error, a header, a field that a
// later change adds.
//
// # What is looked at
//
// Messages, logger names, stack traces, the keys of fields and their values:
// text, bytes, numbers, errors with their causes and verbose forms, Stringers,
// and objects and arrays to their leaves. A value whose encoding is not known
// beforehand is encoded first, and what was looked at is what is written.
//
// # What is a card number
//
// 12 to 19 digits whose last is their Luhn check digit (ISO/IEC 7812-1 Annex B),
// with up to two spaces, dots, dashes, commas, slashes, underscores or tabs between
// them. Within a
// longer number an issuer known to package card must fit as well; without that,
// nine in ten long identifiers would be hit. Thirteen, sixteen and nineteen
// digits that begin with 1 and stand alone are taken for a time since 1970, twelve
// with the dots of an IPv4 address for one. Typed times are left alone, and so
// are fractions. Everything else is redacted
// when in doubt: one in ten numbers of that length passes Luhn by chance.
package redact

import (
	"sync/atomic"

	"go.uber.org/zap/zapcore"
)

// Core wraps another core. Use [New].
type Core struct {
	next zapcore.Core
	hits *atomic.Uint64
}

// New returns a core that hands on to next what it has cleaned.
func New(next zapcore.Core) *Core { return &Core{next: next, hits: new(atomic.Uint64)} }

// Hits returns how many card numbers were caught so far, those caught by
// loggers derived from this one included.
func (c *Core) Hits() uint64 { return c.hits.Load() }

// Enabled implements zapcore.Core.
func (c *Core) Enabled(l zapcore.Level) bool { return c.next.Enabled(l) }

// With implements zapcore.Core.
func (c *Core) With(fields []zapcore.Field) zapcore.Core {
	return &Core{next: c.next.With(c.fields(fields)), hits: c.hits}
}

// Check implements zapcore.Core.
func (c *Core) Check(e zapcore.Entry, checked *zapcore.CheckedEntry) *zapcore.CheckedEntry {
	// The next core adds itself where it checks, so that it would be written to
	// uncleaned: it is asked for its level only.
	if c.Enabled(e.Level) {
		return checked.AddCore(e, c)
	}
	return checked
}

// Write implements zapcore.Core.
func (c *Core) Write(e zapcore.Entry, fields []zapcore.Field) error {
	e.Message = c.text(e.Message)
	e.LoggerName = c.text(e.LoggerName)
	e.Stack = c.text(e.Stack)
	return c.next.Write(e, c.fields(fields))
}

// Sync implements zapcore.Core.
func (c *Core) Sync() error { return c.next.Sync() }

func (c *Core) text(s string) string {
	clean, found := Text(s)
	if found > 0 {
		c.hits.Add(uint64(found))
	}
	return clean
}
