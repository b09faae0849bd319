// Package corpus makes the calls that masking and detection are measured on:
// every one from a seed, after the clauses of ITU-T Q.24 and ETSI ES 201 235-3
// and after what real lines do to tones beyond them.
//
// # Families
//
// A family is one kind of trouble: levels, twist, short tones, loss, codecs,
// rooms, whole card entries. [Families] lists them, each with the clause or
// the experience it stands for. An [Item] is a few seconds of one call with
// some keys in it, fully described: which key was pressed when and for how
// long, what a receiver has to make of it, which frames the network lost.
//
// # Two versions of everything
//
// Each item is rendered twice through the same channel, with its keys and
// without. Where the two differ there is something of a tone, and nowhere
// else: that is how the harness knows exactly which samples may not be heard,
// through echo, concealment and companding alike.
//
// # Tuning and held-out material
//
// Speech and music come from Debian's packages of recorded prompts and hold
// music. Whoever tunes thresholds on a voice will find that they fit it, so
// French and Russian and every second piece of music (by name) are held out:
// nobody may tune on them, and every figure can be split by [Item.HeldOut].
// Items alternate between the two parts.
//
// # Units
//
// Samples are 8 kHz linear PCM after a G.711 round trip. Levels are dBm0 of
// each of the two frequencies. Times are in samples unless their name says ms.
package corpus
