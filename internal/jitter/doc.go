// Package jitter turns a leg's RTP packets, in whatever order and at whatever
// time they arrive, into one frame per tick.
//
// A [Buffer] lays received samples out on a ring indexed by RTP timestamp, so
// that reordering, duplicates and packets of any length cost nothing: a packet
// is written where it belongs, and a frame is read where the playout stands.
// What is missing then is one of four things, and each is told apart:
//
//   - lost audio, or what comes too late, is concealed by repeating the last pitch
//     periods (after ITU-T G.711 Appendix I, without its 3.75 ms of extra delay);
//   - while nothing newer has come it may be late and not lost: then the playout
//     waits, up to 240 ms. It makes up what is heard meanwhile, and goes on where it
//     stood, so that a network that stands still for a moment costs no part of a key.
//     It does not for a source that names its keys. What stands still for longer
//     and comes back with old audio is played from there, or its newest 240 ms are;
//   - the hole that an endpoint leaves while it sends a named event instead of
//     audio (RFC 4733 §2.2, browsers do) is filled with comfort noise and is
//     no loss;
//   - silence of a leg that does not send yet, or stopped, is comfort noise.
//
// The playout delay adapts: it grows by what the playout waited for, by one frame
// more when packets come out of order and too late for it, and shrinks by one when
// none needed it for several seconds, by further ones each second after that. Only
// waiting moves it while the caller holds it (a tone may be sounding), and each move
// is counted.
//
// The package has no clock: arrival and playout times are arguments.
package jitter
