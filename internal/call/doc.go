// Package call is the registry of calls: it binds what the platform asked for
// (conferences, legs, tokens, captures) to what runs (the engine's rooms, the
// WebRTC legs, the collectors), and tells those who may know what became of it.
//
// The [Service] is used by the signalling protocols from any goroutine. It
// holds its lock only around its own records, never while it waits for a tick
// or a network; what the shards tell it is queued and applied by a goroutine of
// its own, so that a tick never waits for it either.
//
// A leg's role comes from the record that the platform's API key created, and
// a token must name the same one. Nothing here holds or sees a digit.
package call
