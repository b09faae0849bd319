package architecture

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// mustNotCompile are programs that would let raw audio reach an agent, or a
// digit reach a printer, were they accepted. Each names the compiler's words, so
// that a program that fails for another reason does not count.
var mustNotCompile = []struct{ name, imports, body, want string }{
	{"a customer's mix converted to an agent's", `"tonegate/mixer"; "tonegate/mixer/mask"`,
		`_ = mask.AgentMix(mixer.ForCustomer())`, "cannot convert"},
	{"an IVR's mix converted to an agent's", `"tonegate/mixer"; "tonegate/mixer/mask"`,
		`_ = mask.AgentMix(mixer.ForIVR())`, "cannot convert"},
	{"a gated frame converted to an agent's mix", `"tonegate/mixer/mask"`,
		`_ = mask.AgentMix(mask.Gated{})`, "cannot convert"},
	{"a frame converted to a gated one", `"tonegate/internal/audio"; "tonegate/mixer/mask"`,
		`_ = mask.Gated(struct{ gated audio.Frame }{})`, "cannot convert"},
	{"a frame converted to an agent's mix", `"tonegate/internal/audio"; "tonegate/mixer/mask"`,
		`_ = mask.AgentMix(struct{ agent audio.Frame }{})`, "cannot convert"},
	{"a frame put into a gated one", `"tonegate/internal/audio"; "tonegate/mixer/mask"`,
		`_ = mask.Gated{gated: audio.Frame{}}`, "unexported field gated"},
	{"a frame put into an agent's mix", `"tonegate/internal/audio"; "tonegate/mixer/mask"`,
		`_ = mask.AgentMix{agent: audio.Frame{}}`, "unexported field agent"},
	{"an agent's mix made from raw frames", `"tonegate/internal/audio"; "tonegate/mixer/mask"`,
		`_ = mask.ForAgent(audio.Frame{})`, "cannot use"},
	{"samples written into a finished mix", `"tonegate/mixer/mask"`,
		`var m mask.AgentMix; m.Samples()[0] = 1`, "cannot assign"},
	{"raw frames recorded", `"tonegate/internal/audio"; "tonegate/internal/recording"`,
		`var w recording.Writer; _ = w.Frame(audio.Frame{}, audio.Frame{})`, "cannot use"},
	{"what the customer hears recorded", `"tonegate/mixer"; "tonegate/internal/recording"`,
		`var w recording.Writer; _ = w.Frame(mixer.ForCustomer(), mixer.ForCustomer())`, "cannot use"},
	{"what the IVR hears recorded", `"tonegate/mixer"; "tonegate/internal/recording"`,
		`var w recording.Writer; _ = w.Frame(mixer.ForIVR(), mixer.ForIVR())`, "cannot use"},
	{"what press-to-talk lets through recorded", `"time"; "tonegate/bridge"; "tonegate/internal/recording"`,
		`var r recording.Recorder; var out bridge.Output; r.Record(time.Time{}, out.Agent, false)`, "cannot use out.Agent"},
	{"a recorder's mix made outside the bridge", `"tonegate/bridge"; "tonegate/mixer/mask"`,
		`_ = bridge.RecorderMix{agent: mask.Gated{}}`, "unexported field agent"},
	{"a recorder's mix converted from a twin", `"tonegate/bridge"; "tonegate/mixer/mask"`,
		`_ = bridge.RecorderMix(struct{ agent, customer, ivr mask.Gated }{})`, "cannot convert"},
	{"evidence made outside the detector", `"tonegate/dtmf"`,
		`_ = dtmf.Evidence{examined: true}`, "unexported field examined"},
	{"evidence converted from a twin", `"tonegate/dtmf"`,
		`_ = dtmf.Evidence(struct{ examined bool }{true})`, "cannot convert"},
	{"digits as a string", `"tonegate/dtmf"`, `_ = string(dtmf.Digits{})`, "cannot convert"},
	{"digits as bytes", `"tonegate/dtmf"`, `_ = []byte(dtmf.Digits{})`, "cannot convert"},
	{"a key added to a string", `"tonegate/dtmf"`, `_ = "" + dtmf.Key(1)`, "mismatched types"},
}

func TestMustNotCompile(t *testing.T) {
	for _, c := range mustNotCompile {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			out := compile(t, c.imports, c.body)
			if out == "" {
				t.Fatal("it compiles")
			}
			if !strings.Contains(out, c.want) {
				t.Fatalf("it fails for another reason:\n%s", out)
			}
		})
	}
}

// TestCheckerCompilesWhatIsAllowed proves that the test above can tell.
func TestCheckerCompilesWhatIsAllowed(t *testing.T) {
	if out := compile(t, `"tonegate/mixer/mask"`, `_ = mask.ForAgent(mask.Gated{})`); out != "" {
		t.Fatal(out)
	}
}

// TestPortsTakeNothingElse compiles the mistakes inside the engine itself, where
// the ports' types are visible, by an overlay.
func TestPortsTakeNothingElse(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"the customer's mix to the agent":     {"p.agent.send(out.Customer, nil)", "cannot use out.Customer"},
		"the customer's mix to the recorder":  {"r.recorder.Record(now, out.Customer, false)", "cannot use out.Customer"},
		"the IVR's mix to the recorder":       {"r.recorder.Record(now, out.IVR, false)", "cannot use out.IVR"},
		"the agent's own mix to the recorder": {"r.recorder.Record(now, out.Agent, false)", "cannot use out.Agent"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mistake(t, c.body, c.want)
		})
	}
}

func mistake(t *testing.T, body, want string) {
	t.Helper()
	dir := t.TempDir()
	extra := filepath.Join(dir, "mistake.go")
	write(t, extra, `package engine
import ("time"; "tonegate/bridge")
func mistake(now time.Time, r *room, p *ports, out *bridge.Output) { `+body+` }
`)
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	overlay := filepath.Join(dir, "overlay.json")
	write(t, overlay, fmt.Sprintf(`{"Replace":{%q:%q}}`, filepath.Join(root, "internal/engine/mistake.go"), extra))
	out := goBuild(t, root, "-overlay", overlay, "./internal/engine")
	if !strings.Contains(out, want) {
		t.Fatalf("it is not refused for this reason: %q", out)
	}
}

func compile(t *testing.T, imports, body string) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	// The program must lie inside the module to see its internal packages.
	file := filepath.Join(t.TempDir(), "main.go")
	write(t, file, fmt.Sprintf("package main\nimport (%s)\nfunc main() { %s }\n", imports, body))
	overlay := filepath.Join(filepath.Dir(file), "overlay.json")
	write(t, overlay, fmt.Sprintf(`{"Replace":{%q:%q}}`, filepath.Join(root, "internal/architecture/program/main.go"), file))
	return goBuild(t, root, "-overlay", overlay, "-o", os.DevNull, "./internal/architecture/program")
}

func goBuild(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"build"}, args...)...)
	cmd.Dir = dir
	out, err := cmd.CombinedOutput()
	if err == nil {
		return ""
	}
	return string(out)
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
