package load

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"text/tabwriter"
	"time"

	"tonegate/bench/program"
)

// The build tag under which a server writes CPU profiles, and the variable that
// names its file. No release is built with the tag.
const (
	profileTag  = "profile"
	profileFile = "TONEGATE_CPU_PROFILE"
)

// Class is a part of a server's CPU time.
type Class struct {
	Name  string  `json:"name"`
	Share float64 `json:"share"`
	Top   string  `json:"top"` // the functions that it spends most in
}

// takeProfile has the server profile itself for a while: one SIGUSR1 begins, the
// next one ends and writes the file.
func takeProfile(ctx context.Context, pid int, binary, file string, d time.Duration) ([]Class, error) {
	if err := syscall.Kill(pid, syscall.SIGUSR1); err != nil {
		return nil, fmt.Errorf("begin the profile: %w", err)
	}
	if err := program.Pause(ctx, d); err != nil {
		return nil, err
	}
	if err := syscall.Kill(pid, syscall.SIGUSR1); err != nil {
		return nil, fmt.Errorf("end the profile: %w", err)
	}
	for { // it is renamed into place when it is whole
		if _, err := os.Stat(file); err == nil {
			break
		} else if !errors.Is(err, os.ErrNotExist) {
			return nil, fmt.Errorf("the profile: %w", err)
		}
		if err := program.Pause(ctx, 50*time.Millisecond); err != nil {
			return nil, err
		}
	}
	cmd := exec.CommandContext(ctx, "go", "tool", "pprof", "-traces", "-nodecount=0", binary, file)
	var wrong bytes.Buffer
	cmd.Stderr = &wrong
	traces, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("read the profile: %w: %s", err, wrong.Bytes())
	}
	return classify(string(traces)), nil
}

// whole name the class of a stack that holds such a function anywhere.
var whole = []rule{
	{"GC and allocation", regexp.MustCompile(`^runtime\.(gcBgMarkWorker|gcAssist|bgsweep|bgscavenge|gcStart|gcMark|gcDrain|mallocgc|newobject|makeslice|growslice|\(\*mheap\)|\(\*mcache\))`)},
	{"scheduler", regexp.MustCompile(`^runtime\.(netpoll|schedule|findRunnable|park_m|goschedImpl|wakep|startm|stopm|sysmon|goready|ready|checkTimers|selectgo|mcall|notewakeup|exitsyscall0|chansend|chanrecv)[0-9]*(\.|$)`)},
}

// inner name the class of the innermost function that any of them matches: what
// the runtime copies or locks belongs to whom it is done for.
var inner = []rule{
	{"scheduler", regexp.MustCompile(`^(runtime\.(futex|notesleep|notetsleep|usleep|osyield|procyield|timer|\(\*timers?\)|resetspinning|exitsyscall|entersyscall|reentersyscall|casgstatus|semrelease|semacquire|gopark|mstart)|sync\.|internal/sync\.)`)},
	{"syscalls", regexp.MustCompile(`^(internal/runtime/syscall|syscall\.|runtime/internal/syscall|golang\.org/x/sys/unix\.|internal/poll\.)`)},
	{"crypto", regexp.MustCompile(`^(crypto/|golang\.org/x/crypto|github\.com/pion/dtls|github\.com/pion/srtp/v3\.(\(\*(Context|srtpCipher|srtpSSRCState)|\(\*cipher|generateCounter|xorBytes))`)},
	{"media", regexp.MustCompile(`^tonegate/(bridge|dtmf|mixer|internal/(jitter|audio|ivr))`)},
	{"transport", regexp.MustCompile(`^(tonegate/internal/(engine|rtcleg)|github\.com/pion/|net\.|golang\.org/x/net)`)},
}

type rule struct {
	class   string
	pattern *regexp.Regexp
}

var (
	blockLine = regexp.MustCompile(`^-+\+-+$`)
	valueLine = regexp.MustCompile(`^\s*([0-9.]+)(ns|us|ms|s|mins|hrs)\s+(\S.*)$`)
	inlined   = regexp.MustCompile(` \(inline\)$`)
)

// classify sums the stacks of `go tool pprof -traces` up by class.
func classify(traces string) []Class {
	sums := map[string]time.Duration{}
	leaves := map[string]map[string]time.Duration{}
	var total time.Duration
	for _, s := range stacks(traces) {
		class := classOf(s.frames)
		sums[class] += s.spent
		if leaves[class] == nil {
			leaves[class] = map[string]time.Duration{}
		}
		leaves[class][s.frames[0]] += s.spent
		total += s.spent
	}
	var out []Class
	for name, spent := range sums {
		out = append(out, Class{name, float64(spent) / float64(max(total, 1)), top(leaves[name], total)})
	}
	slices.SortFunc(out, func(a, b Class) int { return cmp.Or(cmp.Compare(b.Share, a.Share), cmp.Compare(a.Name, b.Name)) })
	return out
}

type stack struct {
	spent  time.Duration
	frames []string // innermost first
}

// stacks reads the text: blocks between rules, each with a time and the
// innermost function first, and callers below.
func stacks(traces string) (out []stack) {
	inside := false
	for line := range strings.Lines(traces) {
		line = strings.TrimRight(line, "\r\n")
		if blockLine.MatchString(line) {
			inside = true
			continue
		}
		if !inside {
			continue
		}
		if m := valueLine.FindStringSubmatch(line); m != nil {
			d, err := time.ParseDuration(m[1] + map[string]string{"ns": "ns", "us": "us", "ms": "ms", "s": "s", "mins": "m", "hrs": "h"}[m[2]])
			if err == nil {
				out = append(out, stack{d, []string{inlined.ReplaceAllString(m[3], "")}})
			}
			continue
		}
		if name := strings.TrimSpace(line); name != "" && len(out) > 0 {
			last := &out[len(out)-1]
			last.frames = append(last.frames, inlined.ReplaceAllString(name, ""))
		}
	}
	return out
}

func classOf(frames []string) string {
	for _, r := range whole {
		if slices.ContainsFunc(frames, r.pattern.MatchString) {
			return r.class
		}
	}
	for _, f := range frames {
		for _, r := range inner {
			if r.pattern.MatchString(f) {
				return r.class
			}
		}
	}
	return "other"
}

// top names the three functions that most was spent in.
func top(spent map[string]time.Duration, total time.Duration) string {
	names := make([]string, 0, len(spent))
	for name := range spent {
		names = append(names, name)
	}
	slices.SortFunc(names, func(a, b string) int { return cmp.Or(cmp.Compare(spent[b], spent[a]), cmp.Compare(a, b)) })
	var out []string
	for _, name := range names[:min(3, len(names))] {
		out = append(out, fmt.Sprintf("%s %.1f %%", name, 100*float64(spent[name])/float64(max(total, 1))))
	}
	return strings.Join(out, ", ")
}

func printClasses(w io.Writer, p Profile) {
	fmt.Fprintf(w, "\nCPU of the server by class, %d rooms\n", p.Rooms)
	table(w, func(t *tabwriter.Writer) {
		for _, c := range p.Classes {
			fmt.Fprintf(t, "%s\t%.1f %%\t%s\n", c.Name, 100*c.Share, c.Top)
		}
	})
}
