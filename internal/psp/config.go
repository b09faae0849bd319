package psp

import (
	"crypto/tls"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"time"

	"tonegate/internal/tlsclient"
)

// ErrConfig is wrapped by every error about a connector's configuration.
var ErrConfig = errors.New("bad connector")

// The kinds of connector.
const (
	// KindGeneric posts the generic Pay connector's JSON to a URL:
	// transaction_id, method, cardnumber, cvv, expiry_month, expiry_year,
	// postal_code, description, chargeAmount (a decimal number as a string),
	// token_type and currency_code (lower case), all strings. Custom fields go
	// into an object named parameters. Fields that were not captured are left
	// out. The answer is 2xx with charge_id or token_id, or any other status
	// with error_code; error_message is only searched for the security code.
	KindGeneric = "generic"
	// KindSealed encrypts the card to a public key and sends nothing.
	KindSealed = "sealed"
)

// budgetMost is the most time that one order may take, retries included.
const budgetMost = 15 * time.Second

// Config is one connector. Secrets are named by file.
type Config struct {
	Kind string `json:"kind" yaml:"kind"`

	// Of generic connectors.
	URL               string        `json:"url,omitempty" yaml:"url"`               // https://…
	TokenType         string        `json:"token_type,omitempty" yaml:"token_type"` // one-time or reusable; empty means reusable
	CAFile            string        `json:"ca_file,omitempty" yaml:"ca_file"`       // PEM; only these authorities are trusted
	ClientCertFile    string        `json:"client_cert_file,omitempty" yaml:"client_cert_file"`
	ClientKeyFile     string        `json:"client_key_file,omitempty" yaml:"client_key_file"`
	AuthorizationFile string        `json:"authorization_file,omitempty" yaml:"authorization_file"` // holds the header's value, such as Bearer …
	Budget            time.Duration `json:"budget,omitempty" yaml:"budget"`                         // for one order; empty means the most, 15 s
	// PlainLoopback allows an http:// URL on a loopback address, for tests and
	// demonstrations.
	PlainLoopback bool `json:"plain_loopback,omitempty" yaml:"plain_loopback"`

	// Of sealed connectors: age1…, or a file with a JSON Web Key (RFC 7517) or a
	// PEM public key.
	Recipient     string `json:"recipient,omitempty" yaml:"recipient"`
	RecipientFile string `json:"recipient_file,omitempty" yaml:"recipient_file"`
}

// Configs are connectors by name.
type Configs map[string]Config

// Validate reports all faults of all connectors at once, files included.
func (c Configs) Validate() error {
	_, err := NewSet(c, Runtime{})
	return err
}

// faults collects what is wrong with one connector.
type faults struct {
	name string
	all  []error
}

func (f *faults) add(format string, args ...any) {
	f.all = append(f.all, fmt.Errorf("%w %s: %s", ErrConfig, f.name, fmt.Sprintf(format, args...)))
}

// target returns where a generic connector posts to.
func (c *Config) target(f *faults) *url.URL {
	return tlsclient.Target("url", c.URL, "cards", c.PlainLoopback, f.add)
}

// tls returns how to reach the provider.
func (c *Config) tls(host string, f *faults) *tls.Config {
	t := tlsclient.Files{CA: c.CAFile, Cert: c.ClientCertFile, Key: c.ClientKeyFile}.Config(host, f.add)
	t.DynamicRecordSizingDisabled = true // one request, one record: see requestSizes
	// AEAD only: a CBC suite keeps a copy of what it encrypts.
	t.CipherSuites = []uint16{
		tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, tls.TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256,
		tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, tls.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384,
		tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256, tls.TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256,
	}
	return t
}

// authorization returns the header's value, or nothing.
func (c *Config) authorization(f *faults) tlsclient.Secret {
	return tlsclient.Line("authorization_file", c.AuthorizationFile, f.add)
}

// others names the settings of the other kind that are set all the same.
func (c *Config) others(f *faults, kind string, set map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if set[name] {
			f.add("%s does not belong to kind %s", name, kind)
		}
	}
}
