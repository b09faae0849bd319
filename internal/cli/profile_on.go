//go:build profile

package cli

import (
	"fmt"
	"os"
	"os/signal"
	"runtime/pprof"
	"syscall"
)

// profiled is brought in by the tag profile, which no release carries. It lets
// `bench load --profile` see what the server's CPU goes to: one SIGUSR1 begins a
// CPU profile, the next one ends it and writes it to the file that
// TONEGATE_CPU_PROFILE names. A CPU profile holds functions' names and no data.
func profiled() (stop func()) {
	file := os.Getenv("TONEGATE_CPU_PROFILE")
	if file == "" {
		return func() {}
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGUSR1)
	go func() {
		for range signals {
			if err := profileUntil(signals, file); err != nil {
				fmt.Fprintln(os.Stderr, "tonegate: profile:", err)
			}
		}
	}()
	return func() { signal.Stop(signals) }
}

// profileUntil writes beside the file and renames, so that whoever waits for it
// finds it whole.
func profileUntil(signals <-chan os.Signal, file string) error {
	f, err := os.Create(file + ".part")
	if err != nil {
		return err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		_ = f.Close()
		return err
	}
	<-signals
	pprof.StopCPUProfile()
	if err := f.Close(); err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}
