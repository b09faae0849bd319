package cli

import (
	"context"
	"crypto/ed25519"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"

	"tonegate/internal/auth"
	"tonegate/internal/delivery"
	"tonegate/internal/securemem"
	"tonegate/internal/serve"
)

// serveFlags are the server's flags; `config check` takes the same.
type serveFlags struct {
	Listen        string     `default:"127.0.0.1:8080" help:"HTTP and WebSocket." placeholder:"HOST:PORT"`
	Media         string     `default:":5004" help:"The one UDP port of all legs." placeholder:"[HOST]:PORT"`
	MediaPath     string     `help:"How packets reach legs: fast (Linux; the default there) or portable." placeholder:"PATH"`
	Advertise     []string   `help:"Addresses to offer to clients instead of the local ones (behind NAT)." placeholder:"IP"`
	Data          string     `default:"tonegate-data" help:"Folder for what outlives a restart." placeholder:"DIR"`
	TLSCert       string     `name:"tls-cert" help:"Certificate (PEM); read again when it changes." placeholder:"FILE"`
	TLSKey        string     `name:"tls-key" help:"Its key (PEM)." placeholder:"FILE"`
	BehindProxy   bool       `help:"A proxy in front of this server terminates TLS."`
	MetricsListen string     `help:"A port of their own for /metrics and health." placeholder:"HOST:PORT"`
	TokenKey      []string   `help:"Public key (PEM, Ed25519) of a platform that mints leg tokens." placeholder:"FILE"`
	Prompts       string     `help:"Folder of prompts for the built-in IVR." placeholder:"DIR"`
	AllowOrigin   []string   `help:"Other origins whose pages may connect." placeholder:"HOST"`
	Connectors    connectors `help:"YAML file with the connectors to payment providers, by name; the configuration file may hold them." placeholder:"FILE"`
	// The environment has them as TONEGATE_RECORDING_RECIPIENTS.
	RecordingRecipients []string      `help:"Public keys (age1…) that recordings are sealed to; conferences may name others." placeholder:"AGE1"`
	RecordingDir        string        `help:"Folder for sealed recordings; by default recordings in the data folder." placeholder:"DIR"`
	RecordingStore      storeFlag     `help:"YAML file that says where recordings are delivered to: s3, https or a folder; the configuration file may hold it. Without it they stay." placeholder:"FILE"`
	RecordingMaxAge     time.Duration `help:"How long recordings may be in their folder, delivered or not; 0: for ever." placeholder:"DURATION"`
	RecordingMaxBytes   int64         `help:"What their folder may hold: the oldest go, or, with a store, none begins; 0: no limit." placeholder:"BYTES"`
	MaxCalls            int           `default:"2000" help:"Conferences at once."`
	TransferTimeout     time.Duration `default:"60s" help:"How long a customer back from the IVR waits for an agent who is lost."`
	LogLevel            string        `default:"info" help:"debug, info, warn or error."`
	APIKey              string        `name:"api-key" env:"TONEGATE_API_KEY" hidden:""`
	// DigitMemory is for proofs, which look at the fallback too.
	DigitMemory digitMemory `hidden:"" default:"memfd_secret" help:"The strongest protection of the digits' memory to try: memfd_secret, mlock or none."`
}

// digitMemory is a level of protection, by its name.
type digitMemory securemem.Level

// UnmarshalText reads a level's name.
func (m *digitMemory) UnmarshalText(text []byte) error {
	for l := securemem.None; l <= securemem.MemfdSecret; l++ {
		if l.String() == string(text) {
			*m = digitMemory(l)
			return nil
		}
	}
	return fmt.Errorf("%w: one of memfd_secret, mlock, none", serve.ErrConfig)
}

