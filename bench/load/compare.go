package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"text/tabwriter"
	"tonegate/bench/program"
)

// CompareCommand is `bench compare`.
type CompareCommand struct {
	common `embed:""`
}

// Targets of a comparison, ours over theirs.
const (
	cpuRatio   = 0.15
	delayRatio = 0.25
)

// Comparison is two servers' ratio at one number of rooms, ours over theirs.
type Comparison struct {
	Rooms int     `json:"rooms"`
	CPU   float64 `json:"cpu"`
	// Delay is that of the mean over the measured ways of the median.
	Delay float64   `json:"delay"`
	Paths []float64 `json:"paths"` // way by way
}

func compared(ours, theirs *Run) Comparison {
	ratio := func(a, b float64) float64 {
		if b <= 0 {
			return 0
		}
		return a / b
	}
	c := Comparison{Rooms: ours.Rooms, CPU: ratio(ours.Median.CPU, theirs.Median.CPU)}
	var a, b float64
	for p := range min(len(ours.Median.Delays), len(theirs.Median.Delays)) {
		o, t := ours.Median.Delays[p].Spread.P50, theirs.Median.Delays[p].Spread.P50
		c.Paths = append(c.Paths, ratio(o, t))
		a, b = a+o, b+t
	}
	c.Delay = ratio(a, b)
	return c
}

func printCompared(w io.Writer, all []Comparison) {
	if len(all) == 0 {
		return
	}
	fmt.Fprintln(w, "\nTonegate over Janus")
	table(w, func(t *tabwriter.Writer) {
		fmt.Fprintf(t, "rooms\tCPU\ttarget\tdelay\ttarget")
		for p := range paths {
			fmt.Fprintf(t, "\t%s", p)
		}
		fmt.Fprintln(t)
		for _, c := range all {
			fmt.Fprintf(t, "%d\t%.3f\t%.2f\t%.3f\t%.2f", c.Rooms, c.CPU, cpuRatio, c.Delay, delayRatio)
			for _, p := range c.Paths {
				fmt.Fprintf(t, "\t%.3f", p)
			}
			fmt.Fprintln(t)
		}
	})
}

// inside tells the program that it runs in the namespace already, and where the
// server is that was built outside.
const inside = "TONEGATE_BENCH_INSIDE"

// ErrElsewhere carries the exit status of the run in the namespace, which has
// said everything.
var ErrElsewhere = errors.New("compare: see above")

// Run compares. Janus offers no loopback candidate, so both servers run in a
// network namespace with an address of its own; the namespace ends with the
// processes in it.
func (c *CompareCommand) Run(ctx context.Context, out, progress io.Writer) error {
	if err := c.check(); err != nil {
		return err
	}
	if _, err := exec.LookPath("janus"); err != nil {
		return fmt.Errorf("compare: %w is not installed: run scripts/janus-deps.sh", errJanus)
	}
	if path := os.Getenv(inside); path != "" {
		return c.measure(ctx, path, out, progress)
	}
	folder, err := os.MkdirTemp("", "tonegate-bench-")
	if err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	fmt.Fprintln(progress, "building the server")
	path, err := program.Build(ctx, folder, ".")
	if err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	cmd := exec.CommandContext(ctx, "/proc/self/exe", os.Args[1:]...)
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	cmd.Stdout, cmd.Stderr = out, progress
	cmd.Env = append(os.Environ(), inside+"="+path)
	var exit *exec.ExitError
	if err := ownNetwork(cmd); errors.As(err, &exit) {
		return ErrElsewhere
	} else if err != nil {
		return fmt.Errorf("compare: start in a network namespace (this needs root): %w", err)
	}
	return nil
}

// The namespace's addresses: the servers', and the legs' above it.
const serverAddress = "10.99.0.1"

var serverNetwork = netip.MustParsePrefix("10.99.0.0/16")

// layNetwork gives the namespace a pair of interfaces and sends everything between
// the servers' address and the legs' through it. Loopback would do for us, but
// libnice sends from the interface that has its address, and both servers are
// to pay for the same way.
func layNetwork(ctx context.Context) error {
	const far = "02:00:00:00:00:02"
	for _, line := range []string{
		"link set lo up",
		"link add bench0 type veth peer name bench1 address " + far,
		"addr add " + serverAddress + "/32 dev bench0",
		"link set bench0 up",
		"link set bench1 up",
		"neigh add 10.99.255.254 lladdr " + far + " dev bench0 nud permanent",
		"route add " + serverNetwork.String() + " via 10.99.255.254 dev bench0 onlink table 99",
		"route add local " + serverNetwork.String() + " dev lo",
		// What is sent here goes out, before local addresses are looked at.
		"rule add pref 100 lookup local",
		"rule add pref 10 iif lo to " + serverNetwork.String() + " lookup 99",
		"rule del pref 0",
	} {
		if out, err := exec.CommandContext(ctx, "ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			return fmt.Errorf("ip %s: %w: %s", line, err, out)
		}
	}
	// It comes in from an address that is ours.
	for _, of := range []string{"all", "bench1"} {
		for name, value := range map[string]string{"accept_local": "1", "rp_filter": "0"} {
			if err := os.WriteFile("/proc/sys/net/ipv4/conf/"+of+"/"+name, []byte(value), 0o600); err != nil {
				return fmt.Errorf("let the interface take our own addresses: %w", err)
			}
		}
	}
	return nil
}

// measure runs one server after the other.
func (c *CompareCommand) measure(ctx context.Context, path string, out, progress io.Writer) error {
	if err := layNetwork(ctx); err != nil {
		return fmt.Errorf("compare: %w", err)
	}
	result := newResult(ctx)
	for _, rooms := range c.Rooms {
		p := plan{rooms: rooms, tries: tries, window: c.Window, settle: c.Settle, network: serverNetwork, legs: serverNetwork,
			profiles: profileNames[c.SRTP], seed: c.Seed, say: func(format string, a ...any) { fmt.Fprintf(progress, format+"\n", a...) }}
		ours, err := with(ctx, "tonegate", p, func() (target, error) { return startTonegate(ctx, path, serverAddress, c.Args, c.Env) })
		if err != nil {
			return fmt.Errorf("compare: tonegate: %w", err)
		}
		theirs, err := with(ctx, "janus", p, func() (target, error) { return startJanus(ctx) })
		if err != nil {
			return fmt.Errorf("compare: janus: %w", err)
		}
		result.Runs = append(result.Runs, *ours, *theirs)
		if len(ours.Void)+len(theirs.Void) == 0 {
			result.Compared = append(result.Compared, compared(ours, theirs))
		}
	}
	result.Print(out)
	if c.Out != "" {
		if err := result.Write(c.Out); err != nil {
			return err
		}
	}
	return result.compareVerdict()
}

// with measures a server from its start to its end.
func with(ctx context.Context, name string, p plan, start func() (target, error)) (*Run, error) {
	s, err := start()
	if err != nil {
		return nil, err
	}
	r, err := measure(ctx, name, s, p)
	return r, errors.Join(err, s.stop())
}

func (r *Result) compareVerdict() error {
	for i := range r.Runs {
		if run := &r.Runs[i]; len(run.Void) > 0 {
			return fmt.Errorf("compare: %w: %s, %d rooms: %s", errVoid, run.Server, run.Rooms, strings.Join(run.Void, "; "))
		}
	}
	for _, c := range r.Compared {
		if c.CPU > cpuRatio || c.Delay > delayRatio {
			return fmt.Errorf("compare: %w", ErrTargets)
		}
	}
	return nil
}
