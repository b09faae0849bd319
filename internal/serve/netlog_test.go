package serve

import (
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"
	"go.uber.org/zap/zapcore"
	"go.uber.org/zap/zaptest/observer"
)

// TestTheLogHasItsLastNet: what slips into the server's log is replaced, and the
// metric counts it.
func TestTheLogHasItsLastNet(t *testing.T) {
	core, logged := observer.New(zapcore.DebugLevel)
	s := &server{log: zap.New(core), reg: prometheus.NewRegistry()}
	s.netLog()
	s.log.Named("x").With(zap.Int64("a", 4242424242424242)).Warn("peer says 4242 4242 4242 4242")
	require.Equal(t, 1, logged.Len())
	e := logged.All()[0]
	assert.Equal(t, "peer says [redacted]", e.Message)
	assert.Equal(t, map[string]any{"a": "[redacted]"}, e.ContextMap())
	families, err := s.reg.Gather()
	require.NoError(t, err)
	require.Len(t, families, 1)
	assert.Equal(t, "tonegate_log_redactions_total", families[0].GetName())
	assert.EqualValues(t, 2, families[0].GetMetric()[0].GetCounter().GetValue())
}