// config returns the checked configuration, or every fault of it.
func (f *serveFlags) config() (serve.Config, error) {
	key, err := f.apiKey()
	cfg := serve.Config{
		Listen: f.Listen, Media: f.Media, MediaPath: f.MediaPath, Advertise: f.Advertise, Data: f.Data, TLSCert: f.TLSCert, TLSKey: f.TLSKey,
		BehindProxy: f.BehindProxy, MetricsListen: f.MetricsListen, APIKey: key, TokenKeys: f.TokenKey,
		Prompts: f.Prompts, Origins: f.AllowOrigin, MaxCalls: f.MaxCalls, TransferTimeout: f.TransferTimeout, LogLevel: f.LogLevel, Version: version(),
		Connectors: f.Connectors.byName, DigitMemory: securemem.Level(f.DigitMemory),
		RecordingRecipients: f.RecordingRecipients, RecordingDir: f.RecordingDir,
		RecordingStore: f.RecordingStore.config, RecordingKeep: delivery.Retention{MaxAge: f.RecordingMaxAge, MaxBytes: f.RecordingMaxBytes},
	}
	return cfg, errors.Join(err, cfg.Validate())
}

// apiKey returns the API key, which may be in a file. It is not put into the
// environment, where other processes could read it.
func (f *serveFlags) apiKey() (string, error) {
	const name = "TONEGATE_API_KEY_FILE"
	file := os.Getenv(name)
	if file == "" || f.APIKey != "" {
		return f.APIKey, nil
	}
	data, err := os.ReadFile(file)
	key := strings.TrimSpace(string(data))
	switch {
	case err != nil:
		return "", fmt.Errorf("%w: %s: %w", serve.ErrConfig, name, err)
	case key == "":
		return "", fmt.Errorf("%w: %s: %s is empty", serve.ErrConfig, name, file)
	}
	return key, nil
}

type serveCmd struct {
	serveFlags `embed:""`
}

// Run serves until the process is told to stop.
func (c *serveCmd) Run(ctx context.Context, s *streams) error {
	cfg, err := c.config()
	if err != nil {
		return err
	}
	defer profiled()()
	cfg.Log = jsonLog(s.err, cfg.LogLevel)
	cfg.Ready = func(at serve.Addresses) { greet(s.out, at) }
	return serve.Run(ctx, cfg)
}

// jsonLog logs JSON lines to w.
func jsonLog(w io.Writer, level string) *zap.Logger {
	l, err := zap.ParseAtomicLevel(level)
	if err != nil {
		l = zap.NewAtomicLevel()
	}
	enc := zap.NewProductionEncoderConfig()
	enc.EncodeTime = zapcore.RFC3339NanoTimeEncoder
	return zap.New(zapcore.NewCore(zapcore.NewJSONEncoder(enc), zapcore.Lock(zapcore.AddSync(w)), l))
}

// greet says where everything is.
func greet(w io.Writer, at serve.Addresses) {
	fmt.Fprintf(w, "\nTonegate is ready.\n\n")
	// A link that signs in belongs on a terminal, not in a container's log.
	if at.APIKey != "" || terminal(w) {
		fmt.Fprintf(w, "  Console   %s/#login=%s\n", at.HTTP, at.Login)
		fmt.Fprintf(w, "            (this link works once, within 30 minutes)\n")
	} else {
		fmt.Fprintf(w, "  Console   %s/ (asks for the API key)\n", at.HTTP)
	}
	fmt.Fprintf(w, "  API       %s/v1, described at %s/openapi.json\n", at.HTTP, at.HTTP)
	fmt.Fprintf(w, "  Media     udp %s\n", at.Media)
	metrics := at.Metrics
	if metrics == "" {
		metrics = at.HTTP
	}
	fmt.Fprintf(w, "  Metrics   %s/metrics\n", metrics)
	if at.APIKey != "" {
		fmt.Fprintf(w, "\n  API key   %s\n", at.APIKey)
		fmt.Fprintf(w, "            (made now, kept only as a hash: note it, it is not shown again)\n")
	}
	fmt.Fprintf(w, "\nStop with Ctrl-C.\n\n")
}

func terminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	if !ok {
		return false
	}
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

type configCmd struct {
	Check configCheckCmd `cmd:"" help:"Check the server's configuration and name every fault."`
}

type configCheckCmd struct {
	serveFlags `embed:""`
}

// Run checks the configuration.
func (c *configCheckCmd) Run(s *streams) error {
	if _, err := c.config(); err != nil {
		return err
	}
	_, err := fmt.Fprintln(s.out, "The configuration is good.")
	return err
}

