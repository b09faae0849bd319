package load

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"time"
)

// userTick is the unit of CPU time in /proc: USER_HZ is 100 on every Linux that
// Go runs on.
const userTick = time.Second / 100

var errProc = errors.New("unreadable /proc")

// cpu is the CPU time of a process.
type cpu struct{ user, system time.Duration }

func (c cpu) total() time.Duration { return c.user + c.system }
func (c cpu) since(before cpu) cpu { return cpu{c.user - before.user, c.system - before.system} }

// processCPU reads /proc/PID/stat.
func processCPU(pid int) (cpu, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return cpu{}, fmt.Errorf("read a process's CPU time: %w", err)
	}
	return parseStat(text)
}

// parseStat reads utime and stime, which are the 14th and 15th field of proc(5).
// The second, the program's name, may hold spaces and brackets.
func parseStat(text []byte) (cpu, error) {
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return cpu{}, fmt.Errorf("%w: stat has %d fields", errProc, len(fields))
	}
	user, err := strconv.ParseInt(string(fields[11]), 10, 64)
	system, err2 := strconv.ParseInt(string(fields[12]), 10, 64)
	if err := errors.Join(err, err2); err != nil {
		return cpu{}, fmt.Errorf("%w: %w", errProc, err)
	}
	return cpu{time.Duration(user) * userTick, time.Duration(system) * userTick}, nil
}

// machineCPU is what all processors together have worked, of /proc/stat.
func machineCPU() (time.Duration, error) {
	text, err := os.ReadFile("/proc/stat")
	if err != nil {
		return 0, fmt.Errorf("read the machine's CPU time: %w", err)
	}
	return parseMachine(string(text))
}

// parseMachine adds user, nice, system, irq and softirq of the first line; idle
// and iowait are none, and steal is other machines'.
func parseMachine(text string) (sum time.Duration, err error) {
	line, _, _ := strings.Cut(text, "\n")
	f := strings.Fields(line)
	if len(f) < 8 || f[0] != "cpu" {
		return 0, fmt.Errorf("%w: stat begins with %q", errProc, line)
	}
	for _, i := range []int{1, 2, 3, 6, 7} {
		n, err := strconv.ParseInt(f[i], 10, 64)
		if err != nil {
			return 0, fmt.Errorf("%w: %w", errProc, err)
		}
		sum += time.Duration(n) * userTick
	}
	return sum, nil
}

// Memory is a process's, in kB.
type Memory struct {
	RSS     int `json:"rss_kb"`
	Private int `json:"private_kb"` // zero where smaps_rollup is closed to us
}

// processMemory reads VmRSS of status, which anybody may, and what is private
// of smaps_rollup, which a server that closes itself to debuggers shows to root
// only.
func processMemory(pid int) (Memory, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return Memory{}, fmt.Errorf("read a process's memory: %w", err)
	}
	m := Memory{RSS: kilobytes(string(status), "VmRSS:")}
	if rollup, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid)); err == nil {
		m.Private = kilobytes(string(rollup), "Private_Clean:") + kilobytes(string(rollup), "Private_Dirty:")
	}
	if m.RSS == 0 {
		return m, fmt.Errorf("%w: status has no VmRSS", errProc)
	}
	return m, nil
}

func kilobytes(text, key string) int {
	for line := range strings.Lines(text) {
		if rest, ok := strings.CutPrefix(line, key); ok {
			n, _ := strconv.Atoi(strings.TrimSuffix(strings.TrimSpace(rest), " kB"))
			return n
		}
	}
	return 0
}
