//go:build sabotage_gate

package mask

const sabotaged = true
