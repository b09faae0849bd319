package ivr_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/bridge"
	"tonegate/internal/card"
	"tonegate/internal/ivr"
)

// TestTranscriptFiles plays testdata/*.txt. The first words of a file, up to
// "start", are the capture's parameters:
//
//	external                  an external IVR collects
//	fields=card_number,…      by kind; name/kind where they differ; kind@max~pattern
//	submit ondemand release   attempts=N total=D interdigit=D firstkey=D submitting=D
//	cancelkey=K clearkey=K endkey=K
//
// What follows are the words of run. // begins a comment.
func TestTranscriptFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txt")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txt"), func(t *testing.T) {
			data, err := os.ReadFile(file)
			require.NoError(t, err)
			var text strings.Builder
			for line := range strings.Lines(string(data)) {
				line, _, _ = strings.Cut(line, "//")
				text.WriteString(line + "\n")
			}
			head, script, ok := strings.Cut(text.String(), "start\n")
			require.True(t, ok, "no line that ends in start")
			p, builtin := parameters(t, head)
			d := newDesk(t, builtin)
			d.start(p)
			d.run(script)
		})
	}
}

func parameters(t *testing.T, head string) (p ivr.Params, builtin bool) {
	builtin = true
	length := func(s string) time.Duration {
		v, err := time.ParseDuration(s)
		require.NoError(t, err)
		return v
	}
	for _, word := range strings.Fields(head) {
		name, value, _ := strings.Cut(word, "=")
		switch name {
		case "external":
			builtin = false
		case "fields":
			p.Fields = fieldsOf(t, value)
		case "submit":
			p.Submit = true
		case "ondemand":
			p.OnDemand = true
		case "release":
			p.ReleaseOnSubmit = true
		case "attempts":
			p.Attempts, _ = strconv.Atoi(value)
		case "total":
			p.Total = length(value)
		case "interdigit":
			p.InterDigit = length(value)
		case "firstkey":
			p.FirstKey = length(value)
		case "submitting":
			p.SubmitTimeout = length(value)
		case "cancelkey":
			p.CancelKey = value[0]
		case "clearkey":
			p.ClearKey = value[0]
		case "endkey":
			p.EndKey = value[0]
		default:
			require.Fail(t, "no such parameter", word)
		}
	}
	return p, builtin
}

func fieldsOf(t require.TestingT, list string) (fields []ivr.Field) {
	for _, word := range strings.Split(list, ",") {
		word, pattern, _ := strings.Cut(word, "~")
		word, most, _ := strings.Cut(word, "@")
		name, kind, ok := strings.Cut(word, "/")
		if !ok {
			kind = name
		}
		longest, _ := strconv.Atoi(most)
		k, ok := card.KindNamed(kind)
		require.True(t, ok, kind)
		rule, err := card.NewRule(card.Spec{Kind: k, Max: longest, Pattern: pattern})
		require.NoError(t, err)
		fields = append(fields, ivr.Field{Name: name, Rule: rule})
	}
	return fields
}

// run plays a transcript. Its words are:
//
//	1 23 *                keys, one a tick
//	+500ms                time passes
//	say:enter,…           since the last such word exactly these were begun, in order
//	quiet                 nothing was
//	state:X reason:X      the last progress that was told has these
//	count:N               … of its first field
//	cvv:STATE,N,…         … of a field: state, keys, then reason, brand, last four where there are any
//	attempt:cvv=N
//	held:N                slots of the arena in use
//	armed:BOOL            the gate is armed
//	offers:N              the digits were offered so many times
//	offered:cvv=123       … with these
//	retry:cvv cancel complete hangup outcome:declined outcome:ok fail:collector restart
//	report:cvv=rejected,luhn  report:card_number=valid,visa,4242
//	refused:retry:cvv     a command is refused
func (d *desk) run(script string) {
	for i, word := range strings.Fields(script) {
		kind, value, _ := strings.Cut(word, ":")
		at := fmt.Sprintf("word %d, %s, at %s", i, word, d.now.Format("05.00"))
		switch kind {
		case "say", "quiet":
			var said []string
			for _, s := range d.spoken {
				if s != "" {
					said = append(said, s)
				}
			}
			assert.Equal(d.t, value, strings.Join(said, ","), at)
			d.spoken = nil
		case "state":
			assert.Equal(d.t, value, d.last().State.String(), at)
		case "reason":
			assert.Equal(d.t, value, d.last().Reason.String(), at)
		case "count":
			assert.Equal(d.t, value, strconv.Itoa(d.last().Fields[0].Entered), at)
		case "held":
			assert.Equal(d.t, value, strconv.Itoa(d.inUse()), at)
		case "armed":
			assert.Equal(d.t, value, strconv.FormatBool(d.conference.Capturing()), at)
			assert.Equal(d.t, value, strconv.FormatBool(d.last().Armed), at)
		case "offers":
			assert.Equal(d.t, value, strconv.Itoa(len(d.offered)), at)
		case "offered":
			d.checkOffer(value, at)
		case "attempt":
			name, n, _ := strings.Cut(value, "=")
			assert.Equal(d.t, n, strconv.Itoa(d.field(name, at).Attempt), at)
		case "refused":
			command, argument, _ := strings.Cut(value, ":")
			err, ok := d.command(command, argument)
			require.True(d.t, ok, at)
			assert.Error(d.t, err, at)
		default:
			if err, ok := d.command(kind, value); ok {
				require.NoError(d.t, err, at)
			} else if value != "" {
				d.checkField(kind, value, at)
			} else {
				d.timeOrKeys(word, at)
			}
		}
	}
}

