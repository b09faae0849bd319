// Package serve puts the server together: it binds the ports, opens the data
// folder, wires the packages below it and ends everything cleanly.
package serve

import (
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strings"
	"time"

	"go.uber.org/zap"

	"tonegate/dtmf"
	"tonegate/internal/call"
	"tonegate/internal/delivery"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/internal/recording"
	"tonegate/internal/rtcleg"
	"tonegate/internal/securemem"
)

// ErrConfig is wrapped by every error about the configuration.
var ErrConfig = errors.New("bad configuration")

// Config is the server's configuration.
type Config struct {
	Listen        string   // HTTP and WebSocket
	Media         string   // the one UDP port of all legs
	MediaPath     string   // rtcleg.PathFast or PathPortable; empty: the platform's own
	Advertise     []string // addresses to offer instead of the local ones
	Data          string   // folder for what outlives a restart
	TLSCert       string
	TLSKey        string
	BehindProxy   bool // TLS is terminated in front of us
	MetricsListen string
	APIKey        string   // the first API key; empty: one is made and shown once
	TokenKeys     []string // PEM files with public keys of platforms that mint leg tokens
	Prompts       string   // folder of prompts; empty: the embedded ones
	Origins       []string
	MaxCalls      int
	// TransferTimeout is how long a customer back from the IVR waits for a lost
	// agent; zero: 60 s.
	TransferTimeout time.Duration
	LogLevel        string
	Version         string
	Connectors      psp.Configs // to payment providers, by name

	RecordingRecipients []string           // public keys (age1…) that recordings are sealed to
	RecordingDir        string             // empty: recordings in the data folder
	RecordingStore      delivery.Config    // where they are delivered to
	RecordingKeep       delivery.Retention // of RecordingDir

	// DigitMemory is the strongest protection of the digits' memory to try;
	// zero is the strongest there is. Proofs force a fallback with it.
	DigitMemory securemem.Level

	// Log and Ready are for callers in this program: a logger to use, and a
	// function to call with the addresses once the server listens.
	Log   *zap.Logger
	Ready func(Addresses)
}

// arenaBytes is the memory for digits: all calls may have a capture at once, each
// with all its fields.
func (c *Config) arenaBytes() int {
	calls := c.MaxCalls
	if calls == 0 {
		calls = call.DefaultConferences
	}
	return dtmf.ArenaBytes(calls * ivr.MaxFields)
}

// Addresses are what the server listens on.
type Addresses struct {
	HTTP    string // base URL
	Media   string
	Metrics string // base URL, if it has its own port
	APIKey  string // only if one was made just now
	Login   string // one-time code for the console
}

