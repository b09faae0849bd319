// Package softphone is a WebRTC endpoint without a browser: what demonstrations,
// tests and load generators use as a customer, an agent or an external IVR. The
// server never imports it.
//
// A [Phone] behaves as browsers do where that matters to a bridge: it sends a
// packet every 20 ms by an absolute clock; audio stops while a named event
// lasts; an event keeps its first timestamp, grows, has the marker on its first
// packet and ends three times. What it sends comes from a [Script] or from any
// function of the slot's number, and what it receives is recorded with arrival
// times.
//
// [Dial] calls a server over HTTP (WHIP). [New], [Phone.Offer] and
// [Phone.Accept] do the same without one.
package softphone
