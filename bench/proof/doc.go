// Package proof shows that a card leaves no trace: it is `bench proof`.
//
// Non-interference: pairs of calls are played through the product's core without
// a clock. They differ in the card alone (one brand, one length, one last four),
// or in the card and the timing of its keys; what the agent and the supervisors
// hear, the levels and the progress must be the same to the bit. Where a mask
// has edges (strip), a classifier is trained on them and must stay at chance.
package proof
