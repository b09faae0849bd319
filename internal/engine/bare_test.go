package engine

import (
	"math/rand/v2"
	"testing"

	"github.com/pion/rtp"
)

// TestBareHeaders: what is read without the library is what the library reads, and all
// else is left to it.
func TestBareHeaders(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	bares := 0
	for range 20_000 {
		packet := make([]byte, rng.IntN(40))
		for i := range packet {
			packet[i] = byte(rng.Uint32())
		}
		if len(packet) > 0 && rng.IntN(2) == 0 {
			packet[0] = 2 << 6
		}
		p, ok := bare(packet)
		if !ok {
			if len(packet) >= 12 && packet[0] == 2<<6 {
				t.Fatalf("%x is left to the library", packet)
			}
			continue
		}
		bares++
		var h rtp.Header
		n, err := h.Unmarshal(packet)
		if err != nil || h.Padding || h.Extension || n != 12 || p.PayloadType != h.PayloadType || p.Marker != h.Marker ||
			p.Sequence != h.SequenceNumber || p.Timestamp != h.Timestamp || p.SSRC != h.SSRC || string(p.Payload) != string(packet[n:]) {
			t.Fatalf("%x is %+v, by the library %+v, %v", packet, p, h, err)
		}
	}
	if bares == 0 {
		t.Error("none was bare")
	}
}
