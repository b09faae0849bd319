package engine

import (
	"runtime"
	"time"

	"golang.org/x/sys/unix"
)

// sleeper sleeps to the microsecond. The runtime's own timers wait in epoll,
// whose time-outs are whole milliseconds, and wake the shard by way of a thread
// that looks for work; this one has the kernel wake the shard itself.
type sleeper struct{}

// newSleeper ties the goroutine to its thread, whose sleeps may then end on time:
// the kernel groups them within 50 µs otherwise.
func newSleeper() *sleeper {
	runtime.LockOSThread()
	_ = unix.Prctl(unix.PR_SET_TIMERSLACK, 1, 0, 0, 0)
	return &sleeper{}
}

// until sleeps until t.
func (*sleeper) until(t time.Time) {
	var now unix.Timespec
	if unix.ClockGettime(unix.CLOCK_MONOTONIC, &now) != nil {
		time.Sleep(time.Until(t))
		return
	}
	at := unix.NsecToTimespec(now.Nano() + int64(time.Until(t)))
	for unix.ClockNanosleep(unix.CLOCK_MONOTONIC, unix.TIMER_ABSTIME, &at, nil) == unix.EINTR {
	}
}
