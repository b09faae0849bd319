package architecture

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

type pkg struct {
	ImportPath, Doc string
	Imports, Deps   []string
	GoFiles         []string
}

// list returns the module's packages.
func list(t *testing.T) map[string]pkg {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Doc,Imports,Deps,GoFiles", "./...")
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]pkg{}
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p pkg
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all[strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, "tonegate"), "/")] = p
	}
}

// ban forbids packages to depend on others, and says why.
type ban struct {
	packages []string
	never    []string // import path prefixes
	direct   bool     // direct imports only
	why      string
}

// leaves are handed addresses and sizes, or nothing, and know nothing of what lies there:
// whoever may import nothing of this module may import them. They reach what is given.
var leaves = map[string]string{
	"tonegate/internal/prefetch":  "unsafe",               // to make an address of a field
	"tonegate/internal/registers": "golang.org/x/sys/cpu", // which instructions there are
}

var cores = []string{"dtmf", "mixer", "mixer/mask", "bridge", "internal/jitter", "internal/audio"}

var bans = []ban{
	{cores, []string{"net", "os", "log", "go.uber.org/zap", "github.com/prometheus", "github.com/pion"}, true,
		"a core takes frames, packets and the time and returns values: that is what makes it deterministic"},
	{cores, []string{"github.com/pion", "go.uber.org/zap", "github.com/prometheus"}, false,
		"nor may a core reach the world through something else"},
	{cores, []string{"tonegate/internal/engine", "tonegate/internal/rtcleg", "tonegate/internal/call", "tonegate/signaling", "tonegate/internal/ivr", "tonegate/internal/recording", "tonegate/internal/delivery"}, false,
		"imports run downwards"},
	{[]string{"internal/audio"}, []string{"tonegate/"}, false, "audio is the leaf"},
	{[]string{"dtmf"}, []string{"tonegate/mixer", "tonegate/bridge"}, false, "the detector knows nothing of masks and calls"},
	{[]string{"mixer", "mixer/mask"}, []string{"tonegate/bridge"}, false, "mixes know nothing of calls"},
	{[]string{"mixer"}, []string{"tonegate/mixer/mask", "tonegate/dtmf"}, false, "the raw mixes have no way to make an agent's"},
	{[]string{"internal/engine"}, []string{"github.com/pion/webrtc", "tonegate/internal/rtcleg", "tonegate/signaling", "tonegate/internal/call"}, false,
		"the engine sends through a Transport and does not know which"},
	{[]string{"internal/rtcleg/fast"}, []string{"tonegate/", "github.com/pion/webrtc", "github.com/pion/sdp"}, false,
		"the fast path knows packets, keys and addresses: not SDP, which is read once for both paths, and not what is said"},
	{[]string{"internal/rtcleg/fast/gcm"}, []string{"tonegate/", "github.com/pion", "net", "os"}, true, "the cipher's context knows keys and packets, and nobody"},
	{[]string{"internal/rtcleg"}, []string{"tonegate/bridge", "tonegate/dtmf", "tonegate/mixer", "tonegate/internal/engine"}, false,
		"a transport carries packets and knows nothing of calls"},
	{[]string{"internal/card"}, []string{"tonegate/", "net", "os", "log", "go.uber.org/zap"}, true,
		"rules judge digits that are shown to them: they reach neither those of others nor the world"},
	{[]string{"internal/audit"}, []string{"tonegate/dtmf", "tonegate/internal/ivr"}, false, "the record has no way to a digit"},
	{[]string{"internal/ivr"}, []string{"net", "os", "log", "go.uber.org/zap", "github.com/prometheus"}, true,
		"the collector runs inside the tick: keys and the time go in, speech and progress come out"},
	{[]string{"internal/call"}, []string{"tonegate/signaling", "net/http"}, true, "what a request means does not depend on the protocol it came by"},
	{[]string{"", "internal/serve", "signaling"}, []string{"net/http/pprof", "runtime/pprof", "runtime/trace"}, false,
		"a server that takes cards can write no profile of its heap and serve no view into itself: no switch could be on by mistake"},
	{[]string{"internal/serve", "signaling", "internal/call", "internal/engine", "bridge"},
		[]string{"tonegate/internal/demo", "tonegate/internal/dtmfcmd", "tonegate/bench", "tonegate/internal/softphone"}, false,
		"demo, dtmf and bench show test digits in the clear; the server must not be able to"},
	{[]string{"internal/serve", "signaling", "internal/call", "internal/psp"}, []string{"tonegate/internal/pspstub"}, false,
		"the stub provider reads test cards in the clear; the server must not hold code that takes a card over the network"},
	{[]string{"internal/psp"}, []string{"net/http"}, true,
		"net/http leaves copies of a request's body in memory; a card goes by hand from a buffer that is cleared"},
	{[]string{"internal/psp", "internal/securemem"}, []string{"go.uber.org/zap", "log", "tonegate/internal/call", "tonegate/internal/engine", "tonegate/signaling"}, true,
		"what holds a card logs nothing and knows nothing of calls: it returns a class"},
	{[]string{"internal/recording"}, []string{"net", "os/exec", "go.uber.org/zap", "log", "tonegate/dtmf"}, true,
		"a recorder takes what the bridge made for it and has no way to a key, a log or the network"},
	{[]string{"internal/recording"}, []string{"tonegate/internal/engine", "tonegate/internal/call", "tonegate/internal/store", "tonegate/signaling", "tonegate/internal/ivr"}, false,
		"a recorder is handed sound and knows nothing of calls"},
	{[]string{"internal/delivery"}, []string{"filippo.io/age", "tonegate/dtmf", "tonegate/mixer", "tonegate/bridge", "tonegate/internal/recording",
		"tonegate/internal/call", "tonegate/internal/engine", "tonegate/signaling"}, false,
		"who carries recordings has no key, and no way to what is in them or to a call"},
	{[]string{"internal/tlsclient"}, []string{"tonegate/", "go.uber.org/zap", "log", "net/http"}, true,
		"a leaf that reads settings: connectors to payment providers use it, too, and net/http keeps copies"},
	{[]string{"bench/listen"}, []string{"tonegate/dtmf", "tonegate/mixer/mask"}, false,
		"a listener that shared code with the detector would share its blind spots"},
}

