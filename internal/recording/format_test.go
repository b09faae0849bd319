package recording_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/recording"
	"tonegate/mixer/mask"
)

const (
	rec   = "rec_0123456789abcdefghjkmnpq"
	other = "rec_0123456789abcdefghjkmnpr"
	conf  = "conf_0123456789abcdefghjkmnpq"
	leg   = "leg_0123456789abcdefghjkmnpq"
	capt  = "cap_0123456789abcdefghjkmnpq"
)

var began = time.Date(2026, 11, 24, 10, 0, 0, 500e6, time.UTC)

func newKey(t require.TestingT) *age.X25519Identity {
	k, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	return k
}

// voice makes mixes the only way there is: through a gate.
type voice struct {
	gate *mask.Gate
	ears *dtmf.Detector
	rng  *rand.Rand
}

func newVoice(seed uint64) *voice {
	return &voice{mask.NewGate(seed), dtmf.NewDetector(), rand.New(rand.NewPCG(seed, 0))}
}

func (v *voice) next() mask.AgentMix {
	var f audio.Frame
	for i := range f {
		f[i] = int16(v.rng.IntN(2000) - 1000)
	}
	return mask.ForAgent(v.gate.Push(mask.Policy{Mode: mask.Strip}, &f, v.ears.Process(&f, dtmf.Reception{})))
}

// pieces collects segments: each comes in one Write.
type pieces [][]byte

func (p *pieces) Write(b []byte) (int, error) {
	*p = append(*p, bytes.Clone(b))
	return len(b), nil
}

func (p pieces) join() []byte { return bytes.Join(p, nil) }

// record makes a recording of so many frames, and returns its segments and the
// sound that they hold.
func record(t require.TestingT, id string, frames int, to ...age.Recipient) (p pieces, sound []byte) {
	w, err := recording.NewWriter(&p, id, conf, began, to...)
	require.NoError(t, err)
	one, two := newVoice(1), newVoice(2)
	for range frames {
		a, h := one.next(), two.next()
		require.NoError(t, w.Frame(a, h))
		left, right := a.Samples(), h.Samples()
		for i := range left {
			sound = append(sound, audio.MuLaw.EncodeSample(left[i]), audio.MuLaw.EncodeSample(right[i]))
		}
	}
	require.NoError(t, w.Close(recording.EndStopped))
	return p, sound
}

func open(data []byte, key age.Identity) (*recording.Timeline, []byte, error) {
	var sound bytes.Buffer
	tl, err := recording.Open(bytes.NewReader(data), []age.Identity{key}, recording.Want{},
		func(recording.Info) (io.Writer, error) { return &sound, nil })
	return tl, sound.Bytes(), err
}

func TestWhole(t *testing.T) {
	one, two := newKey(t), newKey(t)
	quantum, err := age.GenerateHybridIdentity()
	require.NoError(t, err)
	for name, keys := range map[string]struct {
		to   []age.Recipient
		with []age.Identity
	}{
		"two keys":          {[]age.Recipient{one.Recipient(), two.Recipient()}, []age.Identity{one, two}},
		"post-quantum keys": {[]age.Recipient{quantum.Recipient()}, []age.Identity{quantum}},
	} {
		t.Run(name, func(t *testing.T) {
			p, sound := record(t, rec, 137, keys.to...)
			for _, key := range keys.with {
				tl, got, err := open(p.join(), key)
				require.NoError(t, err)
				assert.True(t, tl.Complete, tl.Faults)
				assert.Equal(t, sound, got)
				assert.Equal(t, int64(2740), tl.Duration)
				assert.Equal(t, recording.EndStopped, tl.Ended)
				assert.Equal(t, began, tl.StartedAt)
			}
			_, _, err := open(p.join(), newKey(t))
			assert.ErrorIs(t, err, recording.ErrIdentity)
		})
	}
}

