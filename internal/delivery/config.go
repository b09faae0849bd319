package delivery

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"tonegate/internal/tlsclient"
)

// ErrConfig is wrapped by every error about a store's configuration.
var ErrConfig = errors.New("recording-store")

// The kinds of store.
const (
	KindS3     = "s3"
	KindHTTPS  = "https"
	KindFolder = "folder"
)

// Config says where recordings are delivered to. The zero value says nowhere: they
// stay where they were written. Secrets are named by file.
type Config struct {
	Kind string `yaml:"kind"` // s3, https or folder

	URL            string `yaml:"url"` // of s3, its endpoint; of https, the folder of all recordings
	CAFile         string `yaml:"ca_file"`
	ClientCertFile string `yaml:"client_cert_file"`
	ClientKeyFile  string `yaml:"client_key_file"`
	// PlainLoopback allows http to a loopback address, for tests.
	PlainLoopback bool `yaml:"plain_loopback"`

	Bucket           string `yaml:"bucket"`
	Region           string `yaml:"region"`
	Prefix           string `yaml:"prefix"`
	AccessKey        string `yaml:"access_key"`
	SecretKeyFile    string `yaml:"secret_key_file"`
	SessionTokenFile string `yaml:"session_token_file"`
	// Verify is read (the default: everything is read again) or checksum: what the
	// store tells is believed, if it tells a SHA-256.
	Verify string `yaml:"verify"`

	AuthorizationFile string `yaml:"authorization_file"` // of https: the header's value

	Path string `yaml:"path"` // of folder

	// Keep bounds the delivered copies, of any kind of store. A store with rules
	// of its own does not need it.
	Keep Retention `yaml:",inline"`
}

// Retention bounds what is kept. The zero value keeps everything.
type Retention struct {
	MaxAge   time.Duration `yaml:"max_age"`
	MaxBytes int64         `yaml:"max_bytes"`
}

func (r *Retention) check(fault tlsclient.Fault) {
	if r.MaxAge < 0 || r.MaxAge > 0 && r.MaxAge < time.Hour {
		fault("max_age %s: give an hour or more, or leave it out", r.MaxAge)
	}
	if r.MaxBytes < 0 {
		fault("max_bytes %d: give a positive number, or leave it out", r.MaxBytes)
	}
}

// faults collects what is wrong.
type faults struct{ all []error }

func (f *faults) add(format string, args ...any) {
	f.all = append(f.all, fmt.Errorf("%w: %s", ErrConfig, fmt.Sprintf(format, args...)))
}

// Validate reports all faults at once, files included. spool is the folder that
// recordings are written to.
func (c *Config) Validate(spool string) error {
	_, err := c.Open(spool)
	return err
}

// Open returns the store, or nil if there is none. It asks nothing of the far end:
// a store that is down must not keep calls from being taken.
func (c *Config) Open(spool string) (Store, error) {
	if *c == (Config{}) {
		return nil, nil
	}
	f := &faults{}
	var out Store
	switch c.Kind {
	case KindS3:
		out = c.s3(f)
	case KindHTTPS:
		out = c.https(f)
	case KindFolder:
		out = c.folder(spool, f)
	default:
		f.add("kind %q: one of %s, %s, %s", c.Kind, KindS3, KindHTTPS, KindFolder)
	}
	c.Keep.check(f.add)
	if err := errors.Join(f.all...); err != nil {
		return nil, err
	}
	return out, nil
}

var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

func (c *Config) s3(f *faults) Store {
	c.others(f, map[string]bool{"path": c.Path != "", "authorization_file": c.AuthorizationFile != ""})
	u := tlsclient.Target("url", c.URL, "recordings", c.PlainLoopback, f.add)
	if strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		f.add("url has a path: give the endpoint, and bucket and prefix")
	}
	if !bucketName.MatchString(c.Bucket) {
		f.add("bucket is missing or not a bucket's name")
	}
	if strings.HasPrefix(c.Prefix, "/") || strings.Contains(c.Prefix, "..") || !tlsclient.Visible(c.Prefix) || len(c.Prefix) > 512 {
		f.add("prefix begins with / or has odd characters")
	}
	if c.AccessKey == "" || c.SecretKeyFile == "" {
		f.add("access_key and secret_key_file are missing")
	}
	if c.Verify != "" && c.Verify != "checksum" && c.Verify != "read" {
		f.add("verify %q: read or checksum", c.Verify)
	}
	secret := tlsclient.Line("secret_key_file", c.SecretKeyFile, f.add)
	session := tlsclient.Line("session_token_file", c.SessionTokenFile, f.add)
	t := c.files().Config(u.Hostname(), f.add)
	if len(f.all) > 0 {
		return nil
	}
	core, err := minio.NewCore(u.Host, &minio.Options{
		Creds:  credentials.NewStaticV4(c.AccessKey, string(secret), string(session)),
		Secure: u.Scheme == "https", Region: c.region(), Transport: newClient(t).Transport,
		BucketLookup: minio.BucketLookupAuto, MaxRetries: 1, // the spool tries again
	})
	if err != nil {
		f.add("url: %v", err)
		return nil
	}
	return &bucket{core: core, name: c.Bucket, prefix: c.Prefix, endpoint: u.Scheme + "://" + u.Host, partSize: partBytes, reread: c.Verify != "checksum"}
}

// region is what requests are signed for. Asking the store would take a right that
// is not needed otherwise.
func (c *Config) region() string {
	if c.Region == "" {
		return "us-east-1"
	}
	return c.Region
}

func (c *Config) https(f *faults) Store {
	c.others(f, map[string]bool{
		"path": c.Path != "", "bucket": c.Bucket != "", "region": c.Region != "", "prefix": c.Prefix != "", "access_key": c.AccessKey != "",
		"secret_key_file": c.SecretKeyFile != "", "session_token_file": c.SessionTokenFile != "", "verify": c.Verify != "",
	})
	u := tlsclient.Target("url", c.URL, "recordings", c.PlainLoopback, f.add)
	if u.RawQuery != "" {
		f.add("url has a query: the recordings' names are put behind its path")
	}
	authorization := tlsclient.Line("authorization_file", c.AuthorizationFile, f.add)
	t := c.files().Config(u.Hostname(), f.add)
	return &endpoint{url: u, authorization: authorization, client: newClient(t)}
}

func (c *Config) files() tlsclient.Files {
	return tlsclient.Files{CA: c.CAFile, Cert: c.ClientCertFile, Key: c.ClientKeyFile}
}

func (c *Config) folder(spool string, f *faults) Store {
	rest := *c
	rest.Kind, rest.Path, rest.Keep = "", "", Retention{}
	if rest != (Config{}) {
		f.add("a folder has path, max_age and max_bytes, and nothing else")
	}
	path, err := filepath.Abs(c.Path)
	here, err2 := filepath.Abs(spool)
	switch {
	case c.Path == "":
		f.add("path is missing: give a folder")
	case errors.Join(err, err2) != nil:
		f.add("path: %v", errors.Join(err, err2))
	case path == here:
		f.add("path is the folder that recordings are written to: leave recording-store out to keep them there")
	default:
		// A share that is not mounted just now may be so later.
		if st, err := os.Stat(path); err == nil && !st.IsDir() {
			f.add("path %s is not a folder", c.Path)
		}
	}
	return &folder{path: path, open: openFile}
}

// others names settings that belong to other kinds.
func (c *Config) others(f *faults, set map[string]bool) {
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if set[name] {
			f.add("%s does not belong to kind %s", name, c.Kind)
		}
	}
}
