package ivr_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/ivr"
	"tonegate/mixer/mask"
)

const slots = 4 // of the arena

const promptFrames = 2

// testPrompts are two frames long each and made of their own number, so that
// what is played can be told.
func testPrompts() *ivr.Prompts {
	p := new(ivr.Prompts)
	for i := range p {
		p[i] = make([]int16, promptFrames*audio.FrameSamples)
		for k := range p[i] {
			p[i][k] = int16(1000 * (i + 1))
		}
	}
	return p
}

// desk runs a session as a shard would, without a clock.
type desk struct {
	t          require.TestingT
	mem        []byte // of the arena
	session    *ivr.Session
	conference *bridge.Conference
	arena      *dtmf.Arena
	now        time.Time
	tick       int
	told       []ivr.Progress
	toldAt     []int
	spoken     []string
	noMix      bool // nobody listens: time passes faster
	offered    []ivr.Submission
	out        bridge.Output
	pressed    []dtmf.Key
}

func newDesk(t require.TestingT, builtin bool) *desk {
	d := &desk{t: t, conference: bridge.New(bridge.Config{Seed: 1}), mem: make([]byte, slots*64),
		now: time.Date(2026, time.November, 24, 10, 0, 0, 0, time.UTC)}
	d.arena = dtmf.NewArena(d.mem)
	d.session = ivr.New(ivr.Config{Arena: d.arena, OnSubmit: func(s ivr.Submission) { d.offered = append(d.offered, s) },
		OnProgress: func(p ivr.Progress) {
			d.told, d.toldAt = append(d.told, p), append(d.toldAt, d.tick)
		}})
	_, err := d.conference.Join(bridge.LegSpec{Role: bridge.Customer})
	require.NoError(t, err)
	id, err := d.conference.Join(bridge.LegSpec{Role: bridge.IVR, Builtin: builtin})
	require.NoError(t, err)
	if builtin {
		d.session.Voice(testPrompts(), id)
	}
	return d
}

func (d *desk) start(p ivr.Params) {
	p.ID, p.Mode = "cap_1", mask.Field
	require.NoError(d.t, d.session.Start(d.conference, p))
}

// step is one tick: keys that became known in the last one, then the mix.
func (d *desk) step() {
	d.out.Pressed = append(d.out.Pressed[:0], d.pressed...)
	d.pressed = nil
	if d.noMix {
		d.out.HasReport = d.tick%grid == 0
	}
	d.session.Tick(d.now, d.conference, &d.out)
	if !d.noMix {
		d.conference.Tick(d.now, &d.out)
		d.hear()
	}
	d.tick++
	d.now = d.now.Add(audio.FrameDuration)
}

// hear notes what the customer hears of the IVR.
func (d *desk) hear() {
	f := d.out.Customer.Samples()
	said := ""
	if level := int(f[80]); level >= 1000 {
		said = ivr.Prompt(level/1000 - 1).String()
	}
	if n := len(d.spoken); said != "" && (n == 0 || d.spoken[n-1] != said) || said == "" && n > 0 && d.spoken[n-1] != "" {
		d.spoken = append(d.spoken, said)
	}
}

// last is what was last told; it is what the session says it told.
func (d *desk) last() ivr.Progress {
	p := d.session.Progress()
	if len(d.told) > 0 && d.told[len(d.told)-1].State != ivr.Collecting && p.State != ivr.Collecting {
		assert.Equal(d.t, d.told[len(d.told)-1], p)
	}
	return p
}

// inUse counts the arena's slots that are taken.
func (d *desk) inUse() int {
	var free []dtmf.Digits
	for {
		h, err := d.arena.New()
		if err != nil {
			break
		}
		free = append(free, h)
	}
	for _, h := range free {
		h.Wipe()
	}
	return slots - len(free)
}

func (d *desk) timeOrKeys(word, at string) {
	if after, ok := strings.CutPrefix(word, "+"); ok {
		length, err := time.ParseDuration(after)
		require.NoError(d.t, err, at)
		for end := d.now.Add(length); d.now.Before(end); {
			d.step()
		}
		return
	}
	for i := range len(word) {
		k, ok := dtmf.KeyOf(word[i])
		require.True(d.t, ok, at)
		d.pressed = append(d.pressed, k)
		d.step()
	}
}

