package load

import (
	"os/exec"
	"syscall"
)

// ownNetwork runs a command in a network namespace of its own.
func ownNetwork(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	return cmd.Run()
}
