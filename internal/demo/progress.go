package demo

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// narrator tells people what is going on. A nil one is silent.
type narrator struct{ w io.Writer }

func (n *narrator) step(what string) {
	if n != nil && n.w != nil {
		fmt.Fprintf(n.w, "  %s …", what)
	}
}

func (n *narrator) done(what string) {
	if n != nil && n.w != nil {
		fmt.Fprintf(n.w, " %s\n", what)
	}
}

// bar redraws a progress bar on its line.
func (n *narrator) bar(what string, at, of time.Duration) {
	if n == nil || n.w == nil || of <= 0 {
		return
	}
	const width = 30
	full := min(width, int(width*at/of))
	fmt.Fprintf(n.w, "\r  %s  [%s%s] %4.1f of %.1f s", what, strings.Repeat("█", full), strings.Repeat("·", width-full),
		at.Seconds(), of.Seconds())
	if at >= of {
		fmt.Fprintln(n.w)
	}
}
