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
