//go:build !linux

package load

import (
	"errors"
	"fmt"
	"net/netip"
	"os/exec"
	"time"
)

// The generator's socket and clock are Linux's: see socket_linux.go. Elsewhere
// the commands say so.

const (
	batchSize = 1
	mtu       = 1500
)

type handler func(data []byte, to [4]byte, from netip.AddrPort, arrived int64)

type batch struct {
	data [batchSize][mtu]byte
	n    int
}

func newBatch() *batch { return new(batch) }

func (b *batch) put(int, [4]byte, netip.AddrPort) { b.n++ }

type socket struct{ dropped uint32 }

func openSocket() (*socket, error) {
	return nil, fmt.Errorf("open the generator's socket: %w: run this on Linux", errors.ErrUnsupported)
}

func (*socket) close()                                        {}
func (*socket) port() (uint16, error)                         { return 0, errors.ErrUnsupported }
func (*socket) send(*batch) int                               { return 0 }
func (*socket) sendOne([]byte, [4]byte, netip.AddrPort) error { return errors.ErrUnsupported }
func (*socket) receive(handler)                               {}
func (*socket) receiveUpTo(int, handler) int                  { return 0 }

type clock struct{}

func (clock) sharpen()                 {}
func (clock) now() time.Duration       { return 0 }
func (clock) sleepUntil(time.Duration) {}

func endWithUs(*exec.Cmd) {}

func ownNetwork(*exec.Cmd) error { return errors.ErrUnsupported }
