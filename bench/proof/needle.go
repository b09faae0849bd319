package proof

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"strconv"
	"strings"
)

const (
	// maxStride is how far apart two digits of a list may lie in memory.
	maxStride = 64
	// someDigits in a row are a trace: more than any truncation may keep of a
	// number, which is six or eight digits in front and four behind.
	someDigits = 10
	// packedDigits is the same for forms of which random bytes would too often be
	// one.
	packedDigits = 14
)

// form is a run of bytes that would be a trace of a number.
type form struct {
	name  string
	bytes []byte
}

// needle finds one number in bytes, in every form that it is known to take.
type needle struct {
	digits string
	forms  []form
}

func newNeedle(number string) *needle {
	n := &needle{digits: number}
	add := func(name string, b []byte) { n.forms = append(n.forms, form{name, b}) }
	for i := 0; i+someDigits <= len(number); i++ {
		part := number[i : i+someDigits]
		for shift := range 3 {
			// The characters at the ends also hold bits of the neighbours.
			text := base64.RawStdEncoding.EncodeToString([]byte(strings.Repeat("x", shift) + part))
			from := []int{0, 2, 3}[shift]
			add("base64", []byte(text[from:len(text)-1]))
		}
		add("hexadecimal", []byte(hex.EncodeToString([]byte(part))))
		var spread []string
		for _, d := range part {
			spread = append(spread, string(d))
		}
		for _, between := range []string{",", ", ", "-", `","`, `", "`} {
			add("list in text", []byte(strings.Join(spread, between)))
		}
	}
	for i := 0; i+packedDigits <= len(number); i++ {
		packed, _ := hex.DecodeString(number[i : i+packedDigits])
		add("BCD", packed)
		swapped := make([]byte, len(packed))
		for k, b := range packed {
			swapped[k] = b<<4 | b>>4
		}
		add("BCD, low digit first", swapped)
	}
	if v, err := strconv.ParseUint(number, 10, 64); err == nil {
		add("integer", binary.LittleEndian.AppendUint64(nil, v))
		add("integer, big-endian", binary.BigEndian.AppendUint64(nil, v))
		add("float", binary.LittleEndian.AppendUint64(nil, math.Float64bits(float64(v))))
	}
	return n
}

// hit is a trace that was found.
type hit struct {
	form string
	at   int
}

// find returns the traces of the number in b: its forms, and its digits as
// characters or as codes at every stride up to maxStride. Stride 1 is ASCII, or
// a list of codes; 2 is UTF-16 of either order; 4 the payloads of named events
// one after the other, or runes; 8 a list of integers.
func (n *needle) find(b []byte) (hits []hit) {
	for _, f := range n.forms {
		for at := 0; ; at++ {
			i := bytes.Index(b[at:], f.bytes)
			if i < 0 {
				break
			}
			at += i
			hits = append(hits, hit{f.name, at})
		}
	}
	for part := 0; part+someDigits <= len(n.digits); part++ {
		digits := n.digits[part : part+someDigits]
		for _, zero := range []byte{'0', 0} {
			hits = append(hits, spaced(b, digits, zero)...)
		}
	}
	return hits
}

// spaced finds digits that begin with zero's code at equal distances.
func spaced(b []byte, digits string, zero byte) (hits []hit) {
	first, second := digits[0]-'0'+zero, digits[1]-'0'+zero
	for at := 0; at < len(b); at++ {
		i := bytes.IndexByte(b[at:], first)
		if i < 0 {
			break
		}
		at += i
		for stride := 1; stride <= maxStride && at+stride*(len(digits)-1) < len(b); stride++ {
			if b[at+stride] != second {
				continue
			}
			k := 2
			for k < len(digits) && b[at+k*stride] == digits[k]-'0'+zero {
				k++
			}
			if k == len(digits) {
				hits = append(hits, hit{spacedName(zero, stride), at})
			}
		}
	}
	return hits
}

func spacedName(zero byte, stride int) string {
	switch {
	case zero == '0' && stride == 1:
		return "ASCII"
	case zero == '0' && stride == 2:
		return "UTF-16"
	case zero == '0':
		return fmt.Sprintf("characters, %d bytes apart", stride)
	case stride == 1:
		return "codes"
	case stride == 4:
		return "event payloads, or codes 4 bytes apart"
	default:
		return fmt.Sprintf("codes, %d bytes apart", stride)
	}
}

// tally counts hits by form.
func tally(hits []hit) string {
	counts := map[string]int{}
	var names []string
	for _, h := range hits {
		if counts[h.form] == 0 {
			names = append(names, h.form)
		}
		counts[h.form]++
	}
	for i, name := range names {
		names[i] = fmt.Sprintf("%d× %s", counts[name], name)
	}
	return strings.Join(names, ", ")
}