// command gives a command to the session, if it is one.
func (d *desk) command(name, argument string) (error, bool) {
	switch name {
	case "cancel":
		return d.session.Cancel(d.conference, "cap_1"), true
	case "complete":
		return d.session.Complete(d.conference, "cap_1"), true
	case "hangup":
		d.session.HangUp(d.conference)
		return nil, true
	case "retry":
		return d.session.Retry(d.conference, "cap_1", argument), true
	case "outcome":
		cause, ok := ivr.CauseNamed(argument)
		require.True(d.t, ok || argument == "ok", argument)
		return d.session.Outcome(d.conference, "cap_1", cause), true
	case "fail":
		cause, ok := ivr.CauseNamed(argument)
		require.True(d.t, ok, argument)
		return d.session.Fail(d.conference, "cap_1", cause), true
	case "report":
		return d.session.Report(d.conference, "cap_1", d.reportOf(argument)), true
	case "restart":
		d.start(ivr.Params{})
		return nil, true
	}
	return nil, false
}

func (d *desk) reportOf(text string) ivr.FieldReport {
	name, rest, _ := strings.Cut(text, "=")
	r := ivr.FieldReport{Field: name}
	for _, word := range strings.Split(rest, ",") {
		if b, ok := card.BrandNamed(word); ok {
			r.Brand = b
		} else if why, ok := card.ReasonNamed(word); ok {
			r.Reason = why
		} else if l, ok := card.ReportedLastFour(word); ok {
			r.LastFour = l
		} else {
			for s := ivr.Pending; s <= ivr.Rejected; s++ {
				if s.String() == word {
					r.State = s
				}
			}
		}
	}
	return r
}

func (d *desk) field(name, at string) ivr.FieldProgress {
	p := d.last()
	for _, f := range p.Fields[:p.Count] {
		if f.Name == name {
			return f
		}
	}
	require.Fail(d.t, "no such field", at)
	return ivr.FieldProgress{}
}

func (d *desk) checkField(name, want, at string) {
	f := d.field(name, at)
	got := []string{f.State.String(), strconv.Itoa(f.Entered)}
	for _, more := range []string{f.Reason.String(), f.Brand.String(), f.LastFour.String()} {
		if more != "" {
			got = append(got, more)
		}
	}
	assert.Equal(d.t, want, strings.Join(got, ","), at)
}

// checkOffer compares what the last offer reveals.
func (d *desk) checkOffer(value, at string) {
	require.NotEmpty(d.t, d.offered, at)
	name, want, _ := strings.Cut(value, "=")
	for _, f := range d.offered[len(d.offered)-1].Fields {
		if f.Name == name {
			f.Digits.Reveal(func(plain []byte) { assert.Equal(d.t, want, string(plain), at) })
			return
		}
	}
	require.Fail(d.t, "not offered", at)
}

// TestOfferTellsWhatMayBeTold: brand, last four and expiry month go with the
// handles; wiping the offer wipes the digits.
func TestOfferTellsWhatMayBeTold(t *testing.T) {
	d := newDesk(t, true)
	d.start(ivr.Params{Submit: true, Fields: fieldsOf(t, "card_number,expiry,cvv")})
	d.run("4242424242424242 0428 123 offers:1 held:3")
	offer := d.offered[0]
	assert.Equal(t, "cap_1 visa 4242 2028-04", fmt.Sprint(offer.CaptureID, " ", offer.Brand, " ", offer.LastFour, " ", offer.Expiry))
	code, ok := offer.Digits(card.SecurityCode)
	require.True(t, ok)
	code.Wipe() // as soon as it was sent
	d.run("held:2")
	offer.Wipe()
	offer.Wipe()
	d.run("held:0 armed:true outcome:ok state:completed armed:false")
	_, ok = offer.Digits(card.PIN)
	assert.False(t, ok)
	assert.Equal(t, make([]byte, len(d.mem)), d.mem)
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", offer, offer, offer), "4242424242424242")
}

