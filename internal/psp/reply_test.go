package psp

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNothingOfAReplyIsLeft: a member that comes twice, the second time shorter or
// longer, leaves nothing of the first.
func TestNothingOfAReplyIsLeft(t *testing.T) {
	const first = `{"error_message":"the code 628 is wrong","error_code":"x"}`
	for name, second := range map[string]string{
		"shorter": `{"error_message":"no"}`, "longer": `{"error_message":"the security code of the card, 628, is wrong"}`,
		"null": `{"error_message":null}`, "once": `{}`,
	} {
		t.Run(name, func(t *testing.T) {
			var r reply
			require.NoError(t, json.Unmarshal([]byte(first), &r))
			before := r.Text[:cap(r.Text)]
			require.NoError(t, json.Unmarshal([]byte(second), &r))
			after := r.Text[:cap(r.Text)]
			r.wipe()
			for _, left := range [][]byte{before, after, r.Code[:cap(r.Code)]} {
				assert.Equal(t, make([]byte, len(left)), []byte(left))
			}
		})
	}
}
