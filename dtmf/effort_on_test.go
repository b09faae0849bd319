//go:build race

package dtmf

// effort divides the number of trials under the race detector, which slows
// sums of products down fifteenfold; nothing here is concurrent but the arena.
const effort = 10
