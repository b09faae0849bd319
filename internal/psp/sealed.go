package psp

import (
	"bytes"
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"os"
	"strconv"
	"strings"

	"filippo.io/age"
	"github.com/go-jose/go-jose/v4"

	"tonegate/internal/registers"
)

// The envelopes.
const (
	FormatAge = "age" // age-encryption.org/v1, X25519, binary format in base64
	FormatJWE = "jwe" // RFC 7516, compact; RSA-OAEP-256 or ECDH-ES, A256GCM
)

// sealedSizes are the sizes that a plaintext is padded to with spaces, so that
// an envelope's length does not tell a field's. Each is some bytes below a
// power of two: age collects the plaintext in a growing buffer, which it then
// encrypts in place, and the room for its tag must be there or it would move
// and leave a copy of the card behind.
var sealedSizes = [...]int{1000, 2000}

// plaintext is the one buffer a sealed order stands in.
type plaintext [2000]byte

// sealed encrypts orders to a public key and sends nothing. The plaintext is a
// JSON object of strings: version, transaction_id, method, action, amount (a
// decimal number) and currency_code (capital letters), description,
// idempotency_key, card_number, expiry (MMYY), cvv, postal_code, and the custom
// fields in parameters. docs/CONNECTORS.md tells integrators.
//
// What the libraries keep of it: go-jose encrypts from our buffer into
// ciphertext and copies nothing; age copies it into a buffer of its own and
// encrypts that in place. Neither leaves a copy, which a test of the process's
// memory holds them to. Both leave the content key on the heap until it is
// collected: whoever reads it there needs the envelope too.
type sealed struct {
	name   string
	format string
	seal   func(plain []byte) (envelope string, err error)
}

func newSealed(cfg Config, f *faults) *sealed {
	s := &sealed{name: f.name}
	cfg.others(f, KindSealed, map[string]bool{
		"url": cfg.URL != "", "token_type": cfg.TokenType != "", "ca_file": cfg.CAFile != "",
		"client_cert_file": cfg.ClientCertFile != "", "client_key_file": cfg.ClientKeyFile != "",
		"authorization_file": cfg.AuthorizationFile != "", "budget": cfg.Budget != 0, "plain_loopback": cfg.PlainLoopback,
	})
	switch {
	case (cfg.Recipient == "") == (cfg.RecipientFile == ""):
		f.add("give either recipient or recipient_file")
	case cfg.Recipient != "":
		s.toAge(cfg.Recipient, f)
	default:
		s.toFile(cfg.RecipientFile, f)
	}
	return s
}

// Submit implements [Connector].
func (s *sealed) Submit(ctx context.Context, o Order) (Result, error) {
	fail := func(c Class, text string) (Result, error) {
		return Result{}, &Error{Connector: s.name, Class: c, Text: text}
	}
	if why := o.check(); why != "" {
		return fail(InvalidOrder, why)
	}
	if ctx.Err() != nil {
		return fail(Cancelled, "the order was called off before it was sealed")
	}
	defer registers.Clear()
	buf := new(plaintext)
	defer clear(buf[:])
	k := ink{b: buf[:]}
	write(&k, &o)
	if k.full {
		return fail(InvalidOrder, tooLarge)
	}
	if !o.whole() {
		return fail(Cancelled, "the order was wiped before it was sealed")
	}
	size := sealedSizes[0]
	if k.n > size {
		size = sealedSizes[1]
	}
	for k.n < size {
		k.byte(' ')
	}
	envelope, err := s.seal(buf[:size])
	if err != nil {
		return fail(Unavailable, "the envelope could not be made: check the recipient's key")
	}
	return Result{Envelope: envelope, Format: s.format}, nil
}

