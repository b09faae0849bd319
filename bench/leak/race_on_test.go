//go:build race

package leak

// effort divides the number of trials: the race detector slows sums of
// products down fifteenfold.
const effort = 4
