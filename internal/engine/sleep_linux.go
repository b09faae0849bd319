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
	timer  *os.File // nil: there is none to be had, and sleeps are less exact
	conn   syscall.RawConn
	fd     int
	spec   unix.ItimerSpec
	set    bool
	failed error // to set it
	over   func(uintptr) bool
	now    func() time.Time
}

func newSleeper() *sleeper {
	s := &sleeper{now: time.Now}
	fd, err := unix.TimerfdCreate(unix.CLOCK_MONOTONIC, unix.TFD_NONBLOCK|unix.TFD_CLOEXEC)
	if err != nil {
		return s
	}
	s.timer, s.fd = os.NewFile(uintptr(fd), "timer"), fd
	s.over = s.setOrOver
	if s.conn, err = s.timer.SyscallConn(); err != nil {
		s.close()
		s.timer = nil
	}
	return s
}

// until sleeps until t. The timer tells once that it is ready, so whatever woke it
// up, it is set anew while it is early by the clock that t is on: the kernel's may
// be ahead.
func (s *sleeper) until(t time.Time) {
	for d := t.Sub(s.now()); d > 0; d = t.Sub(s.now()) {
		if s.timer == nil || s.wait(d) != nil {
			time.Sleep(d)
		}
	}
}

func (s *sleeper) wait(d time.Duration) error {
	s.spec.Value, s.set = unix.NsecToTimespec(int64(d)), false
	if err := s.conn.Read(s.over); err != nil {
		return err
	}
	return s.failed
}

// setOrOver is asked before epoll waits, and after. The first time it sets the
// timer: what was told of it before is forgotten by then, and what comes later is
// not, however soon.
func (s *sleeper) setOrOver(uintptr) (over bool) {
	if s.set {
		return true
	}
	s.set = true
	s.failed = unix.TimerfdSettime(s.fd, 0, &s.spec, nil)
	return s.failed != nil
}

func (s *sleeper) close() {
	if s.timer != nil {
		_ = s.timer.Close()
	}
}
