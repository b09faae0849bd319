package psp_test

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"fmt"
	"io"
	"math/big"
	"os"
	"os/exec"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"
	"unsafe"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/sys/unix"

	"tonegate/dtmf"
	"tonegate/internal/psp"
	"tonegate/internal/pspstub"
	"tonegate/internal/securemem"
)

// needle is a card number that this process never holds in one piece outside
// the arena: each digit is covered.
type needle [16]byte

const cover = 0x5A

// newNeedle draws a number that passes the Luhn check.
func newNeedle(t *testing.T) (n needle) {
	t.Helper()
	sum := 0
	for i := range n {
		drawn, err := rand.Int(rand.Reader, big.NewInt(10))
		require.NoError(t, err)
		d := int(drawn.Int64())
		if i == len(n)-1 {
			d = (10 - sum%10) % 10
		}
		n[i] = byte('0'+d) ^ cover
		if i%2 == 0 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return n
}

// key keys the number into the arena.
func (n *needle) key(t *testing.T, arena *dtmf.Arena) dtmf.Digits {
	t.Helper()
	d, err := arena.New()
	require.NoError(t, err)
	for _, b := range n {
		k, ok := dtmf.KeyOf(b ^ cover)
		require.True(t, ok)
		require.NoError(t, d.Append(k))
	}
	return d
}

// count counts the number, in ASCII, in the whole memory of this process but
// for some regions.
func (n *needle) count(t *testing.T, except ...[]byte) (found int) {
	t.Helper()
	mem, err := os.Open("/proc/self/mem")
	require.NoError(t, err)
	defer mem.Close()
	// What is read must not be found in turn.
	buf, err := unix.Mmap(-1, 0, 1<<20, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_PRIVATE|unix.MAP_ANON)
	require.NoError(t, err)
	defer func() { require.NoError(t, unix.Munmap(buf)) }()
	total := 0
	for _, r := range present(t, append(except, buf)) {
		for at := r.from; at < r.to; {
			m, err := mem.ReadAt(buf[:min(uintptr(len(buf)), r.to-at)], int64(at))
			if m == 0 {
				break // unreadable, such as secret memory: err says so
			}
			_ = err
			found += n.in(buf[:m])
			total += m
			if at += uintptr(m); at < r.to {
				at -= uintptr(len(n)) // it may lie across
			}
		}
	}
	require.Greater(t, total, 1<<20, "the search saw the process's memory")
	return found
}

func (n *needle) in(b []byte) (found int) {
	for at := 0; at+len(n) <= len(b); at++ {
		skip := bytes.IndexByte(b[at:], n[0]^cover)
		if skip < 0 {
			return found
		}
		at += skip
		k := 0
		for k < len(n) && at+k < len(b) && b[at+k]^cover == n[k] {
			k++
		}
		if k == len(n) {
			found++
		}
	}
	return found
}

type region struct{ from, to uintptr }

// present returns the parts of the writable memory that have pages, leaving out
// the race detector's shadow, which keeps states and no values, by its size.
func present(t *testing.T, except [][]byte) (all []region) {
	t.Helper()
	maps, err := os.ReadFile("/proc/self/maps")
	require.NoError(t, err)
	pagemap, err := os.Open("/proc/self/pagemap")
	require.NoError(t, err)
	defer pagemap.Close()
	for lines := bufio.NewScanner(bytes.NewReader(maps)); lines.Scan(); {
		var r region
		var mode string
		_, err := fmt.Sscanf(lines.Text(), "%x-%x %s", &r.from, &r.to, &mode)
		require.NoError(t, err)
		if !strings.HasPrefix(mode, "rw") || r.to-r.from > 64<<30 {
			continue
		}
		all = append(all, pages(t, pagemap, r, except)...)
	}
	return all
}

// pages returns the runs of pages of a mapping that are in memory or in swap
// (proc_pid_pagemap(5), bits 63 and 62).
func pages(t *testing.T, pagemap *os.File, r region, except [][]byte) (runs []region) {
	page := uintptr(os.Getpagesize())
	entries := make([]byte, 1<<16)
	for at := r.from; at < r.to; {
		m, err := pagemap.ReadAt(entries[:min(uintptr(len(entries)), (r.to-at)/page*8)], int64(at/page*8))
		require.NoError(t, err)
		for i := 0; i < m; i += 8 {
			if binary.NativeEndian.Uint64(entries[i:])>>62 != 0 && !covered(at, except) {
				if last := len(runs) - 1; last >= 0 && runs[last].to == at {
					runs[last].to += page
				} else {
					runs = append(runs, region{at, at + page})
				}
			}
			at += page
		}
	}
	return runs
}

func covered(at uintptr, except [][]byte) bool {
	for _, b := range except {
		from := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
		if from <= at && at < from+uintptr(len(b)) {
			return true
		}
	}
	return false
}

// elsewhere starts a stub provider in a process of its own.
func elsewhere(t *testing.T, b pspstub.Behaviour) psp.Config {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), stubRole+"="+string(b))
	stdin, err := cmd.StdinPipe()
	require.NoError(t, err)
	stdout, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	t.Cleanup(func() { _ = stdin.Close(); _ = cmd.Wait() })
	said := bufio.NewReader(stdout)
	url, err := said.ReadString('\n')
	require.NoError(t, err)
	ca, err := io.ReadAll(said)
	require.NoError(t, err)
	return psp.Config{Kind: psp.KindGeneric, URL: strings.TrimSpace(url), CAFile: file(t, ca)}
}