// TestOutcomeWhileTheDigitsAreRead: whoever is still reading them is not
// disturbed, and then they are gone.
func TestOutcomeWhileTheDigitsAreRead(t *testing.T) {
	d := newDesk(t, true)
	d.start(ivr.Params{Submit: true, Fields: fieldsOf(t, "card_number"), SubmitTimeout: time.Second})
	d.run("4242424242424242 offers:1")
	number, _ := d.offered[0].Digits(card.CardNumber)
	number.Reveal(func(plain []byte) {
		d.run("+1100ms state:failed reason:submit_timeout")
		assert.Equal(t, "4242424242424242", string(plain))
	})
	assert.Equal(t, make([]byte, len(d.mem)), d.mem)
	d.run("held:0 refused:outcome:ok")
}

func TestCommandsRefused(t *testing.T) {
	d := newDesk(t, true)
	require.ErrorIs(t, d.session.Retry(d.conference, "cap_1", "cvv"), bridge.ErrNoCapture)
	require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{Fields: fieldsOf(t, "cvv,cvv,a_1/pin")}), ivr.ErrBadParams)
	require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{CancelKey: '#'}), ivr.ErrBadParams)
	require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{CancelKey: '4'}), ivr.ErrBadParams)
	require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{Fields: make([]ivr.Field, ivr.MaxFields+1)}), ivr.ErrBadParams)
	d.start(ivr.Params{Submit: true, Fields: fieldsOf(t, "card_number")})
	require.ErrorIs(t, d.session.Retry(d.conference, "cap_1", "cvv"), ivr.ErrNoField)
	require.ErrorIs(t, d.session.Retry(d.conference, "cap_2", "card_number"), bridge.ErrNoCapture)
	require.ErrorIs(t, d.session.Complete(d.conference, "cap_1"), ivr.ErrCollector)
	require.ErrorIs(t, d.session.Report(d.conference, "cap_1", ivr.FieldReport{Field: "card_number"}), ivr.ErrCollector)
	require.ErrorIs(t, d.session.Outcome(d.conference, "cap_1", ivr.NoCause), bridge.ErrNoCapture)
	d.run("4242424242424242")
	require.ErrorIs(t, d.session.Cancel(d.conference, "cap_1"), ivr.ErrSubmitting)
	require.ErrorIs(t, d.session.Retry(d.conference, "cap_1", "card_number"), ivr.ErrSubmitting)
	require.ErrorIs(t, d.session.Start(d.conference, ivr.Params{}), bridge.ErrCapturing)
	d.run("hangup state:submitting outcome:declined state:failed reason:declined held:0")

	e := newDesk(t, false)
	require.ErrorIs(t, e.session.Start(e.conference, ivr.Params{Submit: true}), ivr.ErrCollector)
	e.start(ivr.Params{Fields: fieldsOf(t, "card_number,cvv")})
	four, _ := card.ReportedLastFour("4242")
	for _, bad := range []ivr.FieldReport{
		{Field: "card_number"}, {Field: "card_number", State: 9}, {Field: "card_number", State: ivr.Valid, Reason: card.LuhnCheck},
		{Field: "card_number", State: ivr.Rejected, LastFour: four}, {Field: "cvv", State: ivr.Valid, LastFour: four}, {Field: "cvv", State: ivr.Valid, Brand: card.Visa},
	} {
		require.ErrorIs(t, e.session.Report(e.conference, "cap_1", bad), ivr.ErrBadReport)
	}
	require.ErrorIs(t, e.session.Report(e.conference, "cap_1", ivr.FieldReport{Field: "pin", State: ivr.Valid}), ivr.ErrNoField)
}

// TestNames: what the API spells is what it reads.
func TestNames(t *testing.T) {
	for c := ivr.NoInput; c.String() != ""; c++ {
		back, ok := ivr.CauseNamed(c.String())
		assert.True(t, ok)
		assert.Equal(t, c, back)
	}
	_, ok := ivr.CauseNamed("")
	assert.False(t, ok)
}