// Validate reports all faults of the configuration at once.
func (c *Config) Validate() error {
	var faults []error
	fault := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...)))
	}
	host, err := hostOf(c.Listen)
	if err != nil {
		fault("--listen %q: give host:port, such as 127.0.0.1:8080", c.Listen)
	}
	if _, err := hostOf(c.Media); err != nil {
		fault("--media %q: give [host]:port, such as :5004", c.Media)
	}
	switch c.MediaPath {
	case "", rtcleg.PathPortable:
	case rtcleg.PathFast:
		if rtcleg.DefaultPath() != rtcleg.PathFast {
			fault("--media-path fast needs Linux: use portable")
		}
	default:
		fault("--media-path %q: one of %s, %s", c.MediaPath, rtcleg.PathFast, rtcleg.PathPortable)
	}
	if c.MetricsListen != "" {
		if _, err := hostOf(c.MetricsListen); err != nil {
			fault("--metrics-listen %q: give host:port", c.MetricsListen)
		}
	}
	if c.Data == "" {
		fault("--data is empty: give a folder")
	}
	if c.MaxCalls < 0 {
		fault("--max-calls %d: give a positive number", c.MaxCalls)
	}
	if c.TransferTimeout < 0 {
		fault("--transfer-timeout %s: give a positive time, such as 60s", c.TransferTimeout)
	}
	switch {
	case (c.TLSCert == "") != (c.TLSKey == ""):
		fault("--tls-cert and --tls-key go together")
	case c.TLSCert != "":
		if _, err := tls.LoadX509KeyPair(c.TLSCert, c.TLSKey); err != nil {
			fault("--tls-cert %s and --tls-key %s: %v", c.TLSCert, c.TLSKey, err)
		}
	}
	if c.TLSCert == "" && !c.BehindProxy && err == nil && !loopback(host) {
		fault("--listen %s is reachable from outside without TLS: give --tls-cert and --tls-key, "+
			"or --behind-proxy if a proxy terminates TLS, or listen on 127.0.0.1", c.Listen)
	}
	for _, a := range c.Advertise {
		if net.ParseIP(a) == nil {
			fault("--advertise %q is not an IP address", a)
		}
	}
	for _, f := range c.TokenKeys {
		if _, err := ReadPublicKey(f); err != nil {
			fault("--token-key %s: %v", f, err)
		}
	}
	if c.Prompts != "" {
		if st, err := os.Stat(c.Prompts); err != nil || !st.IsDir() {
			fault("--prompts %s is not a folder that can be read", c.Prompts)
		} else if _, _, err := promptsIn(os.DirFS(c.Prompts), nil); err != nil {
			for line := range strings.SplitSeq(err.Error(), "\n") {
				fault("--prompts %s: %s", c.Prompts, line)
			}
		}
	}
	if _, err := zap.ParseAtomicLevel(c.LogLevel); err != nil {
		fault("--log-level %q: one of debug, info, warn, error", c.LogLevel)
	}
	if err := c.Connectors.Validate(); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fault("connectors: %s", line)
		}
	}
	if len(c.RecordingRecipients) > 0 {
		if _, err := recording.ParseRecipients(c.RecordingRecipients); err != nil {
			fault("--recording-recipients: %v", err)
		}
	}
	if err := c.RecordingStore.Validate(c.recordings()); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			fault("%s", line)
		}
	}
	if c.RecordingKeep.MaxAge < 0 || c.RecordingKeep.MaxAge > 0 && c.RecordingKeep.MaxAge < time.Hour {
		fault("--recording-max-age %s: give an hour or more, or leave it out", c.RecordingKeep.MaxAge)
	}
	if c.RecordingKeep.MaxBytes < 0 {
		fault("--recording-max-bytes %d: give a positive number, or leave it out", c.RecordingKeep.MaxBytes)
	}
	if c.DigitMemory > securemem.MemfdSecret {
		fault("%d is no level of memory for digits", c.DigitMemory)
	}
	if c.APIKey != "" && len(c.APIKey) < 16 {
		fault("TONEGATE_API_KEY is shorter than 16 characters")
	}
	return errors.Join(faults...)
}

// recordings is the folder for sealed recordings.
func (c *Config) recordings() string {
	if c.RecordingDir != "" {
		return c.RecordingDir
	}
	return filepath.Join(c.Data, "recordings")
}

// hostOf returns the host of host:port, and an error if the port is none.
func hostOf(address string) (string, error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil {
		_, err = net.LookupPort("tcp", port)
	}
	return host, err
}

// reachable reports whether the API's port can be reached from outside.
func (c *Config) reachable() bool {
	host, _, err := net.SplitHostPort(c.Listen)
	return c.BehindProxy || err != nil || !loopback(host)
}

func loopback(host string) bool {
	if host == "localhost" {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// ReadPublicKey reads an Ed25519 public key in PEM (PKIX) from a file.
func ReadPublicKey(file string) (ed25519.PublicKey, error) {
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("no PEM block")
	}
	key, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, err
	}
	public, ok := key.(ed25519.PublicKey)
	if !ok {
		return nil, fmt.Errorf("a %T; an Ed25519 public key is needed", key)
	}
	return public, nil
}
