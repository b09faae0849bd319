package fast

import (
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"tonegate/internal/prefetch"
	"tonegate/internal/rtcleg/fast/gcm"
)

// inbound is how the peer's packets are decrypted: reports, and media that are not
// GCM, by srtp. It belongs to whoever holds Network.reading.
type inbound struct {
	crowded   bool        // and the user was told
	authentic atomic.Bool // a packet was
	srtp      *srtp.Context
	gcm       gcm.Opener
	header    rtp.Header
	report    rtcp.Header
	sources   few // where gcm does not count them
	reporters few
}

// outbound is how packets to the peer are encrypted, and where they go.
type outbound struct {
	mu    sync.Mutex
	ssrc  uint32
	open  bool // to is an address
	to    endpoint
	srtp  *srtp.Context
	batch *batch
	next  struct { // what encrypt writes, kept here so that nothing allocates
		header  *rtp.Header
		payload []byte
	}
	gcm gcm.Sealer // as inbound's

	header  rtp.Header
	parked  bool   // no DTLS record is sent any more
	goodbye []byte // but this
}

// single is what a packet that is sent at once is written into: few are, reports
// above all, so legs share it.
type single struct {
	sync.Mutex
	packet [packetBytes]byte
}

// keys are one direction's: a library's, and for GCM the master key and salt.
type keys struct {
	srtp      *srtp.Context
	gcm       bool
	key, salt []byte
}

// setKeys begins with both directions, once. Until a direction has its context nobody
// looks at its cipher, so that is made without a lock: all legs would wait for it.
func (c *Conn) setKeys(in, out keys) error {
	if in.gcm {
		if err := errors.Join(c.in.gcm.Init(in.key, in.salt), c.out.gcm.Init(out.key, out.salt)); err != nil {
			return err
		}
	}
	c.out.mu.Lock()
	c.out.srtp = out.srtp
	c.out.mu.Unlock()
	c.network.reading.Lock()
	c.in.srtp = in.srtp
	c.network.reading.Unlock()
	return nil
}

// forgetKeys ends both directions.
func (c *Conn) forgetKeys() {
	c.network.reading.Lock()
	c.in.srtp, c.in.gcm = nil, gcm.Opener{}
	c.network.stages.forget(c)
	c.network.reading.Unlock()
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.srtp, c.out.gcm, c.out.open = nil, gcm.Sealer{}, false
}

// receive decrypts a packet in place and hands it on. The caller holds
// Network.reading, and zeroes it.
func (c *Conn) receive(packet []byte, arrived time.Time, shard int) {
	const firstReport, lastReport = 192, 223 // RFC 5761 §4
	i := &c.in
	if i.srtp == nil || len(packet) < shortest {
		return
	}
	if packet[1] >= firstReport && packet[1] <= lastReport {
		if plain, err := i.decryptReport(packet); err == nil {
			i.first(c)
			c.session.User.Report(plain, arrived)
		}
		return
	}
	plain, err := i.decrypt(packet)
	if err == nil {
		i.first(c)
		c.session.User.Packet(plain, arrived, shard)
	} else if errors.Is(err, gcm.ErrSources) && !i.crowded {
		i.crowded = true
		go c.session.User.Crowded()
	}
}

// first notes that a packet was authentic.
func (i *inbound) first(c *Conn) {
	if !i.authentic.Load() {
		i.authentic.Store(true)
		go c.settle()
	}
}

// decrypt opens a packet in place.
func (i *inbound) decrypt(packet []byte) ([]byte, error) {
	if i.gcm.Ready() {
		return i.gcm.Open(packet)
	}
	plain, err := i.srtp.DecryptRTP(packet[:0:len(packet)], packet, &i.header)
	if err == nil && !i.sources.admit(i.header.SSRC) {
		err = gcm.ErrSources
	}
	return plain, err
}

// decryptReport opens an RTCP compound in place. The library keeps something for each
// authentic reporter, so there may be a few only, too.
func (i *inbound) decryptReport(packet []byte) ([]byte, error) {
	const ssrcAt = 4 // RFC 3550 §6.4.1: in the clear
	if len(packet) < ssrcAt+4 {
		return nil, gcm.ErrPacket
	}
	reporter := binary.BigEndian.Uint32(packet[ssrcAt:])
	if i.reporters.full() && !i.reporters.admit(reporter) {
		return nil, gcm.ErrSources
	}
	plain, err := i.srtp.DecryptRTCP(packet[:0:len(packet)], packet, &i.report)
	if err == nil {
		i.reporters.admit(reporter)
	}
	return plain, err
}

// few are the sources that a peer has shown.
type few struct {
	known int
	ssrcs [gcm.MaxSources]uint32
}

func (f *few) full() bool { return f.known == len(f.ssrcs) }

// admit reports whether a source is one of the few that a peer may have.
func (f *few) admit(ssrc uint32) bool {
	if slices.Contains(f.ssrcs[:f.known], ssrc) {
		return true
	}
	if f.full() {
		return false
	}
	f.ssrcs[f.known] = ssrc
	f.known++
	return true
}

