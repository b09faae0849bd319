// Package securemem gives the process memory in which card digits may live: a
// mapping of its own, outside the Go heap, that the operating system protects
// as well as it can. It also closes the two doors by which a process's memory
// gets out on its own account: core dumps and debuggers (see [Harden]).
//
// There are three levels of protection, and [Map] takes the strongest that the
// kernel grants:
//
//   - [MemfdSecret]: memfd_secret(2), Linux 5.14 and later. The pages leave the
//     kernel's own map of memory: no swap, no core dump, no /proc/PID/mem, no
//     ptrace, not even for root. Only this process's page table reaches them.
//   - [Mlock]: an anonymous mapping locked into RAM with mlock(2). No swap and
//     no core dump; a debugger with the right to attach can read it.
//   - [None]: an anonymous mapping without a lock: it may reach swap. Where the
//     system knows MADV_DONTDUMP it is kept out of core dumps.
//
// The usual reason to end lower is a container: RLIMIT_MEMLOCK is often 64 KiB
// there and counts for both levels above [None], and seccomp profiles refuse
// memfd_secret. That is stated, never hidden: [Memory.Level] and
// [Memory.Reason] are for the log at start, the node's description and the
// evidence file. At each level on Linux the mapping is not inherited by a forked child
// (MADV_DONTFORK).
package securemem

import (
	"errors"
	"fmt"
)

// Errors of Map.
var (
	ErrSize  = errors.New("securemem: the size is not positive")
	ErrLevel = errors.New("securemem: no such level")
	// ErrRefused means that the system gave no memory at any level allowed.
	ErrRefused = errors.New("securemem: the system gives no memory")
)

// Level is how well a piece of memory is protected; greater is stronger. The
// zero value is no level: in [Config] it stands for the strongest there is.
type Level uint8

// The levels.
const (
	None Level = iota + 1
	Mlock
	MemfdSecret
)

// String returns the level's name: memfd_secret, mlock or none.
func (l Level) String() string {
	switch l {
	case MemfdSecret:
		return "memfd_secret"
	case Mlock:
		return "mlock"
	case None:
		return "none"
	default:
		return fmt.Sprintf("level %d", uint8(l))
	}
}

// MarshalText encodes the level's name.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Config says which memory is wanted.
type Config struct {
	Size int // in bytes; rounded up to whole pages
	// AtMost is the strongest level to try; zero tries all. Tests and proofs
	// force a fallback with it.
	AtMost Level
}

// Validate reports all faults at once.
func (c Config) Validate() error {
	var faults []error
	if c.Size <= 0 {
		faults = append(faults, fmt.Errorf("%w: %d bytes", ErrSize, c.Size))
	}
	if c.AtMost > MemfdSecret {
		faults = append(faults, fmt.Errorf("%w: %d", ErrLevel, c.AtMost))
	}
	return errors.Join(faults...)
}

// Memory is a piece of protected memory. It is not safe to use its bytes after
// Close.
type Memory struct {
	mem    []byte
	level  Level
	reason string
}

// Map takes memory at the strongest level that cfg and the system allow. It
// comes cleared and present: touching it faults no page in.
func Map(cfg Config) (*Memory, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	return mapMemory(cfg)
}

// Bytes returns the memory. There is one copy of it: the slice is a window.
func (m *Memory) Bytes() []byte { return m.mem }

// Level returns the protection that took effect.
func (m *Memory) Level() Level { return m.level }

// Reason says in one line why the level is not the strongest; empty if it is.
func (m *Memory) Reason() string { return m.reason }

// Format prints the level and the size, never the bytes.
func (m *Memory) Format(s fmt.State, _ rune) {
	if m == nil {
		_, _ = s.Write([]byte("<nil>"))
		return
	}
	fmt.Fprintf(s, "securemem(%s, %d bytes)", m.level, len(m.mem))
}

// Close clears the memory and gives it back. Whoever still holds the slice and
// touches it afterwards ends the process, so close it after its last user.
func (m *Memory) Close() error {
	if m == nil || m.mem == nil {
		return nil
	}
	clear(m.mem)
	err := unmap(m.mem)
	m.mem = nil
	return err
}

// Hardening is what [Harden] achieved. A nil error means that the measure is
// in force.
type Hardening struct {
	NoCore      error // RLIMIT_CORE is 0, hard limit included: the kernel writes no core file
	NotDumpable error // PR_SET_DUMPABLE is 0: no core to a pipe either, no ptrace by the same user
}

// Err returns what did not take effect, a line for each, or nil.
func (h Hardening) Err() error { return errors.Join(h.NoCore, h.NotDumpable) }
