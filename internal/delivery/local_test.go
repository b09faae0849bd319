package delivery

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/store"
)

// fullDisk opens files that take so many bytes more, all together.
type fullDisk struct {
	mu   sync.Mutex
	room int
}

func (d *fullDisk) set(room int) (left int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	left, d.room = d.room, room
	return left
}

func (d *fullDisk) open(name string, flag int) (file, error) {
	f, err := os.OpenFile(name, flag, 0o600)
	return &fullFile{f, d}, err
}

type fullFile struct {
	*os.File
	disk *fullDisk
}

func (f *fullFile) Write(b []byte) (int, error) {
	f.disk.mu.Lock()
	n := min(len(b), f.disk.room)
	f.disk.room -= n
	f.disk.mu.Unlock()
	n, err := f.File.Write(b[:n])
	if err == nil && n < len(b) {
		err = &fs.PathError{Op: "write", Path: f.Name(), Err: syscall.ENOSPC}
	}
	return n, err
}

func (f *fullFile) ReadFrom(r io.Reader) (int64, error) { return io.Copy(struct{ io.Writer }{f}, r) }

func TestFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		disk := &fullDisk{room: 1000}
		there := filepath.Join(t.TempDir(), "share")
		b := newBench(t, t.TempDir(), &folder{path: there, open: disk.open}, nil)
		r := b.recorded(1)
		b.start()
		time.Sleep(time.Minute)
		synctest.Wait()
		assert.Equal(t, []string{"late 1 store_full", "trouble store_full"}, b.ear.take())
		assert.FileExists(t, r.Path)
		assert.NoFileExists(t, filepath.Join(there, r.ID+".age"), "the name stands for the whole file")
		disk.set(1 << 20)
		time.Sleep(lastPause)
		synctest.Wait()
		b.Stop()
		assert.Equal(t, []string{"ready 1 ready", "trouble "}, b.ear.take())
		data, err := os.ReadFile(filepath.Join(there, r.ID+".age"))
		require.NoError(t, err)
		assert.Equal(t, content(1), data)
		assert.NoFileExists(t, r.Path)
		assert.Equal(t, 1<<20-(len(data)-1000), disk.set(0), "what was there was not written again")

		f, err := b.Open(t.Context(), r)
		require.NoError(t, err)
		defer f.Close()
		data, err = io.ReadAll(f)
		require.NoError(t, err)
		assert.Equal(t, content(1), data)
	})
}

// TestFolderLies: a part that was spoilt is found by reading it again.
func TestFolderLies(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		there := t.TempDir()
		b := newBench(t, t.TempDir(), &folder{path: there, open: openFile}, nil)
		r := b.recorded(1)
		require.NoError(t, os.WriteFile(filepath.Join(there, r.ID+".age.part"), []byte("spoilt"), 0o600))
		require.NoError(t, os.WriteFile(filepath.Join(there, r.ID+".age"), []byte("spoilt, too"), 0o600))
		b.start()
		synctest.Wait()
		assert.Equal(t, []string{"late 1 store_mismatch", "trouble store_mismatch"}, b.ear.take())
		assert.FileExists(t, r.Path)
		time.Sleep(time.Minute)
		synctest.Wait()
		b.Stop()
		assert.Equal(t, []string{"ready 1 ready", "trouble "}, b.ear.take())
		data, err := os.ReadFile(filepath.Join(there, r.ID+".age"))
		require.NoError(t, err)
		assert.Equal(t, content(1), data)
	})
}

func TestReceive(t *testing.T) {
	b := newBench(t, t.TempDir(), nil, func(c *SpoolConfig) {
		c.Check = func(path string) error {
			if data, _ := os.ReadFile(path); !bytes.HasPrefix(data, []byte("sealed")) {
				return errors.New("it is not")
			}
			return nil
		}
	})
	b.start()
	defer b.Stop()
	r := store.Recording{ID: recID(1), ConferenceID: "conf_x", StartedAt: time.Now()}
	data := content(1)
	broken := io.MultiReader(bytes.NewReader(data[:100]), errReader{})
	_, have, err := b.Receive(r, Part{Body: broken, Last: true})
	assert.ErrorIs(t, err, io.ErrUnexpectedEOF)
	assert.Equal(t, int64(100), have)
	r = b.index.get(t, r.ID)
	assert.Equal(t, Uploading, r.State)
	assert.Equal(t, int64(100), b.Received(r))
	var at *OffsetError
	_, _, err = b.Receive(r, Part{Body: bytes.NewReader(data), Last: true})
	require.ErrorAs(t, err, &at)
	assert.Equal(t, int64(100), at.Have)
	_, have, err = b.Receive(r, Part{Offset: 100, Body: bytes.NewReader(data[100:200])})
	require.NoError(t, err)
	assert.Equal(t, int64(200), have)

	disk := &fullDisk{room: 50}
	b.Spool.open = disk.open
	_, have, err = b.Receive(r, Part{Offset: 200, Body: bytes.NewReader(data[200:]), Last: true})
	assert.ErrorIs(t, err, syscall.ENOSPC)
	assert.Equal(t, int64(250), have)
	b.Spool.open = openFile
	_, _, err = b.Receive(r, Part{Offset: 250, Body: bytes.NewReader(data[250:]), Last: true, SHA256: hashOf(nil)})
	assert.ErrorIs(t, err, ErrDigest)
	assert.Zero(t, b.Received(r), "begun anew")
	_, _, err = b.Receive(r, Part{Body: strings.NewReader("RIFF a WAV in the clear"), Last: true})
	assert.ErrorIs(t, err, ErrSealed)
	files, err := os.ReadDir(b.folder)
	require.NoError(t, err)
	assert.Empty(t, files, "nothing that is not sealed stays on the disk")
	out, _, err := b.Receive(r, Part{Body: bytes.NewReader(data), Last: true, SHA256: hashOf(data)})
	require.NoError(t, err)
	assert.Equal(t, fmt.Sprint(Ready, len(data), hashOf(data)), fmt.Sprint(out.State, out.Size, out.SHA256))
	assert.Equal(t, []string{"ready 1 ready"}, b.ear.take())
	_, _, err = b.Receive(r, Part{Body: bytes.NewReader(data), Last: true})
	assert.ErrorIs(t, err, ErrComplete)
}