// ordered is an order whose number is only in the arena.
func (n *needle) ordered(t *testing.T) (psp.Order, []byte) {
	t.Helper()
	// Garbage counts: nothing is to be collected, and its pages given back,
	// before the search.
	percent := debug.SetGCPercent(-1)
	t.Cleanup(func() { debug.SetGCPercent(percent) })
	// The level at which the search can see the arena, so that it is seen to
	// work.
	m, err := securemem.Map(securemem.Config{Size: 4096, AtMost: securemem.None})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, m.Close()) })
	arena := dtmf.NewArena(m.Bytes())
	o := psp.Order{CaptureID: "cap_1", IdempotencyKey: "idem-1", Fields: map[string]dtmf.Digits{psp.CardNumber: n.key(t, arena)}}
	require.Equal(t, 1, n.count(t), "the search finds the number in the arena")
	require.Zero(t, n.count(t, m.Bytes()), "and nowhere else before the order")
	return o, m.Bytes()
}

// TestNoCopyAfterSubmit searches the process's memory for the card number after
// an order, however it went.
func TestNoCopyAfterSubmit(t *testing.T) {
	for _, b := range []pspstub.Behaviour{pspstub.OK, pspstub.Decline, pspstub.TimeOut, pspstub.SlowLoris, pspstub.Failure, pspstub.Nonsense, pspstub.Redirect, pspstub.BadCertificate} {
		t.Run(string(b), func(t *testing.T) {
			n := newNeedle(t)
			cfg := elsewhere(t, b)
			if b == pspstub.TimeOut || b == pspstub.SlowLoris {
				cfg.Budget = time.Second
			}
			c := connector(t, cfg, psp.Runtime{})
			o, arena := n.ordered(t)
			_, err := c.Submit(within(t), o)
			require.Equal(t, b == pspstub.OK, err == nil, "%v", err)
			assert.Zero(t, n.count(t, arena), "copies of the number outside the arena")
			o.Fields[psp.CardNumber].Wipe()
			assert.Zero(t, n.count(t), "copies of the number after the wipe")
		})
	}
}

// TestNoCopyAtAnySize: the padded sizes of a request leave room for TLS to
// encrypt in place, whatever buffers it has at hand.
func TestNoCopyAtAnySize(t *testing.T) {
	t.Run("TLS 1.3", func(t *testing.T) { atAnySize(t, elsewhere(t, pspstub.OK)) })
	t.Run("TLS 1.2", func(t *testing.T) {
		t.Setenv(stubTLS, "1.2")
		atAnySize(t, elsewhere(t, pspstub.OK))
	})
}

func atAnySize(t *testing.T, cfg psp.Config) {
	for _, extra := range []int{0, 300, 700, 1000, 1600, 2000, 3000} {
		n := newNeedle(t)
		cfg := cfg
		cfg.URL += "?" + strings.Repeat("x", min(extra, 1000))
		if rest := min(extra-1000, 1000); rest > 0 {
			cfg.AuthorizationFile = file(t, bytes.Repeat([]byte("a"), rest))
		}
		c := connector(t, cfg, psp.Runtime{})
		o, arena := n.ordered(t)
		if extra > 2000 {
			o.Description = strings.Repeat("\x01", 250) // six bytes each in JSON
		}
		for range 3 {
			// A collection empties the pools of crypto/tls, and its buffers have
			// to grow again.
			runtime.GC()
			runtime.GC()
			_, err := c.Submit(within(t), o)
			require.NoError(t, err)
			require.Zero(t, n.count(t, arena), "with %d bytes more", extra)
		}
	}
}

// TestNoCopyAfterEcho: a card that comes back is cleared too. Without TLS in
// between there is no copy at all; those in the buffers of crypto/tls are
// beyond our reach, and are counted apart.
func TestNoCopyAfterEcho(t *testing.T) {
	for _, tls := range []string{"none", "1.3"} {
		t.Run("TLS "+tls, func(t *testing.T) {
			t.Setenv(stubTLS, tls)
			cfg := elsewhere(t, pspstub.Echo)
			if tls == "none" {
				cfg.PlainLoopback, cfg.CAFile = true, ""
			}
			n := newNeedle(t)
			c := connector(t, cfg, psp.Runtime{})
			o, arena := n.ordered(t)
			_, err := c.Submit(within(t), o)
			require.ErrorIs(t, err, psp.Echoed)
			copies := n.count(t, arena)
			if tls == "none" {
				assert.Zero(t, copies, "copies of the number outside the arena")
			} else {
				t.Logf("copies inside crypto/tls: %d", copies)
			}
		})
	}
}

// TestNoCopyAfterSealing is the same for the envelopes.
func TestNoCopyAfterSealing(t *testing.T) {
	identity, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	for name, cfg := range map[string]psp.Config{
		"age":      {Kind: psp.KindSealed, Recipient: identity.Recipient().String()},
		"jwe rsa":  {Kind: psp.KindSealed, RecipientFile: file(t, publicPEM(t, rsaKey(t).Public()))},
		"jwe ecdh": {Kind: psp.KindSealed, RecipientFile: file(t, publicPEM(t, ecKey(t).Public()))},
	} {
		t.Run(name, func(t *testing.T) {
			n := newNeedle(t)
			c := connector(t, cfg, psp.Runtime{})
			for _, long := range []bool{false, true} {
				o, arena := n.ordered(t)
				if long { // the larger of the two sizes
					o.Description = strings.Repeat("\x01", 200)
				}
				_, err := c.Submit(context.Background(), o)
				require.NoError(t, err)
				assert.Zero(t, n.count(t, arena), "copies of the number outside the arena")
				o.Fields[psp.CardNumber].Wipe()
			}
		})
	}
}
