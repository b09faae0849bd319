// Package rtcleg makes a leg out of a WebRTC peer: negotiation and packets,
// behind the Transport that the engine asks for.
//
// The seam has two directions and no more. Outwards, [Leg.Send] takes an RTP
// header and a payload and returns at once. Inwards, a [Receiver] is given
// every decrypted RTP packet with the time it was read. Neither knows about
// calls, roles or masking, and nothing above this package knows about ICE,
// DTLS, SRTP or SDP.
//
// Below the seam are two media paths, chosen by Config.Path. On the portable one
// a leg is a PeerConnection of pion/webrtc. On the fast one, which the package
// fast is, those who tick legs have packets received before and sent after
// ([Server.Receive], [Server.Flush], [Leg.Batch]). Offers are read and answers
// are written here for both, and the tests of this package run on both.
//
// # One port
//
// A [Server] is made once per process and binds one UDP port for all legs. It
// is an ICE-lite agent: it never sends a connectivity check, so it needs none
// of the peer's candidates. Packets of a peer are found by the address they
// come from, and an address belongs to a leg only after a STUN check from there
// was signed with that leg's password. A packet from anywhere else is dropped
// before it is decrypted, and what the leg sends never follows it.
//
// On an unspecified address there is a socket for each address of the host,
// all with the same port number: an answer to a check must leave from the
// address that was asked, and one wildcard socket would let the kernel choose.
//
// # What is negotiated
//
// One audio section with one G.711 law, the first of PCMU and PCMA that the
// offer lists, and telephone-event at 8000 Hz for legs that may have it. No
// feedback, no retransmission, no redundancy, no header extension: each would
// be another way for a tone to reach an ear.
//
// An offer is read and judged here before anything is created for it. On the
// portable path the library is then given an offer written by this package, which holds
// only what was understood, and its answer is read for the few values that
// only it knows. So other people's SDP never reaches it, sections that are
// refused do not exist for it, and it cannot be talked into data channels.
package rtcleg