func write(k *ink, o *Order) {
	k.raw(`{"version":"1","transaction_id":`)
	k.quoted(o.CaptureID)
	if o.Method != "" {
		k.member("method", o.Method)
	}
	action := "tokenize"
	if o.Action == Charge {
		action = "charge"
	}
	k.member("action", action)
	if o.Currency != "" {
		k.member("amount", decimal(o.Amount, o.Currency))
		k.member("currency_code", o.Currency)
	}
	if o.Description != "" {
		k.member("description", o.Description)
	}
	k.member("idempotency_key", o.IdempotencyKey)
	for _, name := range []string{CardNumber, Expiry, SecurityCode, PostalCode} {
		if d, ok := o.Fields[name]; ok {
			k.digits(name, d, 0, d.Len())
		}
	}
	k.custom("parameters", o)
	k.byte('}')
}

// toAge seals to an age recipient.
func (s *sealed) toAge(recipient string, f *faults) {
	r, err := age.ParseX25519Recipient(recipient)
	if err != nil {
		f.add("recipient is not an age X25519 one: give age1… or a recipient_file")
		return
	}
	s.format = FormatAge
	s.seal = func(plain []byte) (string, error) {
		var out bytes.Buffer
		w, err := age.Encrypt(&out, r)
		if err != nil {
			return "", err
		}
		// One write: see sealedSizes.
		if _, err := w.Write(plain); err != nil {
			return "", err
		}
		if err := w.Close(); err != nil {
			return "", err
		}
		return base64.StdEncoding.EncodeToString(out.Bytes()), nil
	}
}

// toFile seals to the key in a file: an age recipient, a JSON Web Key or a PEM
// public key.
func (s *sealed) toFile(file string, f *faults) {
	b, err := os.ReadFile(file)
	if err != nil {
		f.add("recipient_file: %v", err)
		return
	}
	text := strings.TrimSpace(string(b))
	if strings.HasPrefix(text, "age1") {
		s.toAge(text, f)
		return
	}
	key, id, ok := publicKey([]byte(text))
	to := jose.Recipient{Key: key, KeyID: id}
	switch k := key.(type) {
	case *rsa.PublicKey:
		to.Algorithm = jose.RSA_OAEP_256
		if k.N.BitLen() < 2048 {
			f.add("recipient_file %s: the RSA key has %s bits: 2048 or more are needed", file, strconv.Itoa(k.N.BitLen()))
			return
		}
	case *ecdsa.PublicKey:
		to.Algorithm = jose.ECDH_ES
		ok = ok && k.Curve != elliptic.P224()
	default:
		ok = false
	}
	if !ok {
		f.add("recipient_file %s holds neither age1…, nor a public JSON Web Key, nor a PEM public key (RSA, or EC on P-256, P-384 or P-521)", file)
		return
	}
	s.toJWE(to, f)
}

func (s *sealed) toJWE(to jose.Recipient, f *faults) {
	// Compression is off unless asked for; it would copy the plaintext.
	options := (&jose.EncrypterOptions{}).WithContentType("application/json")
	// Made once to learn of a bad key now, and for each order anew: an
	// encrypter is not for several goroutines.
	if _, err := jose.NewEncrypter(jose.A256GCM, to, options); err != nil {
		f.add("recipient_file: the key cannot be used for JWE")
		return
	}
	s.format = FormatJWE
	s.seal = func(plain []byte) (string, error) {
		e, err := jose.NewEncrypter(jose.A256GCM, to, options)
		if err != nil {
			return "", err
		}
		jwe, err := e.Encrypt(plain)
		if err != nil {
			return "", err
		}
		return jwe.CompactSerialize()
	}
}

// publicKey reads a public key and its id, if it has one. A private key is
// refused: it has no business here.
func publicKey(text []byte) (key any, id string, ok bool) {
	if block, _ := pem.Decode(text); block != nil {
		if block.Type == "CERTIFICATE" {
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				return nil, "", false
			}
			return cert.PublicKey, "", true
		}
		key, err := x509.ParsePKIXPublicKey(block.Bytes)
		return key, "", err == nil
	}
	var jwk jose.JSONWebKey
	if json.Unmarshal(text, &jwk) != nil || !jwk.Valid() || !jwk.IsPublic() {
		return nil, "", false
	}
	return jwk.Key, jwk.KeyID, true
}
