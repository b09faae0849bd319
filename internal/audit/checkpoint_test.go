package audit_test

import (
	"encoding/json"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audit"
)

func TestCheckpointsAsText(t *testing.T) {
	d := newDesk(t)
	d.record(t)
	text, err := json.Marshal(d.last())
	require.NoError(t, err)
	c, err := audit.ParseCheckpoint(text)
	require.NoError(t, err)
	require.NoError(t, c.Verify(public))
	again, err := audit.ParseCheckpoint([]byte(d.last().Line() + "\n"))
	require.NoError(t, err)
	assert.Equal(t, c, again)
	for _, bad := range []string{"", "{}", "[]", `{"head":"00"}`, `{"count":-1}`} {
		_, err := audit.ParseCheckpoint([]byte(bad))
		require.ErrorIs(t, err, audit.ErrCheckpoint, bad)
	}
}

// TestCheckpointsLeave: after so many lines, and so long after a line.
func TestCheckpointsLeave(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDesk(t)
		d.cfg.Every, d.cfg.Delay = 3, time.Minute
		l := d.open(t)
		write := func() {
			_, err := l.Append(byAgent(audit.TalkPressed, ""))
			require.NoError(t, err)
		}
		write()
		assert.Empty(t, d.left())
		write()
		require.Len(t, d.left(), 1)
		assert.EqualValues(t, 3, d.last().Count)
		write()
		time.Sleep(59 * time.Second)
		synctest.Wait()
		require.Len(t, d.left(), 1)
		time.Sleep(time.Second)
		synctest.Wait()
		require.Len(t, d.left(), 2)
		assert.EqualValues(t, 4, d.last().Count)
		time.Sleep(time.Hour)
		synctest.Wait()
		require.Len(t, d.left(), 2, "nothing new")
		write()
		require.NoError(t, l.Close())
		assert.EqualValues(t, 5, d.last().Count)
	})
}
