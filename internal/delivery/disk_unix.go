//go:build linux || darwin

package delivery

import (
	"math"

	"golang.org/x/sys/unix"
)

// disk says how many bytes are free on a folder's disk for this process, and how
// many it has.
func disk(folder string) (free, total int64, err error) {
	var st unix.Statfs_t
	if err := unix.Statfs(folder, &st); err != nil {
		return 0, 0, err
	}
	block := uint64(st.Bsize)
	bytes := func(blocks uint64) int64 { return int64(min(blocks*block, math.MaxInt64)) }
	return bytes(st.Bavail), bytes(st.Blocks), nil
}
