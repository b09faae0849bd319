// Tonegate is a media server for contact centres: a customer, an agent and a
// payment IVR on one call, where the agent and the recording never receive one
// sample of a DTMF tone. See README.md.
package main

import (
	"os"

	"tonegate/internal/cli"
)

func main() { os.Exit(cli.Main(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }
