package delivery

import (
	"bytes"
	"errors"
	"io"
	"math"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/store"
)

func upload(n int) store.Recording {
	return store.Recording{ID: recID(n), ConferenceID: "conf_x", LegID: "leg_x", StartedAt: time.Now()}
}

// endless is what a browser sends that does not stop.
type endless struct{ read int64 }

func (e *endless) Read(b []byte) (int, error) {
	e.read += int64(len(b))
	return len(b), nil
}

// TestUploadsLeaveTheDiskFree, without any setting: a piece whose length is known
// is refused before a byte of it is here, another one when the room is used up; and
// what arrived can be gone on from once there is room again.
func TestUploadsLeaveTheDiskFree(t *testing.T) {
	b := newBench(t, t.TempDir(), nil, nil)
	b.start()
	defer b.Stop()
	free := int64(freeAtMost + 3*roomEvery)
	b.disk = func(folder string) (int64, int64, error) {
		assert.DirExists(t, folder)
		return free - b.bytes(), 1 << 40, nil
	}
	_, have, err := b.Receive(upload(1), Part{Body: new(endless), Size: 3*roomEvery + 1})
	require.ErrorIs(t, err, ErrDiskFull)
	assert.Zero(t, have)
	assert.Empty(t, b.index.all, "not half begun")

	flood := new(endless)
	_, have, err = b.Receive(upload(1), Part{Body: flood})
	require.ErrorIs(t, err, ErrDiskFull)
	assert.LessOrEqual(t, have, int64(4*roomEvery))
	assert.LessOrEqual(t, flood.read, int64(4*roomEvery))
	_, again, err := b.Receive(upload(1), Part{Offset: have, Body: flood})
	require.ErrorIs(t, err, ErrDiskFull, "every piece is asked about")
	assert.Equal(t, have, again)
	_, _, err = b.Receive(upload(2), Part{Body: flood})
	require.ErrorIs(t, err, ErrDiskFull)

	free *= 2
	_, again, err = b.Receive(upload(1), Part{Offset: have, Body: strings.NewReader("more")})
	require.NoError(t, err)
	assert.Equal(t, have+4, again)
	b.disk = func(string) (int64, int64, error) { return math.MaxInt64, 0, errors.New("nobody knows") }
	_, _, err = b.Receive(upload(1), Part{Offset: again, Body: strings.NewReader("more")})
	assert.Error(t, err, "what is not known is no room")
}

// TestUploadsKeepTheFolderWithinItsLimit, piece by piece, with a store that does not
// take anything. Without one the oldest make room, so the first piece alone is asked.
func TestUploadsKeepTheFolderWithinItsLimit(t *testing.T) {
	limit := func(c *SpoolConfig) { c.Local.MaxBytes = 2 * roomEvery }
	b := newBench(t, t.TempDir(), newFar(), limit) // not started: nothing is delivered
	_, _, err := b.Receive(upload(1), Part{Body: strings.NewReader("age"), Size: 3})
	require.NoError(t, err)
	_, _, err = b.Receive(upload(1), Part{Offset: 3, Body: new(endless), Size: 2 * roomEvery})
	require.ErrorIs(t, err, ErrSpoolFull)
	_, have, err := b.Receive(upload(1), Part{Offset: 3, Body: new(endless)})
	require.ErrorIs(t, err, ErrSpoolFull)
	assert.LessOrEqual(t, have, int64(3*roomEvery))

	b = newBench(t, t.TempDir(), nil, limit)
	_, have, err = b.Receive(upload(1), Part{Body: bytes.NewReader(make([]byte, 3*roomEvery))})
	require.NoError(t, err)
	assert.Equal(t, int64(3*roomEvery), have)
	_, _, err = b.Receive(upload(2), Part{Body: strings.NewReader("age")})
	assert.ErrorIs(t, err, ErrSpoolFull)
}

// TestUploadIsOnRecordOnceItIsWhole: not for a wrong offset, not for another hash;
// and what cannot be put on record is not taken.
func TestUploadIsOnRecordOnceItIsWhole(t *testing.T) {
	b := newBench(t, t.TempDir(), nil, func(c *SpoolConfig) {
		c.Check = func(string) error { return nil }
	})
	b.start()
	defer b.Stop()
	data := content(1)
	var full error
	var told []store.Recording
	last := func(offset int64, sum string) Part {
		return Part{Offset: offset, Body: bytes.NewReader(data[offset:]), Last: true, SHA256: sum, Record: func(r store.Recording) error {
			told = append(told, r)
			return full
		}}
	}
	_, _, err := b.Receive(upload(1), last(7, ""))
	var at *OffsetError
	require.ErrorAs(t, err, &at)
	assert.Empty(t, b.index.all, "not half begun")
	_, _, err = b.Receive(upload(1), Part{Body: bytes.NewReader(data[:100])})
	require.NoError(t, err)
	_, _, err = b.Receive(upload(1), last(7, ""))
	require.ErrorAs(t, err, &at)
	_, _, err = b.Receive(upload(1), last(100, hashOf(nil)))
	require.ErrorIs(t, err, ErrDigest)
	assert.Empty(t, told)

	_, _, err = b.Receive(upload(1), Part{Body: bytes.NewReader(data[:100])})
	require.NoError(t, err)
	full = errors.New("the record is full")
	r, have, err := b.Receive(upload(1), last(100, hashOf(data)))
	require.ErrorIs(t, err, full)
	assert.Equal(t, int64(100), have, "as if the piece had not come")
	assert.Equal(t, Uploading, r.State)
	assert.Equal(t, Uploading, b.index.get(t, r.ID).State)
	assert.Empty(t, b.ear.take())
	full, told = nil, nil
	r, _, err = b.Receive(upload(1), last(100, hashOf(data)))
	require.NoError(t, err)
	require.Len(t, told, 1)
	assert.Equal(t, hashOf(data), told[0].SHA256)
	_, _, err = b.Receive(upload(1), last(0, ""))
	require.ErrorIs(t, err, ErrComplete)
	assert.Len(t, told, 1)
	assert.FileExists(t, r.Path)
}

type stalled struct{}

func (stalled) Read([]byte) (int, error) { return 0, os.ErrDeadlineExceeded }

// TestStalledUpload lets go of the file, and says that it can go on.
func TestStalledUpload(t *testing.T) {
	b := newBench(t, t.TempDir(), nil, nil)
	b.start()
	defer b.Stop()
	r, have, err := b.Receive(upload(1), Part{Body: io.MultiReader(strings.NewReader("age"), stalled{})})
	require.ErrorIs(t, err, ErrTimeout)
	assert.Equal(t, int64(3), have)
	_, have, err = b.Receive(r, Part{Offset: 3, Body: strings.NewReader("age")})
	require.NoError(t, err)
	assert.Equal(t, int64(6), have)
	require.NoError(t, b.Delete(t.Context(), r))
}

func TestDisk(t *testing.T) {
	free, total, err := disk(t.TempDir())
	require.NoError(t, err)
	assert.Positive(t, free)
	assert.LessOrEqual(t, free, total)
	_, _, err = disk(t.TempDir() + "/none")
	assert.Error(t, err)
}
