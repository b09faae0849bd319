// Package leak measures the mask: what a listener still reads through it, what
// it costs the people who talk, and what the IVR is told.
//
// # Leak
//
// The real detector and the real gate run over every item of [corpus]. Two
// listeners are then given what an agent would hear, with the times of the
// keys. [listen.Listener] is a matched filter; what it reads beyond chance is
// (p − 1/16) / (15/16) for a share p of keys named rightly. The second is
// trained on half of the masked audio and tried on the other half, and it sees
// the shape of the mask, too.
//
// From either's advantage that on a perfect mask is taken, an oracle that
// mutes every tone by 10 ms on each side. The two are compared stroke by
// stroke. Where the gate released no sample that carries a tone and that the
// oracle muted, the agent heard nothing of the tone that the oracle's agent
// did not, and a difference between two guesses would be luck: such a stroke
// counts as no leak. That takes most of the noise out of the estimate, so a
// few hundred tones give bounds that would otherwise want tens of thousands.
// The plain difference is reported beside it.
//
// # Comfort noise by position
//
// For scoring, masked samples are replaced by the gate's kind of noise drawn
// by position, not by order: gate and oracle then differ only where they
// disagree. Which samples are masked is asked of the gate itself, by sending a
// row of ones through a second one with the same evidence.
//
// # Shorter delays
//
// The gate delays by [dtmf.LookAhead]. A shorter delay is simulated by cutting
// every span's start off where the shorter line would have released already.
package leak
