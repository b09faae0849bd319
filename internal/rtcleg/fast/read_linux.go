package fast

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// readAtOnce is how many packets one system call may bring, and rounds how
	// many calls one Receive may make on a socket: a flood must not keep a
	// shard from ticking.
	readAtOnce = 64
	rounds     = 16
	// packetBytes holds any packet of a network with an MTU of 1500.
	packetBytes  = 1600
	controlBytes = 64
	// oldest bounds how long ago a packet may say it arrived. More means that
	// the host's clock was set meanwhile.
	oldest = time.Second
)

// reader is the memory that packets are read into. It belongs to whoever holds
// Network.reading. Each packet has one piece of it: of several, the kernel would read
// a list for each packet first.
type reader struct {
	used     int // headers that the kernel has written to
	headers  [readAtOnce]unix.Mmsghdr
	pieces   [readAtOnce]unix.Iovec
	names    [readAtOnce][nameBytes]byte
	controls [readAtOnce][controlBytes / 8]uint64 // aligned for what the kernel puts there
	packets  [readAtOnce][packetBytes]byte
}

func newReader() *reader {
	r := &reader{used: readAtOnce}
	for i := range r.headers {
		r.pieces[i].Base = &r.packets[i][0]
		r.pieces[i].SetLen(packetBytes)
		h := &r.headers[i].Hdr
		h.Iov, h.Name, h.Control = &r.pieces[i], &r.names[i][0], (*byte)(unsafe.Pointer(&r.controls[i][0]))
		h.SetIovlen(1)
	}
	return r
}

// read takes what has arrived, and returns how many packets that were. It does
// not wait, so the runtime need not be told of the call.
func (r *reader) read(fd int) int {
	for i := range r.headers[:r.used] {
		h := &r.headers[i].Hdr
		h.Namelen = nameBytes
		h.SetControllen(controlBytes)
	}
	got, _, errno := unix.RawSyscall6(unix.SYS_RECVMMSG, uintptr(fd),
		uintptr(unsafe.Pointer(&r.headers[0])), readAtOnce, unix.MSG_DONTWAIT, 0, 0)
	if errno != 0 {
		got = 0
	}
	r.used = max(1, int(got))
	return int(got)
}

// packet returns a packet of the last read, or nothing if it was cut.
func (r *reader) packet(i int) []byte {
	h := &r.headers[i]
	if h.Hdr.Flags&unix.MSG_TRUNC != 0 || h.Len > packetBytes {
		return nil
	}
	return r.packets[i][:h.Len]
}

// clock translates the kernel's times of arrival, which are on the wall clock,
// to times that can be compared with those of the process.
type clock struct{ now time.Time }

func (r *reader) arrival(i int, c clock) time.Time {
	h := &r.headers[i].Hdr
	if uint64(h.Controllen) < uint64(unix.CmsgLen(int(unsafe.Sizeof(unix.Timespec{})))) {
		return c.now
	}
	m := (*unix.Cmsghdr)(unsafe.Pointer(&r.controls[i][0]))
	if m.Level != unix.SOL_SOCKET || m.Type != unix.SCM_TIMESTAMPNS {
		return c.now
	}
	at := (*unix.Timespec)(unsafe.Pointer(&r.controls[i][unix.CmsgLen(0)/8]))
	return c.at(time.Duration(c.now.UnixNano() - at.Nano()))
}

// at returns the time that was an age ago. An age that cannot be means that the
// host's clock was set meanwhile.
func (c clock) at(age time.Duration) time.Time {
	if age < 0 || age > oldest {
		return c.now
	}
	return c.now.Add(-age)
}
