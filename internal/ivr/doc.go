// Package ivr is the collector of captures: it reads the customer's keys into
// dtmf.Digits, field by field, and, where the IVR is built in, speaks the
// prompts.
//
// A [Session] belongs to one conference and runs inside its ticks (it is an
// engine.Script): no goroutine, no clock and no lock of its own. Frames of keys
// and the time go in; speech, [Progress] and one [Submission] come out.
//
// # A capture
//
//	collecting ──all fields valid──▶ submitting ──Outcome──▶ completed | failed
//	    │  └──without Submit──────────────────────────────▶ completed
//	    ├──Cancel, HangUp, the cancel key─▶ cancelled
//	    ├──no input, too many attempts────▶ failed
//	    └──the capture's time is over─────▶ expired
//
// Fields are asked for in their order, or with OnDemand when the agent asks;
// [Session.Retry] asks for any one at any time while it collects. An entry ends
// with the end key (hash), at its brand's or rule's length, or when no key comes
// for a while; a hash that follows the length out of habit is passed over. The clear key (star) starts it over, a cancel key, if there is
// one, ends the capture. A key stops what is being spoken (barge-in).
//
// What package card says of an entry is its fate: accepted, and what may be told
// is told; or rejected with a reason, wiped, and asked for again in words that
// name neither brand nor digit, until the attempts are used up.
//
// # Submitting
//
// When every field is valid the handles of the digits are offered once, to
// Config.OnSubmit. Whoever takes them calls the payment provider outside the
// tick and reports by [Session.Outcome]; the security code should be wiped as
// soon as it was sent. Nothing cancels a payment that may have been made, so a
// capture cannot be cancelled while it submits; after SubmitTimeout it has
// failed. Masking stays armed until the outcome unless ReleaseOnSubmit says
// otherwise (docs/adr/0009-submitting.md). Every end wipes every field, security
// codes and PINs first, and stale handles reveal nothing.
//
// # An external IVR
//
// It reads the tones itself: the session is silent, holds no digit, and counts
// keys for the agent's eyes. What became of a field comes by [Session.Report],
// the end by [Session.Complete] or [Session.Fail].
//
// # What leaves
//
// Never a key nor a key's time. Counts of an entry that goes on advance on the
// conference's 500 ms grid only. The end of a card number, an expiry date or a
// security code is told at once; that of other fields, which may be one key long,
// on the grid, where it is spoken of, and field mode's mask ends. The capture's end is told at
// once; one that ends within an entry tells the count as last told.
package ivr
