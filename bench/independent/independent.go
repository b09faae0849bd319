// Package independent asks DTMF receivers that nobody here wrote what they hear:
// multimon-ng and spandsp, from Debian's packages multimon-ng, sox and
// libspandsp-dev. A receiver that is not installed is an error, never silence:
// a check that could not run has not passed.
package independent

import (
	"bytes"
	"context"
	_ "embed"
	"encoding/binary"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

//go:embed receiver/spandsp_rx.c
var spandspSource []byte

// pcm returns samples as signed 16-bit little-endian.
func pcm(samples []int16) []byte {
	out := make([]byte, 0, 2*len(samples))
	for _, v := range samples {
		out = binary.LittleEndian.AppendUint16(out, uint16(v))
	}
	return out
}

func run(ctx context.Context, in []byte, name string, args ...string) ([]byte, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = bytes.NewReader(in)
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w: %s (scripts/test-deps.sh installs it)", name, err, errOut.String())
	}
	return out.Bytes(), nil
}

var multimonLine = regexp.MustCompile(`(?m)^DTMF: (.)`)

// Multimon returns the keys that multimon-ng reads in 8 kHz samples.
func Multimon(ctx context.Context, samples []int16) (string, error) {
	// It works at 22 050 Hz only. A second of silence lets it report the last.
	in := append(pcm(samples), make([]byte, 2*8000)...)
	wide, err := run(ctx, in, "sox", "-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1", "-",
		"-t", "raw", "-r", "22050", "-e", "signed", "-b", "16", "-c", "1", "-")
	if err != nil {
		return "", err
	}
	out, err := run(ctx, wide, "multimon-ng", "-q", "-a", "DTMF", "-t", "raw", "-")
	if err != nil {
		return "", err
	}
	var keys strings.Builder
	for _, m := range multimonLine.FindAllSubmatch(out, -1) {
		keys.Write(m[1])
	}
	return keys.String(), nil
}

// Spandsp is spandsp's receiver, compiled into a folder.
type Spandsp struct{ program string }

// BuildSpandsp compiles the receiver with the system's C compiler.
func BuildSpandsp(ctx context.Context, folder string) (*Spandsp, error) {
	source := filepath.Join(folder, "spandsp_rx.c")
	if err := os.WriteFile(source, spandspSource, 0o600); err != nil {
		return nil, fmt.Errorf("write the receiver's source: %w", err)
	}
	program := filepath.Join(folder, "spandsp_rx")
	if _, err := run(ctx, nil, "cc", "-O2", "-o", program, source, "-lspandsp", "-ltiff", "-lm"); err != nil {
		return nil, err
	}
	return &Spandsp{program}, nil
}

// Read returns the keys that spandsp reads in 8 kHz samples.
func (s *Spandsp) Read(ctx context.Context, samples []int16) (string, error) {
	out, err := run(ctx, append(pcm(samples), make([]byte, 2*8000)...), s.program)
	return string(out), err
}

// Key is one key that a receiver reported.
type Key struct {
	Symbol byte
	At     int // samples: the end of the 20 ms frame that made it known
}

// ReadMany has a fresh receiver read each of many recordings, in one process.
func (s *Spandsp) ReadMany(ctx context.Context, recordings [][]int16) ([][]Key, error) {
	var in []byte
	for _, x := range recordings {
		in = binary.LittleEndian.AppendUint32(in, uint32(len(x)))
		in = append(in, pcm(x)...)
	}
	out, err := run(ctx, in, s.program, "many")
	if err != nil {
		return nil, err
	}
	keys := make([][]Key, len(recordings))
	for line := range strings.Lines(string(out)) {
		var k Key
		var recording int
		if _, err := fmt.Sscanf(line, "%d %d %c", &recording, &k.At, &k.Symbol); err != nil {
			return nil, fmt.Errorf("spandsp's receiver said %q: %w", line, err)
		}
		keys[recording] = append(keys[recording], k)
	}
	return keys, nil
}
