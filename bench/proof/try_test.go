package proof

import (
	"math/rand/v2"
	"testing"
	"time"

	"tonegate/internal/pspstub"
	"tonegate/internal/securemem"
	"tonegate/internal/softphone"
)

func TestTry(t *testing.T) {
	prog, err := build(t.Context(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	for _, level := range []securemem.Level{securemem.MemfdSecret, securemem.None} {
		s, err := start(t.Context(), prog, t.TempDir()+"/s", level, pspstub.OK)
		if err != nil {
			t.Fatal(err)
		}
		rng := rand.New(rand.NewPCG(1, uint64(time.Now().UnixNano())))
		for _, tr := range []softphone.Transport{softphone.Event, softphone.InBand} {
			p, err := s.pay(t.Context(), newPlastic(rng), tr, true)
			if err != nil {
				t.Fatal(err)
			}
			n := newNeedle(p.card.number)
			for name, d := range map[string]*dump{"during": p.during, "after": p.after} {
				var hits []hit
				var tones []strain
				at := time.Now()
				for _, q := range d.parts {
					hits = append(hits, n.find(q.bytes)...)
				}
				took1 := time.Since(at)
				at = time.Now()
				for _, q := range d.parts {
					tones = append(tones, findTones(q.bytes)...)
				}
				took := time.Since(at)
				t.Log(level, nameOf(tr), p.state, p.arrived, name, d.size, d.secret, d.lost, tally(hits), len(tones), took1, took)
				for i, x := range tones {
					if i < 30 {
						t.Log(x.coding, string(x.key), x.at)
					}
				}
			}
			if level == securemem.None && tr == softphone.Event {
				for _, m := range p.agent {
					t.Log(m)
				}
				for _, m := range append(p.answers, p.audit...) {
					t.Log(m)
				}
			}
		}
		if err := s.stop(); err != nil {
			t.Fatal(err)
		}
	}
}
