// Package registers forgets what the processor's vector registers hold.
//
// A packet that is copied goes through them, and there it stays when its thread has
// nothing more to do. If a signal comes then, as the runtime sends them to threads when
// it collects garbage, the kernel writes all registers into the thread's signal stack,
// where they stay until the next signal: 20 ms of a key, in memory that nobody zeroes.
// So whoever has handled audio, or a card, clears the registers before the thread sleeps.
// What is left is a signal in the middle of that work, until the same thread is signalled
// again; and processors other than amd64.
package registers
