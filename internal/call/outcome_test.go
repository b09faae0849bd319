package call

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audit"
	"tonegate/internal/engine"
	"tonegate/internal/ivr"
	"tonegate/internal/psp"
	"tonegate/internal/store"
)

// till is a service with one conference, a provider that waits to be told its
// answer, and a disk and a record that can be full.
type till struct {
	*Service
	t          *testing.T
	conference string
	asked      chan psp.Order
	answer     chan error // nil: a token

	mu             sync.Mutex
	kept           []store.Conference
	full, unlisted bool
	before         []store.Conference // of a process that crashed
}

func (d *till) Keep(c store.Conference) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.full {
		return errors.New("no space left on device")
	}
	d.kept = append(d.kept, c)
	return nil
}
func (d *till) Forget(string) error                      { return nil }
func (d *till) Conferences() ([]store.Conference, error) { return d.before, nil }

func (d *till) Append(e audit.Entry) (audit.Entry, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.unlisted {
		return e, errors.New("no space left on device")
	}
	return e, nil
}

func (d *till) Submit(_ context.Context, o psp.Order) (psp.Result, error) {
	d.asked <- o
	if err := <-d.answer; err != nil {
		return psp.Result{}, err
	}
	return psp.Result{Token: "tok_abcdefghijkl"}, nil
}

func openTill(t *testing.T, before ...store.Conference) *till {
	prompts, err := ivr.Builtin()
	require.NoError(t, err)
	d := &till{t: t, before: before, asked: make(chan psp.Order, 1), answer: make(chan error, 1)}
	d.Service = New(Config{
		Log: zap.NewNop(), Arena: dtmf.NewArena(make([]byte, 4096)), Prompts: prompts, EngineMetrics: engine.NewMetrics(nil),
		Connectors: func(string) (psp.Connector, bool) { return d, true }, State: d, Audit: d, Shards: 1, Seed: 1,
	})
	t.Cleanup(func() { d.Close(context.Background()) })
	if len(before) > 0 {
		require.NoError(t, d.Restore(t.Context()))
		d.conference = before[0].ID
		return d
	}
	c, err := d.Create(t.Context(), Spec{Legs: []LegSpec{{Role: bridge.Customer}, {Role: bridge.IVR, Kind: KindBuiltin}}})
	require.NoError(t, err)
	d.conference = c.ID
	return d
}

// tick is a tick of the conference's session with some keys, at a time.
func (d *till) tick(now time.Time, keys string) {
	d.t.Helper()
	var out bridge.Output
	for i := range keys {
		k, _ := dtmf.KeyOf(keys[i])
		out.Pressed = append(out.Pressed, k)
	}
	d.Service.mu.Lock()
	session := d.byID[d.conference].session
	d.Service.mu.Unlock()
	require.NoError(d.t, d.do(d.t.Context(), d.conference, func(b *bridge.Conference) error {
		session.Tick(now, b, &out)
		return nil
	}))
	d.notices.heard(d.t.Context())
}

// begin starts a payment of a card number alone.
func (d *till) begin() string {
	d.t.Helper()
	c, err := d.StartCapture(d.t.Context(), d.conference, CaptureSpec{
		Fields: []FieldSpec{{Name: "card_number"}}, Payment: PaymentSpec{Connector: "psp-main"},
	})
	require.NoError(d.t, err)
	return c.ID
}

func (d *till) capture(id string) Capture {
	d.t.Helper()
	c, err := d.Capture(id)
	require.NoError(d.t, err)
	return c
}

// onDisk is what a restart would find of a capture, and what it would make of it.
func (d *till) onDisk(id string) Capture {
	d.t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	last := d.kept[len(d.kept)-1]
	at := slices.IndexFunc(last.Captures, func(c store.Capture) bool { return c.ID == id })
	require.GreaterOrEqual(d.t, at, 0)
	c := reviveCapture(last.ID, last.Captures[at])
	if c.Progress.State.Open() {
		c.fail()
	}
	return *c
}

const testCard = "4242424242424242"

// TestALateOutcomeChangesNothing: a capture that was told failed for want of an
// outcome stays so, in memory and after a restart, and says that the provider may
// have carried it out.
func TestALateOutcomeChangesNothing(t *testing.T) {
	late := &psp.Error{Connector: "psp-main", Class: psp.Declined, Text: "no", Sent: true}
	for name, answer := range map[string]error{"a token": nil, "a refusal": late} {
		t.Run(name, func(t *testing.T) {
			d := openTill(t)
			id := d.begin()
			d.tick(time.Now(), testCard)
			<-d.asked
			assert.Equal(t, ivr.Submitting, d.capture(id).Progress.State)
			d.tick(time.Now().Add(time.Hour), "")
			told := func(c Capture) {
				t.Helper()
				assert.Equal(t, "failed submit_timeout", c.Progress.State.String()+" "+c.Progress.Reason.String())
				assert.Equal(t, &Failure{psp.Slow, true}, c.Failure)
				assert.Nil(t, c.Result)
			}
			told(d.capture(id))
			told(d.onDisk(id))
			d.answer <- answer
			d.submits.Wait()
			told(d.capture(id))
			told(d.onDisk(id))
		})
	}
}

// TestNobodyIsAskedOffTheRecord: a payment that cannot be put on record or on the
// disk is not made, and says so.
func TestNobodyIsAskedOffTheRecord(t *testing.T) {
	for name, fill := range map[string]func(*till){
		"record": func(d *till) { d.unlisted = true }, "disk": func(d *till) { d.full = true },
	} {
		t.Run(name, func(t *testing.T) {
			d := openTill(t)
			id := d.begin()
			d.mu.Lock()
			fill(d)
			d.mu.Unlock()
			d.tick(time.Now(), testCard)
			d.submits.Wait()
			d.notices.heard(t.Context())
			c := d.capture(id)
			assert.Equal(t, "failed not_recorded", c.Progress.State.String()+" "+c.Progress.Reason.String())
			assert.Equal(t, &Failure{psp.Cancelled, false}, c.Failure)
			assert.Empty(t, d.asked)
		})
	}
}

// TestOnceAfterACrash: a request that comes again after a crash finds the capture
// that it started, and starts no other.
func TestOnceAfterACrash(t *testing.T) {
	d := openTill(t)
	spec := CaptureSpec{Fields: []FieldSpec{{Name: "card_number"}}, Once: Once{store.Hash{1}, store.Hash{2}}}
	first, err := d.StartCapture(t.Context(), d.conference, spec)
	require.NoError(t, err)
	d.mu.Lock()
	crashed := d.kept[len(d.kept)-1]
	d.mu.Unlock()
	d = openTill(t, crashed)
	again, err := d.StartCapture(t.Context(), d.conference, spec)
	require.NoError(t, err)
	assert.Equal(t, first.ID+" failed restart", fmt.Sprint(again.ID, " ", again.Progress.State, " ", again.Progress.Reason))
	spec.Once.Asked = store.Hash{3}
	_, err = d.StartCapture(t.Context(), d.conference, spec)
	require.ErrorIs(t, err, ErrReused)
	spec.Once.Key = store.Hash{4}
	other, err := d.StartCapture(t.Context(), d.conference, spec)
	require.NoError(t, err)
	assert.NotEqual(t, first.ID, other.ID)
}