func TestTranscripts(t *testing.T) {
	for name, tc := range map[string]struct {
		params ivr.Params
		script string
	}{
		"greets and asks": {ivr.Params{},
			"held:1 armed:true +100ms say:greeting,enter +1s quiet"},
		"hash completes": {ivr.Params{},
			"+100ms say:greeting,enter 4242 +500ms count:4 state:collecting # state:completed count:4 held:0 armed:false +100ms say:thanks"},
		"length completes": {ivr.Params{MaxDigits: 4},
			"4242 state:completed count:4 held:0 armed:false"},
		"keys after the end count for nothing": {ivr.Params{MaxDigits: 2},
			"42 state:completed 777# +1s state:completed count:2 held:0"},
		"a key interrupts the prompt": {ivr.Params{},
			"+20ms say:greeting 4 +200ms quiet"},
		"keys during the greeting count": {ivr.Params{MaxDigits: 3},
			"123 state:completed count:3"},
		"star clears": {ivr.Params{MaxDigits: 4},
			"+100ms say:greeting,enter 429* +100ms say:cleared held:1 +500ms count:0 1234 state:completed count:4 +100ms say:thanks"},
		"after a star the first-key time-out runs again": {ivr.Params{FirstKey: time.Second, Attempts: 1},
			"+100ms 42* +900ms state:collecting +300ms state:failed reason:no_input count:0 held:0"},
		"nothing comes": {ivr.Params{FirstKey: time.Second, Attempts: 3},
			"+100ms say:greeting,enter +920ms quiet +200ms say:nothing,again +1s +100ms say:nothing,again +1s +100ms say:failed state:failed reason:no_input held:0 armed:false"},
		"the time-out begins when the prompt ends": {ivr.Params{FirstKey: time.Second, Attempts: 1},
			"+1060ms state:collecting +100ms state:failed"},
		"hash alone is no entry": {ivr.Params{Attempts: 2},
			"+100ms say:greeting,enter # +100ms say:nothing,again # state:failed reason:no_input +100ms say:failed held:0"},
		"an entry that stops is complete": {ivr.Params{InterDigit: 2 * time.Second},
			"+100ms 42 +1900ms state:collecting +200ms state:completed count:2 held:0 armed:false"},
		"each key starts the time-out anew": {ivr.Params{InterDigit: 2 * time.Second},
			"4 +1900ms 2 +1900ms 4 +1900ms state:collecting count:3"},
		"the whole thing expires": {ivr.Params{Total: 5 * time.Second, InterDigit: time.Minute},
			"4 +4900ms state:collecting +200ms state:expired reason:timeout count:1 held:0 armed:false +100ms"},
		"cancelled": {ivr.Params{},
			"+100ms say:greeting,enter 42 cancel state:cancelled held:0 armed:false +100ms say:cancelled"},
		"completed by the agent": {ivr.Params{},
			"+100ms say:greeting,enter 42 complete state:completed count:2 held:0 armed:false +100ms say:thanks"},
		"greets once": {ivr.Params{MaxDigits: 1},
			"+100ms say:greeting,enter 1 +100ms say:thanks restart held:1 armed:true +100ms say:enter"},
		"letters are keys too": {ivr.Params{MaxDigits: 4}, "ABCD state:completed count:4"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, true)
			d.start(tc.params)
			d.run(tc.script)
		})
	}
}

// TestExternalCollector: an external IVR reads the tones itself; the session
// counts, keeps the total time-out and holds no digit.
func TestExternalCollector(t *testing.T) {
	for name, script := range map[string]string{
		"counts":        "held:0 armed:true 4242 +500ms count:4 state:collecting complete state:completed count:4 armed:false +100ms quiet",
		"has all time":  "42 +4900ms state:collecting +200ms state:expired reason:timeout armed:false quiet",
		"can be ended":  "42 cancel state:cancelled armed:false",
		"needs no keys": "+4s state:collecting",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, false)
			d.start(ivr.Params{Total: 5 * time.Second, FirstKey: time.Second, InterDigit: time.Second, MaxDigits: 19})
			d.run(script)
		})
	}
}

