//go:build !sabotage_log

package call

import (
	"go.uber.org/zap"

	"tonegate/internal/psp"
)

// leak does nothing. In a build that no release is it logs the card, so that
// `bench proof` sees the log's last net at work: nothing else falls into it.
func leak(*zap.Logger, psp.Order) {}
