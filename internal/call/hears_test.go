package call

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"go.uber.org/zap"

	"tonegate/bridge"
	"tonegate/internal/engine"
)

// heard is a call whose reports are put by hand.
type heard struct {
	s *Service
	c *conference
	n *notices
}

func newHeard() *heard {
	c := &conference{Conference: Conference{ID: "conf_0123456789abcdefghjkmnpq"}, seats: map[*Seat]struct{}{}}
	for i, r := range []bridge.Role{bridge.Customer, bridge.Agent, bridge.IVR, bridge.Supervisor} {
		l := &leg{Leg: Leg{ID: fmt.Sprint("leg_", r), Role: r}, engine: &engine.Leg{ID: bridge.LegID(i + 1)}}
		c.legs = append(c.legs, l)
		c.seats[&Seat{leg: l, events: make(chan Event, seatQueue), done: make(chan struct{})}] = struct{}{}
	}
	n := newNotices()
	return &heard{c: c, n: n, s: &Service{cfg: Config{Log: zap.NewNop(), Now: time.Now}, notices: n, byID: map[string]*conference{c.ID: c}}}
}

// report has a conference report all of its legs.
func (h *heard) report(t bridge.Transfer, held bridge.Role) {
	r := &bridge.Report{Transfer: t, N: len(h.c.legs)}
	for i, l := range h.c.legs {
		r.Legs[i] = bridge.LegReport{Leg: l.engine.ID, Role: l.Role, Held: l.Role == held, DBm0: -20}
	}
	h.n.Report(h.c.ID, r)
}

// told is whose levels each seat was told since.
func (h *heard) told() map[string][]string {
	h.s.look()
	all := map[string][]string{}
	for seat := range h.c.seats {
		for len(seat.events) > 0 {
			if e, ok := (<-seat.events).(Levels); ok {
				for _, l := range e.Levels {
					all[seat.leg.ID] = append(all[seat.leg.ID], l.LegID)
				}
			}
		}
	}
	return all
}

var everybody = map[string][]string{
	"leg_customer": {"leg_agent", "leg_ivr"}, "leg_agent": {"leg_customer", "leg_ivr"}, "leg_ivr": {"leg_customer"},
	"leg_supervisor": {"leg_customer", "leg_agent", "leg_ivr"},
}

// TestLevelsAreOfWhatWasHeard: a report waits to be told, and what was private when it was
// made stays so, though the agent is back or a leg off hold by then; and the other way
// round.
func TestLevelsAreOfWhatWasHeard(t *testing.T) {
	outside := map[string][]string{"leg_customer": {"leg_ivr"}, "leg_ivr": {"leg_customer"}, "leg_supervisor": {"leg_agent"}}
	h := newHeard()
	h.report(bridge.Together, 0)
	assert.Equal(t, everybody, h.told())
	assert.Empty(t, h.told(), "once")

	for _, private := range []bridge.Transfer{bridge.Parking, bridge.WithIVR, bridge.Returning} {
		h.c.Transfer = private
		h.report(private, 0)
		assert.Equal(t, outside, h.told(), private)
		h.report(private, 0)
		h.c.Transfer = bridge.Together
		assert.Equal(t, outside, h.told(), "%s, and back by then", private)
		h.report(bridge.Together, 0)
		h.c.Transfer = private
		assert.Equal(t, outside, h.told(), "%s by then", private)
		h.c.Transfer = bridge.Together
	}

	held := map[string][]string{"leg_agent": {"leg_ivr"}, "leg_supervisor": {"leg_agent", "leg_ivr"}}
	h.report(bridge.Together, bridge.Customer)
	assert.Equal(t, held, h.told(), "off hold by then")
	h.report(bridge.Together, 0)
	h.c.legs[0].OnHold = true
	assert.Equal(t, held, h.told(), "on hold by then")
}

// TestReportsWait: of a conference the latest is told, of one that has ended none, and none
// is kept of it; the end of a doubt is told with the next.
func TestReportsWait(t *testing.T) {
	h := newHeard()
	h.report(bridge.Together, 0)
	h.report(bridge.Together, 0)
	assert.Equal(t, everybody, h.told(), "the latest")

	h.c.doubt = true
	h.n.Report(h.c.ID, &bridge.Report{InDoubt: true})
	h.s.look()
	assert.True(t, h.c.doubt)
	h.n.Report(h.c.ID, &bridge.Report{})
	h.s.look()
	assert.False(t, h.c.doubt)

	r := new(bridge.Report)
	assert.Zero(t, testing.AllocsPerRun(100, func() { h.n.Report(h.c.ID, r) }), "on a shard's goroutine")
	h.report(bridge.Together, 0)
	h.c.State = ConferenceEnded
	assert.Empty(t, h.told())
	assert.Empty(t, h.n.levels.all)
	h.n.Report("conf_of_nobody", r)
	h.s.look()
	assert.Empty(t, h.n.levels.all)
}
