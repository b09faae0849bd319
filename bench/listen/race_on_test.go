//go:build race

package listen

// effort divides the number of trials: the race detector slows sums of
// products down fifteenfold, and there is nothing concurrent in them.
const effort = 8
