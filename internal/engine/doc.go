// Package engine owns every media goroutine. It runs conferences in shards,
// ticks them on time, brings packets in and sends mixes out.
//
// A shard is one goroutine that owns its conferences: only it touches them, so
// the cores below hold no lock. Everything else reaches a conference as a
// closure in the shard's bounded mailbox ([Engine.Do]), which is acknowledged
// only after a tick has applied it.
//
// Ticks have absolute deadlines, so that lateness never accumulates, and the
// conferences of a shard are spread over the 20 ms. A panic ends one call and
// never its shard. Nothing allocates per tick.
//
// What leaves to an agent goes through a port of type port[mask.AgentMix],
// which takes nothing else.
package engine
