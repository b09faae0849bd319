// Package mixer makes the two mixes that may carry a customer's raw voice:
// what the customer hears and what the IVR hears.
//
// The agent's mix is not here. It lives in package mask, is made only of gated
// sources, and has a type of its own, so that no code outside that package can
// hand raw audio to an agent. The three types have differently named fields on
// purpose: structs with identical fields convert into each other from any
// package.
package mixer

import "tonegate/internal/audio"

// CustomerMix is what the customer hears: everyone but the customer.
type CustomerMix struct{ customer audio.Frame }

// IVRMix is what the IVR hears: everyone but the IVR, or the customer alone
// while a capture collects.
type IVRMix struct{ ivr audio.Frame }

// ForCustomer sums the sources with 32-bit arithmetic, clamped once. Nil
// sources are silent.
func ForCustomer(sources ...*audio.Frame) (m CustomerMix) {
	audio.Mix(&m.customer, sources...)
	return m
}

// ForIVR sums the sources like [ForCustomer]. With a single source the mix is
// that source, sample for sample.
func ForIVR(sources ...*audio.Frame) (m IVRMix) {
	audio.Mix(&m.ivr, sources...)
	return m
}

// Samples returns a copy of the mixed audio.
func (m CustomerMix) Samples() audio.Frame { return m.customer }

// Samples returns a copy of the mixed audio.
func (m IVRMix) Samples() audio.Frame { return m.ivr }
