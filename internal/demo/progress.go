package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// narrator tells people what is going on. A nil one is silent.
type narrator struct {
	w     io.Writer
	plain bool // w is no terminal: no redrawing
}

func newNarrator(w io.Writer) *narrator {
	f, ok := w.(*os.File)
	if !ok {
		return &narrator{w: w, plain: true}
	}
	st, err := f.Stat()
	return &narrator{w: w, plain: err != nil || st.Mode()&os.ModeCharDevice == 0}
}

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
	if n.plain {
		if at >= of {
			fmt.Fprintf(n.w, "  %s, %.1f s: over\n", what, of.Seconds())
		}
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
