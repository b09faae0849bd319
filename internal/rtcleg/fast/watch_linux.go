package fast

import (
	"time"

	"golang.org/x/sys/unix"
)

const (
	// waiting bounds the checks and handshake records that wait to be answered.
	waiting = 256
	// atOnce is how many checks a shard answers after it has ticked a phase. They take
	// some 30 µs each, and as much again for a goroutine to wake up for them; more are a
	// burst, or a flood, and that is the goroutine's.
	atOnce = 4
	// idle is how long no shard may have come for packets until the watch waits
	// for them itself. A shard with one conference comes every 20 ms.
	idle = 100 * time.Millisecond
	// lookEvery is how often the watch looks whether that is so: after the last
	// conference has ended, nothing that comes is in a hurry.
	lookEvery = 500 * time.Millisecond
)

// datagram is a STUN check, or a DTLS record of a leg.
type datagram struct {
	leg  *Conn
	from endpoint
	n    int
	data [packetBytes]byte
}

// later queues a packet to be answered, at best in a queue that the caller prefers, or
// drops it. It does not wait.
func (n *Network) later(best chan<- *datagram, leg *Conn, from endpoint, packet []byte) {
	select {
	case d := <-n.spare:
		d.leg, d.from, d.n = leg, from, copy(d.data[:], packet)
		select {
		case best <- d:
		default:
			n.slow <- d // there is room for all there are
		}
	default:
		n.drops.Add(1)
	}
}

// Answer answers checks that came with what Receive took, a few. Shards call it when
// their packets have left: to wake up a goroutine for each would cost as much again.
func (n *Network) Answer() {
	if len(n.soon) == 0 || !n.answers.TryLock() { // another shard answers them
		return
	}
	defer n.answers.Unlock()
	for range atOnce {
		select {
		case d := <-n.soon:
			n.check(&n.answers.stunAnswers, d.from, d.data[:d.n])
			n.spare <- d
		default:
			return
		}
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
	look := time.NewTimer(lookEvery)
	defer look.Stop()
	for {
		if time.Now().UnixNano()-n.ticked.Load() < int64(idle) {
			look.Reset(lookEvery)
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
			n.drain(nil)
			n.reading.Unlock()
			n.Answer() // what the last shard left
		}
	}
}
