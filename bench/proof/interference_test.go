package proof

import (
	"context"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/softphone"
	"tonegate/mixer/mask"
)

// TestTwoCardsLookAlike is a small part of what `make proof` does.
func TestTwoCardsLookAlike(t *testing.T) {
	for _, mode := range []mask.Mode{mask.Field, mask.Strip} {
		checks, err := compare(1, 1, mode, softphone.InBand, "noise", murmur(1, 900))
		require.NoError(t, err)
		require.NotEmpty(t, checks)
		for _, c := range checks {
			assert.True(t, c.Passed, "%s: %v", c.Name, c.Faults)
			assert.Equal(t, 1, c.Tried)
		}
	}
}

// TestComparisonSeesEverything: a difference of one sample, level or word is one.
func TestComparisonSeesEverything(t *testing.T) {
	base := artefacts{agent: []int16{1, 2}, supervisor: []int16{1, 2}, recording: []byte("1"), levels: []byte("1"), progress: []byte("1")}
	assert.Empty(t, differences(&base, &base))
	for name, change := range map[string]func(*artefacts){
		"agent audio":      func(a *artefacts) { a.agent = []int16{1, 3} },
		"supervisor audio": func(a *artefacts) { a.supervisor = []int16{1} },
		"recording":        func(a *artefacts) { a.recording = []byte("2") },
		"levels":           func(a *artefacts) { a.levels = nil },
		"progress":         func(a *artefacts) { a.progress = []byte("2") },
	} {
		other := base
		change(&other)
		assert.Equal(t, []string{name}, differences(&base, &other))
		assert.Empty(t, differences(&base, &other, name))
	}
}

// TestCallsThatFailProveNothing: two calls in which no card was taken are alike.
func TestCallsThatFailProveNothing(t *testing.T) {
	var c Check
	c.pair(&artefacts{}, &artefacts{}, nil)
	assert.False(t, c.done().Passed)
	var none Check
	assert.False(t, none.done().Passed, "what was never tried")
}

func TestSearchFindsWhatIsPlanted(t *testing.T) {
	c := calibrate(1)
	assert.True(t, c.Passed, c.Faults)
	assert.Greater(t, c.Tried, 2*maxStride)
}

func TestRealCallsMayDifferInLittle(t *testing.T) {
	call := func(leg, entered, state string) said {
		id := leg + strings.Repeat("0", 20)
		return said{texts: []string{
			`{"type":"joined","leg_id":"leg_` + id + `","resume":"` + leg + `"}`,
			`{"type":"level","levels":[{"leg_id":"leg_` + id + `","dbm0":-` + entered + `}]}`,
			`{"type":"capture_progress","fields":[{"name":"card_number","state":"entering","digits_entered":` + entered + `,"masked":"•"}]}`,
			`{"type":"capture_progress","fields":[{"name":"card_number","state":"entering","digits_entered":9,"masked":"•••"}]}`,
			`{"type":"capture_progress","fields":[{"name":"card_number","state":"` + state + `","digits_entered":16}]}`,
		}}
	}
	d, err := firstDifference(call("a", "3", "valid"), call("b", "5", "valid"))
	require.NoError(t, err)
	assert.Empty(t, d)
	d, err = firstDifference(call("a", "3", "valid"), call("b", "5", "rejected"))
	require.NoError(t, err)
	assert.Contains(t, d, "rejected")
	short := call("a", "3", "valid")
	short.texts = short.texts[:4]
	d, err = firstDifference(call("a", "3", "valid"), short)
	require.NoError(t, err)
	assert.Contains(t, d, "only the first")
	_, err = firstDifference(said{texts: []string{"nonsense"}}, said{})
	require.Error(t, err)

	// Who connects first is the network's choice; who does what is not.
	events := func(customer, agent, actor string) said {
		id := strings.Repeat("0", 20)
		return said{[]string{
			`{"type":"leg.joined","id":"evt_c` + id + `","sequence":` + customer + `,"data":{"leg_id":"leg_c` + id + `"}}`,
			`{"type":"leg.joined","id":"evt_a` + id + `","sequence":` + agent + `,"data":{"leg_id":"leg_a` + id + `"}}`,
			`{"type":"talk","leg_id":"leg_` + actor + id + `"}`,
		}, map[string]string{"leg_c" + id: "leg_customer", "leg_a" + id: "leg_agent"}}
	}
	d, err = firstDifference(events("2", "3", "a"), events("3", "2", "a"))
	require.NoError(t, err)
	assert.Empty(t, d)
	d, err = firstDifference(events("2", "3", "a"), events("2", "3", "c"))
	require.NoError(t, err)
	assert.Contains(t, d, "leg_customer")
}

// TestUnreadableMemoryIsAnError, with what to do about it.
func TestUnreadableMemoryIsAnError(t *testing.T) {
	_, err := readMemory(1 << 30)
	require.ErrorIs(t, err, ErrUnreadable)
	assert.Contains(t, err.Error(), "as root")
}

// TestSabotageMustBeNoticedByItsCheck: red for another reason does not count.
func TestSabotageMustBeNoticedByItsCheck(t *testing.T) {
	c := Command{Sabotage: "wipe"}
	noticed := c.verdict(&Result{Checks: []Check{{Name: "none: " + sabotages["wipe"].want}}})
	require.ErrorIs(t, noticed, ErrRed)
	assert.Contains(t, noticed.Error(), "was noticed")
	for _, r := range []Result{{}, {Checks: []Check{{Name: "another"}}}, {Checks: []Check{{Name: sabotages["wipe"].want, Passed: true}}}} {
		err := c.verdict(&r)
		require.ErrorIs(t, err, ErrRed)
		assert.Contains(t, err.Error(), "NOT noticed")
	}
	c.Sabotage = ""
	require.NoError(t, c.verdict(&Result{Checks: []Check{{Passed: true}}}))
	require.ErrorIs(t, c.verdict(&Result{Checks: []Check{{}}}), ErrRed)
}

func TestBadFlagsAreRefused(t *testing.T) {
	for _, c := range []Command{{}, {Runs: 1, Pairs: 1, Timings: 7}, {Runs: 1, Pairs: 0, Timings: 8}} {
		require.ErrorContains(t, c.Run(context.Background(), nil, nil), "want 1 or more")
	}
}
