package dtmf

import (
	"encoding/binary"
	"fmt"
	"os"
	"testing"
	"time"
	"tonegate/internal/audio"
)

func TestScratchSpeech(t *testing.T) {
	for _, path := range []string{"/tmp/dtmfspeech/flite.raw", "/tmp/dtmfspeech/ast.raw", "/tmp/dtmfspeech/moh.raw"} {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Log(err)
			continue
		}
		for _, armed := range []bool{false, true} {
			d := NewDetector()
			d.Arm(armed)
			var f audio.Frame
			masked, total, keys, events := 0, 0, 0, 0
			was := false
			start := time.Now()
			for i := 0; i+320 <= len(b); i += 320 {
				for j := range f {
					f[j] = int16(binary.LittleEndian.Uint16(b[i+2*j:]))
				}
				ev := d.Process(&f, Reception{})
				for _, s := range ev.Spans() {
					masked += int(s.End - s.Start)
				}
				if ev.Suspicious() && !was {
					events++
				}
				was = ev.Suspicious()
				keys += len(ev.Pressed())
				total += 160
			}
			el := time.Since(start)
			fmt.Printf("%s armed=%v: %.1f min, masked %.4f%%, events %d, keys %d, %.1f us/frame\n", path, armed, float64(total)/480000, 100*float64(masked)/float64(total), events, keys, float64(el.Microseconds())/float64(total/160))
		}
	}
}
