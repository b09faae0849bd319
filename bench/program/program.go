// Package program builds this repository's programs for benches that run them in
// processes of their own, and waits for these.
package program

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"time"
)

// PrintedAddress finds in what a server prints where it serves its API.
var PrintedAddress = regexp.MustCompile(`API +(http://[0-9.:]+)/v1`)

// Build builds a program of this repository (its path in it, such as . for the
// server) into a folder and returns the file. Without tags it is a release.
func Build(ctx context.Context, folder, which string, tags ...string) (file string, err error) {
	mod, err := exec.CommandContext(ctx, "go", "env", "GOMOD").Output()
	root := filepath.Dir(strings.TrimSpace(string(mod)))
	if err != nil || root == "." || root == "/dev" {
		return "", fmt.Errorf("build %s: run this inside the repository: %w", which, errors.Join(err, os.ErrNotExist))
	}
	file = filepath.Join(folder, strings.Join(append([]string{"program"}, tags...), "-"))
	cmd := exec.CommandContext(ctx, "go", "build", "-tags", strings.Join(tags, ","), "-o", file, which)
	cmd.Dir = root
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build %s: %w: %s", which, err, out)
	}
	return file, nil
}

// Pause waits, as long as ctx allows.
func Pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
