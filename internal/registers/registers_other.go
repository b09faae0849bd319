//go:build !amd64

package registers

func clearAll() {}
