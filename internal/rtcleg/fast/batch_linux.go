package fast

import (
	"errors"
	"sync"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// sendAtOnce is how many packets one system call takes.
	sendAtOnce = 64
	// sentBytes holds a packet of 20 ms of G.711 with everything around it, which is
	// what is sent here.
	sentBytes = 256
)

// errTooLong: a packet that no leg has reason to send.
var errTooLong = errors.New("the packet is too long")

// batch collects what one shard sends during a tick, by socket.
type batch struct {
	mu    sync.Mutex // uncontended: shards send, and flush, their own
	lists []list
}

// list is what leaves by one socket.
type list struct {
	*letters
	socket *socket
	n      int
}

// letters are the memory of a list, made when it is first used: a host may have
// many addresses and few that peers come by.
type letters struct {
	headers [sendAtOnce]unix.Mmsghdr
	pieces  [sendAtOnce]unix.Iovec
	names   [sendAtOnce][nameBytes]byte
	packets [sendAtOnce][sentBytes]byte
}

func newBatch(sockets []*socket) *batch {
	b := &batch{lists: make([]list, len(sockets))}
	for i, s := range sockets {
		b.lists[i].socket = s
	}
	return b
}

func newLetters() *letters {
	l := new(letters)
	for i := range l.headers {
		l.pieces[i].Base = &l.packets[i][0]
		h := &l.headers[i].Hdr
		h.Iov, h.Name = &l.pieces[i], &l.names[i][0]
		h.SetIovlen(1)
	}
	return l
}

// post has a leg write its next packet to an address, and sends when that makes a
// full list. The caller holds the locks of both.
func (b *batch) post(to *endpoint, from *outbound) (dropped int, err error) {
	l := &b.lists[to.socket]
	if l.letters == nil {
		l.letters = newLetters()
	}
	packet, err := from.encrypt(l.packets[l.n][:0])
	if err != nil {
		return 0, err
	}
	l.pieces[l.n].SetLen(len(packet))
	l.headers[l.n].Hdr.Namelen = to.put(l.socket.v6, &l.names[l.n])
	if l.n++; l.n == sendAtOnce {
		dropped = l.flush()
	}
	return dropped, nil
}

// flush sends everything. It returns how many packets the kernel did not take:
// a full buffer drops packets, as a network would.
func (b *batch) flush() (dropped int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for i := range b.lists {
		if l := &b.lists[i]; l.n > 0 {
			dropped += l.flush()
		}
	}
	return dropped
}

func (l *list) flush() (dropped int) {
	for from := 0; from < l.n; {
		// It does not wait, so the runtime need not be told: that would wake its
		// monitor thread.
		sent, _, errno := unix.RawSyscall6(unix.SYS_SENDMMSG, uintptr(l.socket.fd),
			uintptr(unsafe.Pointer(&l.headers[from])), uintptr(l.n-from), unix.MSG_DONTWAIT, 0, 0)
		switch {
		case errno == 0 && sent > 0:
			from += int(sent)
		case errno == unix.EINTR:
		case errno == unix.EAGAIN:
			dropped += l.n - from
			from = l.n
		default: // an address that cannot be reached; the next ones may be
			dropped++
			from++
		}
	}
	l.n = 0
	return dropped
}

// sendTo sends one packet at once.
func (s *socket) sendTo(packet []byte, to *endpoint) error {
	if len(packet) == 0 {
		return nil
	}
	var name [nameBytes]byte
	length := to.put(s.v6, &name)
	_, _, errno := unix.RawSyscall6(unix.SYS_SENDTO, uintptr(s.fd), uintptr(unsafe.Pointer(&packet[0])),
		uintptr(len(packet)), unix.MSG_DONTWAIT, uintptr(unsafe.Pointer(&name[0])), uintptr(length))
	if errno != 0 {
		return errno
	}
	return nil
}
