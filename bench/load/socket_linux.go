package load

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	batchSize = 128
	// mtu holds a DTLS flight's packet and any RTP packet of audio.
	mtu = 1500
	// buffered is asked of the kernel in both directions: seconds of audio.
	buffered = 16 << 20
)

// batch is the memory of one sendmmsg or recvmmsg.
type batch struct {
	headers [batchSize]unix.Mmsghdr
	vectors [batchSize]unix.Iovec
	names   [batchSize]unix.RawSockaddrInet4
	control [batchSize][128]byte
	data    [batchSize][mtu]byte
	n       int
}

func newBatch() *batch {
	b := new(batch)
	for i := range b.headers {
		h := &b.headers[i].Hdr
		b.vectors[i].Base = &b.data[i][0]
		h.Iov, h.Iovlen = &b.vectors[i], 1
		h.Name, h.Namelen = (*byte)(unsafe.Pointer(&b.names[i])), unix.SizeofSockaddrInet4
		h.Control = &b.control[i][0]
	}
	return b
}

// socket is a UDP socket that Go's network poller does not watch: a watched one
// wakes a thread for every packet, in the generator's time or in the server's.
type socket struct {
	fd      int
	in      *batch
	dropped uint32 // by the kernel, because we were too late to read
}

func openSocket() (*socket, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	if err != nil {
		return nil, fmt.Errorf("open the generator's socket: %w", err)
	}
	s := &socket{fd: fd, in: newBatch()}
	for _, o := range []struct{ level, name, value int }{
		{unix.IPPROTO_IP, unix.IP_PKTINFO, 1},
		{unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1},
		{unix.SOL_SOCKET, unix.SO_RXQ_OVFL, 1},
		{unix.SOL_SOCKET, unix.SO_RCVBUF, buffered},
		{unix.SOL_SOCKET, unix.SO_SNDBUF, buffered},
	} {
		if err := unix.SetsockoptInt(fd, o.level, o.name, o.value); err != nil {
			s.close()
			return nil, fmt.Errorf("open the generator's socket: option %d: %w", o.name, err)
		}
	}
	// Beyond the system's limit, where we may.
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, buffered)
	_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_SNDBUFFORCE, buffered)
	if err := unix.Bind(fd, &unix.SockaddrInet4{}); err != nil {
		s.close()
		return nil, fmt.Errorf("open the generator's socket: %w", err)
	}
	return s, nil
}

func (s *socket) close() { _ = unix.Close(s.fd) }

// port returns the port that all legs share.
func (s *socket) port() (uint16, error) {
	at, err := unix.Getsockname(s.fd)
	if err != nil {
		return 0, fmt.Errorf("the generator's port: %w", err)
	}
	return uint16(at.(*unix.SockaddrInet4).Port), nil
}

// put addresses the next packet of a batch, whose data is there already.
func (b *batch) put(size int, from [4]byte, to netip.AddrPort) {
	i := b.n
	b.vectors[i].SetLen(size)
	name := &b.names[i]
	name.Family, name.Addr = unix.AF_INET, to.Addr().As4()
	binary.BigEndian.PutUint16((*[2]byte)(unsafe.Pointer(&name.Port))[:], to.Port())
	h := (*unix.Cmsghdr)(unsafe.Pointer(&b.control[i][0]))
	h.Level, h.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
	h.SetLen(unix.CmsgLen(unix.SizeofInet4Pktinfo))
	*(*unix.Inet4Pktinfo)(unsafe.Pointer(&b.control[i][unix.CmsgLen(0)])) = unix.Inet4Pktinfo{Spec_dst: from}
	b.headers[i].Hdr.SetControllen(unix.CmsgSpace(unix.SizeofInet4Pktinfo))
	b.n++
}

