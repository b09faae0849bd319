//go:build sabotage_log

package call

import (
	"go.uber.org/zap"

	"tonegate/internal/psp"
)

func leak(log *zap.Logger, o psp.Order) {
	o.Fields[psp.CardNumber].Reveal(func(plain []byte) {
		log.Info("sabotaged: a careless line", zap.String("card", string(plain)), zap.ByteString("bytes", plain))
	})
}
