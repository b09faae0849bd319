//go:build !linux

package securemem

import "errors"

// errNotLinux says why nothing stronger is there.
var errNotLinux = errors.New("only known on Linux")

// mapMemory takes memory from the Go heap, whose objects do not move: the
// stated fallback where this package knows no system call.
func mapMemory(cfg Config) (*Memory, error) {
	return &Memory{mem: make([]byte, cfg.Size), level: None, reason: "memfd_secret and mlock: " + errNotLinux.Error()}, nil
}

func unmap([]byte) error { return nil }

// Harden does nothing here, and says so.
func Harden() Hardening { return Hardening{NoCore: errNotLinux, NotDumpable: errNotLinux} }
