package fast

import (
	"net"
	"strings"
	"time"

	"github.com/pion/stun/v4"
)

// credentials are the two ends' short-term credentials (RFC 8445 §5.3).
type credentials struct {
	localUfrag, localPwd, remoteUfrag, remotePwd string
	integrity                                    stun.MessageIntegrity // of localPwd
}

// is reports whether a check's user name belongs to these credentials.
func (k *credentials) is(local, remote string) bool {
	return k.localUfrag != "" && k.localUfrag == local && k.remoteUfrag == remote
}

// stunAnswers is the memory of whoever answers checks.
type stunAnswers struct{ request, answer stun.Message }

// check answers a connectivity check. Whatever is not a check that was signed
// with the password of a leg here gets no answer: an error would tell strangers
// which legs there are, and could be bounced off this server.
func (n *Network) check(s *stunAnswers, from endpoint, packet []byte) {
	m := &s.request
	m.Raw = append(m.Raw[:0], packet...)
	if m.Decode() != nil || m.Type != stun.BindingRequest || stun.Fingerprint.Check(m) != nil {
		return
	}
	var name stun.Username
	if name.GetFrom(m) != nil {
		return
	}
	local, remote, _ := strings.Cut(string(name), ":")
	n.routes.RLock()
	leg := n.routes.byName[local]
	n.routes.RUnlock()
	if leg == nil {
		return
	}
	integrity, role, ok := leg.checked(m, from, local, remote, time.Now())
	if !ok {
		return
	}
	to := n.sockets[from.socket]
	at := from.addr(to.v6)
	var err error
	if role {
		// RFC 8445 §7.3.1.1: this side is controlled, always.
		err = s.answer.Build(m, stun.BindingError, stun.CodeRoleConflict,
			integrity, stun.Fingerprint)
	} else {
		err = s.answer.Build(m, stun.BindingSuccess,
			&stun.XORMappedAddress{IP: net.IP(at.Addr().AsSlice()), Port: int(at.Port())},
			integrity, stun.Fingerprint)
	}
	if err == nil {
		_ = to.sendTo(s.answer.Raw, &from) // the peer asks again
	}
}

// checked judges a check and follows it. It returns what to sign the answer with, and
// whether the peer took the wrong role.
func (c *Conn) checked(m *stun.Message, from endpoint, local, remote string, now time.Time) (integrity stun.MessageIntegrity, role, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	current := c.current.is(local, remote)
	k := &c.current
	if !current {
		k = &c.previous
	}
	if c.closed || c.gone || c.lost || !(current || k.is(local, remote)) {
		return nil, false, false
	}
	if k.integrity.Check(m) != nil {
		return nil, false, false
	}
	if m.Contains(stun.AttrICEControlled) {
		return k.integrity, true, true
	}
	// Credentials from before a restart keep a known path alive until the new
	// ones have found theirs, and do nothing else.
	if !current && c.pathIndex(from) < 0 {
		return nil, false, false
	}
	c.seen = now
	if current {
		c.learn(from, m.Contains(stun.AttrUseCandidate), now)
	}
	c.tell(now)
	return k.integrity, false, true
}

// learn notes that an address belongs to the peer, and sends there if the peer
// says so. Until it does, any of its addresses is as good (RFC 8445 §12.1.1).
// So is one that is checked when the address in use no longer is: a NAT on the
// way has changed its mind, and not every peer nominates again.
func (c *Conn) learn(from endpoint, nominated bool, now time.Time) {
	i := c.pathIndex(from)
	if i < 0 {
		if len(c.paths) == maxPaths {
			c.dropPaths(1, func(p *path) bool { return p.at != c.to })
		}
		c.paths = append(c.paths, path{at: from})
		i = len(c.paths) - 1
		c.network.route(from, c)
	}
	c.paths[i].generation, c.paths[i].seen = c.generation, now
	used := c.pathIndex(c.to)
	switch {
	case nominated:
		c.to, c.nominated = from, true
		c.forgetPrevious()
		c.dropPaths(maxPaths, func(p *path) bool { return p.generation != c.generation })
	case !c.nominated, used < 0, now.Sub(c.paths[used].seen) > deserted:
		c.to = from
	}
	c.sendTo(c.to)
	if !c.started {
		c.started = true
		c.running.Go(c.run)
	}
}

// forgetPrevious ends what was valid before a restart.
func (c *Conn) forgetPrevious() {
	if c.previous.localUfrag != "" {
		c.network.unname(c.previous.localUfrag, c)
		c.previous = credentials{}
	}
}

func (c *Conn) pathIndex(at endpoint) int {
	for i := range c.paths {
		if c.paths[i].at == at {
			return i
		}
	}
	return -1
}

// dropPaths forgets up to limit of the addresses of which f is true, the oldest
// first.
func (c *Conn) dropPaths(limit int, f func(*path) bool) {
	kept := c.paths[:0]
	for i := range c.paths {
		if limit > 0 && f(&c.paths[i]) {
			limit--
			c.network.unroute(c.paths[i].at, c)
			continue
		}
		kept = append(kept, c.paths[i])
	}
	c.paths = kept
}

func (n *Network) route(at endpoint, c *Conn) {
	n.routes.Lock()
	defer n.routes.Unlock()
	n.routes.byAddress.set(at, route{c, c.stage, c.needs})
}

// reroute has packets wait where the leg's do now, if the address is its own still.
func (n *Network) reroute(at endpoint, c *Conn) {
	n.routes.Lock()
	defer n.routes.Unlock()
	if n.routes.byAddress.of(at).leg == c {
		n.routes.byAddress.set(at, route{c, c.stage, c.needs})
	}
}

// unroute forgets an address, unless it has become another leg's: a host may
// use a port again.
func (n *Network) unroute(at endpoint, c *Conn) {
	n.routes.Lock()
	defer n.routes.Unlock()
	if n.routes.byAddress.of(at).leg == c {
		n.routes.byAddress.set(at, route{})
	}
}

func (n *Network) unname(ufrag string, c *Conn) {
	n.routes.Lock()
	defer n.routes.Unlock()
	if n.routes.byName[ufrag] == c {
		delete(n.routes.byName, ufrag)
	}
}
