//go:build sabotage_redactor

package redact

const sabotaged = true
