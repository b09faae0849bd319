package recording

import (
	"io/fs"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNotBegunIsCounted: a recording that cannot even begin, for want of room or of
// a folder, is a failure as well.
func TestNotBegunIsCounted(t *testing.T) {
	reg := prometheus.NewRegistry()
	o, _ := options(t, key(t))
	o.Metrics = NewMetrics(reg)
	_, err := begin(o, &slow{fail: syscall.ENOSPC})
	require.ErrorIs(t, err, syscall.ENOSPC)
	o.Folder = filepath.Join("/dev/null", "x")
	_, err = New(o)
	var at *fs.PathError
	require.ErrorAs(t, err, &at)
	assert.Equal(t, map[string]float64{"tonegate_recording_failures_total": 2, "tonegate_recordings_active": 0}, counted(t, reg))
}

func counted(t *testing.T, reg *prometheus.Registry) map[string]float64 {
	all, err := reg.Gather()
	require.NoError(t, err)
	out := map[string]float64{}
	for _, f := range all {
		switch m := f.GetMetric()[0]; f.GetName() {
		case "tonegate_recording_failures_total":
			out[f.GetName()] = m.GetCounter().GetValue()
		case "tonegate_recordings_active":
			out[f.GetName()] = m.GetGauge().GetValue()
		}
	}
	return out
}