type healthcheckCmd struct {
	Listen  string `default:"127.0.0.1:8080" help:"Where the server listens, as given to it." placeholder:"HOST:PORT"`
	TLSCert string `name:"tls-cert" help:"Given if the server has it: then HTTPS is asked." placeholder:"FILE"`
}

// Run exits with 0 if the server answers that it is ready.
func (c *healthcheckCmd) Run(ctx context.Context, s *streams) error {
	_, port, err := net.SplitHostPort(c.Listen)
	if err != nil {
		return fmt.Errorf("%w: --listen %q: give host:port", errUsage, c.Listen)
	}
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	url := "http://127.0.0.1:" + port + "/readyz"
	if c.TLSCert != "" {
		url = "https" + strings.TrimPrefix(url, "http")
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return fmt.Errorf("%w: %s: %w", errUsage, url, err)
	}
	// The certificate names a public host, and the question stays on loopback.
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("not reachable: %w", err)
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("%s answers %s", url, res.Status)
	}
	_, err = fmt.Fprintln(s.out, "ready")
	return err
}

type tokenCmd struct {
	Mint tokenMintCmd `cmd:"" help:"Mint a leg token with a platform's own key."`
	Key  tokenKeyCmd  `cmd:"" help:"Make a key pair for minting."`
}

type tokenMintCmd struct {
	Key        string   `required:"" help:"The platform's private key (PEM, Ed25519)." placeholder:"FILE"`
	Conference string   `required:"" help:"conf_…"`
	Leg        string   `required:"" help:"leg_…"`
	Role       string   `required:"" help:"customer, agent, ivr or supervisor."`
	Grant      []string `help:"capture, talk, record, page, transfer, hold, collect, recordings."`
}

// Run prints a token that opens one join.
func (c *tokenMintCmd) Run(s *streams) error {
	if !slices.Contains([]string{"customer", "agent", "ivr", "supervisor"}, c.Role) {
		return fmt.Errorf("%w: --role %q: one of customer, agent, ivr, supervisor", errUsage, c.Role)
	}
	data, err := os.ReadFile(c.Key)
	if err != nil {
		return fmt.Errorf("%w: --key: %w", errUsage, err)
	}
	block, _ := pem.Decode(data)
	if block == nil {
		return fmt.Errorf("%w: --key %s holds no PEM block", errUsage, c.Key)
	}
	key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	private, ok := key.(ed25519.PrivateKey)
	if err != nil || !ok {
		return fmt.Errorf("%w: --key %s is not an Ed25519 private key (PKCS #8)", errUsage, c.Key)
	}
	token, expires, err := auth.NewTokens(private, time.Now).Mint(c.Conference, c.Leg, c.Role, c.Grant)
	if err != nil {
		return err
	}
	fmt.Fprintln(s.err, "valid until", expires.UTC().Format(time.RFC3339))
	_, err = fmt.Fprintln(s.out, token)
	return err
}

type tokenKeyCmd struct {
	Out string `required:"" help:"Private key to write; the public one goes beside it as FILE.pub." placeholder:"FILE"`
}

// Run writes a new key pair.
func (c *tokenKeyCmd) Run(s *streams) error {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		return err
	}
	priv, err := x509.MarshalPKCS8PrivateKey(private)
	pub, err2 := x509.MarshalPKIXPublicKey(public)
	if err := errors.Join(err, err2); err != nil {
		return err
	}
	if err := writeNew(c.Out, "PRIVATE KEY", priv, 0o600); err != nil {
		return err
	}
	if err := writeNew(c.Out+".pub", "PUBLIC KEY", pub, 0o644); err != nil {
		return err
	}
	_, err = fmt.Fprintf(s.out, "Start the server with --token-key %s.pub\n", strings.TrimSpace(c.Out))
	return err
}

// writeNew writes a PEM file that must not exist yet.
func writeNew(name, kind string, der []byte, mode os.FileMode) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return fmt.Errorf("write the key: %w", err)
	}
	err = pem.Encode(f, &pem.Block{Type: kind, Bytes: der})
	return errors.Join(err, f.Close())
}
