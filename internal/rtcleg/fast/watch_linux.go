package fast

import (
	"time"

	"golang.org/x/sys/unix"

	"tonegate/internal/registers"
)

const (
	// waiting bounds the checks and handshake records that wait to be answered.
	waiting = 256
	// atOnce is how many of them a shard answers after a phase. A goroutine that is woken up
	// for one takes more than the answer does; more are a burst, or a flood, and that is the
	// goroutine's.
	atOnce = 4
	// idle is how long no shard may have come for packets until the watch waits for them
	// itself, and lookEvery how often it looks whether that is so. A shard with one
	// conference comes every 20 ms; after the last one has ended, or while shards stand
	// still, nothing that comes is in such a hurry.
	idle      = 100 * time.Millisecond
	lookEvery = 500 * time.Millisecond
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
		n.queue <- d // there is room for all there are
	default:
		n.drops.Add(1)
	}
}

// Answer answers what came with what Receive took, if it is little and there is time, and
// else has a goroutine do it. Shards call it after each phase.
func (n *Network) Answer(hasTime bool) {
	if len(n.queue) == 0 {
		return
	}
	if hasTime && len(n.queue) <= atOnce && n.answers.TryLock() {
		n.answerUpTo(atOnce)
		n.answers.Unlock()
	}
	if len(n.queue) > 0 { // more has come, or whoever answers may just have stopped
		n.wakeAnswer()
	}
}

// wakeAnswer wakes the goroutine of checks and handshakes.
func (n *Network) wakeAnswer() {
	select {
	case n.some <- struct{}{}:
	default: // it will look
	}
}

// answer is that goroutine.
func (n *Network) answer() {
	for {
		select {
		case <-n.stop:
			return
		case <-n.some:
			n.answers.Lock()
			n.answerUpTo(waiting)
			n.answers.Unlock()
			if len(n.queue) > 0 {
				n.wakeAnswer()
			}
		}
	}
}

// answerUpTo answers what waits, in the order in which it came. The caller holds answers.
func (n *Network) answerUpTo(most int) {
	for range most {
		select {
		case d := <-n.queue:
			switch {
			case n.answers.closed:
			case d.leg != nil:
				d.leg.record(d.data[:d.n])
			default:
				n.check(&n.answers.stunAnswers, d.from, d.data[:d.n])
			}
			d.leg = nil
			n.spare <- d
		default:
			return
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
		n.wakeAnswer() // for what the last shard left
		_, _ = unix.Poll(fds, -1)
		select {
		case <-n.stop:
			return
		default:
			n.reading.Lock()
			n.drain()
			registers.Clear()
			n.reading.Unlock()
			n.wakeAnswer()
		}
	}
}
