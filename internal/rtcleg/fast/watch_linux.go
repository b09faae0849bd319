package fast

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// waiting bounds the checks and handshake records that wait to be answered.
	waiting = 256
	// idle is how long no shard may have come for packets until the watch waits
	// for them itself. A shard with one conference comes every 20 ms.
	idle = 100 * time.Millisecond
)

// datagram is a STUN check, or a DTLS record of a leg.
type datagram struct {
	leg  *Conn
	from endpoint
	n    int
	data [packetBytes]byte
}

// later queues a packet to be answered, or drops it. It does not wait.
func (n *Network) later(leg *Conn, from endpoint, packet []byte) {
	select {
	case d := <-n.spare:
		d.leg, d.from, d.n = leg, from, copy(d.data[:], packet)
		n.slow <- d // there is room for all there are
	default:
		n.drops.Add(1)
	}
}

// answer is the goroutine of checks and handshakes.
func (n *Network) answer() {
	var s stunAnswers
	for {
		select {
		case <-n.stop:
			return
		case d := <-n.slow:
			if d.leg != nil {
				d.leg.record(d.data[:d.n])
			} else {
				n.check(&s, d.from, d.data[:d.n])
			}
			d.leg = nil
			n.spare <- d
		}
	}
}

// watch takes packets while no shard ticks. It waits in the kernel then, for a
// packet at a time. As soon as shards come for packets it leaves them alone, and
// looks from time to time whether they still do.
func (n *Network) watch() {
	fds := []unix.PollFd{{Fd: int32(n.wake), Events: unix.POLLIN}}
	for _, s := range n.sockets {
		fds = append(fds, unix.PollFd{Fd: int32(s.fd), Events: unix.POLLIN})
	}
	look := time.NewTimer(idle)
	defer look.Stop()
	for {
		if time.Now().UnixNano()-n.ticked.Load() < int64(idle) {
			look.Reset(idle)
			select {
			case <-n.stop:
				return
			case <-look.C:
			}
			continue
		}
		_, _ = unix.Poll(fds, -1)
		select {
		case <-n.stop:
			return
		default:
			n.reading.Lock()
			n.drain()
			n.reading.Unlock()
		}
	}
}
