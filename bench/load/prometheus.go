package load

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// series are a server's metrics: values by name and labels, as they are written.
type series map[string]float64

// parseSeries reads the text format of Prometheus as far as the server writes
// it. What it does not understand it passes over.
func parseSeries(text string) series {
	s := series{}
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		cut := strings.LastIndexByte(line, ' ')
		if cut < 0 || line[0] == '#' {
			continue
		}
		if v, err := strconv.ParseFloat(line[cut+1:], 64); err == nil {
			s[line[:cut]] = v
		}
	}
	return s
}

// since returns what was added since before.
func (s series) since(before series) series {
	d := make(series, len(s))
	for name, v := range s {
		d[name] = v - before[name]
	}
	return d
}

// quantile returns a histogram's quantile as Prometheus would: by a straight
// line through the bucket it falls into. Above the last bound it is that bound;
// without values it is 0.
func (s series) quantile(name string, q float64) float64 {
	type bucket struct{ le, count float64 }
	var all []bucket
	for key, v := range s {
		rest, ok := strings.CutPrefix(key, name+`_bucket{le="`)
		if !ok {
			continue
		}
		if le, err := strconv.ParseFloat(strings.TrimSuffix(rest, `"}`), 64); err == nil {
			all = append(all, bucket{le, v})
		}
	}
	slices.SortFunc(all, func(a, b bucket) int {
		if a.le < b.le {
			return -1
		}
		return 1
	})
	if len(all) < 2 || all[len(all)-1].count == 0 {
		return 0
	}
	want := q * all[len(all)-1].count
	below := bucket{}
	for _, b := range all {
		if b.count >= want {
			if math.IsInf(b.le, 1) {
				return below.le
			}
			return below.le + (b.le-below.le)*(want-below.count)/(b.count-below.count)
		}
		below = b
	}
	return below.le
}
