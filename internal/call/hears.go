package call

import (
	"slices"

	"tonegate/bridge"
)

// hears reports whether a subscriber of role r hears a leg of role of.
func hears(r, of bridge.Role) bool {
	switch r {
	case bridge.Customer:
		return of == bridge.Agent || of == bridge.IVR
	case bridge.Agent:
		return of == bridge.Customer || of == bridge.IVR
	case bridge.IVR:
		return of == bridge.Customer
	default:
		return slices.Contains([]bridge.Role{bridge.Customer, bridge.Agent, bridge.IVR}, of)
	}
}

// hearsNow reports whether a leg hears another, as they are held and transferred.
// The caller holds the lock.
func (c *conference) hearsNow(l, of *leg) bool {
	return l != of && !l.OnHold && !of.OnHold && hears(l.Role, of.Role) && hearsDuring(c.Transfer, l.Role, of.Role)
}

// heardThen reports whether a leg heard another when a report was made, which waits a
// little before it is told.
func heardThen(r *bridge.Report, l, of *leg) bool {
	for i := range r.N {
		if r.Legs[i].Held && (l.is(r.Legs[i].Leg) || of.is(r.Legs[i].Leg)) {
			return false
		}
	}
	return hearsDuring(r.Transfer, l.Role, of.Role)
}

// is reports whether a leg is that one of its conference's.
func (l *leg) is(id bridge.LegID) bool { return l.engine != nil && l.engine.ID == id }

// hearsDuring reports whether a transfer lets a subscriber of role r hear one of role of.
func hearsDuring(t bridge.Transfer, r, of bridge.Role) bool {
	switch {
	case t == bridge.Together:
		return true
	case r == bridge.Supervisor:
		return of == bridge.Agent
	default:
		return r != bridge.Agent && of != bridge.Agent
	}
}
