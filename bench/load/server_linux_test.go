package load

import (
	"os/exec"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSpawn(t *testing.T) {
	p, found, err := spawn(t.Context(), exec.Command("sh", "-c", "echo ready at 7; exec sleep 60"), regexp.MustCompile(`at (\d)`))
	require.NoError(t, err)
	assert.Equal(t, "7", found[1])
	require.NoError(t, p.end())
	_, _, err = spawn(t.Context(), exec.Command("sh", "-c", "echo no, thank you"), regexp.MustCompile(`at (\d)`))
	require.ErrorIs(t, err, errEnded)
	assert.ErrorContains(t, err, "no, thank you")
	_, _, err = spawn(t.Context(), exec.Command("/nowhere"), regexp.MustCompile(`.`))
	assert.Error(t, err)
}
