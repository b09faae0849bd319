package call

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/ivr"
	"tonegate/mixer/mask"
)

// TestWaitingCustomer: the announcement, music, and the announcement again, until
// the agent is there. The IVR hears nothing of it.
func TestWaitingCustomer(t *testing.T) {
	c := bridge.New(bridge.Config{Policy: mask.Policy{Mode: mask.Strip}})
	for _, r := range []bridge.Role{bridge.Customer, bridge.IVR} {
		_, err := c.Join(bridge.LegSpec{Role: r})
		require.NoError(t, err)
	}
	const length = 50
	prompt := make([]int16, length*audio.FrameSamples)
	for i := range prompt {
		prompt[i] = 9000
	}
	p := &script{session: ivr.New(ivr.Config{Arena: dtmf.NewArena(make([]byte, 1<<10))}), prompt: prompt}
	var out bridge.Output
	now := time.Unix(1_000_000, 0)
	hears := func() (announced, music bool) {
		now = now.Add(audio.FrameDuration)
		p.Tick(now, c, &out)
		c.Tick(now, &out)
		heard := out.Customer.Samples()
		ivrHears := out.IVR.Samples()
		assert.Less(t, audio.LevelDBm0(ivrHears[:]), -50.0)
		level := audio.LevelDBm0(heard[:])
		// Beside it is comfort noise, of an IVR that sends nothing.
		return heard[0] > 8800, level > -45 && level < -12
	}
	for range 10 {
		announced, music := hears()
		assert.False(t, announced || music)
	}
	p.await(c, true)
	pause := int(promptPause / audio.FrameDuration)
	for n := range 2 * (length + pause) {
		announced, music := hears()
		want := n%(length+pause) < length
		require.Equal(t, want, announced, "tick %d", n)
		// Its notes begin softly.
		require.True(t, want || music || n%25 < 3, "tick %d has no music", n)
	}
	p.await(c, false)
	for range 10 {
		announced, music := hears()
		assert.False(t, announced || music)
	}
}

// TestScriptNeeds: what is fetched ahead is two small places. Fields that change places
// would make one nothing, or all that lies between them.
func TestScriptNeeds(t *testing.T) {
	p := &script{session: new(ivr.Session)}
	needs := p.Needs()
	if len(needs) != 2 { // as many as engine.TestNeedsFit knows
		t.Errorf("%d places", len(needs))
	}
	for i, n := range needs {
		if n.Size() == 0 || n.Size() > 256 {
			t.Errorf("place %d has %d bytes", i, n.Size())
		}
	}
}
