package store_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/store"
)

var epoch = time.Unix(1_700_000_000, 0)

func open(t *testing.T, folder string) *store.Store {
	t.Helper()
	s, err := store.Open(folder)
	require.NoError(t, err)
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestEverythingOutlivesARestart(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a", "b")
	s := open(t, folder)
	n, err := s.KeyCount()
	require.NoError(t, err)
	assert.Zero(t, n)
	require.NoError(t, s.AddKey([32]byte{1}, epoch))
	require.NoError(t, s.AddKey([32]byte{1}, epoch), "twice is once")
	require.NoError(t, s.SetMeta("seed", []byte("value")))
	first, err := s.Use("jti", epoch.Add(time.Minute), epoch)
	require.NoError(t, err)
	assert.True(t, first)
	require.NoError(t, s.Close())

	s = open(t, folder)
	n, err = s.KeyCount()
	require.NoError(t, err)
	assert.Equal(t, 1, n)
	for hash, want := range map[[32]byte]bool{{1}: true, {2}: false, {}: false} {
		has, err := s.HasKey(hash)
		require.NoError(t, err)
		assert.Equal(t, want, has)
	}
	v, err := s.Meta("seed")
	require.NoError(t, err)
	assert.Equal(t, "value", string(v))
	v, err = s.Meta("other")
	require.NoError(t, err)
	assert.Nil(t, v)
	first, err = s.Use("jti", epoch.Add(time.Minute), epoch)
	require.NoError(t, err)
	assert.False(t, first)
}

func TestUsedTokensAreForgottenAfterTheyExpire(t *testing.T) {
	s := open(t, t.TempDir())
	use := func(id string, expires, now time.Time) bool {
		first, err := s.Use(id, expires, now)
		require.NoError(t, err)
		return first
	}
	for _, id := range []string{"a", "b", "c", "d"} {
		assert.True(t, use(id, epoch.Add(time.Minute), epoch))
	}
	assert.True(t, use("long", epoch.Add(time.Hour), epoch))
	assert.False(t, use("a", epoch.Add(time.Minute), epoch.Add(time.Minute)), "not before")
	assert.True(t, use("later", epoch.Add(time.Hour), epoch.Add(time.Minute+time.Second)))
	for _, id := range []string{"a", "b", "c", "d"} { // all of them, not every other
		assert.True(t, use(id, epoch.Add(time.Minute), epoch.Add(time.Second)), id)
	}
	assert.False(t, use("long", epoch.Add(time.Hour), epoch))
}

func TestFilesAreForTheOwnerOnly(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "data")
	open(t, folder)
	for name, want := range map[string]os.FileMode{"": 0o700, "tonegate.db": 0o600} {
		st, err := os.Stat(filepath.Join(folder, name))
		require.NoError(t, err)
		assert.Equal(t, want, st.Mode().Perm(), name)
	}
}

func TestOpenFails(t *testing.T) {
	folder := t.TempDir()
	open(t, folder)
	_, err := store.Open(folder)
	require.ErrorIs(t, err, store.ErrLocked)
	assert.ErrorContains(t, err, folder)
	_, err = store.Open(filepath.Join(folder, "tonegate.db", "x"))
	require.ErrorContains(t, err, "--data")
	broken := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(broken, "tonegate.db"), []byte("something else altogether"), 0o600))
	_, err = store.Open(broken)
	assert.ErrorContains(t, err, "--data")
}

func TestConferencesOutliveARestart(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	c := store.Conference{
		ID: "conf_1", State: "active", Mode: "strip", Metadata: map[string]string{"queue": "billing"}, CreatedAt: epoch.UTC(),
		Legs:     []store.Leg{{ID: "leg_1", Role: "agent", Joined: true, Grants: []string{"capture"}, Resume: store.Hash{1, 2, 255}}},
		Captures: []store.Capture{{ID: "cap_1", State: "collecting", Fields: []store.Field{{"cvv", "cvv", "entering"}}}},
	}
	require.NoError(t, s.Keep(store.Conference{ID: "conf_1"}))
	require.NoError(t, s.Keep(c), "in place of the one before")
	require.NoError(t, s.Keep(store.Conference{ID: "conf_2"}))
	require.NoError(t, s.Forget("conf_2"))
	require.NoError(t, s.Forget("conf_3"), "unknown")
	require.NoError(t, s.Close())

	s = open(t, folder)
	all, err := s.Conferences()
	require.NoError(t, err)
	assert.Equal(t, []store.Conference{c}, all)
	assert.Error(t, new(store.Hash).UnmarshalText([]byte("01")))
	assert.Error(t, new(store.Hash).UnmarshalText([]byte("zz")))
}

func TestEventsAreNumberedAndPaged(t *testing.T) {
	folder := t.TempDir()
	s := open(t, folder)
	none, err := s.Events("", 10)
	require.NoError(t, err)
	assert.Empty(t, none)
	require.NoError(t, s.AppendEvents([]store.Event{
		{Type: "a", ConferenceID: "conf_1", Time: epoch.UTC()}, {Type: "b", ConferenceID: "conf_2"}, {Type: "c"},
	}))
	require.NoError(t, s.Close())
	s = open(t, folder)
	require.NoError(t, s.AppendEvents([]store.Event{{Type: "d", ConferenceID: "conf_1"}}))
	first, err := s.Events("", 2)
	require.NoError(t, err)
	rest, err := s.Events(first[1].ID, 10)
	require.NoError(t, err)
	var got []string
	for _, e := range append(first, rest...) {
		got = append(got, fmt.Sprint(e.Type, e.ConferenceID, e.Sequence))
		assert.Regexp(t, "^evt_[a-p]{16}$", e.ID)
	}
	assert.Equal(t, []string{"aconf_11", "bconf_21", "c0", "dconf_12"}, got)
	for _, bad := range []string{"x", "evt_", "evt_aaaaaaaaaaaaaaaz", "evt_aaaaaaaaaaaaaaaa"} {
		_, err = s.Events(bad, 1)
		assert.ErrorIs(t, err, store.ErrCursor, bad)
	}
}
