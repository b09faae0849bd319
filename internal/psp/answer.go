package psp

import (
	"bytes"
	"errors"
)

// Limits of a provider's answer. A token is some dozen bytes long.
const (
	maxHead   = 4 << 10
	maxAnswer = 12 << 10 // head, body and framing
)

// errNonsense is an answer that is not HTTP/1.1 as agreed. It has no detail:
// that would be the provider's words.
var errNonsense = errors.New("not an answer")

// answer is an HTTP answer. The body is a window into the buffer it was read
// into.
type answer struct {
	status int
	body   []byte
}

// parse reads an HTTP/1.1 answer (RFC 9112) from what has arrived so far, eof
// telling that no more will. It returns done false if more is needed. Once it
// is done a chunked body has been made contiguous in place. It makes no
// string and allocates nothing.
//
// It is stricter than a browser: lines end with CRLF, no folded fields, no
// body coding but chunked, never both kinds of length.
func parse(b []byte, eof bool) (a answer, done bool, err error) {
	more := func() (answer, bool, error) {
		if eof || len(b) >= maxAnswer {
			return answer{}, false, errNonsense
		}
		return answer{}, false, nil
	}
	for at := 0; ; {
		end := bytes.Index(b[at:], []byte("\r\n\r\n"))
		if end < 0 {
			if len(b) > maxHead || !mayBeStatus(b[at:]) {
				return answer{}, false, errNonsense
			}
			return more()
		}
		head := b[at : at+end+2]
		at += end + 4
		if at > maxHead {
			return answer{}, false, errNonsense
		}
		h, ok := parseHead(head)
		if !ok {
			return answer{}, false, errNonsense
		}
		if h.status < 200 && h.status != 101 {
			continue // an interim answer; the real one follows
		}
		a, done, err = h.body(b[at:], eof)
		if !done && err == nil {
			return more()
		}
		return a, done, err
	}
}

// mayBeStatus tells early that the other side does not speak HTTP.
func mayBeStatus(b []byte) bool {
	const version = "HTTP/1."
	n := min(len(b), len(version))
	return string(b[:n]) == version[:n]
}

// head is what an answer's header says of its length.
type head struct {
	status  int
	chunked bool
	length  int // -1 if not given
}

func parseHead(b []byte) (h head, ok bool) {
	h.length = -1
	line, rest, _ := bytes.Cut(b, []byte("\r\n"))
	// HTTP/1.1 200 OK; the reason may be missing.
	if len(line) < 12 || !mayBeStatus(line) || !isDigit(line[7]) || line[8] != ' ' || !allDigits(line[9:12]) || len(line) > 12 && line[12] != ' ' {
		return h, false
	}
	h.status = int(line[9]-'0')*100 + int(line[10]-'0')*10 + int(line[11]-'0')
	for len(rest) > 0 {
		line, rest, _ = bytes.Cut(rest, []byte("\r\n"))
		name, value, found := bytes.Cut(line, []byte(":"))
		if !found || !isToken(name) || bytes.IndexByte(line, '\n') >= 0 || bytes.IndexByte(line, 0) >= 0 {
			return h, false
		}
		if !h.field(name, bytes.Trim(value, " \t")) {
			return h, false
		}
	}
	return h, h.status >= 100 && (!h.chunked || h.length < 0)
}

// field takes in one header field, and reports whether it can be lived with.
func (h *head) field(name, value []byte) bool {
	switch {
	case bytes.EqualFold(name, []byte("Content-Length")):
		n, ok := number(value, 10)
		if !ok || h.length >= 0 && h.length != n {
			return false
		}
		h.length = n
	case bytes.EqualFold(name, []byte("Transfer-Encoding")):
		if h.chunked || !bytes.EqualFold(value, []byte("chunked")) {
			return false
		}
		h.chunked = true
	case bytes.EqualFold(name, []byte("Content-Encoding")):
		// A compressed body could not be searched for the card.
		return bytes.EqualFold(value, []byte("identity"))
	}
	return true
}

// body finds the body in what follows the head (RFC 9112 §6.3).
func (h head) body(b []byte, eof bool) (a answer, done bool, err error) {
	a.status = h.status
	switch {
	case h.status == 204 || h.status == 304 || h.status == 101:
		return a, true, nil
	case h.chunked:
		body, done, err := dechunk(b)
		a.body = body
		return a, done, err
	case h.length >= 0:
		if h.length > maxAnswer {
			return a, false, errNonsense
		}
		if len(b) < h.length {
			return a, false, nil
		}
		a.body = b[:h.length]
		return a, true, nil
	default:
		a.body = b
		return a, eof, nil
	}
}

// dechunk joins the chunks of a body in place (RFC 9112 §7.1) once all of them
// are there; until then it changes nothing. Extensions and trailers are passed
// over.
func dechunk(b []byte) (body []byte, done bool, err error) {
	if done, err := chunks(b, nil); !done || err != nil {
		return nil, false, err
	}
	n := 0
	_, err = chunks(b, func(chunk []byte) { n += copy(b[n:], chunk) })
	return b[:n], true, err
}

// chunks calls each with every chunk's data, in order.
func chunks(b []byte, each func([]byte)) (done bool, err error) {
	const maxLine = 256
	for {
		end := bytes.Index(b[:min(len(b), maxLine)], []byte("\r\n"))
		if end < 0 {
			if len(b) >= maxLine {
				return false, errNonsense
			}
			return false, nil
		}
		size, _, _ := bytes.Cut(b[:end], []byte(";"))
		n, ok := number(bytes.TrimRight(size, " \t"), 16)
		if !ok || n > maxAnswer {
			return false, errNonsense
		}
		b = b[end+2:]
		if n == 0 {
			return trailer(b)
		}
		if len(b) < n+2 {
			return false, nil
		}
		if b[n] != '\r' || b[n+1] != '\n' {
			return false, errNonsense
		}
		if each != nil {
			each(b[:n])
		}
		b = b[n+2:]
	}
}

// trailer passes over the fields after the last chunk, up to an empty line.
func trailer(b []byte) (done bool, err error) {
	for {
		end := bytes.Index(b, []byte("\r\n"))
		switch {
		case end < 0:
			return false, nil
		case end == 0:
			return true, nil
		}
		b = b[end+2:]
	}
}

// number reads a number of at most seven digits, without a sign.
func number(b []byte, base int) (n int, ok bool) {
	if len(b) == 0 || len(b) > 7 {
		return 0, false
	}
	for _, c := range b {
		d := int(hexValue(c))
		if d >= base {
			return 0, false
		}
		n = n*base + d
	}
	return n, true
}

// isToken reports whether b can be a field's name (RFC 9110 §5.6.2).
func isToken(b []byte) bool {
	for _, c := range b {
		if c <= ' ' || c >= 0x7F || bytes.IndexByte([]byte(`"(),/:;<=>?@[\]{}`), c) >= 0 {
			return false
		}
	}
	return len(b) > 0
}
