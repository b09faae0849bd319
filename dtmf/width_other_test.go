//go:build !amd64

package dtmf

func widths() []string              { return []string{"plain"} }
func setWidth(string) (undo func()) { return func() {} }
