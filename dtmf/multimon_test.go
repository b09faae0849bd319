package dtmf

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"os/exec"
	"strings"
	"testing"

	"tonegate/internal/audio"
)

// decodeElsewhere has multimon-ng, a decoder by other hands, read the keys.
// It wants 22 050 Hz, which sox makes. Both come with Debian; without them the
// test fails, since a test that is not run proves nothing.
func decodeElsewhere(t *testing.T, x []int16) string {
	t.Helper()
	var raw bytes.Buffer
	if err := binary.Write(&raw, binary.LittleEndian, x); err != nil {
		t.Fatal(err)
	}
	format := []string{"-t", "raw", "-e", "signed", "-b", "16", "-c", "1", "-r"}
	args := append(append(append(format, "8000", "-"), format...), "22050", "-")
	var wide, text bytes.Buffer
	sox := exec.Command("sox", args...)
	sox.Stdin, sox.Stdout = &raw, &wide
	if err := sox.Run(); err != nil {
		t.Fatalf("sox (Debian package sox): %v", err)
	}
	multimon := exec.Command("multimon-ng", "-q", "-a", "DTMF", "-t", "raw", "-")
	multimon.Stdin, multimon.Stdout = &wide, &text
	if err := multimon.Run(); err != nil {
		t.Fatalf("multimon-ng (Debian package multimon-ng): %v", err)
	}
	var keys []byte
	for line := range strings.Lines(text.String()) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), "DTMF: "); ok {
			keys = append(keys, rest[0])
		}
	}
	return string(keys)
}

// Another decoder reads what is generated, and nothing of what is masked.
func TestIndependentListener(t *testing.T) {
	const keys = "0123456789*#ABCD5501"
	x := make([]int16, 160*(20*len(keys)/2+20))
	var g ToneGenerator
	for i := range keys {
		k, _ := KeyOf(keys[i])
		for j := range 5 {
			var f audio.Frame
			g.Add(&f, Relay{On: true, Start: j == 0, End: j == 4, Key: k, Samples: uint16(160 * (j + 1))})
			copy(x[(10*i+5+j)*160:], f[:])
		}
	}
	noise(x, -60, rand.New(rand.NewPCG(1, 7)))
	if got := decodeElsewhere(t, x); got != keys {
		t.Fatalf("generated keys read as %q", got)
	}
	h := listen(NewDetector(), x, nil)
	if string(h.keys()) != keys {
		t.Errorf("heard %q", h.keys())
	}
	for i, masked := range h.masked {
		if masked {
			x[i] = 0
		}
	}
	if got := decodeElsewhere(t, x); got != "" {
		t.Errorf("masked keys read as %q", got)
	}
}
