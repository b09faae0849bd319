package call

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"tonegate/bridge"
	"tonegate/internal/card"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/internal/store"
	"tonegate/mixer/mask"
)

// TestRestartDuringACapture: what becomes of a capture, by where it stood.
func TestRestartDuringACapture(t *testing.T) {
	result := Result{Token: "tok_1", Brand: card.Visa}
	for name, tc := range map[string]struct {
		was     Capture
		state   ivr.State
		reason  ivr.Cause
		failure *Failure
	}{
		"arming":     {Capture{}, ivr.FailedState, ivr.Restarted, nil},
		"collecting": {Capture{Progress: ivr.Progress{State: ivr.Collecting}}, ivr.FailedState, ivr.Restarted, nil},
		"the provider was being asked": {Capture{Progress: ivr.Progress{State: ivr.Submitting}},
			ivr.FailedState, ivr.Restarted, &Failure{psp.Cancelled, true}},
		"the provider had answered": {Capture{Progress: ivr.Progress{State: ivr.Submitting}, Result: &result},
			ivr.Completed, ivr.NoCause, nil},
		"the provider had declined": {Capture{Progress: ivr.Progress{State: ivr.Submitting}, Failure: &Failure{psp.Declined, true}},
			ivr.FailedState, ivr.Declined, &Failure{psp.Declined, true}},
	} {
		t.Run(name, func(t *testing.T) {
			got := reviveCapture("conf_1", tc.was.kept())
			got.fail()
			assert.Equal(t, tc.state.String()+" "+tc.reason.String(), got.Progress.State.String()+" "+got.Progress.Reason.String())
			assert.Equal(t, tc.failure, got.Failure)
			assert.False(t, got.Progress.Armed)
			assert.Equal(t, tc.was.Result, got.Result)
		})
	}
}

// TestUnknownModesMute: a record that this version does not understand.
func TestUnknownModesMute(t *testing.T) {
	c := new(Service).revive(store.Conference{Mode: "whisper", Legs: []store.Leg{{Role: "listener", State: LegConnected, Joined: true}}})
	assert.Equal(t, mask.Mute, c.Mode)
	assert.Equal(t, LegLeft, c.legs[0].State, "a role that is not known does not come back")
}

// TestRestartDuringATransfer: wherever the agent was on the way to, it is outside;
// so it is if the record says something that this version does not understand.
func TestRestartDuringATransfer(t *testing.T) {
	for kept, want := range map[string]bridge.Transfer{
		"": bridge.Together, "parking": bridge.Parking, "with_ivr": bridge.WithIVR, "returning": bridge.Returning, "whispering": bridge.WithIVR,
	} {
		c := new(Service).revive(store.Conference{Transfer: kept, AwaitsAgent: true, Legs: []store.Leg{{Role: "agent", OnHold: true}}})
		assert.Equal(t, want, c.Transfer, kept)
		assert.Equal(t, kept == "whispering", c.kept().Transfer != kept)
		assert.True(t, c.kept().AwaitsAgent && c.kept().Legs[0].OnHold)
	}
}