// send sends a batch and empties it. A packet that the kernel refuses is passed
// over and counted.
func (s *socket) send(b *batch) (refused int) {
	for at := 0; at < b.n; {
		n, _, errno := unix.Syscall6(unix.SYS_SENDMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&b.headers[at])), uintptr(b.n-at), 0, 0, 0)
		switch errno {
		case 0:
			at += int(n)
		case unix.EINTR:
		default:
			at++
			refused++
		}
	}
	b.n = 0
	return refused
}

// handler is given a packet, to which of our addresses it came, from where, and
// when the kernel got it.
type handler func(data []byte, to [4]byte, from netip.AddrPort, arrived int64)

// receive hands over all packets that have come. It does not wait.
func (s *socket) receive(f handler) {
	for s.receiveUpTo(batchSize, f) == batchSize {
	}
}

// receiveUpTo makes one recvmmsg, and returns how many packets there were.
func (s *socket) receiveUpTo(most int, f handler) int {
	b := s.in
	for i := range most {
		h := &b.headers[i].Hdr
		b.vectors[i].SetLen(mtu)
		h.Namelen = unix.SizeofSockaddrInet4
		h.SetControllen(len(b.control[i]))
	}
	n, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(s.fd), uintptr(unsafe.Pointer(&b.headers[0])), uintptr(most), unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		return 0
	}
	for i := range int(n) {
		h := &b.headers[i]
		to, arrived := s.ancillary(b.control[i][:h.Hdr.Controllen])
		name := &b.names[i]
		port := binary.BigEndian.Uint16((*[2]byte)(unsafe.Pointer(&name.Port))[:])
		f(b.data[i][:h.Len], to, netip.AddrPortFrom(netip.AddrFrom4(name.Addr), port), arrived)
	}
	return int(n)
}

// ancillary reads what the kernel says about a packet.
func (s *socket) ancillary(control []byte) (to [4]byte, arrived int64) {
	for len(control) >= unix.SizeofCmsghdr {
		h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
		size := int(h.Len)
		if size < unix.SizeofCmsghdr || size > len(control) {
			return to, arrived
		}
		data := unsafe.Pointer(&control[unix.CmsgLen(0)])
		switch {
		case h.Level == unix.IPPROTO_IP && h.Type == unix.IP_PKTINFO:
			to = (*unix.Inet4Pktinfo)(data).Addr
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SCM_TIMESTAMPNS:
			arrived = (*unix.Timespec)(data).Nano()
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SO_RXQ_OVFL:
			s.dropped = *(*uint32)(data)
		}
		control = control[min(len(control), unix.CmsgSpace(size-unix.CmsgLen(0))):]
	}
	return to, arrived
}

// clock sleeps until absolute times of the monotonic clock.
type clock struct{}

// sharpen lets the calling thread's sleeps end on time; the kernel groups them
// within 50 µs otherwise.
func (clock) sharpen() { _ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0) }

func (clock) now() time.Duration {
	var t unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_MONOTONIC, &t)
	return time.Duration(t.Nano())
}

func (clock) sleepUntil(at time.Duration) {
	t := unix.NsecToTimespec(int64(at))
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &t, nil) == unix.EINTR {
	}
}

// sendOne sends a packet at once, from any goroutine: for what precedes media.
func (s *socket) sendOne(data []byte, from [4]byte, to netip.AddrPort) error {
	control := make([]byte, unix.CmsgSpace(unix.SizeofInet4Pktinfo))
	h := (*unix.Cmsghdr)(unsafe.Pointer(&control[0]))
	h.Level, h.Type = unix.IPPROTO_IP, unix.IP_PKTINFO
	h.SetLen(unix.CmsgLen(unix.SizeofInet4Pktinfo))
	*(*unix.Inet4Pktinfo)(unsafe.Pointer(&control[unix.CmsgLen(0)])) = unix.Inet4Pktinfo{Spec_dst: from}
	err := unix.Sendmsg(s.fd, data, control, &unix.SockaddrInet4{Port: int(to.Port()), Addr: to.Addr().As4()}, 0)
	if err != nil {
		return fmt.Errorf("send to %s: %w", to, err)
	}
	return nil
}