// TestProgressShowsNoTimeOfKeys: whenever a key is pressed within a half
// second, what is told and when is the same.
func TestProgressShowsNoTimeOfKeys(t *testing.T) {
	type report struct {
		at int
		p  ivr.Progress
	}
	var want []report
	for first := 1; first < grid-2; first += 3 {
		d := newDesk(t, true)
		d.start(ivr.Params{})
		for d.tick < 10*grid {
			if d.tick >= 2*grid && d.tick%grid == first && d.tick < 6*grid {
				d.run("42")
				continue
			}
			d.step()
		}
		var got []report
		for i, p := range d.told {
			assert.Zero(t, d.toldAt[i]%grid, "progress at tick %d", d.toldAt[i])
			got = append(got, report{d.toldAt[i], p})
		}
		if want == nil {
			want = got
			require.Len(t, want, 4)
		}
		assert.Equal(t, want, got, "keys from tick %d of the grid on", first)
		assert.Equal(t, d.told[len(d.told)-1], d.session.Progress())
	}
}

func TestStartRefusals(t *testing.T) {
	d := newDesk(t, true)
	for name, p := range map[string]ivr.Params{
		"max_digits":            {MaxDigits: 41},
		"max_attempts":          {Attempts: 11},
		"first_key_timeout_ms":  {FirstKey: time.Millisecond},
		"interdigit_timeout_ms": {InterDigit: 2 * time.Minute},
		"timeout_s":             {Total: time.Second},
	} {
		err := d.session.Start(d.conference, p)
		require.ErrorIs(t, err, ivr.ErrBadParams)
		assert.ErrorContains(t, err, name)
	}
	bad := ivr.Params{MaxDigits: 4929421, Attempts: 4929421, Total: -time.Second, FirstKey: -1, InterDigit: -1}
	bad.Defaults()
	err := bad.Validate()
	assert.Equal(t, 5, strings.Count(err.Error(), "wants"), "all faults at once")
	assert.NotContains(t, err.Error(), "4929421")
	assert.Zero(t, d.inUse())

	d.start(ivr.Params{})
	require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{}), bridge.ErrCapturing)
	assert.ErrorIs(t, d.session.Cancel(d.conference, "cap_2"), bridge.ErrNoCapture, "another capture's id")
	d.run("cancel")
	assert.ErrorIs(t, d.session.Complete(d.conference, "cap_1"), bridge.ErrNoCapture)

	// A capture of the conference that this session did not begin.
	require.NoError(t, d.conference.BeginCapture(bridge.Capture{}))
	require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{}), bridge.ErrCapturing)
	assert.Zero(t, d.inUse(), "the slot taken for it is free again")
	require.NoError(t, d.conference.EndCapture())

	for range slots {
		_, err := d.arena.New()
		require.NoError(t, err)
	}
	require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{}), dtmf.ErrArenaFull)
	assert.False(t, d.conference.Capturing())
}

// TestStarInAFullArena: a star keeps the entry's memory, whoever waits for it.
func TestStarInAFullArena(t *testing.T) {
	d := newDesk(t, true)
	d.start(ivr.Params{MaxDigits: 2})
	d.run("42")
	d.start(ivr.Params{})
	for range slots - 1 {
		_, err := d.arena.New()
		require.NoError(t, err)
	}
	d.run("429* 17# state:completed held:3")
}

// TestEndIsForGood: nothing that comes between a conference's end and its last tick
// takes memory that nobody would give back.
func TestEndIsForGood(t *testing.T) {
	for name, script := range map[string]string{
		"idle": "end", "collecting": "start:card_number,cvv 42 end",
		"ended before": "start:card_number cancel end", "submitting": "start:card_number 4242424242424242 offers:1 end",
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t, true)
			d.noMix = true
			for word := range strings.FieldsSeq(script) {
				switch fields, begins := strings.CutPrefix(word, "start:"); {
				case begins:
					d.start(ivr.Params{Submit: true, Fields: fieldsOf(t, fields)})
				case word == "end":
					d.session.End()
				default:
					d.run(word)
				}
			}
			for _, o := range d.offered {
				o.Wipe() // by whoever submits it
			}
			told := len(d.told)
			require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{}), ivr.ErrEnded)
			require.ErrorIs(t, d.session.Retry(d.conference, "cap_1", "cvv"), ivr.ErrEnded)
			require.ErrorIs(t, d.session.Complete(d.conference, "cap_1"), ivr.ErrEnded)
			require.ErrorIs(t, d.session.Outcome(d.conference, "cap_1", ivr.NoCause), bridge.ErrNoCapture, "whoever submits tells it")
			d.run("42# +20s held:0")
			assert.Len(t, d.told, told, "nothing is told any more")
		})
	}
}

func TestCloseWipes(t *testing.T) {
	d := newDesk(t, true)
	d.start(ivr.Params{})
	d.run("4242 held:1")
	d.session.Close()
	d.run("held:0")
	d.session.Close()
}
