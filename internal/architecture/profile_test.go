package architecture

import (
	"strings"
	"testing"
)

// TestNoReleaseIsProfiled: a build without tags holds nothing that writes a
// profile or serves one, and the tag brings in the one file that does. See also
// TestReleasesAreBuiltWithoutTags.
func TestNoReleaseIsProfiled(t *testing.T) {
	const file = "tonegate/internal/cli/profile_on.go\n"
	if strings.Contains(files(t, "."), file) {
		t.Error("the default build writes profiles")
	}
	if !strings.Contains(files(t, "-tags", "profile", "."), file) {
		t.Error("the tag profile does not bring in its file: the test above proves nothing")
	}
	for name, p := range list(t) {
		for _, d := range p.Imports {
			if d == "net/http/pprof" || d == "runtime/pprof" {
				t.Errorf("%s imports %s: profiles of a server that takes cards belong behind the tag", name, d)
			}
		}
	}
}
