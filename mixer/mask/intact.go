//go:build !sabotage_gate

package mask

// sabotaged is true in a build that no release is: there the gate lets
// everything through, so that `bench proof` is seen to notice.
const sabotaged = false
