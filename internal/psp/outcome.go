package psp

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
)

const maxToken = 255

// longSecret is from how many digits on a field is looked for in the whole
// answer; a shorter one, such as a security code or a PIN, occurs by chance and
// is looked for where it would stand alone.
const longSecret = 9

// echoes reports whether the answer contains the card number or another long
// field.
func (x *exchange) echoes(answer []byte, o *Order) (found bool) {
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		if name == PostalCode || name == Expiry {
			continue
		}
		o.Fields[name].Reveal(func(plain []byte) {
			found = found || len(plain) >= longSecret && x.scan.holds(answer, plain)
		})
	}
	return found
}

// reply is what a generic connector's endpoint answers. Its members stay bytes
// until they are judged.
type reply struct {
	Charge member `json:"charge_id"`
	Token  member `json:"token_id"`
	Code   member `json:"error_code"`
	Text   member `json:"error_message"`
}

// wipe clears all that was read: an error's text may hold a security code.
func (r *reply) wipe() {
	for _, m := range []member{r.Charge, r.Token, r.Code, r.Text} {
		m.wipe()
	}
}

// member is a member as it was sent. It is json.RawMessage, but leaves nothing of
// an earlier member of the same name.
type member []byte

func (m member) wipe() { clear(m[:cap(m)]) }

// UnmarshalJSON implements json.Unmarshaler.
func (m *member) UnmarshalJSON(data []byte) error {
	m.wipe()
	*m = append((*m)[:0], data...)
	return nil
}

// outcome judges an answer in which no long field was found.
func (g *generic) outcome(a answer, o *Order) (Result, *Error) {
	switch {
	case a.status >= 300 && a.status < 400:
		return Result{}, g.fail(Redirected, true, "the provider redirects, which is not followed: set the connector's url to where it points")
	case a.status >= 500 || a.status == 408 || a.status == 429:
		return Result{}, g.fail(Unavailable, true, "the provider reports a failure of its own: look at the provider's state")
	case a.status == 401 || a.status == 403 || a.status == 407:
		return Result{}, g.fail(Unavailable, true, "the provider does not accept our credentials: check authorization_file and the client certificate")
	}
	var r reply
	defer r.wipe()
	if json.Unmarshal(a.body, &r) != nil {
		return Result{}, g.fail(Nonsense, true, "the answer is not the generic connector's JSON: check the connector's url")
	}
	if given(r.Code) {
		if o.shortIn(r.Text, r.Code) {
			return Result{}, g.fail(Echoed, true, "the answer contains a security code or PIN; nothing of it was kept: the provider must not send it back")
		}
		return Result{}, g.fail(Declined, true, "the provider declined: ask for another card")
	}
	if a.status < 200 || a.status > 299 {
		return Result{}, g.fail(Nonsense, true, "the provider refuses without an error_code: check the connector's url")
	}
	return g.accepted(r, o)
}

// accepted takes the token or the charge's id out of a good answer.
func (g *generic) accepted(r reply, o *Order) (res Result, _ *Error) {
	wanted, name := r.Token, "token_id"
	if o.Action == Charge {
		wanted, name = r.Charge, "charge_id"
	}
	if !given(wanted) {
		return Result{}, g.fail(Nonsense, true, "the answer has no "+name+": check the endpoint behind the connector's url")
	}
	for _, v := range []struct {
		raw member
		to  *string
	}{{r.Token, &res.Token}, {r.Charge, &res.Reference}} {
		if !given(v.raw) {
			continue
		}
		text, ok := plainText(v.raw)
		switch {
		case !ok:
			return Result{}, g.fail(Nonsense, true, "an id in the answer is not a string of at most 255 visible characters without escapes")
		case v.to == &res.Token && looksLikeCard(text):
			return Result{}, g.fail(Echoed, true, "the token could be a card number: the provider must make tokens that fail the Luhn check")
		case o.shortIn(text):
			return Result{}, g.fail(Echoed, true, "an id in the answer contains a security code or PIN: the provider must not send it back")
		}
		*v.to = string(text)
	}
	return res, nil
}

// whole reports that no field has been wiped: only then was all of the card
// written, and looked for in the answer.
func (o *Order) whole() bool {
	for _, digits := range o.Fields {
		if digits.Len() == 0 {
			return false
		}
	}
	return true
}

// shortIn reports whether a field too short to be looked for everywhere, but
// not public like the postal code, stands alone in one of the texts.
func (o *Order) shortIn(texts ...[]byte) (found bool) {
	for _, name := range slices.Sorted(maps.Keys(o.Fields)) {
		if name == PostalCode || name == Expiry {
			continue
		}
		o.Fields[name].Reveal(func(plain []byte) {
			for _, text := range texts {
				found = found || len(plain) < longSecret && standsAlone(text, plain)
			}
		})
	}
	return found
}

// given reports whether a member is there and neither null nor empty.
func given(raw member) bool {
	return len(raw) > 0 && !bytes.Equal(raw, []byte("null")) && !bytes.Equal(raw, []byte(`""`))
}

// plainText returns what is between the quotes of a JSON string; false if it
// is no string or not plain enough for an id.
func plainText(raw []byte) ([]byte, bool) {
	if len(raw) < 3 || len(raw) > maxToken+2 || raw[0] != '"' {
		return nil, false
	}
	text := raw[1 : len(raw)-1]
	for _, c := range text {
		if c <= ' ' || c >= 0x7F || c == '\\' || c == '"' {
			return nil, false
		}
	}
	return text, true
}
