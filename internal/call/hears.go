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
	switch {
	case l == of || l.OnHold || of.OnHold || !hears(l.Role, of.Role):
		return false
	case c.Transfer == bridge.Together:
		return true
	case l.Role == bridge.Supervisor:
		return of.Role == bridge.Agent
	default:
		return l.Role != bridge.Agent && of.Role != bridge.Agent
	}
}
