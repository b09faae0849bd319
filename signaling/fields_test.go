package signaling

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBothChannelsAskForTheSame: what a capture may ask for by REST reaches the
// collector; so does what a leg may ask for.
func TestBothChannelsAskForTheSame(t *testing.T) {
	const body = `{"on_demand":true,"release_on_submit":true,"max_digits":5,"mask":"mute"}`
	var rest CaptureRequest
	var message request
	require.NoError(t, json.Unmarshal([]byte(body), &rest))
	require.NoError(t, json.Unmarshal([]byte(body), &message))
	byLeg, err := message.capture()
	require.NoError(t, err)
	assert.Equal(t, rest.spec(), byLeg)
	assert.True(t, byLeg.OnDemand && byLeg.ReleaseOnSubmit)
}
