package serve

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificates serves a certificate from two files and reads them again when
// they change, so that renewal needs no restart.
type certificates struct {
	cert, key string
	mu        sync.Mutex
	current   *tls.Certificate
	stamp     [2]time.Time
	checked   time.Time
	now       func() time.Time
}

// recheck is how often, at most, the files are looked at.
const recheck = time.Second

func newCertificates(cert, key string) (*certificates, error) {
	c := &certificates{cert: cert, key: key, now: time.Now}
	if err := c.load(); err != nil {
		return nil, fmt.Errorf("%w: --tls-cert and --tls-key: %w", ErrConfig, err)
	}
	return c, nil
}

func (c *certificates) stamps() (s [2]time.Time, err error) {
	for i, f := range [2]string{c.cert, c.key} {
		st, err := os.Stat(f)
		if err != nil {
			return s, err
		}
		s[i] = st.ModTime()
	}
	return s, nil
}

func (c *certificates) load() error {
	stamp, err := c.stamps()
	if err != nil {
		return err
	}
	pair, err := tls.LoadX509KeyPair(c.cert, c.key)
	if err != nil {
		return err
	}
	c.current, c.stamp = &pair, stamp
	return nil
}

// get is tls.Config.GetCertificate. A renewal that cannot be read leaves the
// present certificate in use.
func (c *certificates) get(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.checked) >= recheck {
		c.checked = now
		if stamp, err := c.stamps(); err == nil && stamp != c.stamp {
			_ = c.load()
		}
	}
	return c.current, nil
}

func (c *certificates) config() *tls.Config {
	return &tls.Config{MinVersion: tls.VersionTLS12, GetCertificate: c.get}
}
