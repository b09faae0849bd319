// Package jitter turns a leg's RTP packets, in whatever order and at whatever
// time they arrive, into one frame per tick.
//
// A [Buffer] lays received samples out on a ring indexed by RTP timestamp, so
// that reordering, duplicates and packets of any length cost nothing: a packet
// is written where it belongs, and a frame is read where the playout stands.
// What is missing then is one of three things, and each is told apart:
//
//   - lost or late audio is concealed by repeating the last pitch periods
//     (after ITU-T G.711 Appendix I, without its 3.75 ms of extra delay);
//   - the hole that an endpoint leaves while it sends a named event instead of
//     audio (RFC 4733 §2.2, browsers do) is filled with comfort noise and is
//     no loss;
//   - silence of a leg that does not send yet, or stopped, is comfort noise.
//
// The playout delay adapts by whole frames: it grows by one when packets come
// too late for it and shrinks by one when none needed it for several seconds.
// It never moves while the caller holds it (a tone may be sounding), and each
// move is counted.
//
// The package has no clock: arrival and playout times are arguments.
package jitter
