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
	// packetBytes holds any packet of a network with an MTU of 1500, and headBytes
	// one of 20 ms of G.711 with everything around it.
	packetBytes  = 1600
	headBytes    = 256
	controlBytes = 64
	// oldest bounds how long ago a packet may say it arrived. More means that
	// the host's clock was set meanwhile.
	oldest = time.Second
)

// reader is the memory that packets are read into. It belongs to whoever holds
// Network.reading. Media lie close together, in few pages of memory; what is longer
// than they are goes on elsewhere, and is put together when it is looked at.
type reader struct {
	used     int // headers that the kernel has written to
	headers  [readAtOnce]unix.Mmsghdr
	pieces   [readAtOnce][2]unix.Iovec
	names    [readAtOnce][nameBytes]byte
	controls [readAtOnce][controlBytes / 8]uint64 // aligned for what the kernel puts there
	heads    [readAtOnce][headBytes]byte
	tails    [readAtOnce][packetBytes - headBytes]byte
	long     [packetBytes]byte
}

func newReader() *reader {
	r := &reader{used: readAtOnce}
	for i := range r.headers {
		r.pieces[i][0].Base, r.pieces[i][1].Base = &r.heads[i][0], &r.tails[i][0]
		r.pieces[i][0].SetLen(headBytes)
		r.pieces[i][1].SetLen(packetBytes - headBytes)
		h := &r.headers[i].Hdr
		h.Iov, h.Name, h.Control = &r.pieces[i][0], &r.names[i][0], (*byte)(unsafe.Pointer(&r.controls[i][0]))
		h.SetIovlen(len(r.pieces[i]))
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

// packet returns a packet of the last read, or nothing if it was cut. It is valid
// until the next one is asked for.
func (r *reader) packet(i int) []byte {
	h := &r.headers[i]
	if h.Hdr.Flags&unix.MSG_TRUNC != 0 || h.Len > packetBytes {
		return nil
	}
	if h.Len <= headBytes {
		return r.heads[i][:h.Len]
	}
	n := copy(r.long[:], r.heads[i][:])
	copy(r.long[n:], r.tails[i][:h.Len-headBytes])
	return r.long[:h.Len]
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
