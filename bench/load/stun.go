package load

import (
	"bytes"
	"net"
	"net/netip"

	"github.com/pion/ice/v4"
	"github.com/pion/stun/v4"
)

// hostPriority is a host candidate's priority (RFC 8445 §5.1.2.1). What a check
// announces for a candidate the peer has yet to learn is a little less.
const (
	hostPriority = 126<<24 | 65535<<8 | 255
	peerPriority = 110<<24 | 65535<<8 | 255
)

// check makes a connectivity check, which also renews consent (RFC 7675). The
// client controls and nominates its only pair at once.
func (l *leg) check() ([]byte, error) {
	m, err := stun.Build(stun.TransactionID, stun.BindingRequest, stun.NewUsername(l.remote.ufrag+":"+l.ufrag),
		ice.AttrControlling(l.ssrc), ice.PriorityAttr(peerPriority), ice.UseCandidate(),
		stun.NewShortTermIntegrity(l.remote.pwd), stun.Fingerprint)
	if err != nil {
		return nil, err
	}
	l.transaction = m.TransactionID
	return m.Raw, nil
}

// onSTUN answers the server's checks and notes answers to ours. It returns what
// is to be sent.
func (l *leg) onSTUN(data []byte, from netip.AddrPort) []byte {
	m := &stun.Message{Raw: bytes.Clone(data)}
	if m.Decode() != nil {
		return nil
	}
	switch m.Type {
	case stun.BindingSuccess:
		if m.TransactionID == l.transaction && stun.NewShortTermIntegrity(l.remote.pwd).Check(m) == nil {
			l.reached.Do(func() { close(l.reachable) })
		}
	case stun.BindingRequest:
		if stun.NewShortTermIntegrity(l.pwd).Check(m) != nil {
			return nil
		}
		reply, err := stun.Build(m, stun.BindingSuccess,
			&stun.XORMappedAddress{IP: net.IP(from.Addr().AsSlice()), Port: int(from.Port())},
			stun.NewShortTermIntegrity(l.pwd), stun.Fingerprint)
		if err == nil {
			return reply.Raw
		}
	}
	return nil
}
