package audit

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// disk is a file in memory that fails when it is told to.
type disk struct {
	bytes.Buffer
	write, sync, truncate error
}

func (d *disk) Write(p []byte) (int, error) {
	if d.write != nil {
		n, _ := d.Buffer.Write(p[:len(p)/2])
		return n, d.write
	}
	return d.Buffer.Write(p)
}
func (d *disk) Sync() error  { return d.sync }
func (d *disk) Close() error { return nil }
func (d *disk) ReadAt(p []byte, at int64) (int, error) {
	return bytes.NewReader(d.Bytes()).ReadAt(p, at)
}
func (d *disk) Truncate(n int64) error {
	if d.truncate == nil {
		d.Buffer.Truncate(int(n))
	}
	return d.truncate
}

// TestFullDisk: what was not recorded whole is not recorded at all, and the
// record goes on when the disk is well again.
func TestFullDisk(t *testing.T) {
	full := errors.New("no space left on device")
	cfg := Config{Path: "-", Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)), OnCheckpoint: func(Checkpoint) {}}
	require.NoError(t, cfg.Validate())
	d := &disk{}
	l := &Log{cfg: cfg, file: d}
	act := func() error { _, err := l.Append(Entry{Action: CaptureStarted, Actor: BySystem}); return err }
	require.NoError(t, act())
	d.write = full
	require.ErrorIs(t, act(), full)
	d.write, d.sync = nil, full
	require.ErrorIs(t, act(), full)
	d.sync = nil
	require.NoError(t, act())
	lines, err := Verify(bytes.NewReader(d.Bytes()), nil, nil)
	require.NoError(t, err)
	assert.EqualValues(t, 2, lines)

	d.write, d.truncate = full, full
	require.ErrorIs(t, act(), full)
	d.write, d.truncate = nil, nil
	require.ErrorIs(t, act(), ErrBroken, "half a line is in the file")
	_, err = l.Checkpoint()
	require.ErrorIs(t, err, ErrBroken)
	require.NoError(t, l.Close())
}