// TestAnotherFolder: after a restart with another folder, files that were written to
// the old one are read, received on, delivered and deleted there.
func TestAnotherFolder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := newFar()
		b := newBench(t, t.TempDir(), nil, nil)
		b.start()
		kept, goes := b.recorded(1), b.recorded(2)
		up, _, err := b.Receive(store.Recording{ID: recID(3), StartedAt: time.Now()}, Part{Body: bytes.NewReader(content(3)[:100])})
		require.NoError(t, err)
		lost, _, err := b.Receive(store.Recording{ID: recID(4), StartedAt: time.Now()}, Part{Body: bytes.NewReader(content(4)[:100])})
		require.NoError(t, err)
		waits := b.written(5, content(5))
		waits.State, waits.Delivery.State = Delivering, Waiting
		require.NoError(t, b.index.KeepRecording(waits))
		b.Stop()

		old := b.folder
		b.folder = t.TempDir()
		b = b.again(f)
		f.put = func(context.Context, int, *Item, Source) (Confirmation, error) {
			return Confirmation{}, failed(Down, "")
		}
		b.start()
		synctest.Wait()
		for _, r := range []store.Recording{kept, waits} {
			in, err := b.Open(t.Context(), r)
			require.NoError(t, err, r.ID)
			data, err := io.ReadAll(in)
			require.NoError(t, errors.Join(err, in.Close()))
			assert.Equal(t, r.SHA256, hashOf(data))
		}
		require.NoError(t, b.Delete(t.Context(), goes))
		assert.NoFileExists(t, goes.Path)
		assert.Equal(t, int64(100), b.Received(up))
		up, _, err = b.Receive(up, Part{Offset: 100, Body: bytes.NewReader(content(3)[100:]), Last: true, SHA256: hashOf(content(3))})
		require.NoError(t, err)
		require.NoError(t, b.Delete(t.Context(), lost))
		f.mu.Lock()
		f.put = nil
		f.mu.Unlock()
		time.Sleep(lastPause)
		synctest.Wait()
		b.Stop()
		assert.Equal(t, content(3), f.held[recID(3)])
		assert.Equal(t, content(5), f.held[recID(5)])
		left, err := os.ReadDir(old)
		require.NoError(t, err)
		require.Len(t, left, 1, "%v", left)
		assert.Equal(t, filepath.Base(kept.Path), left[0].Name())
	})
}

type errReader struct{}

func (errReader) Read([]byte) (int, error) { return 0, io.ErrUnexpectedEOF }

// TestConfigFaults: every fault is named, and no secret.
func TestConfigFaults(t *testing.T) {
	dir := t.TempDir()
	secret := filepath.Join(dir, "secret")
	require.NoError(t, os.WriteFile(secret, []byte("two\nlines"), 0o600))
	for name, c := range map[string]struct {
		cfg  Config
		want []string
	}{
		"kind":   {Config{Kind: "ftp"}, []string{`kind "ftp"`}},
		"no s3":  {Config{Kind: KindS3}, []string{"url is missing", "bucket is missing", "access_key and secret_key_file are missing"}},
		"bad s3": {Config{Kind: KindS3, URL: "http://s3.example/path", Bucket: "B", Prefix: "/x", AccessKey: "k", SecretKeyFile: secret, Verify: "no", Path: "p", CAFile: dir + "/none", ClientKeyFile: "k"}, []string{"path does not belong", "has scheme http", "url has a path", "bucket", "prefix", "verify", "secret_key_file", "ca_file", "go together"}},
		"https":  {Config{Kind: KindHTTPS, URL: "https://u:p@host/", Bucket: "b", AuthorizationFile: dir + "/none", Keep: Retention{MaxAge: 1, MaxBytes: -1}}, []string{"user or a fragment", "bucket does not belong", "authorization_file", "max_age", "max_bytes"}},
		"folder": {Config{Kind: KindFolder, Path: dir, URL: "https://x"}, []string{"nothing else", "leave recording-store out"}},
		"a file": {Config{Kind: KindFolder, Path: secret}, []string{"is not a folder"}},
		"plain":  {Config{Kind: KindHTTPS, URL: "http://192.0.2.1/", PlainLoopback: true}, []string{"beyond loopback"}},
	} {
		err := c.cfg.Validate(dir)
		require.ErrorIs(t, err, ErrConfig, name)
		for _, w := range c.want {
			assert.ErrorContains(t, err, w, name)
		}
		assert.NotContains(t, err.Error(), "lines")
		assert.Len(t, strings.Split(err.Error(), "\n"), len(c.want), "%s: %v", name, err)
	}
	s, err := (&Config{}).Open(dir)
	assert.NoError(t, err)
	assert.Nil(t, s)
}
