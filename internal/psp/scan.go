package psp

import "bytes"

const (
	// window is how many consecutive digits of a card number count as the
	// card. PCI DSS 3.4.1 lets the first eight and the last four be shown.
	window = 10
	// maxGap is how many other characters may stand between two digits: enough
	// for separators, JSON arrays and character references.
	maxGap = 8
	// layers is how deep encodings may be nested.
	layers = 3
	// minRun is the shortest run of base64 or hex characters that can hold a
	// window.
	minRun = 10
)

// scanner looks for a secret in what a provider answered, also under
// encodings, without ever copying the secret. What it decodes it puts into
// buffers of its own, which the owner clears.
type scanner struct {
	layer [layers][maxAnswer]byte
}

// holds reports whether view contains the digits of secret: all of them, or a
// window.
func (s *scanner) holds(view, secret []byte) bool { return s.search(view, secret, 0) }

func (s *scanner) search(view, secret []byte, depth int) bool {
	if written(view, secret) || packed(view, secret) {
		return true
	}
	if depth == layers {
		return false
	}
	out := s.layer[depth][:]
	if n, changed := unescape(out, view); changed && s.search(out[:n], secret, depth+1) {
		return true
	}
	found := func(n int) bool { return n > 0 && s.search(out[:n], secret, depth+1) }
	return eachRun(view, isBase64, func(run []byte) bool {
		for skip := range 4 {
			if found(decode(out, run, skip, 6, base64Value)) {
				return true
			}
		}
		return false
	}) || eachRun(view, isHex, func(run []byte) bool {
		for skip := range 2 {
			if found(decode(out, run, skip, 4, hexValue)) {
				return true
			}
		}
		return false
	})
}

// The ways in which one digit is written: as itself, as the hexadecimal or as
// the decimal code of its character. In each, all characters are digits again.
var images = [...]func(d byte) (image [2]byte, n int){
	func(d byte) ([2]byte, int) { return [2]byte{d}, 1 },
	func(d byte) ([2]byte, int) { return [2]byte{'3', d}, 2 },
	func(d byte) ([2]byte, int) {
		code := 48 + (d - '0')
		return [2]byte{'0' + code/10, '0' + code%10}, 2
	},
}

// written looks for the digits as text, with a few other characters between
// any two of them.
func written(view, secret []byte) bool {
	k := min(len(secret), window)
	if k == 0 {
		return false
	}
	for _, image := range images {
		for at := range view {
			if !isDigit(view[at]) {
				continue
			}
			for first := 0; first+k <= len(secret); first++ {
				if startsWith(view[at:], secret[first:first+k], image) {
					return true
				}
			}
		}
	}
	return false
}

func startsWith(view, digits []byte, image func(byte) ([2]byte, int)) bool {
	at := 0
	for i, d := range digits {
		want, n := image(d)
		for j := range n {
			if i+j > 0 {
				limit := at + maxGap
				for at < len(view) && at < limit && !isDigit(view[at]) {
					at++
				}
			}
			if at >= len(view) || view[at] != want[j] {
				return false
			}
			at++
		}
	}
	return true
}

// packed looks for the digits two to a byte (BCD), from either half of a byte.
func packed(view, secret []byte) bool {
	k := min(len(secret), window)
	nibble := func(i int) byte {
		if i&1 == 0 {
			return view[i/2] >> 4
		}
		return view[i/2] & 15
	}
	for first := 0; first+k <= len(secret); first++ {
		for at := 0; at+k <= 2*len(view); at++ {
			n := 0
			for n < k && nibble(at+n) == secret[first+n]-'0' {
				n++
			}
			if n == k && k > 0 {
				return true
			}
		}
	}
	return false
}

// unescape undoes one layer of JSON escapes (RFC 8259 §7). A character beyond
// ASCII becomes a question mark: it is no digit.
func unescape(out, view []byte) (n int, changed bool) {
	for i := 0; i < len(view); i++ {
		c := view[i]
		if c == '\\' && i+1 < len(view) {
			changed = true
			i++
			c = view[i]
			if code, ok := number(view[i+1:min(i+5, len(view))], 16); c == 'u' && ok && i+4 < len(view) {
				i += 4
				c = '?'
				if code < 0x80 {
					c = byte(code)
				}
			}
		}
		out[n] = c
		n++
	}
	return n, changed
}

// eachRun calls f with every run of characters of one kind that is long enough;
// line breaks do not end a run. It stops when f finds something.
func eachRun(view []byte, kind func(byte) bool, f func(run []byte) bool) bool {
	from := 0
	for i := 0; i <= len(view); i++ {
		if i < len(view) && (kind(view[i]) || i > from && isBreak(view[i])) {
			continue
		}
		if i-from >= minRun && f(view[from:i]) {
			return true
		}
		from = i + 1
	}
	return false
}

func isBreak(c byte) bool  { return c == '\r' || c == '\n' }
func isHex(c byte) bool    { return hexValue(c) < 16 }
func isBase64(c byte) bool { return base64Value(c) < 64 }

func hexValue(c byte) uint8 {
	switch {
	case isDigit(c):
		return c - '0'
	case 'a' <= c && c <= 'f':
		return c - 'a' + 10
	case 'A' <= c && c <= 'F':
		return c - 'A' + 10
	default:
		return 255
	}
}

// base64Value knows both alphabets (RFC 4648 §4 and §5).
func base64Value(c byte) uint8 {
	switch {
	case 'A' <= c && c <= 'Z':
		return c - 'A'
	case 'a' <= c && c <= 'z':
		return c - 'a' + 26
	case isDigit(c):
		return c - '0' + 52
	case c == '+' || c == '-':
		return 62
	case c == '/' || c == '_':
		return 63
	default:
		return 255
	}
}

// decode turns characters of a few bits each into bytes, passing over the
// first ones, since a card may begin anywhere in a longer run.
func decode(out, run []byte, skip, bits int, value func(byte) uint8) (n int) {
	var acc uint
	have := 0
	for _, c := range run {
		if isBreak(c) {
			continue
		}
		if skip > 0 {
			skip--
			continue
		}
		acc = acc<<bits | uint(value(c))
		if have += bits; have >= 8 {
			have -= 8
			out[n] = byte(acc >> have)
			acc &= 1<<have - 1
			n++
		}
	}
	return n
}

// standsAlone reports whether the digits occur in text with no letter or digit
// beside them. That is how a security code or a PIN is found, which would be
// part of many a longer number by chance.
func standsAlone(text, digits []byte) bool {
	for at := 0; len(digits) > 0 && at+len(digits) <= len(text); at++ {
		if !bytes.Equal(text[at:at+len(digits)], digits) {
			continue
		}
		end := at + len(digits)
		if (at == 0 || !isWord(text[at-1])) && (end == len(text) || !isWord(text[end])) {
			return true
		}
	}
	return false
}

func isWord(c byte) bool { return isDigit(c) || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' }

// looksLikeCard reports whether a token could be taken for a card number: 12 to
// 19 digits and nothing else but separators, with a right check digit (ISO/IEC
// 7812-1 annex B). One in ten tokens made of digits alone would be; a provider
// must not make such.
func looksLikeCard(token []byte) bool {
	sum, n := 0, 0
	for i := len(token) - 1; i >= 0; i-- {
		c := token[i]
		if c == ' ' || c == '-' || c == '.' {
			continue
		}
		if !isDigit(c) {
			return false
		}
		d := int(c - '0')
		if n%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		n++
	}
	return 12 <= n && n <= 19 && sum%10 == 0
}