// SSRC returns the source that packets are sent as.
func (c *Conn) SSRC() uint32 { return c.out.ssrc }

// Batch has packets collected for a shard's Flush from now on, and those that come
// delivered by Receive for one of its phases. Without it each is sent, and delivered,
// at once. needs is memory that whoever they are delivered to will look at.
func (c *Conn) Batch(shard, phase int, needs ...prefetch.Place) {
	own := prefetch.Between(&c.network, &c.out)
	c.waitIn(shard, phase, prefetch.NewList(append([]prefetch.Place{own}, needs...)...))
	b := c.network.batch(shard)
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.batch = b
}

// waitIn has packets wait for a phase.
func (c *Conn) waitIn(shard, phase int, needs *prefetch.List) {
	n := c.network
	n.reading.Lock()
	s := n.stages.made(shard, phase)
	n.reading.Unlock()
	c.mu.Lock()
	defer c.mu.Unlock()
	c.stage, c.needs = s, needs
	for i := range c.paths {
		n.reroute(c.paths[i].at, c)
	}
}

// Send encrypts a packet and sends it, or has it sent by the next Flush. It sets
// the header's SSRC. Before there are keys and an address it drops the packet
// and reports false.
func (c *Conn) Send(header *rtp.Header, payload []byte) (sent bool, err error) {
	o := &c.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.srtp == nil || !o.open {
		return false, nil
	}
	header.SSRC = o.ssrc
	o.next.header, o.next.payload = header, payload
	if o.batch == nil {
		s := &c.network.single
		s.Lock()
		defer s.Unlock()
		packet, err := o.encrypt(s.packet[:0])
		if err != nil {
			return false, err
		}
		err = c.network.sockets[o.to.socket].sendTo(packet, &o.to)
		return err == nil, err
	}
	o.batch.mu.Lock()
	defer o.batch.mu.Unlock()
	dropped, err := o.batch.post(&o.to, o)
	c.network.drops.Add(uint64(dropped))
	return err == nil, err
}

// encrypt writes the next packet into a buffer.
func (o *outbound) encrypt(into []byte) ([]byte, error) {
	h, payload := o.next.header, o.next.payload
	o.next.header, o.next.payload = nil, nil
	plain, err := write(into, h, payload)
	if err != nil {
		return nil, err
	}
	var packet []byte
	if o.gcm.Ready() {
		packet, err = o.gcm.Seal(plain)
	} else {
		packet, err = o.srtp.EncryptRTP(into, plain, &o.header)
	}
	if err != nil {
		clear(plain)
	}
	return packet, err
}

// write writes a packet into a buffer that has room for a tag behind it.
func write(into []byte, h *rtp.Header, payload []byte) (plain []byte, err error) {
	const version2, header = 2 << 6, 12
	n := header
	bare := h.Version == 2 && !h.Padding && !h.Extension && len(h.CSRC) == 0 // as nearly all are
	if !bare {
		n = h.MarshalSize()
	}
	size := n + len(payload)
	if size+gcm.Overhead > cap(into) { // the longest tag
		return nil, fmt.Errorf("%w: %d bytes", errTooLong, size)
	}
	plain = into[:size]
	if bare {
		plain[0], plain[1] = version2, h.PayloadType&0x7f
		if h.Marker {
			plain[1] |= 0x80
		}
		binary.BigEndian.PutUint16(plain[2:], h.SequenceNumber)
		binary.BigEndian.PutUint32(plain[4:], h.Timestamp)
		binary.BigEndian.PutUint32(plain[8:], h.SSRC)
	} else if n, err = h.MarshalTo(plain); err != nil {
		return nil, err
	}
	copy(plain[n:], payload)
	return plain, nil
}

// SendReport encrypts an RTCP compound and sends it.
func (c *Conn) SendReport(compound []byte) error {
	o := &c.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.srtp == nil || !o.open {
		return nil
	}
	s := &c.network.single
	s.Lock()
	defer s.Unlock()
	packet, err := o.srtp.EncryptRTCP(s.packet[:0], compound, nil)
	if err != nil {
		return err
	}
	return c.network.sockets[o.to.socket].sendTo(packet, &o.to)
}

// sendRecord sends a DTLS record.
func (c *Conn) sendRecord(record []byte) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	switch {
	case c.out.parked && c.out.goodbye == nil && record[0] == alertRecord:
		c.out.goodbye = slices.Clone(record)
	case c.out.parked: // a peer that has keys needs nothing
	case c.out.open:
		_ = c.network.sockets[c.out.to.socket].sendTo(record, &c.out.to)
	}
}

func (c *Conn) sendTo(to endpoint) {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.to, c.out.open = to, true
}

func (c *Conn) stopSending() {
	c.out.mu.Lock()
	defer c.out.mu.Unlock()
	c.out.open = false
}
