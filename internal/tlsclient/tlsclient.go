// Package tlsclient reads what this server needs to reach somebody else's: the
// authorities to trust, a client certificate, credentials that stand in files.
//
// Connectors to payment providers and stores for recordings share it, so that they
// spell and check these settings alike. Files are read once. Faults name the
// setting as the configuration spells it, and never its value, if that is secret.
package tlsclient

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"net/url"
	"os"
	"strings"
)

// Fault takes one fault of a configuration.
type Fault func(format string, args ...any)

// Files are the PEM files of a connection; all are optional.
type Files struct {
	CA   string // ca_file: only these authorities are trusted
	Cert string // client_cert_file
	Key  string // client_key_file
}

// Config returns how to reach host: TLS 1.2 or newer.
func (f Files) Config(host string, fault Fault) *tls.Config {
	t := &tls.Config{ServerName: host, MinVersion: tls.VersionTLS12}
	if f.CA != "" {
		pem, err := os.ReadFile(f.CA)
		t.RootCAs = x509.NewCertPool()
		if err != nil {
			fault("ca_file: %v", err)
		} else if !t.RootCAs.AppendCertsFromPEM(pem) {
			fault("ca_file %s holds no certificate (PEM)", f.CA)
		}
	}
	switch {
	case (f.Cert == "") != (f.Key == ""):
		fault("client_cert_file and client_key_file go together")
	case f.Cert != "":
		cert, err := tls.LoadX509KeyPair(f.Cert, f.Key)
		if err != nil {
			fault("client_cert_file and client_key_file: %v", err)
		}
		t.Certificates = []tls.Certificate{cert}
	}
	return t
}

// Target reads the URL of a setting: https, or http to a loopback address if that
// is allowed. what goes over it is named in the fault.
func Target(setting, text, what string, plainLoopback bool, fault Fault) *url.URL {
	u, err := url.Parse(text)
	switch {
	case text == "":
		fault("%s is missing: give https://…", setting)
	case err != nil || u.Hostname() == "" || u.Opaque != "":
		fault("%s is not one: give https://host/path", setting)
	case u.User != nil || u.Fragment != "":
		fault("%s holds a user or a fragment: give credentials with files", setting)
	case len(u.RequestURI()) > 1024 || len(u.Host) > 255 || !Visible(u.Host):
		fault("%s is too long or has odd characters", setting)
	case u.Scheme == "https":
	case u.Scheme == "http" && plainLoopback && IsLoopback(u.Hostname()):
	case u.Scheme == "http" && plainLoopback:
		fault("plain http reaches beyond loopback: use https")
	default:
		fault("%s has scheme %s: %s go over https only (plain_loopback allows http to 127.0.0.1 for tests)", setting, u.Scheme, what)
	}
	if u == nil {
		u = &url.URL{}
	}
	return u
}

// IsLoopback reports whether host is an address of this machine's own.
func IsLoopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// Secret is a value of the configuration that no message shows.
type Secret string

// Format prints a redaction mark for every verb and flag.
func (Secret) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte("[redacted]")) }

// Line reads the one line of a secret's file, or nothing if none is named.
func Line(setting, file string, fault Fault) Secret {
	if file == "" {
		return ""
	}
	b, err := os.ReadFile(file)
	value := strings.TrimSpace(string(b))
	switch {
	case err != nil:
		fault("%s: %v", setting, err)
	case value == "" || len(value) > 1024 || !Visible(strings.ReplaceAll(value, " ", "")):
		fault("%s %s is not one line of at most 1024 visible characters", setting, file)
	}
	return Secret(value)
}

// Visible reports whether s is made of visible ASCII characters alone.
func Visible(s string) bool {
	for i := range len(s) {
		if s[i] <= ' ' || s[i] >= 0x7F {
			return false
		}
	}
	return true
}
