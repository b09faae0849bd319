package audit

import (
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// Config describes a log.
type Config struct {
	Path string             // of the file; made if it is not there
	Key  ed25519.PrivateKey // signs checkpoints
	// OnCheckpoint takes checkpoints out of the process. It is called from
	// whoever appends, or from a timer, one at a time, and must not call the log.
	OnCheckpoint func(Checkpoint)
	Every        uint64           // lines between checkpoints; default 64
	Delay        time.Duration    // how long a line may be without one; default 1 min
	Now          func() time.Time // default time.Now
}

// Errors of a log.
var (
	ErrConfig = errors.New("audit: bad configuration")
	ErrClosed = errors.New("audit: the record is closed")
	ErrBroken = errors.New("audit: the record could not be repaired after a failed write; restart when the disk is well")
)

// Validate reports all faults of the configuration and fills in defaults.
func (c *Config) Validate() error {
	var faults []error
	if c.Path == "" {
		faults = append(faults, fmt.Errorf("%w: Path is empty", ErrConfig))
	}
	if len(c.Key) != ed25519.PrivateKeySize {
		faults = append(faults, fmt.Errorf("%w: Key is not an Ed25519 private key", ErrConfig))
	}
	if c.OnCheckpoint == nil {
		faults = append(faults, fmt.Errorf("%w: OnCheckpoint is missing: a chain without checkpoints can be cut", ErrConfig))
	}
	if c.Every == 0 {
		c.Every = 64
	}
	if c.Delay == 0 {
		c.Delay = time.Minute
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return errors.Join(faults...)
}

// file is what a log needs of an *os.File; tests make it fail.
type file interface {
	io.Writer
	io.ReaderAt
	Sync() error
	Truncate(size int64) error
	Close() error
}

// Log is an open record. It may be used from several goroutines.
type Log struct {
	cfg     Config
	mu      sync.Mutex
	file    file
	chain   chain
	covered uint64 // lines that a checkpoint covers
	timer   *time.Timer
	failed  error // ErrBroken or ErrClosed
}

// Open verifies the record and opens it to be continued. A file with a fault
// other than a torn last line is refused with the fault, and left as it is.
func Open(cfg Config) (*Log, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(cfg.Path, os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	l, err := open(cfg, f)
	if err != nil {
		_ = f.Close()
		return nil, fmt.Errorf("audit: %s: %w", cfg.Path, err)
	}
	return l, nil
}

func open(cfg Config, f *os.File) (*Log, error) {
	v, err := follow(f, nil, nil)
	var fault *Fault
	torn := errors.As(err, &fault) && fault.Kind == TornEnd
	if err != nil && !torn {
		return nil, err
	}
	if torn {
		if err := errors.Join(f.Truncate(v.bytes), f.Sync()); err != nil {
			return nil, err
		}
	}
	l := &Log{cfg: cfg, file: f, chain: v}
	if v.count > 0 {
		// They were covered before, if the process ended well; the receiver keeps
		// whichever it has.
		l.checkpoint()
	}
	action := AuditOpened
	if torn {
		action = AuditTorn
	}
	if _, err := l.Append(Entry{Action: action, Actor: BySystem}); err != nil {
		return nil, err
	}
	return l, nil
}

// Append records an act and returns it with its number and time. It returns
// once the line is on the disk; on an error nothing was recorded, and what was
// to be recorded must not happen.
func (l *Log) Append(e Entry) (Entry, error) {
	if err := e.check(); err != nil {
		return Entry{}, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return Entry{}, l.failed
	}
	e.Seq, e.Time = l.chain.count+1, l.cfg.Now().UTC().Round(0)
	text, own, err := line(e, l.chain.head)
	if err != nil {
		return Entry{}, err
	}
	text = append(text, '\n')
	_, err = l.file.Write(text)
	if err == nil {
		err = l.file.Sync()
	}
	if err != nil {
		// Part of a line, or one that may not be on the disk, must not stay.
		if l.file.Truncate(l.chain.bytes) != nil {
			l.failed = ErrBroken
		}
		return Entry{}, fmt.Errorf("audit: write: %w", err)
	}
	l.chain = chain{e.Seq, own, l.chain.bytes + int64(len(text))}
	l.cover()
	return e, nil
}

// cover makes a checkpoint, or sees to it that one is made in time.
func (l *Log) cover() {
	if l.chain.count-l.covered >= l.cfg.Every {
		l.checkpoint()
	} else if l.timer == nil {
		l.timer = time.AfterFunc(l.cfg.Delay, func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			if l.failed == nil && l.covered < l.chain.count {
				l.checkpoint()
			}
		})
	}
}

// checkpoint signs what there is. The caller holds the lock.
func (l *Log) checkpoint() Checkpoint {
	if l.timer != nil {
		l.timer.Stop()
		l.timer = nil
	}
	l.covered = l.chain.count
	c := sign(l.cfg.Key, l.chain.count, l.chain.head, l.cfg.Now())
	l.cfg.OnCheckpoint(c)
	return c
}

// Checkpoint makes one now, hands it to OnCheckpoint and returns it.
func (l *Log) Checkpoint() (Checkpoint, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed != nil {
		return Checkpoint{}, l.failed
	}
	return l.checkpoint(), nil
}

// Query returns up to limit entries of a conference, or of all if conferenceID
// is empty, whose numbers are above after, oldest first. It reads the file: it is
// for people who ask, not for a path that is hot.
func (l *Log) Query(conferenceID string, after uint64, limit int) ([]Entry, error) {
	l.mu.Lock()
	f, size, failed := l.file, l.chain.bytes, l.failed
	l.mu.Unlock()
	if errors.Is(failed, ErrClosed) {
		return nil, failed
	}
	return query(io.NewSectionReader(f, 0, size), conferenceID, after, limit)
}

// Close makes a last checkpoint and closes the file. Closing twice is no error.
func (l *Log) Close() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if errors.Is(l.failed, ErrClosed) {
		return nil
	}
	if l.failed == nil && l.covered < l.chain.count {
		l.checkpoint()
	}
	if l.timer != nil {
		l.timer.Stop()
	}
	l.failed = ErrClosed
	return l.file.Close()
}

func query(r io.Reader, conferenceID string, after uint64, limit int) ([]Entry, error) {
	var found []Entry
	// Following checks the chain on the way: what was tampered with is not shown
	// as if it were the record.
	_, err := follow(r, nil, func(e Entry) {
		if e.Seq > after && len(found) < limit && (conferenceID == "" || e.ConferenceID == conferenceID) {
			found = append(found, e)
		}
	})
	if err != nil {
		return nil, fmt.Errorf("audit: %w", err)
	}
	return found, nil
}
