package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"tonegate/bench/leak"
	"tonegate/bench/load"
	"tonegate/bench/proof"
)

// commands are the harness's subcommands; each has a package of its own.
type commands struct {
	Leak    leakCommand    `cmd:"" help:"What a listener reads through the mask, what the mask costs, what the IVR is told."`
	Load    loadCommand    `cmd:"" help:"What a server costs and how late it is under many calls at once, measured from outside."`
	Compare compareCommand `cmd:"" help:"The same load on this server and on Debian's Janus, and the ratio. Needs root."`
	Micro   microCommand   `cmd:"" help:"What this machine asks for each piece of a packet's way, and the bound that follows."`
	Proof   proofCommand   `cmd:"" help:"That a card leaves no trace: two cards look alike, and one is found nowhere. With an evidence file."`
}

type loadCommand struct{ load.Command }

// Run measures, and tells how it went.
func (c *loadCommand) Run(ctx context.Context) error {
	return c.Command.Run(ctx, os.Stdout, os.Stderr)
}

type compareCommand struct{ load.CompareCommand }

// Run measures both servers, and tells how it went.
func (c *compareCommand) Run(ctx context.Context) error {
	return c.CompareCommand.Run(ctx, os.Stdout, os.Stderr)
}

type microCommand struct{ load.MicroCommand }

// Run measures, and prints.
func (c *microCommand) Run(ctx context.Context) error {
	return c.MicroCommand.Run(ctx, os.Stdout, os.Stderr)
}

type proofCommand struct{ proof.Command }

// Run proves, and tells how it went.
func (c *proofCommand) Run(ctx context.Context) error {
	return c.Command.Run(ctx, os.Stdout, os.Stderr)
}

type leakCommand struct{ leak.Command }

// Run measures, and tells how it went.
func (c *leakCommand) Run(ctx context.Context) error {
	return c.Command.Run(ctx, os.Stdout, os.Stderr)
}

func main() { os.Exit(run(os.Args[1:])) }

// run returns 0 if every target was met, 1 if one was missed or could not be
// measured, 2 for a bad command line.
func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	var c commands
	parser, err := kong.New(&c, kong.Name("bench"), kong.UsageOnError(), kong.BindTo(ctx, (*context.Context)(nil)))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 2
	}
	if err := k.Run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		if errors.Is(err, context.Canceled) {
			return 130
		}
		return 1
	}
	return 0
}
