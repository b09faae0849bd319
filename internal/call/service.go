package call

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/auth"
	"tonegate/internal/delivery"
	"tonegate/internal/engine"
	"tonegate/internal/ivr"
	"tonegate/internal/rtcleg"
	"tonegate/mixer/mask"
)

// UsedTokens remembers the tokens that opened a join.
type UsedTokens interface {
	Use(id string, expires, now time.Time) (first bool, err error)
}

// DefaultConferences is how many conferences there may be at once, unless a
// configuration says otherwise.
const DefaultConferences = 2000

// Config configures a service. What has no default is
// required, but for Connectors and Audit.
type Config struct {
	Log           *zap.Logger
	RTC           *rtcleg.Server
	Tokens        *auth.Tokens
	Used          UsedTokens
	Arena         *dtmf.Arena
	Prompts       *ivr.Prompts
	Languages     ivr.Languages // further prompts, by what a capture calls them
	EngineMetrics *engine.Metrics
	Grace         time.Duration // how long a lost leg may take to come back; default 30 s
	Abandoned     time.Duration // how long a conference outlives its last party; default 5 min
	// TransferTimeout is how long a customer who is back from the IVR waits for a
	// lost agent; default 60 s.
	TransferTimeout time.Duration
	Connectors      Connectors // nil: no payments
	Audit           Auditor    // nil: nothing is recorded
	State           Keeper     // nil: nothing outlives the process
	Events          EventLog   // nil: no events for the platform
	Recordings      Recordings // zero: nothing is recorded
	MaxConferences  int        // default 2000
	Shards          int
	Seed            uint64 // zero: random
	Now             func() time.Time
}

// Service is the registry of calls. Use [New], and [Service.Close] at the end.
type Service struct {
	cfg      Config
	engine   *engine.Engine
	notices  *notices
	outbox   *outbox
	mu       sync.Mutex
	byID     map[string]*conference
	legs     map[string]*leg
	captures map[string]*Capture
	draining bool // no new conferences and joins
	closing  bool // nobody comes back either
	drain    drain
	wg       sync.WaitGroup
	ctx      context.Context // of payments
	stop     context.CancelFunc
	submits  sync.WaitGroup
	tapes    sync.WaitGroup // recorders that still write
	trouble  delivery.Cause // of the store for recordings
}

type conference struct {
	Conference
	session   *ivr.Session
	script    *script
	transfer  transfer
	capture   *Capture
	payment   *payment     // of the capture
	captures  []*Capture   // all of them; the last is capture, once it began
	concluded string       // the capture whose end is on record
	outcome   ivr.Progress // of the capture that somebody ended last, as told to them
	released  string       // the capture of which it is on record that masking was released
	disk      sync.Mutex   // held while the conference is written
	endsBy    time.Time    // at the latest; zero: no limit
	doubt     bool         // as bridge.Conference.InDoubt said last
	talker    string       // the leg that presses press-to-talk
	// shownStates is what supervisors were last told of the capture.
	shownStates Capture
	// commanded says that somebody ends the capture just now. It belongs to the
	// conference's goroutine.
	commanded bool
	seats     map[*Seat]struct{}
	legs      []*leg
	timer     *time.Timer // maximum duration
	ticks     uint64
	tape      tape
}

