//go:build !sabotage_redactor

package redact

// sabotaged is true in a build that no release is: there the net catches
// nothing, so that `bench proof` is seen to notice.
const sabotaged = false
