package independent

import (
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
)

//go:embed receiver/opus_loop.c
var opusSource []byte

// ErrNoCodec says that a codec is not installed.
var ErrNoCodec = errors.New("independent: codec not installed")

// Codec is a speech codec that telephone calls go through.
type Codec string

// The codecs.
const (
	GSM  Codec = "GSM full rate" // ETSI EN 300 961
	AMR  Codec = "AMR"           // 3GPP TS 26.090
	Opus Codec = "Opus"          // RFC 6716
)

// Codecs codes and decodes with sox (GSM and AMR, Debian's libsox-fmt-all or
// the formats sox was built with) and libopus (libopus-dev).
type Codecs struct{ opus string }

// BuildCodecs compiles what is not a program yet. Codecs that are missing are
// reported when they are asked for.
func BuildCodecs(ctx context.Context, folder string) *Codecs {
	c := new(Codecs)
	source := filepath.Join(folder, "opus_loop.c")
	if os.WriteFile(source, opusSource, 0o600) != nil {
		return c
	}
	program := filepath.Join(folder, "opus_loop")
	if _, err := run(ctx, nil, "cc", "-O2", "-o", program, source, "-lopus"); err == nil {
		c.opus = program
	}
	return c
}

// amrLookAhead is how late AMR's encoder is, in samples (TS 26.090 §5.2).
const amrLookAhead = 40

// Through returns samples as they come out of the codec, as many and aligned
// with what went in.
func (c *Codecs) Through(ctx context.Context, codec Codec, rate int, samples []int16) ([]int16, error) {
	if c == nil {
		return nil, fmt.Errorf("%w: %s", ErrNoCodec, codec)
	}
	switch codec {
	case GSM:
		return c.sox(ctx, samples, "gsm", "", 0)
	case AMR:
		mode, err := amrMode(rate)
		if err != nil {
			return nil, err
		}
		return c.sox(ctx, samples, "amr-nb", mode, amrLookAhead)
	case Opus:
		if c.opus == "" {
			return nil, fmt.Errorf("%w: Opus (libopus-dev)", ErrNoCodec)
		}
		out, err := run(ctx, pcm(samples), c.opus, strconv.Itoa(rate))
		if err != nil {
			return nil, err
		}
		return fitted(out, 0, len(samples)), nil
	}
	return nil, fmt.Errorf("%w: %s", ErrNoCodec, codec)
}

// amrMode is sox's name of a rate.
func amrMode(rate int) (string, error) {
	for i, r := range [...]int{4750, 5150, 5900, 6700, 7400, 7950, 10200, 12200} {
		if r == rate {
			return strconv.Itoa(i), nil
		}
	}
	return "", fmt.Errorf("%w: AMR at %d bit/s", ErrNoCodec, rate)
}

func (c *Codecs) sox(ctx context.Context, samples []int16, format, mode string, late int) ([]int16, error) {
	if _, err := exec.LookPath("sox"); err != nil {
		return nil, fmt.Errorf("%w: %s (sox)", ErrNoCodec, format)
	}
	raw := []string{"-t", "raw", "-r", "8000", "-e", "signed", "-b", "16", "-c", "1", "-"}
	to := append([]string{"-D"}, raw...)
	if mode != "" {
		to = append(to, "-C", mode)
	}
	// Room for what is late.
	coded, err := run(ctx, append(pcm(samples), make([]byte, 2*160)...), "sox", append(to, "-t", format, "-")...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCodec, err)
	}
	out, err := run(ctx, coded, "sox", append([]string{"-D", "-t", format, "-"}, raw...)...)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoCodec, err)
	}
	return fitted(out, late, len(samples)), nil
}

// fitted reads n samples after skipping some; what is missing is silence.
func fitted(b []byte, skip, n int) []int16 {
	out := make([]int16, n)
	for i := range out {
		if at := 2 * (i + skip); at+1 < len(b) {
			out[i] = int16(binary.LittleEndian.Uint16(b[at:]))
		}
	}
	return out
}
