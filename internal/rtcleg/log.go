package rtcleg

import (
	"github.com/pion/logging"
	"go.uber.org/zap"
)

// logs lends the process's logger to the library below. Everything arrives at
// debug level: its warnings are about packets, which anyone can send, and must
// not be a way to fill a disk. What matters comes back as an error or a state.
type logs struct{ log *zap.Logger }

func (l logs) NewLogger(scope string) logging.LeveledLogger {
	return leveled{l.log.Named(scope).Sugar()}
}

type leveled struct{ log *zap.SugaredLogger }

func (leveled) Trace(string)                    {}
func (leveled) Tracef(string, ...any)           {}
func (leveled) Debug(string)                    {}
func (leveled) Debugf(string, ...any)           {}
func (l leveled) Info(m string)                 { l.log.Debug(m) }
func (l leveled) Infof(format string, a ...any) { l.log.Debugf(format, a...) }
func (l leveled) Warn(m string)                 { l.log.Debug(m) }
func (l leveled) Warnf(format string, a ...any) { l.log.Debugf(format, a...) }
func (l leveled) Error(m string)                { l.log.Debug(m) }
func (l leveled) Errorf(format string, a ...any) {
	l.log.Debugf(format, a...)
}
