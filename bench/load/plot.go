package load

import (
	"fmt"
	"html"
	"slices"
	"strings"
)

var plotColours = []string{"#2b6cb0", "#c05621", "#2f855a"}

// plot draws a figure against rooms, with a line per server.
func (r *Result) plot(title string, pick func(*Figures) float64) string {
	const width, height, left, top, right, bottom = 640, 360, 60.0, 50.0, 600.0, 310.0
	s := new(strings.Builder)
	fmt.Fprintf(s, `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" font-family="sans-serif" font-size="12">`, width, height)
	fmt.Fprint(s, `<rect width="100%" height="100%" fill="#fff"/>`)
	text := func(x, y float64, anchor, t string) {
		fmt.Fprintf(s, `<text x="%.1f" y="%.1f" text-anchor="%s" fill="#667">%s</text>`, x, y, anchor, html.EscapeString(t))
	}
	text(16, 22, "start", title)
	most, widest := 0.001, 1
	var servers []string
	for i := range r.Runs {
		most, widest = max(most, pick(&r.Runs[i].Median)*1.1), max(widest, r.Runs[i].Rooms)
		if !slices.Contains(servers, r.Runs[i].Server) {
			servers = append(servers, r.Runs[i].Server)
		}
	}
	x := func(rooms int) float64 { return left + (right-left)*float64(rooms)/float64(widest) }
	y := func(v float64) float64 { return bottom - (bottom-top)*v/most }
	for i := range 6 {
		v := most * float64(i) / 5
		fmt.Fprintf(s, `<path d="M%.1f %.1fL%.1f %.1f" stroke="#dde"/>`, left, y(v), right, y(v))
		text(left-6, y(v)+4, "end", fmt.Sprintf("%.2f", v))
	}
	for k, name := range servers {
		colour := plotColours[k%len(plotColours)]
		fmt.Fprintf(s, `<rect x="%.1f" y="32" width="10" height="10" fill="%s"/>`, left+110*float64(k), colour)
		text(left+110*float64(k)+15, 41, "start", name)
		command := "M"
		path := new(strings.Builder)
		for _, run := range r.byRooms(name) {
			at := pick(&run.Median)
			fmt.Fprintf(path, "%s%.1f %.1f", command, x(run.Rooms), y(at))
			command = "L"
			fmt.Fprintf(s, `<circle cx="%.1f" cy="%.1f" r="4" fill="%s"/>`, x(run.Rooms), y(at), colour)
			text(x(run.Rooms), bottom+18, "middle", fmt.Sprint(run.Rooms))
		}
		fmt.Fprintf(s, `<path d="%s" stroke="%s" stroke-width="1.5" fill="none"/>`, path, colour)
	}
	return s.String() + "</svg>\n"
}

// byRooms returns a server's runs, the smallest first.
func (r *Result) byRooms(server string) (runs []Run) {
	for _, run := range r.Runs {
		if run.Server == server && len(run.Void) == 0 {
			runs = append(runs, run)
		}
	}
	slices.SortFunc(runs, func(a, b Run) int { return a.Rooms - b.Rooms })
	return runs
}
