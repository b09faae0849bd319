// Package load drives a running server with whole calls over its public API and
// measures it from outside: what it costs, how late it is, what it loses.
//
// The clients are real ones as far as the server can see: each leg joins over
// WHIP, does ICE and DTLS, has an address of its own, sends SRTP every 20 ms and
// renews consent. They are cheap, because a generator that eats the machine
// measures itself: one thread serves them all. It wakes up every millisecond,
// sends what is due with one sendmmsg(2), from packets that were encrypted
// before it slept, and takes what has come with recvmmsg(2). When a packet
// came is the kernel's word (SO_TIMESTAMPNS), so the thread may be late to read
// it. All legs share one socket and differ by address: a packet's source is
// chosen by IP_PKTINFO within 127.16.0.0/16.
//
// Delay is measured by steps: for one frame a leg's speech gives way to a level
// that no mix of two voices reaches, and whoever must hear it looks for the
// sample at which that level begins. A delay is the time between the moment at
// which that sample was sent and the moment at which it arrived, both counted
// as if a packet's samples went one after another from its sending on. An
// encoder that waits for its frame to be full is on neither side of it.
//
// Figures are medians of three windows. A window in which the generator was late
// by more than 1.5 ms at the 99th percentile is thrown away and counted; where
// no three are left, and for other reasons that the report names, the figures
// mean nothing and the report says so.
package load
