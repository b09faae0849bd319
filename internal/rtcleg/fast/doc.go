// Package fast carries legs over raw UDP sockets, on Linux: ICE, DTLS and SRTP
// for many legs, at the cost of two system calls for each tick of a shard.
//
// In a stock WebRTC stack a packet crosses five goroutines, and waking one costs
// many times what the packet's own work does. Here nobody is woken for a packet.
// A shard that is about to tick a phase calls [Network.Receive], which takes everything
// that has arrived since (recvmmsg, with the kernel's time of arrival), decrypts what
// is for the phase's legs and hands it to them. What is for others waits, encrypted,
// for their phase; see stage_linux.go. What the tick sends is encrypted into the shard's
// batch and leaves with [Network.Flush] (sendmmsg). The sockets are not known to
// Go's poller, which would wake a thread for every packet.
//
// Packets are told apart by their first byte (RFC 7983) and their source. STUN
// checks and DTLS records are rare and slow, so they wait in a bounded queue. A shard
// answers a few checks when its packets have left ([Network.Answer]): to wake up a
// goroutine for one takes more than the answer does. Many, DTLS records, and all of it
// when a shard is late, are a goroutine's. Everything else is SRTP or dropped.
//
// Before shards tick, and half a second after they stop, a goroutine waits for packets in
// their place; see watch_linux.go.
//
// # Whose packet it is
//
// An address belongs to a leg only after a check came from there that was signed
// with the leg's password: SRTP and DTLS from anywhere else are dropped unseen.
// What the leg sends goes to where the last nominating check came from. A packet
// that decrypts does not move it: SRTP authenticates a packet, not an address.
// This side is an ICE-lite agent (RFC 8445 §2.5), so answering checks is all of
// ICE there is, and the peer's checks are also its consent (RFC 7675): without
// them the leg is first disconnected and then failed, and sends nothing more.
//
// # Sessions
//
// A DTLS session is closed, unknown to the peer, once media flow; what it takes to say
// goodbye and to know the peer's is kept. See goodbye_linux.go.
//
// # What stays in memory
//
// Packets are decrypted in place, in the buffer they were read into or where they
// waited, handed on, and zeroed. Packets to send are encrypted in place.
package fast
