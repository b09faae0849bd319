package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"net/url"
	"os"
	"time"

	"tonegate/bench/program"
)

// common is what `bench load` and `bench compare` both take.
type common struct {
	Rooms  []int         `help:"Rooms of three parties; several numbers are several runs." default:"50"`
	Window time.Duration `help:"Length of one of the three windows." default:"20s"`
	Settle time.Duration `help:"Wait after the last leg has joined." default:"5s"`
	SRTP   string        `name:"srtp" help:"Profiles that legs offer: gcm (AEAD_AES_128_GCM), cm (AES_128_CM_HMAC_SHA1_80), or any." enum:"any,gcm,cm" default:"any"`
	Seed   uint64        `help:"Seed of the legs' places in the frame." default:"1"`
	Out    string        `help:"Folder for load.json and plots." type:"path" placeholder:"DIR"`
	Env    []string      `help:"Environment of the server that is started, as NAME=VALUE." placeholder:"NAME=VALUE"`
	Args   []string      `name:"serve-arg" sep:"none" help:"Further arguments for serve." placeholder:"ARG"`
}

func (c *common) check() error {
	for _, n := range c.Rooms {
		if n < 1 || n > 20000 {
			return fmt.Errorf("load: --rooms %d: give 1 to 20000", n)
		}
	}
	if c.Window < time.Second {
		return fmt.Errorf("load: --window %s: give 1s or more", c.Window)
	}
	return nil
}

// Command is `bench load`.
type Command struct {
	common  `embed:""`
	Jitter  time.Duration `help:"Hold each packet to the server for up to this long; of the targets, concealment and CPU remain." default:"0s"`
	Server  string        `help:"A server that runs already, as http://HOST:PORT. One is built and started otherwise." placeholder:"URL"`
	PID     int           `name:"pid" help:"Its process, on this machine."`
	APIKey  string        `name:"api-key" env:"TONEGATE_API_KEY" help:"Its API key."`
	Soak    time.Duration `help:"Keep the load up for this long after the windows, and see whether memory stays where it is."`
	Profile bool          `help:"Build the server with the tag profile, and say what a window's CPU went to."`
}

// On loopback all of 127/8 is local: each leg has an address of its own.
var (
	loopback   = netip.MustParsePrefix("127.0.0.0/8")
	legNetwork = netip.MustParsePrefix("127.16.0.0/16")
)

// ErrTargets says that figures were measured and miss a target.
var ErrTargets = errors.New("load: a target is missed")

func (c *Command) check() error {
	if err := c.common.check(); err != nil {
		return err
	}
	if c.Jitter < 0 || c.Jitter > maxJitter {
		return fmt.Errorf("load: --jitter %s: give 0 to %s", c.Jitter, maxJitter)
	}
	if c.Soak < 0 {
		return fmt.Errorf("load: --soak %s: give a time such as 1h, or 0", c.Soak)
	}
	if (c.Server == "") != (c.PID == 0) {
		return errors.New("load: --server and --pid go together: the process is measured from outside")
	}
	if c.Server != "" && c.Profile {
		return errors.New("load: --profile wants a server of its own: leave --server away")
	}
	if _, err := url.Parse(c.Server); err != nil {
		return fmt.Errorf("load: --server: %w", err)
	}
	return nil
}

// Run measures, prints and writes the result.
func (c *Command) Run(ctx context.Context, out, progress io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	say := func(format string, a ...any) { fmt.Fprintf(progress, format+"\n", a...) }
	result := newResult(ctx)
	folder, err := os.MkdirTemp("", "tonegate-bench-")
	if err != nil {
		return fmt.Errorf("load: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := ""
	if c.Server == "" {
		var tags []string
		if c.Profile {
			tags = []string{profileTag}
		}
		say("building the server")
		if path, err = program.Build(ctx, folder, ".", tags...); err != nil {
			return fmt.Errorf("load: %w", err)
		}
	}
	for _, rooms := range c.Rooms {
		r, classes, err := c.one(ctx, path, folder, rooms, say)
		if err != nil {
			return fmt.Errorf("load: %w", err)
		}
		result.Runs = append(result.Runs, *r)
		if classes != nil {
			result.Profiles = append(result.Profiles, Profile{rooms, classes})
		}
	}
	result.Print(out)
	if c.Out != "" {
		if err := result.Write(c.Out); err != nil {
			return err
		}
	}
	return result.verdict()
}

// one measures one number of rooms, on a server of its own unless one is given.
func (c *Command) one(ctx context.Context, path, folder string, rooms int, say func(string, ...any)) (r *Run, classes []Class, err error) {
	p := plan{rooms: rooms, tries: tries, window: c.Window, settle: c.Settle, network: loopback, legs: legNetwork, profiles: profileNames[c.SRTP], seed: c.Seed, jitter: c.Jitter, soak: c.Soak, say: say}
	var s *tonegate
	if c.Server != "" {
		s = &tonegate{base: c.Server, key: c.APIKey, id: c.PID, client: newClient()}
	} else {
		file := fmt.Sprintf("%s/profile-%d", folder, rooms)
		environment := c.Env
		if c.Profile {
			environment = append([]string{profileFile + "=" + file}, c.Env...)
		}
		if s, err = startTonegate(ctx, path, "127.0.0.1", c.Args, environment); err != nil {
			return nil, nil, err
		}
		if c.Profile {
			p.during = func() (err error) {
				classes, err = takeProfile(ctx, s.id, path, file, c.Window)
				return err
			}
		}
	}
	r, err = measure(ctx, "tonegate", s, p)
	return r, classes, errors.Join(err, s.stop())
}
