package psp_test

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/psp"
)

// TestAnswers: what a provider may answer, byte for byte over TLS.
func TestAnswers(t *testing.T) {
	const good = `{"token_id":"tok_1","error_code":null,"error_message":null}`
	chunked := "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
	for name, tc := range map[string]struct {
		answer string
		class  psp.Class
	}{
		"length":               {ok(good), ""},
		"chunks":               {chunked + "a;x=y\r\n" + good[:10] + "\r\n" + fmt.Sprintf("%X\r\n%s\r\n0\r\nTrailer: x\r\n\r\n", len(good)-10, good[10:]), ""},
		"until the end":        {"HTTP/1.0 200 OK\r\n\r\n" + good, ""},
		"no reason":            {"HTTP/1.1 200\r\nContent-Length: 20\r\n\r\n" + `{"token_id":"tok_1"}`, ""},
		"interim answer":       {"HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n" + ok(good), ""},
		"more than promised":   {ok(good) + "garbage", ""},
		"empty error code":     {ok(`{"token_id":"tok_1","error_code":""}`), ""},
		"declined with 200":    {ok(`{"token_id":"tok_1","error_code":"card_declined"}`), psp.Declined},
		"declined by number":   {ok(`{"error_code":51}`), psp.Declined},
		"redirect":             {"HTTP/1.1 302 Found\r\nLocation: https://example.org\r\nContent-Length: 0\r\n\r\n", psp.Redirected},
		"not modified":         {"HTTP/1.1 304 Not Modified\r\n\r\n", psp.Redirected},
		"server error":         {"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n", psp.Unavailable},
		"too many":             {"HTTP/1.1 429 Slow down\r\nContent-Length: 0\r\n\r\n", psp.Unavailable},
		"credentials":          {"HTTP/1.1 401 Who\r\nContent-Length: 2\r\n\r\n{}", psp.Unavailable},
		"no such path":         {"HTTP/1.1 404 None\r\nContent-Length: 2\r\n\r\n{}", psp.Nonsense},
		"no body":              {"HTTP/1.1 204 None\r\n\r\n", psp.Nonsense},
		"protocol switched":    {"HTTP/1.1 101 Switch\r\nUpgrade: x\r\n\r\n", psp.Nonsense},
		"not JSON":             {ok(`token_id=tok_1`), psp.Nonsense},
		"JSON of another kind": {ok(`["tok_1"]`), psp.Nonsense},
		"no token":             {ok(`{"charge_id":"ch_1"}`), psp.Nonsense},
		"token is a number":    {ok(`{"token_id":17}`), psp.Nonsense},
		"token with escapes":   {ok(`{"token_id":"tok_\u0031"}`), psp.Nonsense},
		"token with a space":   {ok(`{"token_id":"tok 1"}`), psp.Nonsense},
		"long token":           {ok(`{"token_id":"` + strings.Repeat("t", 256) + `"}`), psp.Nonsense},
		"half an answer":       {ok(good)[:60], psp.Nonsense},
		"half a chunk":         {chunked + "50\r\n" + good, psp.Nonsense},
		"bad chunk":            {chunked + "-1\r\n\r\n", psp.Nonsense},
		"endless chunk line":   {chunked + strings.Repeat("0", 300), psp.Nonsense},
		"both lengths":         {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", psp.Nonsense},
		"two lengths":          {"HTTP/1.1 200 OK\r\nContent-Length: 20\r\nContent-Length: 21\r\n\r\n" + good, psp.Nonsense},
		"negative length":      {"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n" + good, psp.Nonsense},
		"huge length":          {"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n" + good, psp.Nonsense},
		"compressed":           {"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", psp.Nonsense},
		"folded header":        {"HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\nContent-Length: 2\r\n\r\n{}", psp.Nonsense},
		"endless header":       {"HTTP/1.1 200 OK\r\nA: " + strings.Repeat("b", 20<<10), psp.Nonsense},
		"endless body":         {"HTTP/1.1 200 OK\r\n\r\n" + strings.Repeat(" ", 20<<10), psp.Nonsense},
		"endless interims":     {strings.Repeat("HTTP/1.1 100 Go on\r\n\r\n", 1000), psp.Nonsense},
		"not HTTP":             {"220 smtp.example.org ESMTP\r\n", psp.Nonsense},
		"HTTP/2":               {"\x00\x00\x12\x04\x00\x00\x00\x00\x00", psp.Nonsense},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, _ := says(t, tc.answer)
			c := connector(t, cfg, psp.Runtime{})
			if tc.class == "" {
				res, err := c.Submit(within(t), card(t))
				require.NoError(t, err)
				assert.Equal(t, psp.Result{Token: "tok_1"}, res)
				return
			}
			assert.Equal(t, tc.class, failure(t, c, card(t)).Class)
		})
	}
}

