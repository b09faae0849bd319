package securemem

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

func mapMemory(cfg Config) (*Memory, error) {
	page := os.Getpagesize()
	size := (cfg.Size + page - 1) / page * page
	most := cfg.AtMost
	if most == 0 {
		most = MemfdSecret
	}
	var whys []string
	if most < MemfdSecret {
		whys = append(whys, fmt.Sprintf("%s is the strongest level asked for", most))
	}
	for level := most; level >= None; level-- {
		mem, err := mapAt(level, size)
		if err != nil {
			whys = append(whys, fmt.Sprintf("%s: %v", level, err))
			continue
		}
		clear(mem) // faults every page in now, where a refusal can still be told
		return &Memory{mem: mem, level: level, reason: join(whys)}, nil
	}
	return nil, fmt.Errorf("%w: %s", ErrRefused, join(whys))
}

func join(whys []string) (s string) {
	for i, w := range whys {
		if i > 0 {
			s += "; "
		}
		s += w
	}
	return s
}

func mapAt(level Level, size int) (mem []byte, err error) {
	if level == MemfdSecret {
		mem, err = mapSecret(size)
	} else {
		mem, err = unix.Mmap(-1, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
		if err != nil {
			err = fmt.Errorf("mmap: %w", err)
		}
	}
	if err != nil {
		return nil, err
	}
	if err = protect(level, mem); err != nil {
		return nil, errors.Join(err, unix.Munmap(mem))
	}
	return mem, nil
}

// mapSecret maps memory that has left the kernel's direct map. The mapping
// outlives the descriptor, which must not leak into a child.
func mapSecret(size int) ([]byte, error) {
	fd, err := unix.MemfdSecret(unix.O_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("memfd_secret: %w", err)
	}
	defer unix.Close(fd)
	if err := unix.Ftruncate(fd, int64(size)); err != nil {
		return nil, fmt.Errorf("ftruncate: %w", err)
	}
	// The kernel takes only shared mappings of secret memory, and locks them.
	mem, err := unix.Mmap(fd, 0, size, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("mmap of secret memory: %w (is RLIMIT_MEMLOCK too small?)", err)
	}
	return mem, nil
}

// protect locks the memory and keeps it out of core dumps and of children.
func protect(level Level, mem []byte) error {
	if level == Mlock {
		if err := unix.Mlock(mem); err != nil {
			return fmt.Errorf("mlock: %w (raise RLIMIT_MEMLOCK to %d KiB or more)", err, len(mem)/1024)
		}
	}
	if err := unix.Madvise(mem, unix.MADV_DONTDUMP); err != nil {
		return fmt.Errorf("MADV_DONTDUMP: %w", err)
	}
	if err := unix.Madvise(mem, unix.MADV_DONTFORK); err != nil {
		return fmt.Errorf("MADV_DONTFORK: %w", err)
	}
	return nil
}

func unmap(mem []byte) error { return unix.Munmap(mem) }

// Harden closes the process's memory to core dumps and to debuggers of the
// same user, for good: children inherit the limit. Each measure is tried, and
// checked by reading it back, whether or not another failed. It does not stop
// root; only [MemfdSecret] does.
func Harden() Hardening {
	return Hardening{NoCore: noCore(), NotDumpable: notDumpable()}
}

func noCore() error {
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("RLIMIT_CORE: %w", err)
	}
	var got unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_CORE, &got); err != nil {
		return fmt.Errorf("RLIMIT_CORE: %w", err)
	}
	if got.Cur != 0 || got.Max != 0 {
		return fmt.Errorf("RLIMIT_CORE is still %d", got.Cur)
	}
	return nil
}

func notDumpable() error {
	if err := unix.Prctl(unix.PR_SET_DUMPABLE, 0, 0, 0, 0); err != nil {
		return fmt.Errorf("PR_SET_DUMPABLE: %w", err)
	}
	got, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil {
		return fmt.Errorf("PR_GET_DUMPABLE: %w", err)
	}
	if got != 0 {
		return fmt.Errorf("PR_GET_DUMPABLE is still %d", got)
	}
	return nil
}
