//go:build !linux

package rtcleg

import (
	"fmt"
	"net"
)

func newFast(_ *Server, conns []*net.UDPConn) (path, error) {
	closeAll(conns)
	return nil, fmt.Errorf("%w: the fast media path needs Linux: use %s", ErrConfig, PathPortable)
}
