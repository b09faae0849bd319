// Package prefetch asks the processor for memory before it is needed.
//
// A media server comes to a call once in 20 ms. By then the call's memory has left the
// processor's caches, and the first look at each piece of it waits: for main memory, and
// for where the page lies. Most of these waits come one after the other, as a packet
// leads from a connection to a leg, from there to a conference and on to a jitter buffer.
// Who knows some packets before which ones will be next can have all of it fetched at
// once, beside other work.
//
// Nothing here writes, or tells anybody what it read: a prefetch is a hint, which a
// processor may ignore, and a look ([List.Reach]) is a byte that is thrown away. A list keeps
// what it looks at alive. On processors without one here it does nothing.
package prefetch
