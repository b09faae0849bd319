package proof

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"strings"
)

// ErrUnreadable says that the server's memory cannot be searched from here.
var ErrUnreadable = errors.New("the server's memory cannot be read")

// dump is what a process had in its writable memory at one moment.
type dump struct {
	parts []part
	size  int
	// secret is how many bytes the kernel refuses to everybody.
	secret int
	// lost is how many other bytes could not be read: the process had given them
	// back meanwhile.
	lost int
}

// part is a run of pages.
type part struct {
	name  string // of the mapping, if it has one
	at    uintptr
	bytes []byte
}

// readMemory copies the writable memory of a process, pages without content left
// out. The server closes itself to debuggers, so this needs the right to look
// all the same.
func readMemory(pid int) (*dump, error) {
	fail := func(err error) error {
		return fmt.Errorf("%w: %w: run this on Linux as root, or with CAP_SYS_PTRACE and CAP_SYS_ADMIN", ErrUnreadable, err)
	}
	folder := fmt.Sprintf("/proc/%d/", pid)
	maps, err := os.ReadFile(folder + "maps")
	if err != nil {
		return nil, fail(err)
	}
	pagemap, err := os.Open(folder + "pagemap")
	if err != nil {
		return nil, fail(err)
	}
	defer pagemap.Close()
	mem, err := os.Open(folder + "mem")
	if err != nil {
		return nil, fail(err)
	}
	defer mem.Close()
	d := new(dump)
	for lines := bufio.NewScanner(strings.NewReader(string(maps))); lines.Scan(); {
		var from, to uintptr
		var mode string
		if _, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &from, &to, &mode); err != nil {
			return nil, fail(err)
		}
		name := ""
		if f := strings.Fields(lines.Text()); len(f) > 5 {
			name = f[5]
		}
		if !strings.HasPrefix(mode, "rw") {
			continue
		}
		if err := d.mapping(mem, pagemap, name, from, to); err != nil {
			return nil, fail(err)
		}
	}
	if d.size == 0 {
		return nil, fail(errors.New("nothing is there"))
	}
	return d, nil
}

// mapping copies the pages of a mapping that have content (proc_pid_pagemap(5),
// bits 63 and 62).
func (d *dump) mapping(mem, pagemap *os.File, name string, from, to uintptr) error {
	page := uintptr(os.Getpagesize())
	entries := make([]byte, 1<<16)
	var begin, end uintptr
	for at := from; at < to; {
		n, err := pagemap.ReadAt(entries[:min(uintptr(len(entries)), (to-at)/page*8)], int64(at/page*8))
		if n < 8 {
			return fmt.Errorf("pagemap: %w", err)
		}
		for i := 0; i+8 <= n; i += 8 {
			if binary.NativeEndian.Uint64(entries[i:])>>62 != 0 {
				if end != at {
					d.copy(mem, name, begin, end)
					begin = at
				}
				end = at + page
			}
			at += page
		}
	}
	d.copy(mem, name, begin, end)
	return nil
}

func (d *dump) copy(mem *os.File, name string, from, to uintptr) {
	if from >= to {
		return
	}
	b := make([]byte, to-from)
	n, _ := mem.ReadAt(b, int64(from))
	if n > 0 {
		d.parts = append(d.parts, part{name, from, b[:n]})
		d.size += n
	}
	if missing := len(b) - n; strings.Contains(name, "secretmem") {
		d.secret += missing
	} else {
		d.lost += missing
	}
}