func TestTimeline(t *testing.T) {
	key := newKey(t)
	var p pieces
	w, err := recording.NewWriter(&p, rec, conf, began, key.Recipient())
	require.NoError(t, err)
	v := newVoice(1)
	frames := func(n int) {
		for range n {
			require.NoError(t, w.Frame(v.next(), v.next()))
		}
	}
	event := func(e recording.Event) { require.NoError(t, w.Event(e)) }
	event(recording.Event{Type: recording.LegJoined, LegID: leg, Role: "agent"})
	frames(30)
	event(recording.Event{Type: recording.CaptureStarted, CaptureID: capt})
	frames(3)
	event(recording.Event{Type: recording.Paused, Reason: recording.ByRequest})
	require.NoError(t, w.Silence(1000))
	event(recording.Event{Type: recording.Resumed, Reason: recording.ByRequest})
	event(recording.Event{Type: recording.Gap, Reason: recording.Late, Samples: 320})
	require.NoError(t, w.Silence(2))
	event(recording.Event{Type: recording.CaptureEnded, CaptureID: capt})
	event(recording.Event{Type: recording.LegLeft, LegID: leg, Role: "agent"})
	event(recording.Event{Type: recording.Paused, Reason: recording.ByCapture})
	require.NoError(t, w.Close(recording.EndConference))

	tl, sound, err := open(p.join(), key)
	require.NoError(t, err)
	assert.Len(t, sound, 2*160*1035)
	assert.Equal(t, bytes.Repeat([]byte{0xFF}, 2*160*1002), sound[2*160*33:])
	text, err := json.Marshal(tl)
	require.NoError(t, err)
	assert.JSONEq(t, `{"recording_id":"`+rec+`","conference_id":"`+conf+`","started_at":"2026-11-24T10:00:00.5Z",
		"duration_ms":20700,"encoding":"PCMU","sample_rate":8000,"channels":["agent","heard_by_agent"],
		"ended":"conference_ended","complete":true,"faults":[],
		"legs":[{"leg_id":"`+leg+`","role":"agent","joined_ms":0,"left_ms":20700}],
		"captures":[{"capture_id":"`+capt+`","start_ms":600,"end_ms":20700}],
		"pauses":[{"reason":"request","start_ms":660,"end_ms":20660},{"reason":"capture","start_ms":20700,"end_ms":null}],
		"gaps":[{"reason":"late","start_ms":20660,"end_ms":20700}]}`, string(text))
}

func TestNothingElseOnTheTimeline(t *testing.T) {
	w, err := recording.NewWriter(io.Discard, rec, conf, began, newKey(t).Recipient())
	require.NoError(t, err)
	for _, e := range []recording.Event{
		{Type: "key"}, {Type: recording.LegJoined, Role: "4242"}, {Type: recording.LegJoined, LegID: "4111111111111111"},
		{Type: recording.CaptureStarted, CaptureID: "cap_4242"}, {Type: recording.Paused, Reason: "4242"}, {Type: recording.Gap, Samples: -1},
	} {
		assert.ErrorIs(t, w.Event(e), recording.ErrSegment, "%+v", e)
	}
	_, err = recording.NewWriter(io.Discard, "../"+rec, conf, began, newKey(t).Recipient())
	assert.ErrorIs(t, err, recording.ErrSegment)
	_, err = recording.NewWriter(io.Discard, rec, conf, began)
	assert.ErrorIs(t, err, recording.ErrNoRecipients)
}

// TestCutAnywhere: what stands before the cut opens, but for the segment in it.
func TestCutAnywhere(t *testing.T) {
	key := newKey(t)
	p, sound := record(t, rec, 110, key.Recipient())
	data := p.join()
	rapid.Check(t, func(t *rapid.T) {
		cut := rapid.IntRange(0, len(data)-1).Draw(t, "cut")
		whole, at := 0, 0
		for whole < len(p) && at+len(p[whole]) <= cut {
			at += len(p[whole])
			whole++
		}
		tl, got, err := open(data[:cut], key)
		if whole == 0 {
			require.Error(t, err)
			return
		}
		require.NoError(t, err)
		// The first segment holds no sound.
		want := sound[:min(len(sound), 2*recording.SegmentSamples*(whole-1))]
		require.True(t, bytes.Equal(want, got), "the sound differs")
		require.False(t, tl.Complete)
		require.Contains(t, tl.Faults[0], "the end is missing")
	})
}

// TestChangeAnyByte: one segment is lost, and said to be; all others are heard
// where they belong.
func TestChangeAnyByte(t *testing.T) {
	key := newKey(t)
	p, sound := record(t, rec, 110, key.Recipient())
	data := p.join()
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.IntRange(0, len(data)-1).Draw(t, "at")
		bad := bytes.Clone(data)
		bad[at] ^= byte(rapid.IntRange(1, 255).Draw(t, "change"))
		lost, before := 0, 0
		for before+len(p[lost]) <= at {
			before += len(p[lost])
			lost++
		}
		tl, got, err := open(bad, key)
		require.NoError(t, err)
		require.False(t, tl.Complete)
		want := bytes.Clone(sound)
		from := min(len(want), 2*recording.SegmentSamples*max(0, lost-1))
		switch lost {
		case 0: // no sound in it
		case len(p) - 1:
			want = want[:from]
		default:
			for i := range want[from : from+2*recording.SegmentSamples] {
				want[from+i] = 0xFF
			}
		}
		require.True(t, bytes.Equal(want, got), "the sound differs")
	})
}

