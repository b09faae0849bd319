package fast

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"time"

	"github.com/pion/dtls/v3"
)

// A DTLS session has one thing left to do once media flow: to tell one side that the
// other has ended the call (close_notify, RFC 5246 §7.2.1). For that the library
// would keep four goroutines, their stacks and some buffers for each leg, a third of
// a call's memory, and would believe a record in the clear that ends the call. So
// the session is closed as soon as the peer is known to need nothing more of its
// handshake. This side's goodbye, sealed when it was closed, is kept for later; and
// to look at what may be the peer's, the session is opened again for that record.
// Such a session never sends, so no nonce comes twice.

const (
	// Records: RFC 6347 §4.1, their types RFC 5246 §6.2.1.
	changeCipherSpecRecord = 20
	alertRecord            = 21
	handshakeRecord        = 22
	sealedEpoch            = 1 // the handshake's outcome; these sessions have no other
	headerBytes            = 13
	// longestAlert is what the longest cipher makes of two bytes, and more.
	longestAlert = 128
	// lookAgain is how long after a record that was no goodbye the next is looked
	// at: to open a session costs more than to send a forged record.
	lookAgain = 100 * time.Millisecond
)

// parked is what is kept of a session that was closed.
type parked struct {
	state *dtls.State // opens it again
	alert []byte      // what may be the peer's goodbye, to be looked at
	busy  bool        // it is being closed, or looked at
	next  time.Time   // when to look again
}

// settle has run close the session, as the peer has keys and needs its handshake no
// more: it sends media.
func (c *Conn) settle() {
	c.mu.Lock()
	session := c.dtls
	c.mu.Unlock()
	if session != nil {
		_ = session.SetReadDeadline(time.Now()) // never fails
	}
}

// attend serves a session until the peer ends it or media flow, which it reports.
func (c *Conn) attend(session *dtls.Conn) (flows bool) {
	if c.in.authentic.Load() {
		c.settle() // before there was a session to be seen
	}
	buf := make([]byte, packetBytes)
	for {
		// Data are not expected. Other errors are of single records, which anyone who
		// fakes an address may have sent.
		_, err := session.Read(buf)
		var timeout net.Error
		switch {
		case errors.As(err, &timeout) && timeout.Timeout():
			return true
		case errors.Is(err, io.EOF), errors.Is(err, dtls.ErrConnClosed):
			return false
		}
	}
}

// park closes a session and keeps what it may yet be needed for.
func (c *Conn) park(session *dtls.Conn) {
	c.mu.Lock()
	if c.closed { // and ends it
		c.mu.Unlock()
		return
	}
	p := &parked{busy: true}
	c.parked, c.dtls = p, nil
	c.out.keepGoodbye()
	c.mu.Unlock()
	_ = session.Close() // only what it says matters
	state, ok := session.ConnectionState()
	state.PeerCertificates = nil
	c.mu.Lock()
	defer c.mu.Unlock()
	if p.busy = false; ok {
		p.state = &state
	}
	c.unread(p)
	c.records = nil
	c.look(time.Now())
}

// unread looks through what the session had not read yet.
func (c *Conn) unread(p *parked) {
	_ = c.records.SetReadDeadline(time.Time{})
	buf := make([]byte, packetBytes)
	for {
		n, err := c.records.Read(buf) // closed: it does not wait
		if err != nil {
			return
		}
		p.note(buf[:n])
	}
}

// record takes a DTLS record from one of the peer's addresses.
func (c *Conn) record(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if p := c.parked; p != nil {
		p.note(data)
		c.look(time.Now())
	} else if !c.keyed || harmless(data) {
		_, _ = c.records.Write(data) // one too many is lost, and sent again
	}
}

