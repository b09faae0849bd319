//go:build !profile

package cli

// profiled does nothing: a server that takes cards writes no profiles.
func profiled() (stop func()) { return func() {} }
