package rtcleg

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"syscall"

	"github.com/pion/ice/v4"
)

// socketBuffer is asked for in both directions. A few hundred milliseconds of
// a thousand legs fit; the kernel grants what its own limit allows.
const socketBuffer = 4 << 20

// listen binds the port, once per local address if the address is unspecified.
func listen(address string) ([]*net.UDPConn, error) {
	udp, err := net.ResolveUDPAddr("udp", address)
	if err != nil {
		return nil, fmt.Errorf("%w on %q: %w: give an address as host:port, such as :5004", ErrListen, address, err)
	}
	want := netip.AddrPortFrom(udp.AddrPort().Addr().Unmap(), uint16(udp.Port))
	if udp.IP != nil && !udp.IP.IsUnspecified() {
		conn, err := bind(want)
		if err != nil {
			return nil, err
		}
		return []*net.UDPConn{conn}, nil
	}
	ips, err := localAddresses(udp.IP.To4() != nil)
	if err != nil {
		return nil, fmt.Errorf("%w on %s: %w", ErrListen, address, err)
	}
	// With port 0 the first socket decides the number, and it may be taken on
	// another address; a few tries find one that is free on all.
	for tries := 1; ; tries++ {
		conns, err := bindAll(ips, want.Port())
		if err == nil {
			return conns, nil
		}
		if want.Port() != 0 || tries == 10 {
			return nil, err
		}
	}
}

func bindAll(ips []netip.Addr, port uint16) (conns []*net.UDPConn, err error) {
	for _, ip := range ips {
		conn, err := bind(netip.AddrPortFrom(ip, port))
		if err != nil {
			closeAll(conns)
			return nil, err
		}
		conns = append(conns, conn)
		port = localAddr(conn).Port()
	}
	return conns, nil
}

func bind(at netip.AddrPort) (*net.UDPConn, error) {
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(at))
	if err != nil {
		return nil, fmt.Errorf("%w on udp %s: %w: %s", ErrListen, at, cause(err), remedy(err))
	}
	// A smaller buffer than wished for is no reason not to start.
	_ = conn.SetReadBuffer(socketBuffer)
	_ = conn.SetWriteBuffer(socketBuffer)
	return conn, nil
}

// cause strips what the line says already.
func cause(err error) error {
	var no syscall.Errno
	if errors.As(err, &no) {
		return no
	}
	return err
}

func remedy(err error) string {
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		return "stop the process that holds the port, or choose another port"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		return "this host has no such address; listen on one that it has, or on all with :PORT"
	case errors.Is(err, syscall.EACCES):
		return "choose a port above 1023, or allow the process to bind low ports"
	default:
		return "choose another listen address"
	}
}

// localAddresses returns the addresses peers may reach this host at: loopback
// last, so that it is the last choice, and no link-local ones, which would need
// a zone that SDP cannot carry.
func localAddresses(only4 bool) ([]netip.Addr, error) {
	addrs, err := net.InterfaceAddrs()
	if err != nil {
		return nil, fmt.Errorf("list the host's addresses: %w", err)
	}
	var ips []netip.Addr
	for _, a := range addrs {
		p, ok := a.(*net.IPNet)
		if !ok {
			continue
		}
		ip, ok := netip.AddrFromSlice(p.IP)
		ip = ip.Unmap()
		usable := ok && !ip.IsLinkLocalUnicast() && !(ip.Is6() && (only4 || ip.IsLoopback()))
		if usable && !slices.Contains(ips, ip) {
			ips = append(ips, ip)
		}
	}
	if len(ips) == 0 {
		return nil, errors.New("this host has no usable address")
	}
	slices.SortStableFunc(ips, func(a, b netip.Addr) int { return rank(a) - rank(b) })
	return ips, nil
}

func rank(ip netip.Addr) int {
	if ip.IsLoopback() {
		return 1
	}
	return 0
}

func localAddr(conn *net.UDPConn) netip.AddrPort {
	a, _ := conn.LocalAddr().(*net.UDPAddr)
	at := a.AddrPort()
	return netip.AddrPortFrom(at.Addr().Unmap(), at.Port())
}

func closeAll(conns []*net.UDPConn) {
	for _, c := range conns {
		_ = c.Close()
	}
}

// muxOf shares the sockets among all legs.
func muxOf(conns []*net.UDPConn, l logs) ice.UDPMux {
	muxes := make([]ice.UDPMux, len(conns))
	for i, c := range conns {
		muxes[i] = ice.NewUDPMuxDefault(ice.UDPMuxParams{UDPConn: c, Logger: l.NewLogger("udp")})
	}
	return ice.NewMultiUDPMuxDefault(muxes...)
}