// harmless reports whether records may go to a session that has keys. In the clear
// there is only the peer's last flight, once more: to anything else the library
// would answer with an alert that ends the session, whoever sent it.
func harmless(datagram []byte) bool {
	for len(datagram) >= headerBytes {
		end := headerBytes + int(binary.BigEndian.Uint16(datagram[headerBytes-2:]))
		if end > len(datagram) {
			return false
		}
		body := datagram[headerBytes:end]
		clear := datagram[3] == 0 && datagram[4] == 0
		changes := datagram[0] == changeCipherSpecRecord && len(body) == 1 && body[0] == 1
		if clear && !changes && datagram[0] != handshakeRecord {
			return false
		}
		datagram = datagram[end:]
	}
	return len(datagram) == 0
}

// note keeps a record that may be a goodbye.
func (p *parked) note(record []byte) {
	if len(record) > headerBytes && len(record) <= longestAlert && record[0] == alertRecord && record[4] == sealedEpoch {
		p.alert = slices.Clone(record)
	}
}

// look begins to look at what may be a goodbye. The caller holds the lock.
func (c *Conn) look(now time.Time) {
	p := c.parked
	if p == nil || p.state == nil || p.alert == nil || p.busy || now.Before(p.next) || c.closed || c.gone {
		return
	}
	p.busy = true
	state, alert := p.state, p.alert
	p.alert = nil
	c.running.Go(func() {
		if c.isGoodbye(state, alert) {
			c.hungUp()
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		p.busy, p.next = false, time.Now().Add(lookAgain)
	})
}

// isGoodbye reports whether a record ends the session.
func (c *Conn) isGoodbye(state *dtls.State, record []byte) bool {
	one := newOneRecord(record)
	session, err := dtls.ResumeWithOptions(state, one, recordAddr{}, dtls.WithCertificates(c.network.cfg.Certificate),
		dtls.WithSRTPProtectionProfiles(profiles...), dtls.WithInsecureSkipVerify(true), dtls.WithLoggerFactory(c.network.cfg.Logs))
	if err != nil {
		return false
	}
	defer func() { _ = session.Close() }()
	ctx, cancel := context.WithTimeout(c.ctx, c.network.cfg.Disconnected)
	defer cancel()
	_ = session.HandshakeContext(ctx) // there is none: it begins to read
	select {
	case <-one.ended:
		return ctx.Err() == nil // which ends it, too
	case <-one.more:
	case <-ctx.Done():
	}
	return false
}

// hungUp ends the connection for the peer, who has said goodbye.
func (c *Conn) hungUp() {
	c.mu.Lock()
	closed := c.closed
	c.gone = true
	c.tell(time.Now())
	c.mu.Unlock()
	if !closed {
		c.sayGoodbye()
		c.leave()
	}
}

// keepGoodbye has the next alert kept, and no record sent any more.
func (o *outbound) keepGoodbye() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.parked = true
}

// sayGoodbye sends what was kept, once.
func (c *Conn) sayGoodbye() {
	o := &c.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.open && o.goodbye != nil {
		_ = c.network.sockets[o.to.socket].sendTo(o.goodbye, &o.to)
	}
	o.goodbye = nil
}

// oneRecord is a connection on which a record comes and nothing is ever sent. If the
// session closes it before it asks for more, the record was its end.
type oneRecord struct {
	record      []byte
	more, ended chan struct{}
	asked, over sync.Once
}

func newOneRecord(record []byte) *oneRecord {
	return &oneRecord{record: record, more: make(chan struct{}), ended: make(chan struct{})}
}

func (o *oneRecord) ReadFrom(p []byte) (int, net.Addr, error) {
	if o.record == nil {
		o.asked.Do(func() { close(o.more) })
		return 0, nil, io.EOF
	}
	n := copy(p, o.record)
	o.record = nil
	return n, recordAddr{}, nil
}

func (o *oneRecord) Close() error {
	o.over.Do(func() { close(o.ended) })
	return nil
}

func (o *oneRecord) WriteTo(p []byte, _ net.Addr) (int, error) { return len(p), nil }
func (o *oneRecord) LocalAddr() net.Addr                       { return recordAddr{} }
func (o *oneRecord) SetDeadline(time.Time) error               { return nil }
func (o *oneRecord) SetReadDeadline(time.Time) error           { return nil }
func (o *oneRecord) SetWriteDeadline(time.Time) error          { return nil }
