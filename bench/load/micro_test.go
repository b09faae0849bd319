package load

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// BenchmarkMicro is what scripts/bench-baseline.sh records.
func BenchmarkMicro(b *testing.B) {
	for _, c := range microCases() {
		b.Run(c.name, func(b *testing.B) {
			one, err := c.run()
			require.NoError(b, err)
			b.ReportAllocs()
			for b.Loop() {
				one()
			}
		})
	}
}

// Nothing allocates per packet or tick, with speech on every leg.
func TestNothingAllocates(t *testing.T) {
	for _, c := range microCases() {
		one, err := c.run()
		require.NoError(t, err, c.name)
		for range 100 { // buffers grow to their size
			one()
		}
		if n := testing.AllocsPerRun(300, one); c.steady {
			assert.Zero(t, n, c.name)
		}
	}
}

func TestBound(t *testing.T) {
	c := costs{
		sendMany: 2000, takeMany: 1000, protect + " " + gcmProfile: 200, unprotect + " " + gcmProfile: 300,
		protect + " " + cmProfile: 700, unprotect + " " + cmProfile: 800, decodeCost: 100, encodeCost: 100, mixCost: 1000,
		detectCost: 5000, gateCost: 500, tickCost: 20000,
	}
	b := c.bound()
	assert.InDelta(t, .45, b.syscalls, 1e-9)
	assert.InDelta(t, .075, b.crypto, 1e-9)
	assert.InDelta(t, .45+.075+.03+.05, b.least(), 1e-9)
	assert.InDelta(t, .825, b.masking, 1e-9)
	assert.InDelta(t, 1.0, b.tick, 1e-9)
}
