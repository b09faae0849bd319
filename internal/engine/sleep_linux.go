package engine

import (
	"os"
	"time"

	"golang.org/x/sys/unix"
)

// sleeper sleeps to some microseconds. The runtime's own timers wait in epoll,
// whose time-outs are whole milliseconds; this timer is a descriptor that epoll
// waits for, and the kernel makes it ready on time.
type sleeper struct {
	timer *os.File // nil: there is none to be had, and sleeps are less exact
	fd    int
	spec  unix.ItimerSpec
	buf   [8]byte
}

func newSleeper() *sleeper {
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return &sleeper{}
	}
	return &sleeper{timer: os.NewFile(uintptr(fd), "timer"), fd: fd}
}

// until sleeps until t.
func (s *sleeper) until(t time.Time) {
	d := time.Until(t)
	if d <= 0 {
		return
	}
	if s.timer != nil {
		s.spec.Value = unix.NsecToTimespec(int64(d))
		if unix.TimerfdSettime(s.fd, 0, &s.spec, nil) == nil {
			if _, err := s.timer.Read(s.buf[:]); err == nil {
				return
			}
		}
	}
	time.Sleep(time.Until(t))
}

func (s *sleeper) close() {
	if s.timer != nil {
		_ = s.timer.Close()
	}
}