// TestEchoes: an answer with the card in it is refused whatever else it says,
// and nothing of it gets out.
func TestEchoes(t *testing.T) {
	b64 := base64.StdEncoding.EncodeToString
	spaced := number[:4] + " " + number[4:8] + " " + number[8:12] + " " + number[12:]
	escaped, codes, list, references := "", "", "", ""
	for _, d := range number {
		escaped += fmt.Sprintf(`\u%04x`, d)
		codes += fmt.Sprintf("%d, ", d)
		list += fmt.Sprintf("%q, ", d)
		references += fmt.Sprintf("&#%d;", d)
	}
	message := func(s string) string { return ok(`{"token_id":"tok_1","error_message":"` + s + `"}`) }
	for name, answer := range map[string]string{
		"as the token":       ok(`{"token_id":"` + number + `"}`),
		"in the token":       ok(`{"token_id":"tok_` + number + `"}`),
		"dashed token":       ok(`{"token_id":"` + strings.ReplaceAll(spaced, " ", "-") + `"}`),
		"most of it":         ok(`{"token_id":"tok_` + number[:12] + `"}`),
		"as a number":        ok(`{"token_id":"tok_1","n":` + number + `}`),
		"in a message":       message("card " + number + " is fine"),
		"spaced":             message(spaced),
		"escaped":            message(escaped),
		"escaped twice":      message(strings.ReplaceAll(escaped, `\`, `\\`)),
		"codes":              message(codes),
		"a list":             ok(`{"token_id":"tok_1","n":[` + strings.TrimSuffix(strings.ReplaceAll(list, "'", `"`), ", ") + `]}`),
		"references":         message(references),
		"base64":             message(b64([]byte(number))),
		"base64 of spaced":   message(b64([]byte("pan=" + spaced + ";"))),
		"base64url":          message(base64.RawURLEncoding.EncodeToString([]byte("??>" + number))),
		"base64 twice":       message(b64([]byte(b64([]byte(number))))),
		"hex":                message(hex.EncodeToString([]byte(number))),
		"hex of base64":      message(hex.EncodeToString([]byte(b64([]byte(number))))),
		"HEX, spaced":        message(strings.ToUpper(fmt.Sprintf("% x", number))),
		"percent":            message("%" + strings.ReplaceAll(fmt.Sprintf("% x", number), " ", "%")),
		"packed":             message(b64(packed(number))),
		"UTF-16":             message(b64([]byte(strings.Join(strings.Split(number, ""), "\x00")))),
		"in a header":        "HTTP/1.1 200 OK\r\nX-Card: " + number + "\r\nContent-Length: 20\r\n\r\n" + `{"token_id":"tok_1"}`,
		"in the reason":      "HTTP/1.1 500 " + number + "\r\nContent-Length: 0\r\n\r\n",
		"in the redirect":    "HTTP/1.1 302 Found\r\nLocation: /?n=" + number + "\r\nContent-Length: 0\r\n\r\n",
		"across chunks":      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n19\r\n" + `{"token_id":"a","n":"` + number[:4] + "\r\n" + "e\r\n" + number[4:] + `"}` + "\r\n0\r\n\r\n",
		"in nonsense":        "SMTP " + number + "\r\n",
		"declined":           "HTTP/1.1 402 No\r\nContent-Length: 40\r\n\r\n" + fmt.Sprintf("%-40s", `{"error_code":"`+number+`"}`),
		"another card":       ok(`{"token_id":"4111111111111111"}`),
		"another, spaced":    ok(`{"token_id":"4111-1111-1111-1111"}`),
		"code in the token":  ok(`{"token_id":"tok-` + code + `"}`),
		"code as the token":  ok(`{"token_id":"` + code + `"}`),
		"code in the charge": ok(`{"token_id":"tok_1","charge_id":"ch.` + code + `"}`),
		"code in an error":   ok(`{"error_code":"cvv_mismatch","error_message":"the code ` + code + ` is wrong"}`),
	} {
		t.Run(name, func(t *testing.T) {
			cfg, _ := says(t, answer)
			e := failure(t, connector(t, cfg, psp.Runtime{}), card(t))
			assert.Equal(t, psp.Echoed, e.Class, e.Text)
			assert.NotContains(t, e.Error(), number[:6])
			assert.NotContains(t, e.Error(), code)
		})
	}
}

// TestHarmlessAnswers: what merely resembles a card is taken.
func TestHarmlessAnswers(t *testing.T) {
	for _, token := range []string{
		"4111111111111112",                  // fails the check
		number[:6] + "xxxxxx" + number[12:], // truncated as PCI DSS allows
		"tok_" + number[:9],
		"x" + code + "y", // part of a word by chance
		"12345678901",    // too short for a card
		"a3f0c2d4-0917-4e2e-b880-a14e6e1cda7d",
		base64.RawURLEncoding.EncodeToString([]byte("another token altogether")),
	} {
		cfg, _ := says(t, ok(`{"token_id":"`+token+`"}`))
		res, err := connector(t, cfg, psp.Runtime{}).Submit(within(t), card(t))
		require.NoError(t, err, token)
		assert.Equal(t, token, res.Token)
	}
}

// TestProvidersWordsStayOut: no error repeats what a provider wrote.
func TestProvidersWordsStayOut(t *testing.T) {
	const word = "Zanzibar"
	for _, answer := range []string{
		ok(`{"error_code":"` + word + `","error_message":"` + word + `"}`), ok(word), word,
		"HTTP/1.1 500 " + word + "\r\n" + word + ": " + word + "\r\nContent-Length: 0\r\n\r\n",
		"HTTP/1.1 302 " + word + "\r\nLocation: https://" + word + "/\r\nContent-Length: 0\r\n\r\n",
		ok(`{"token_id":"` + word + ` ` + word + `"}`),
	} {
		cfg, _ := says(t, answer)
		e := failure(t, connector(t, cfg, psp.Runtime{}), card(t))
		assert.NotContains(t, e.Error(), word)
		assert.NotContains(t, fmt.Sprintf("%+v %#v", e, e), word)
	}
}

// packed writes digits two to a byte.
func packed(digits string) (b []byte) {
	for i := 0; i+1 < len(digits); i += 2 {
		b = append(b, (digits[i]-'0')<<4|(digits[i+1]-'0'))
	}
	return b
}

// TestWipedBeforeTheAnswer: a card that was wiped while its payment was under way
// can be looked for no more, so nothing of the answer is kept.
func TestWipedBeforeTheAnswer(t *testing.T) {
	order := card(t)
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		for _, d := range order.Fields {
			d.Wipe()
		}
		_, _ = io.WriteString(w, `{"token_id":"tok_`+number+`-`+code+`"}`)
	}))
	t.Cleanup(s.Close)
	e := failure(t, connector(t, trusting(t, s), psp.Runtime{}), order)
	assert.Equal(t, psp.Cancelled, e.Class, e.Text)
	assert.True(t, e.Sent)
	assert.NotContains(t, e.Error(), number[:6])
}
