package fast

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
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
// to look at what may be the peer's, the session is opened again for those records.
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
	// lookAgain is how long after records that were no goodbye the next are looked at:
	// to open a session costs more than to send a forged record. mostAlerts may wait.
	lookAgain  = 100 * time.Millisecond
	mostAlerts = 8
	// lookLimit bounds a look, which waits for nothing but the processor.
	lookLimit = time.Second
)

// farewell is what is kept of a session beside itself, from when it has keys, and in
// place of it once it is parked.
type farewell struct {
	state  *dtls.State // opens it again
	alerts [][]byte    // what may be the peer's goodbye, to be looked at
	parked bool
	busy   bool      // they are looked at
	next   time.Time // when to look again
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

// park closes a session.
func (c *Conn) park(session *dtls.Conn) {
	c.mu.Lock()
	if c.closed { // and ends it
		c.mu.Unlock()
		return
	}
	c.dtls = nil
	c.out.keepGoodbye()
	c.mu.Unlock()
	_ = session.Close() // only what it says matters
	c.mu.Lock()
	defer c.mu.Unlock()
	c.farewell.parked, c.records = true, nil
	c.look(time.Now()) // the session may have read a goodbye while it was closed
}

// expectGoodbye keeps what it takes to know the peer's goodbye, from the moment on at
// which the session has keys.
func (c *Conn) expectGoodbye(session *dtls.Conn) error {
	state, ok := session.ConnectionState()
	if !ok {
		return fmt.Errorf("keep the session's state: %w", ErrClosed)
	}
	state.PeerCertificates = nil // nobody needs them, and they are large
	c.mu.Lock()
	defer c.mu.Unlock()
	c.farewell.state = &state
	return nil
}

// record takes a DTLS record from one of the peer's addresses.
func (c *Conn) record(data []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f := &c.farewell
	if f.state != nil {
		f.note(data)
	}
	switch {
	case f.parked:
		c.look(time.Now())
	case c.records != nil && (f.state == nil || harmless(data)):
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

// note keeps a datagram that may be a goodbye: one sealed alert and nothing else. Of
// many the first are kept, as a flood of forged ones would push out what came before.
func (f *farewell) note(datagram []byte) {
	if len(datagram) <= headerBytes || len(datagram) > longestAlert || len(f.alerts) == mostAlerts {
		return
	}
	epoch, length := binary.BigEndian.Uint16(datagram[3:]), binary.BigEndian.Uint16(datagram[headerBytes-2:])
	if datagram[0] == alertRecord && epoch == sealedEpoch && headerBytes+int(length) == len(datagram) {
		f.alerts = append(f.alerts, slices.Clone(datagram))
	}
}

// look begins to look at what may be a goodbye. The caller holds the lock.
func (c *Conn) look(now time.Time) {
	f := &c.farewell
	if !f.parked || len(f.alerts) == 0 || f.busy || now.Before(f.next) || c.closed || c.gone {
		return
	}
	f.busy = true
	state, alerts := f.state, f.alerts
	f.alerts = nil
	c.running.Go(func() {
		if c.isGoodbye(state, alerts) {
			c.hungUp()
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		f.busy, f.next = false, time.Now().Add(lookAgain)
	})
}

// isGoodbye reports whether one of the records ends the session.
func (c *Conn) isGoodbye(state *dtls.State, records [][]byte) bool {
	only := newOnly(records)
	session, err := dtls.ResumeWithOptions(state, only, recordAddr{}, c.options()...)
	if err != nil {
		return false
	}
	defer func() { _ = session.Close() }()
	ctx, cancel := context.WithTimeout(c.ctx, lookLimit)
	defer cancel()
	_ = session.HandshakeContext(ctx) // there is none: it begins to read
	select {
	case <-only.ended:
		return ctx.Err() == nil // which ends it, too
	case <-only.more:
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

// only is a connection on which a few records come and nothing is ever sent. If the
// session closes it before it asks for more, one of them was its end.
type only struct {
	records     [][]byte
	more, ended chan struct{}
	asked, over sync.Once
}

func newOnly(records [][]byte) *only {
	return &only{records: records, more: make(chan struct{}), ended: make(chan struct{})}
}

func (o *only) ReadFrom(p []byte) (int, net.Addr, error) {
	if len(o.records) == 0 {
		o.asked.Do(func() { close(o.more) })
		return 0, nil, io.EOF
	}
	n := copy(p, o.records[0])
	o.records = o.records[1:]
	return n, recordAddr{}, nil
}

func (o *only) Close() error {
	o.over.Do(func() { close(o.ended) })
	return nil
}

func (o *only) WriteTo(p []byte, _ net.Addr) (int, error) { return len(p), nil }
func (o *only) LocalAddr() net.Addr                       { return recordAddr{} }
func (o *only) SetDeadline(time.Time) error               { return nil }
func (o *only) SetReadDeadline(time.Time) error           { return nil }
func (o *only) SetWriteDeadline(time.Time) error          { return nil }
