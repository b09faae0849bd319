package leak

import (
	"encoding/json"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"
)

// Write puts the report as JSON and its plots into a folder.
func (r *Result) Write(folder string) error {
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return fmt.Errorf("leak: %w", err)
	}
	report, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("leak: %w", err)
	}
	for name, body := range map[string][]byte{
		"leak.json":       append(report, '\n'),
		"leak-delay.svg":  []byte(r.curvePlot()),
		"leak-family.svg": []byte(r.familyPlot()),
	} {
		if err := os.WriteFile(filepath.Join(folder, name), body, 0o600); err != nil {
			return fmt.Errorf("leak: %w", err)
		}
	}
	return nil
}

// svg draws with few primitives; colours read on light and dark alike.
type svg struct{ strings.Builder }

const (
	armedColour   = "#2b6cb0"
	unarmedColour = "#c05621"
	inkColour     = "#667"
)

func newSVG(width, height int, title string) *svg {
	s := new(svg)
	fmt.Fprintf(s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`, width, height)
	fmt.Fprintf(s, `<rect width="100%%" height="100%%" fill="#fff"/>`)
	s.text(16, 22, "start", title)
	return s
}

func (s *svg) line(x1, y1, x2, y2 float64, colour string, width float64) {
	fmt.Fprintf(s, `<path d="M%.1f %.1fL%.1f %.1f" stroke="%s" stroke-width="%g"/>`, x1, y1, x2, y2, colour, width)
}

func (s *svg) text(x, y float64, anchor, t string) {
	fmt.Fprintf(s, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="%s">%s</text>`, x, y, anchor, inkColour, html.EscapeString(t))
}

func (s *svg) end() string { return s.String() + "</svg>\n" }

// curvePlot is leak against delay, with bounds.
func (r *Result) curvePlot() string {
	const width, height, left, top, right, bottom = 640, 360, 60.0, 50.0, 620.0, 310.0
	s := newSVG(width, height, "Leak over chance and over a perfect mask, %, against added delay, ms")
	most, longest := 1.0, r.Variants[0].Delay
	for i := range r.Variants {
		most = max(most, r.Overall[i].Leak.High)
	}
	x := func(delay float64) float64 { return left + (right-left)*delay/longest }
	y := func(leak float64) float64 { return bottom - (bottom-top)*max(0, leak)/most }
	for i := range 6 {
		v := most * float64(i) / 5
		s.line(left, y(v), right, y(v), "#dde", 1)
		s.text(left-6, y(v)+4, "end", fmt.Sprintf("%.1f", v))
		s.text(x(longest*float64(i)/5), bottom+18, "middle", fmt.Sprintf("%g", longest*float64(i)/5))
	}
	s.line(left, y(leakOverall), right, y(leakOverall), "#c53030", 1)
	s.text(right, y(leakOverall)-4, "end", "target")
	for i, v := range r.Variants {
		colour, shift := armedColour, -2.0
		if !v.Armed {
			colour, shift = unarmedColour, 2
		}
		e := r.Overall[i].Leak
		s.line(x(v.Delay)+shift, y(e.Low), x(v.Delay)+shift, y(e.High), colour, 1.5)
		fmt.Fprintf(s, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`, x(v.Delay)+shift, y(e.Value), colour)
	}
	s.legend(left+330, top)
	return s.end()
}

func (s *svg) legend(x, y float64) {
	for i, l := range [][2]string{{armedColour, "armed"}, {unarmedColour, "not armed"}} {
		at := x + 90*float64(i)
		fmt.Fprintf(s, `<rect x="%.1f" y="%.1f" width="10" height="10" fill="%s"/>`, at, y-9, l[0])
		s.text(at+15, y, "start", l[1])
	}
}

// familyPlot is a bar per family and mode, with the upper bound and the target.
func (r *Result) familyPlot() string {
	const row, left, right = 22, 130.0, 700.0
	s := newSVG(740, 60+row*len(r.Families), "Leak by family, %, with 95 % bounds; red: target")
	most := 2.0
	for _, f := range r.Families {
		for i := range min(2, len(f.Variants)) {
			most = max(most, f.Variants[i].Leak.Value*1.1)
		}
	}
	x := func(v float64) float64 { return left + (right-left)*min(max(0, v), most)/most }
	for i, f := range r.Families {
		y := float64(50 + row*i)
		s.text(left-8, y+10, "end", f.Name)
		if f.Failed != "" {
			s.text(left, y+10, "start", "not measured")
			continue
		}
		for k, colour := range []string{armedColour, unarmedColour} {
			e := f.Variants[k].Leak
			at := y + 8*float64(k)
			fmt.Fprintf(s, `<rect x="%.1f" y="%.1f" width="%.1f" height="7" fill="%s"/>`, left, at, x(e.Value)-left, colour)
			s.line(x(e.Low), at+3.5, x(e.High), at+3.5, inkColour, 1)
		}
		s.line(x(allowed(f.Class)), y-2, x(allowed(f.Class)), y+17, "#c53030", 1.5)
	}
	s.legend(left+380, 36)
	return s.end()
}
