package engine

import (
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// sleeper sleeps to some microseconds. The runtime's own timers wait in epoll,
// whose time-outs are whole milliseconds; this timer is a descriptor that epoll
// waits for, and the kernel makes it ready on time.
//
// The timer is never read: setting it again takes back that it was ready. So a
// shard that wakes up makes no system call that the runtime is told of, each of
// which would wake its monitor thread, to look for work every 20 µs for some
// milliseconds.
type sleeper struct {
	timer *os.File // nil: there is none to be had, and sleeps are less exact
	conn  syscall.RawConn
	fd    int
	spec  unix.ItimerSpec
	end   time.Time
	over  func(uintptr) bool // asked before epoll waits, and after
}

func newSleeper() *sleeper {
	s := new(sleeper)
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return s
	}
	s.timer, s.fd = os.NewFile(uintptr(fd), "timer"), fd
	s.over = func(uintptr) bool { return time.Until(s.end) <= 0 }
	if s.conn, err = s.timer.SyscallConn(); err != nil {
		s.close()
		s.timer = nil
	}
	return s
}

// until sleeps until t.
func (s *sleeper) until(t time.Time) {
	d := time.Until(t)
	if d <= 0 {
		return
	}
	if s.timer != nil {
		s.spec.Value, s.end = unix.NsecToTimespec(int64(d)), t
		if unix.TimerfdSettime(s.fd, 0, &s.spec, nil) == nil && s.conn.Read(s.over) == nil {
			return
		}
	}
	time.Sleep(time.Until(t))
}

func (s *sleeper) close() {
	if s.timer != nil {
		_ = s.timer.Close()
	}
}
