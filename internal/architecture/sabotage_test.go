package architecture

import (
	"bytes"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// sabotages are the build tags under which something is broken on purpose, so
// that `bench proof` is seen to go red, and the one file that each brings in.
var sabotages = map[string]string{
	"sabotage_gate":     "mixer/mask/sabotage_gate.go",
	"sabotage_wipe":     "dtmf/sabotage_wipe.go",
	"sabotage_redactor": "internal/redact/sabotage_redactor.go",
	"sabotage_log":      "internal/call/sabotage_log.go",
}

// files returns the paths of the Go files that a build of the server consists
// of.
func files(t *testing.T, args ...string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-deps", "-f",
		`{{if not .Standard}}{{range .GoFiles}}{{$.ImportPath}}/{{.}}{{"\n"}}{{end}}{{end}}`}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestNoReleaseIsSabotaged: a build without tags holds none of the files that
// break something, and nothing that makes a release names a tag. Broken on
// purpose: with the tag of one file removed it is red.
func TestNoReleaseIsSabotaged(t *testing.T) {
	if strings.Contains(files(t, "."), "sabotage") {
		t.Error("the default build holds sabotage")
	}
	for tag, file := range sabotages {
		if !strings.Contains(files(t, "-tags", tag, "."), "tonegate/"+file+"\n") {
			t.Errorf("the tag %s does not bring in %s: the test above proves nothing", tag, file)
		}
	}
	out, err := gitGrep(t, "-lE", "sabotage_|sabotaged")
	if err != nil {
		t.Fatal(err)
	}
	for path := range strings.Lines(out) {
		switch path = strings.TrimSpace(path); {
		case strings.HasSuffix(path, ".go"), strings.HasPrefix(path, "docs/"), path == "CHANGELOG.md", path == "README.md":
		default:
			t.Errorf("%s names a tag that breaks something on purpose", path)
		}
	}
}

// TestReleasesAreBuiltWithoutTags: no release is made with a tag or an overlay at
// all, so none is made with these.
func TestReleasesAreBuiltWithoutTags(t *testing.T) {
	for _, path := range []string{"../../Dockerfile", "../../Makefile"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"-tags", "-overlay", "GOFLAGS"} {
			if bytes.Contains(text, []byte(word)) {
				t.Errorf("%s has %s", path, word)
			}
		}
	}
}

func gitGrep(t *testing.T, args ...string) (string, error) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "git", append([]string{"grep"}, args...)...)
	cmd.Dir = "../.."
	out, err := cmd.Output()
	return string(out), err
}