// New starts a service.
func New(cfg Config) *Service {
	if cfg.Grace == 0 {
		cfg.Grace = 30 * time.Second
	}
	if cfg.Abandoned == 0 {
		cfg.Abandoned = 5 * time.Minute
	}
	if cfg.TransferTimeout == 0 {
		cfg.TransferTimeout = time.Minute
	}
	if cfg.MaxConferences == 0 {
		cfg.MaxConferences = DefaultConferences
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	s := &Service{
		cfg: cfg, notices: newNotices(), outbox: newOutbox(),
		byID: map[string]*conference{}, legs: map[string]*leg{}, captures: map[string]*Capture{},
	}
	s.ctx, s.stop = context.WithCancel(context.Background())
	media := engine.Config{
		Shards: cfg.Shards, Log: cfg.Log, Metrics: cfg.EngineMetrics, Observer: s.notices, Seed: cfg.Seed,
	}
	if cfg.RTC != nil && cfg.RTC.Batches() {
		media.Network = cfg.RTC
	}
	s.engine = engine.New(media)
	s.wg.Go(s.work)
	s.wg.Go(s.writeEvents)
	return s
}

// Create makes a conference with its legs, or nothing.
func (s *Service) Create(ctx context.Context, spec Spec) (Conference, error) {
	if err := spec.check(); err != nil {
		return Conference{}, err
	}
	if spec.Recording != nil {
		if _, err := s.recipients(spec.Recording); err != nil {
			return Conference{}, err
		}
		if err := spec.Recording.Pages.check(); err != nil {
			return Conference{}, err
		}
	}
	c := &conference{
		Conference: Conference{
			ID: auth.NewID("conf"), State: ConferenceCreated, CreatedAt: s.cfg.Now().UTC(),
			ExternalID: spec.ExternalID, Metadata: spec.Metadata,
			Mode: spec.Mode, Replacement: spec.Replacement, Demonstration: spec.Demonstration,
		},
		seats: map[*Seat]struct{}{}, tape: tape{spec: spec.Recording},
	}
	if spec.MaxDuration > 0 {
		c.endsBy = c.CreatedAt.Add(spec.MaxDuration)
	}
	for _, l := range spec.Legs {
		c.legs = append(c.legs, newLeg(c.ID, l))
	}
	c.session = ivr.New(s.sessionConfig(c))
	c.script = s.newScript(c)
	seed := s.cfg.Seed
	if seed == 0 {
		seed = rand.Uint64()
	}
	s.mu.Lock()
	active := 0
	for _, o := range s.byID {
		if o.State != ConferenceEnded {
			active++
		}
	}
	switch {
	case s.draining:
		s.mu.Unlock()
		return Conference{}, ErrDraining
	case active >= s.cfg.MaxConferences:
		s.mu.Unlock()
		return Conference{}, fmt.Errorf("%w: %d conferences are the limit", ErrTooMany, s.cfg.MaxConferences)
	}
	s.byID[c.ID] = c
	for _, l := range c.legs {
		s.legs[l.ID] = l
	}
	s.mu.Unlock()

	if err := s.begin(ctx, c, bridge.Config{Policy: policyOf(spec), Seed: seed}); err != nil {
		_, _ = s.End(ctx, c.ID)
		s.purge(c)
		return Conference{}, err
	}
	s.cfg.Log.Info("conference created", zap.String("conference_id", c.ID))
	return s.Get(c.ID)
}

// begin keeps a new conference and lets it tick, with its built-in leg.
func (s *Service) begin(ctx context.Context, c *conference, cfg bridge.Config) error {
	if err := s.keep(c, nil); err != nil {
		return err
	}
	if err := s.engine.Open(c.ID, cfg, c.script); err != nil {
		return err
	}
	for _, l := range c.legs {
		if l.Kind == KindBuiltin {
			if err := s.attachBuiltin(ctx, c, l); err != nil {
				return err
			}
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.limit(c)
	return nil
}

// limit ends a conference when its time is over. The caller holds the lock.
func (s *Service) limit(c *conference) {
	if c.endsBy.IsZero() || c.State == ConferenceEnded {
		return
	}
	c.timer = time.AfterFunc(c.endsBy.Sub(s.cfg.Now()), func() {
		_, _ = s.End(context.Background(), c.ID)
	})
}

// do runs f on a conference's goroutine and waits for the tick after it, even if
// the one who asked hangs up meanwhile: a command that was given runs, and the
// records must follow it. A shard answers within a tick, or is closed.
func (s *Service) do(ctx context.Context, id string, f func(*bridge.Conference) error) error {
	return s.engine.Do(context.WithoutCancel(ctx), id, f)
}

func policyOf(spec Spec) mask.Policy {
	return mask.Policy{Mode: spec.Mode, Replacement: spec.Replacement}
}

func (s *Service) sessionConfig(c *conference) ivr.Config {
	id := c.ID
	return ivr.Config{
		Arena:      s.cfg.Arena,
		OnProgress: func(p ivr.Progress) { s.notices.progress(id, p, c.commanded) },
		OnSubmit:   func(sub ivr.Submission) { s.offered(id, sub) },
		OnTalkOver: func() { s.notices.put(notice{conference: id, hush: true, why: "talk_limit"}) },
	}
}

// Get returns a conference.
func (s *Service) Get(id string) (Conference, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := s.byID[id]
	if c == nil {
		return Conference{}, fmt.Errorf("conference %w", ErrNotFound)
	}
	return c.snapshot(), nil
}

func (c *conference) snapshot() Conference {
	out := c.Conference
	out.Legs = nil
	for _, l := range c.legs {
		out.Legs = append(out.Legs, l.Leg)
	}
	out.Recording = c.tape.state()
	return out
}
