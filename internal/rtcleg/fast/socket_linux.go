package fast

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"os"

	"golang.org/x/sys/unix"

	"tonegate/internal/prefetch"
)

// nameBytes holds a socket address of IPv4 or IPv6, as the kernel writes it.
const nameBytes = unix.SizeofSockaddrInet6

// receiveBuffer holds a fifth of a second of a thousand legs.
const receiveBuffer = 8 << 20

// socket is one UDP socket, bound to one address.
type socket struct {
	fd    int
	v6    bool
	local netip.AddrPort
}

// takeOver makes a raw socket of a bound one: a second descriptor, which Go's
// poller does not know, while the first is closed.
func takeOver(conn *net.UDPConn) (*socket, error) {
	at, _ := conn.LocalAddr().(*net.UDPAddr)
	s := &socket{fd: -1, local: netip.AddrPortFrom(at.AddrPort().Addr().Unmap(), uint16(at.Port))}
	s.v6 = s.local.Addr().Is6()
	raw, err := conn.SyscallConn()
	if err != nil {
		return nil, err
	}
	var failed error
	err = raw.Control(func(fd uintptr) {
		if s.fd, failed = unix.FcntlInt(fd, unix.F_DUPFD_CLOEXEC, 0); failed != nil {
			failed = os.NewSyscallError("dup", failed)
			return
		}
		failed = os.NewSyscallError("SO_TIMESTAMPNS", unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1))
	})
	_ = conn.Close()
	// Nobody reads while a tick is late, so room is worth having, beyond the
	// system's limit where that is allowed.
	_ = unix.SetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer)
	// Nothing that is sent needs fragments: media is short, and DTLS keeps its
	// records to some 1,200 bytes. Without them the kernel need not make up an
	// identification for each packet, a twelfth of what sending takes. IPv6 has none.
	_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_PROBE)
	if err == nil {
		err = failed
	}
	if err != nil {
		s.close()
		return nil, fmt.Errorf("take over the socket on %s: %w", s.local, err)
	}
	return s, nil
}

func (s *socket) close() {
	if s.fd >= 0 {
		_ = unix.Close(s.fd)
	}
}

// endpoint is a peer's address as seen from one of the sockets. It is the key
// by which packets find their leg, so it is flat and small.
type endpoint struct {
	socket uint16
	port   uint16
	ip     [16]byte // IPv4 in its first four bytes
}

// endpointOf reads an address that the kernel wrote. Both families have the
// port at 2, in network order; the address follows at 4, or 8 behind the flow.
func endpointOf(index int, v6 bool, name *[nameBytes]byte) endpoint {
	e := endpoint{socket: uint16(index), port: binary.BigEndian.Uint16(name[2:])}
	if v6 {
		copy(e.ip[:], name[8:24])
	} else {
		copy(e.ip[:4], name[4:8])
	}
	return e
}

// put writes the address for the kernel and returns its length.
func (e *endpoint) put(v6 bool, name *[nameBytes]byte) uint32 {
	clear(name[:])
	binary.BigEndian.PutUint16(name[2:], e.port)
	if v6 {
		binary.NativeEndian.PutUint16(name[:], unix.AF_INET6)
		copy(name[8:24], e.ip[:])
		return unix.SizeofSockaddrInet6
	}
	binary.NativeEndian.PutUint16(name[:], unix.AF_INET)
	copy(name[4:8], e.ip[:4])
	return unix.SizeofSockaddrInet4
}

// short is an address as one number, which a map finds sooner, if it is one of IPv4. A
// socket takes one family, and is in it, so no two addresses are the same number.
func (e *endpoint) short() (number uint64, ok bool) {
	number = uint64(e.socket)<<48 | uint64(e.port)<<32 | uint64(binary.BigEndian.Uint32(e.ip[:]))
	return number, binary.NativeEndian.Uint64(e.ip[4:])|uint64(binary.NativeEndian.Uint32(e.ip[12:])) == 0
}

// route is whose packets come from an address, and where they wait for their tick.
type route struct {
	leg   *Conn
	stage *stage         // nil: they do not
	needs *prefetch.List // to deliver one
}

// addresses are whose packets come from where.
type addresses struct {
	short map[uint64]route
	long  map[endpoint]route
}

func newAddresses() addresses {
	return addresses{make(map[uint64]route), make(map[endpoint]route)}
}

// of returns whose address that is. The zero route is nobody's.
func (a *addresses) of(at endpoint) route {
	if number, ok := at.short(); ok {
		return a.short[number]
	}
	return a.long[at]
}

// set gives an address to a leg, or to nobody.
func (a *addresses) set(at endpoint, to route) {
	number, short := at.short()
	switch {
	case short && to.leg == nil:
		delete(a.short, number)
	case short:
		a.short[number] = to
	case to.leg == nil:
		delete(a.long, at)
	default:
		a.long[at] = to
	}
}

// addr returns the address for people and for STUN.
func (e *endpoint) addr(v6 bool) netip.AddrPort {
	if v6 {
		return netip.AddrPortFrom(netip.AddrFrom16(e.ip), e.port)
	}
	return netip.AddrPortFrom(netip.AddrFrom4([4]byte(e.ip[:4])), e.port)
}