func TestSegmentsMoved(t *testing.T) {
	key := newKey(t)
	p, _ := record(t, rec, 110, key.Recipient())
	q, _ := record(t, other, 110, key.Recipient())
	forged, _ := record(t, rec, 110, key.Recipient()) // the same names, made by who knows the public key alone
	with := func(change func(pieces) pieces) []byte { return change(append(pieces{}, p...)).join() }
	for name, tc := range map[string]struct {
		data []byte
		says string
	}{
		"swapped":          {with(func(p pieces) pieces { p[2], p[3] = p[3], p[2]; return p }), "do not stand in their place"},
		"twice":            {with(func(p pieces) pieces { return append(p[:3:3], p[2:]...) }), "stand there twice"},
		"taken out":        {with(func(p pieces) pieces { return append(p[:3:3], p[4:]...) }), "0:00:01.000 to 0:00:01.500 is missing: segments were taken out"},
		"another's":        {with(func(p pieces) pieces { p[3] = q[3]; return p }), "belong to another recording"},
		"made up":          {with(func(p pieces) pieces { p[3] = forged[3]; return p }), "belong to another recording, or were made up"},
		"appended":         {with(func(p pieces) pieces { return append(p, p[2]) }), "do not stand in their place"},
		"another appended": {with(func(p pieces) pieces { return append(p, q...) }), "belong to another recording"},
		"junk between":     {with(func(p pieces) pieces { p[2] = append(p[2], "TGR1junk"...); return p }), "no part of the recording stands at 0:00:01.000"},
		"junk after":       {with(func(p pieces) pieces { return append(p, []byte("junk")) }), "follows its end"},
		"end taken out":    {with(func(p pieces) pieces { return p[:len(p)-1] }), "the end is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			tl, _, err := open(tc.data, key)
			require.NoError(t, err)
			assert.False(t, tl.Complete)
			assert.Contains(t, strings.Join(tl.Faults, "\n"), tc.says)
		})
	}
}

// TestMadeUpInFront: segments that somebody put in front, often repeated even or of
// another recording, hide nothing of the genuine one.
func TestMadeUpInFront(t *testing.T) {
	key := newKey(t)
	p, sound := record(t, rec, 110, key.Recipient())
	forged, _ := record(t, rec, 10, key.Recipient())
	another, _ := record(t, other, 500, key.Recipient())
	for name, front := range map[string]pieces{
		"one": forged[:1], "one repeated": slices.Repeat(forged[:1], 20), "another recording": another,
	} {
		t.Run(name, func(t *testing.T) {
			var got bytes.Buffer
			tl, err := recording.Open(bytes.NewReader(append(front, p...).join()), []age.Identity{key}, recording.Want{Recording: rec},
				func(recording.Info) (io.Writer, error) { return &got, nil })
			require.NoError(t, err)
			assert.True(t, bytes.Equal(sound, got.Bytes()), "the genuine sound")
			assert.Len(t, tl.Faults, 1)
			assert.Contains(t, strings.Join(tl.Faults, ""), "were made up")
		})
	}
}

func TestNotTheFileThatWasWanted(t *testing.T) {
	key := newKey(t)
	p, _ := record(t, rec, 10, key.Recipient())
	for _, want := range []recording.Want{{Recording: other}, {Conference: "conf_0123456789abcdefghjkmnpr"}} {
		_, err := recording.Open(bytes.NewReader(p.join()), []age.Identity{key}, want,
			func(recording.Info) (io.Writer, error) { t.Error("something is written"); return io.Discard, nil })
		assert.ErrorIs(t, err, recording.ErrOther)
	}
	_, _, err := open([]byte("no recording"), key)
	assert.ErrorIs(t, err, recording.ErrNothing)
}

type full struct{}

var errFull = errors.New("no space left")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestDiskFull(t *testing.T) {
	_, err := recording.NewWriter(full{}, rec, conf, began, newKey(t).Recipient())
	assert.ErrorIs(t, err, errFull)
}

func FuzzOpen(f *testing.F) {
	key, err := age.ParseX25519Identity("AGE-SECRET-KEY-1GQ9778VQXMMJVE8SK7J6VT8UJ4HDQAJUVSFCWCM02D8GEWQ72PVQ2Y5J33")
	if err != nil {
		f.Fatal(err)
	}
	p, sound := record(f, rec, 1, key.Recipient()) // small: the fuzzer shortens each find byte by byte
	f.Add(p.join())
	f.Add([]byte("TGR1\x00\x00\x00\x05age-e"))
	f.Fuzz(func(t *testing.T, data []byte) {
		_, got, err := open(data, key)
		if err != nil {
			return
		}
		// What opens is the recording's or silence.
		for i, b := range got {
			if b != 0xFF && (i >= len(sound) || b != sound[i]) {
				t.Fatal("sound that nobody recorded")
			}
		}
	})
}
