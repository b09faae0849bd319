package load

import (
	"os/exec"
	"runtime"
	"syscall"
)

// ownNetwork runs a command in a network namespace of its own.
func ownNetwork(cmd *exec.Cmd) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET, Pdeathsig: syscall.SIGTERM}
	return cmd.Run()
}

// endWithUs ends a command's process with ours, however ours ends: a server
// under load that nobody stops would spoil the next run.
func endWithUs(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGTERM} }
