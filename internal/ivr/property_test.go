package ivr_test

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/ivr"
)

// grid is the number of ticks between the moments at which progress may show
// what follows from keys.
const grid = 25

// drawParams draws a capture: any fields, in any order, by any collector.
func drawParams(t *rapid.T, builtin bool) ivr.Params {
	lists := []string{"digits", "card_number,expiry,cvv", "cvv,card_number", "pin,postal_code,account/bank_account,card_number", "card_number",
		"one/digits@1~[0-4],two/digits@1,cvv,three/digits@2"}
	return ivr.Params{
		Fields: fieldsOf(t, rapid.SampledFrom(lists).Draw(t, "fields")), Submit: builtin && rapid.Bool().Draw(t, "submit"),
		OnDemand: rapid.Bool().Draw(t, "on demand"), ReleaseOnSubmit: rapid.Bool().Draw(t, "release"),
		Attempts: rapid.IntRange(1, 3).Draw(t, "attempts"), FirstKey: 2 * time.Second, InterDigit: time.Second,
		Total: 20 * time.Second, SubmitTimeout: 3 * time.Second,
		CancelKey: rapid.SampledFrom([]byte{0, 'D'}).Draw(t, "cancel key"),
	}
}

// words are what a customer, an agent and a platform may do; card numbers are
// among them, for keys at random never are one.
var words = []string{
	"4242424242424242", "378282246310005", "4242424242424241", "0428", "0420", "123", "1234", "1", "94107#", "#", "*", "D", "7B",
	"+20ms", "+340ms", "+700ms", "+1100ms", "+2500ms",
	"retry:card_number", "retry:cvv", "retry:expiry", "retry:pin", "cancel", "complete", "hangup", "fail:collector",
	"outcome:ok", "outcome:declined", "report:card_number=valid,visa,4242", "report:card_number=rejected,luhn", "report:cvv=valid", "restart",
}

// TestWhateverComes: no digits outlive the end of their capture, there is one
// capture at most and masking goes with it, the digits are offered once, and
// progress shows an entry's keys on the grid or at a field's end, and the end of a
// field of the platform's own on the grid or at the capture's end.
func TestWhateverComes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		builtin := rapid.IntRange(0, 3).Draw(t, "builtin") > 0
		w := &watch{desk: newDesk(t, builtin), t: t, builtin: builtin}
		w.noMix = true
		p := drawParams(t, builtin)
		w.start(p)
		w.check()
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			word := rapid.SampledFrom(words).Draw(t, "word")
			if word == "restart" {
				p.ID = "cap_1"
				if err := w.session.Start(w.conference, p); w.open {
					require.ErrorIs(t, err, bridge.ErrCapturing)
				} else {
					require.NoError(t, err)
					w.offered = nil
				}
			} else {
				w.do(word)
			}
			w.check()
		}
		w.do("+20s") // whatever it was, it ends
		w.do("+4s")
		w.check()
		require.False(t, w.open, "nothing lasts")
	})
}

// watch is a desk whose promises are checked after each step.
type watch struct {
	*desk
	t    *rapid.T
	open bool
	seen int // of told

	builtin bool
}

// do gives a command, whatever comes of it, or keys, or time.
func (w *watch) do(word string) {
	kind, value, _ := bytes.Cut([]byte(word), []byte(":"))
	if _, ok := w.command(string(kind), string(value)); !ok {
		w.timeOrKeys(word, word)
	}
}

func (w *watch) check() {
	p := w.session.Progress()
	w.open = p.State == ivr.Collecting || p.State == ivr.Submitting
	require.LessOrEqual(w.t, len(w.offered), 1, "offered once")
	if len(w.offered) > 0 && p.State == ivr.Submitting {
		for _, f := range w.offered[0].Fields {
			require.NotZero(w.t, f.Digits.Len(), "what is offered is there")
		}
	}
	if w.open {
		require.True(w.t, w.conference.Capturing() == p.Armed)
		require.True(w.t, p.Armed || p.State == ivr.Submitting, "collecting is masked")
		require.LessOrEqual(w.t, w.inUse(), p.Count)
	} else {
		require.False(w.t, w.conference.Capturing() || p.Armed, "disarmed")
		require.Zero(w.t, w.inUse(), "a slot is held after the end")
		require.Equal(w.t, make([]byte, len(w.mem)), w.mem, "a digit outlives its capture")
	}
	for ; w.seen < len(w.told); w.seen++ {
		if w.seen > 0 {
			w.step(w.told[w.seen-1], w.told[w.seen], w.toldAt[w.seen])
		}
	}
}

// step judges what one call of OnProgress showed beyond the one before.
func (w *watch) step(before, after ivr.Progress, tick int) {
	if tick%grid == 0 || !before.State.Open() {
		return
	}
	ended := after.State != before.State
	for i := range after.Fields[:after.Count] {
		b, a := &before.Fields[i], &after.Fields[i]
		if a.State == ivr.Valid || a.State == ivr.Rejected {
			// What another collector says is told when it says it.
			ended = ended || *a != *b && (a.Kind.Fixed() || !w.builtin)
			continue
		}
		require.LessOrEqual(w.t, a.Entered, b.Entered, "keys of an entry that goes on show between the grid's points")
	}
	require.True(w.t, ended, "progress moved between the grid's points, and no field ended")
}

// TestOtherEndKey: with another end key, hash and star are keys like any other.
func TestOtherEndKey(t *testing.T) {
	d := newDesk(t, true)
	d.start(ivr.Params{Fields: fieldsOf(t, "digits"), EndKey: 'D', ClearKey: ivr.NoKey})
	for range 3 {
		d.pressed = append(d.pressed, dtmf.Key(11))
		d.run("+20ms")
	}
	d.run("+500ms digits:entering,3 D state:completed")
}
