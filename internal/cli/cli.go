// Package cli is the command line. Flags go over environment variables
// (TONEGATE_…, and TONEGATE_…_FILE for secrets) over the --config file over
// defaults. A bad configuration exits with 2 and names every fault at once;
// a command that ran and failed exits with 1.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"runtime/debug"
	"slices"
	"strings"
	"syscall"

	"github.com/alecthomas/kong"
	"go.yaml.in/yaml/v3"

	"tonegate/internal/serve"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitConfig = 2
)

// errQuiet ends with status 1 after the command has already said why.
var errQuiet = errors.New("failed")

type commands struct {
	Config kong.ConfigFlag `help:"YAML file with any of the flags, by their long names." placeholder:"FILE"`

	Serve       serveCmd       `cmd:"" help:"Run the server."`
	Demo        demoCmd        `cmd:"" help:"Run a whole call over real WebRTC on loopback, and judge it."`
	DTMF        dtmfCmd        `cmd:"" name:"dtmf" help:"The detector and the mask on a stream of samples."`
	Token       tokenCmd       `cmd:"" help:"Leg tokens."`
	Audit       auditCmd       `cmd:"" help:"The record of who did what."`
	Recording   recordingCmd   `cmd:"" help:"Sealed recordings."`
	PSPStub     pspStubCmd     `cmd:"" name:"psp-stub" help:"A payment provider for tests and demonstrations; test cards only."`
	ConfigCheck configCmd      `cmd:"" name:"config" help:"The configuration."`
	Healthcheck healthcheckCmd `cmd:"" help:"Ask a running server whether it is ready; for containers."`
	Version     versionCmd     `cmd:"" help:"Print the version."`
}

// streams are a command's standard streams.
type streams struct {
	in       io.Reader
	out, err io.Writer
}

// Main runs the command line and returns the exit status.
func Main(args []string, in io.Reader, out, errOut io.Writer) int {
	var c commands
	exited := -1
	parser, err := kong.New(&c,
		kong.Name("tonegate"),
		kong.Description("A call where the payment IVR hears every key and the agent hears none."),
		kong.UsageOnError(),
		kong.DefaultEnvars("TONEGATE"),
		kong.Configuration(loadYAML),
		kong.Writers(out, errOut),
		kong.Exit(func(code int) { exited = code }),
	)
	if err != nil {
		fmt.Fprintln(errOut, "tonegate:", err)
		return exitConfig
	}
	if len(args) == 0 {
		args = []string{"--help"}
	}
	ctx, err := parser.Parse(args)
	if exited >= 0 { // --help has been answered
		return exited
	}
	if err != nil {
		fmt.Fprintf(errOut, "tonegate: %v\nRun tonegate --help for the commands and their flags.\n", err)
		return exitConfig
	}
	signals, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	ctx.BindTo(signals, (*context.Context)(nil))
	return report(errOut, ctx.Run(&streams{in, out, errOut}))
}

// report prints an error, a line for each fault, and picks the exit status.
func report(w io.Writer, err error) int {
	switch {
	case err == nil:
		return exitOK
	case errors.Is(err, errQuiet):
		return exitFailed
	}
	for line := range strings.SplitSeq(err.Error(), "\n") {
		fmt.Fprintln(w, "tonegate:", line)
	}
	if errors.Is(err, serve.ErrConfig) || errors.Is(err, errUsage) {
		return exitConfig
	}
	return exitFailed
}

var errUsage = errors.New("bad usage")

// loadYAML reads a configuration file whose keys are flags' long names.
func loadYAML(r io.Reader) (kong.Resolver, error) {
	values := configFile{}
	if err := yaml.NewDecoder(r).Decode(&values); err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("the configuration file is not YAML: %w", err)
	}
	return values, nil
}

// configFile holds a configuration file's values by their flags' long names, or
// by those with underscores.
type configFile map[string]any

// Resolve returns a flag's value, unless the environment has one: the library
// would let the file win.
func (f configFile) Resolve(_ *kong.Context, _ *kong.Path, flag *kong.Flag) (any, error) {
	for _, name := range flag.Tag.Envs {
		_, set := os.LookupEnv(name)
		if _, file := os.LookupEnv(name + "_FILE"); set || file {
			return nil, nil
		}
	}
	if v, ok := f[flag.Name]; ok {
		return v, nil
	}
	return f[strings.ReplaceAll(flag.Name, "-", "_")], nil
}

// Validate names all keys that no command has a flag for: a misspelt one must
// not be taken for the default.
func (f configFile) Validate(app *kong.Application) error {
	known := map[string]bool{}
	_ = kong.Visit(app, func(n kong.Visitable, next kong.Next) error {
		if flag, ok := n.(*kong.Flag); ok {
			known[flag.Name] = true
		}
		return next(nil)
	})
	var faults []error
	for _, key := range slices.Sorted(maps.Keys(f)) {
		if !known[key] && !known[strings.ReplaceAll(key, "_", "-")] {
			faults = append(faults, fmt.Errorf("the configuration file has an unknown key: %s", key))
		}
	}
	return errors.Join(faults...)
}

// version returns the software's version as the build recorded it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "0.1.0-dev"
	}
	return info.Main.Version
}

type versionCmd struct{}

// Run prints the version.
func (versionCmd) Run(s *streams) error {
	_, err := fmt.Fprintln(s.out, "tonegate", version())
	return err
}
