package psp

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// FuzzParse: whatever a provider sends, the parser neither panics nor reads
// past its end, and what it makes of an answer does not depend on how the
// answer was cut into packets.
func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}", "HTTP/1.1 200\r\nTransfer-Encoding: chunked\r\n\r\n2;a\r\n{}\r\n0\r\nA: b\r\n\r\n",
		"HTTP/1.1 100 Go\r\n\r\nHTTP/1.0 402 No\r\n\r\n{", "HTTP/1.1 204 None\r\n\r\n",
	} {
		f.Add([]byte(s), uint16(20))
	}
	f.Fuzz(func(t *testing.T, b []byte, cut uint16) {
		b = b[:min(len(b), maxAnswer)]
		whole := bytes.Clone(b)
		a, done, err := parse(whole, true)
		if done == (err != nil) {
			t.Fatalf("at its end an answer is whole or wrong: %v %v", done, err)
		}
		if done && (a.status < 100 || a.status > 999 || len(a.body) > len(b)) {
			t.Fatalf("%d with %d bytes", a.status, len(a.body))
		}
		part := bytes.Clone(b[:min(int(cut), len(b))])
		p, early, wrong := parse(part, false)
		if early && (!done || p.status != a.status || !bytes.Equal(p.body, a.body)) {
			t.Fatal("it was done with a part, and otherwise with the whole")
		}
		if wrong != nil && err == nil {
			t.Fatal("a part of a good answer is wrong")
		}
		if !early && wrong == nil && !bytes.Equal(part, b[:len(part)]) {
			t.Fatal("it changed what it was not done with")
		}
	})
}

// TestFramings: the same body in every framing is the same body.
func TestFramings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		body := rapid.SliceOfN(rapid.Byte(), 0, 2000).Draw(t, "body")
		var chunked strings.Builder
		for rest := body; ; {
			n := 0
			if len(rest) > 0 {
				n = rapid.IntRange(1, len(rest)).Draw(t, "chunk")
			}
			fmt.Fprintf(&chunked, "%x\r\n", n)
			if n == 0 {
				break
			}
			chunked.Write(rest[:n])
			chunked.WriteString("\r\n")
			rest = rest[n:]
		}
		for framing, text := range map[string]string{
			"length":  fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s", len(body), body),
			"chunked": "HTTP/1.1 200 OK\r\ntransfer-encoding:\tChunked\r\n\r\n" + chunked.String() + "\r\n",
		} {
			at := rapid.IntRange(0, len(text)-1).Draw(t, "cut")
			if _, done, err := parse([]byte(text[:at]), false); done || err != nil {
				t.Fatalf("%s: %d of %d bytes: %v %v", framing, at, len(text), done, err)
			}
			a, done, err := parse([]byte(text), false)
			if !done || err != nil || a.status != 200 || !bytes.Equal(a.body, body) {
				t.Fatalf("%s: %v %v", framing, done, err)
			}
		}
	})
}

// writings are ways in which a provider could write a text.
var writings = map[string]func(string) string{
	"plain":     func(s string) string { return s },
	"base64":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"base64url": func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"hex":       func(s string) string { return hex.EncodeToString([]byte(s)) },
	"HEX":       func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"escapes": func(s string) string {
		var b strings.Builder
		for _, c := range []byte(s) {
			fmt.Fprintf(&b, `\u%04X`, c)
		}
		return b.String()
	},
}

var ways = []string{"plain", "base64", "base64url", "hex", "HEX", "escapes"}

// TestScanFindsTheCard: with any separator, in any two encodings, at any place.
func TestScanFindsTheCard(t *testing.T) {
	s := new(scanner)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[0-9]{12,19}`).Draw(t, "number")
		gap := rapid.SampledFrom([]string{"", " ", "-", "\x00", ".", `","`, " x "}).Draw(t, "gap")
		noise := rapid.StringMatching(`[a-z ]{0,40}`)
		text := noise.Draw(t, "before") + strings.Join(strings.Split(number, ""), gap) + noise.Draw(t, "after")
		for range 2 {
			text = writings[rapid.SampledFrom(ways).Draw(t, "way")](text)
			text = noise.Draw(t, "before") + `"` + text + `"` + noise.Draw(t, "after")
		}
		if !s.holds([]byte(text), []byte(number)) {
			t.Fatalf("not found in %s", text)
		}
	})
}

// TestScanFindsNothingElse: an answer without the card has no card.
func TestScanFindsNothingElse(t *testing.T) {
	s := new(scanner)
	rapid.Check(t, func(t *rapid.T) {
		number := rapid.StringMatching(`[1-9]{16}`).Draw(t, "number")
		text := rapid.StringMatching(`[a-zA-Z0 {}":,]{0,300}`).Draw(t, "text")
		if s.holds([]byte(number[:8]+"x0"+text+number[12:]), []byte(number)) {
			t.Fatalf("found in %s", text)
		}
	})
}
