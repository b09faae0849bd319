package load

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
)

// Packets are held for up to the jitter, in order, and none is lost.
func TestNetwork(t *testing.T) {
	w := newNetwork(30*time.Millisecond, 1)
	l := new(leg)
	var sent, came []int64
	longest := int64(0)
	arrive := func(step int64, packet []byte) {
		longest = max(longest, step-int64(packet[0])*phases)
		came = append(came, int64(packet[0]))
	}
	for step := range int64(200 * phases) {
		w.release(step, func(_ *leg, packet []byte) { arrive(step, packet) })
		if n := step / phases; step%phases == 0 && n < 190 {
			sent = append(sent, n)
			if p := []byte{byte(n)}; !w.hold(l, p, step) {
				arrive(step, p)
			}
		}
	}
	assert.Equal(t, sent, came)
	assert.LessOrEqual(t, longest, int64(30))
	assert.GreaterOrEqual(t, longest, int64(25))
	var none network
	assert.False(t, none.hold(l, []byte{1}, 0))
}
