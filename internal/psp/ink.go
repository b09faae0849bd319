package psp

import (
	"maps"
	"slices"

	"tonegate/dtmf"
)

// ink writes text into a buffer of fixed size. It never grows the buffer, so
// there is never a second one that would have to be cleared; what does not fit
// is dropped and full tells.
type ink struct {
	b    []byte
	n    int
	full bool
}

func (k *ink) raw(s string) {
	if len(s) > len(k.b)-k.n {
		k.full = true
		return
	}
	k.n += copy(k.b[k.n:], s)
}

func (k *ink) byte(c byte) {
	if k.n == len(k.b) {
		k.full = true
		return
	}
	k.b[k.n] = c
	k.n++
}

// quoted writes a JSON string (RFC 8259 §7).
func (k *ink) quoted(s string) {
	const hex = "0123456789abcdef"
	k.byte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			k.byte('\\')
			k.byte(c)
		case c < 0x20 || c == 0x7F:
			k.raw(`\u00`)
			k.byte(hex[c>>4])
			k.byte(hex[c&15])
		default:
			k.byte(c)
		}
	}
	k.byte('"')
}

// member writes ,"name":"value".
func (k *ink) member(name, value string) {
	k.byte(',')
	k.quoted(name)
	k.byte(':')
	k.quoted(value)
}

// digits writes ,"name":"…" with the keys from one index to another, straight
// from the arena. The order was checked, so they need no escape.
func (k *ink) digits(name string, d dtmf.Digits, from, to int) {
	k.byte(',')
	k.value(name, d, from, to)
}

func (k *ink) value(name string, d dtmf.Digits, from, to int) {
	k.quoted(name)
	k.raw(`:"`)
	d.Reveal(func(plain []byte) {
		to = min(to, len(plain))
		if from > to || to-from > len(k.b)-k.n {
			k.full = true
			return
		}
		k.n += copy(k.b[k.n:], plain[from:to])
	})
	k.byte('"')
}

// custom writes the fields without a meaning of their own as ,"name":{…}.
func (k *ink) custom(name string, o *Order) {
	open := byte('{')
	for _, field := range slices.Sorted(maps.Keys(o.Fields)) {
		if meaning(field) {
			continue
		}
		if open == '{' {
			k.byte(',')
			k.quoted(name)
			k.byte(':')
		}
		k.byte(open)
		k.value(field, o.Fields[field], 0, dtmf.MaxDigits)
		open = ','
	}
	if open == ',' {
		k.byte('}')
	}
}

func meaning(field string) bool {
	return field == CardNumber || field == Expiry || field == SecurityCode || field == PostalCode
}