func TestImportsRunDownwards(t *testing.T) {
	all := list(t)
	for _, b := range bans {
		for _, name := range b.packages {
			p, ok := all[name]
			if !ok {
				t.Fatalf("no package %s", name)
			}
			deps := p.Deps
			if b.direct {
				deps = p.Imports
			}
			for _, d := range deps {
				if strings.HasPrefix(d, "tonegate/"+name+"/") {
					continue // a part of its own, which has bans of its own
				}
				if leaves[d] != "" {
					continue
				}
				for _, never := range b.never {
					if d == never || strings.HasPrefix(d, strings.TrimSuffix(never, "/")+"/") {
						t.Errorf("%s imports %s: %s", name, d, b.why)
					}
				}
			}
		}
	}
}

// TestLeavesReachNothing but what they are given.
func TestLeavesReachNothing(t *testing.T) {
	all := list(t)
	for name, may := range leaves {
		p, ok := all[strings.TrimPrefix(name, "tonegate/")]
		if !ok || !slices.Equal(p.Imports, []string{may}) {
			t.Errorf("%s imports %v", name, p.Imports)
		}
	}
}

// TestOnlyAudioKnowsG711 keeps the library behind one package.
func TestOnlyAudioKnowsG711(t *testing.T) {
	for name, p := range list(t) {
		for _, d := range p.Imports {
			if strings.HasPrefix(d, "github.com/zaf/g711") && name != "internal/audio" {
				t.Errorf("%s imports %s", name, d)
			}
		}
	}
}

// TestCoresStartNothing looks for goroutines, clocks and randomness in the
// sources of the cores.
func TestCoresStartNothing(t *testing.T) {
	for _, word := range []string{`\bgo func`, `\btime\.Now\(`, `\btime\.Since\(`, `\btime\.Sleep\(`, `\bfunc init\(`, `"math/rand`, `"crypto/rand"`} {
		args := append([]string{"grep", "-nE", word, "--"}, goFiles()...)
		cmd := exec.CommandContext(t.Context(), "git", args...)
		cmd.Dir = "../.."
		out, err := cmd.Output()
		var exit *exec.ExitError
		if err != nil && (!errors.As(err, &exit) || exit.ExitCode() != 1) {
			t.Fatal(err)
		}
		if len(out) > 0 {
			t.Errorf("%s in a core:\n%s", word, out)
		}
	}
}

func goFiles() (paths []string) {
	for _, c := range cores {
		paths = append(paths, c+"/*.go", ":!"+c+"/*_test.go")
	}
	return paths
}

func TestEveryPackageIsDocumented(t *testing.T) {
	for name, p := range list(t) {
		if p.Doc == "" && len(p.GoFiles) > 0 {
			t.Errorf("package %s has no comment", name)
		}
	}
}
