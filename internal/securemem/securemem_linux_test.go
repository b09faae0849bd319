package securemem_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tonegate/internal/securemem"
)

// role makes a child process out of this test binary; limits and hardening
// hold for a whole process and for good.
const role = "SECUREMEM_TEST_ROLE"

func TestMain(m *testing.M) {
	switch os.Getenv(role) {
	case "":
		os.Exit(m.Run())
	case "harden":
		before := dumpable()
		h := securemem.Harden()
		fmt.Println(before, dumpable(), coreLimit(), h.Err())
	case "no memlock":
		var none unix.Rlimit
		if err := unix.Setrlimit(unix.RLIMIT_MEMLOCK, &none); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		dropCapabilities()
		m, err := securemem.Map(securemem.Config{Size: 1 << 16})
		if err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		fmt.Println(m.Level(), "|", m.Reason())
	}
	os.Exit(0)
}

func dumpable() int {
	n, err := unix.PrctlRetInt(unix.PR_GET_DUMPABLE, 0, 0, 0, 0)
	if err != nil {
		return -1
	}
	return n
}

func coreLimit() uint64 {
	l := unix.Rlimit{Cur: 1, Max: 1}
	_ = unix.Getrlimit(unix.RLIMIT_CORE, &l)
	return l.Cur + l.Max
}

// dropCapabilities gives up CAP_IPC_LOCK, under which the limit of locked
// memory does not count, for the calling thread.
func dropCapabilities() {
	runtime.LockOSThread()
	hdr := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	if err := unix.Capset(&hdr, &data[0]); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
}

func child(t *testing.T, as string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), role+"="+as)
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, string(out))
	return strings.TrimSpace(string(out))
}

func TestLevels(t *testing.T) {
	for _, level := range []securemem.Level{securemem.None, securemem.Mlock, securemem.MemfdSecret} {
		t.Run(level.String(), func(t *testing.T) {
			m, err := securemem.Map(securemem.Config{Size: 5000, AtMost: level})
			require.NoError(t, err)
			defer func() { require.NoError(t, m.Close()) }()
			require.LessOrEqual(t, m.Level(), level)
			if m.Level() < securemem.MemfdSecret {
				require.NotEmpty(t, m.Reason(), "a fallback is stated")
			} else {
				require.Empty(t, m.Reason())
			}
			mem := m.Bytes()
			require.GreaterOrEqual(t, len(mem), 5000)
			require.Zero(t, len(mem)%os.Getpagesize())
			require.Equal(t, -1, bytes.IndexFunc(mem, func(r rune) bool { return r != 0 }), "it comes cleared")
			copy(mem, "written")
			flags := vmFlags(t, mem)
			assert.Contains(t, flags, "dd", "not in core dumps")
			assert.Contains(t, flags, "dc", "not in children")
			if m.Level() > securemem.None {
				assert.Contains(t, flags, "lo", "locked")
			}
			_, err = readThroughProc(mem)
			if m.Level() == securemem.MemfdSecret {
				assert.Error(t, err, "a debugger's way reads secret memory")
			} else {
				assert.NoError(t, err)
			}
		})
	}
}

// TestFallbackIsStated: with no right to lock memory the process still starts,
// and says what it lacks.
func TestFallbackIsStated(t *testing.T) {
	out := child(t, "no memlock")
	level, reason, _ := strings.Cut(out, " | ")
	assert.Equal(t, "none", level)
	assert.Contains(t, reason, "memfd_secret")
	assert.Contains(t, reason, "mlock")
	assert.Contains(t, reason, "RLIMIT_MEMLOCK")
}

func TestHarden(t *testing.T) {
	assert.Equal(t, "1 0 0 <nil>", child(t, "harden"))
}

func TestConfigIsChecked(t *testing.T) {
	_, err := securemem.Map(securemem.Config{Size: -1, AtMost: 9})
	require.ErrorIs(t, err, securemem.ErrSize)
	require.ErrorIs(t, err, securemem.ErrLevel)
}

// TestNothingPrintsTheBytes: not even a careless %v of the memory.
func TestNothingPrintsTheBytes(t *testing.T) {
	m, err := securemem.Map(securemem.Config{Size: 100, AtMost: securemem.None})
	require.NoError(t, err)
	copy(m.Bytes(), "7391")
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%x", "%d"} {
		assert.NotContains(t, fmt.Sprintf(verb, m), "7391")
		assert.NotContains(t, fmt.Sprintf(verb, m), "55 51")
	}
	text, err := json.Marshal(m.Level())
	require.NoError(t, err)
	assert.Equal(t, `"none"`, string(text))
	require.NoError(t, m.Close())
	require.NoError(t, m.Close(), "closing twice is harmless")
	require.NoError(t, (*securemem.Memory)(nil).Close())
	assert.Equal(t, "<nil>", fmt.Sprint((*securemem.Memory)(nil)))
}

// vmFlags returns the kernel's flags of the mapping that holds mem (proc(5),
// VmFlags in smaps).
func vmFlags(t *testing.T, mem []byte) []string {
	t.Helper()
	f, err := os.Open("/proc/self/smaps")
	require.NoError(t, err)
	defer f.Close()
	at := uintptr(unsafe.Pointer(&mem[0]))
	inside := false
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var from, to uintptr
		if n, _ := fmt.Sscanf(lines.Text(), "%x-%x ", &from, &to); n == 2 {
			inside = from <= at && at < to
		}
		if flags, ok := strings.CutPrefix(lines.Text(), "VmFlags:"); ok && inside {
			return strings.Fields(flags)
		}
	}
	t.Fatal(errors.New("the mapping is not listed"))
	return nil
}

func readThroughProc(mem []byte) (int, error) {
	f, err := os.Open("/proc/self/mem")
	if err != nil {
		return 0, err
	}
	defer f.Close()
	return f.ReadAt(make([]byte, 16), int64(uintptr(unsafe.Pointer(&mem[0]))))
}
