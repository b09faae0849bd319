// Package psp hands a captured card to a payment service provider and brings a
// token back. A [Connector] is one provider as configured; a [Set] builds them
// from a [Config] each and finds them by name.
//
// There are two kinds. The generic one speaks the JSON of the generic Pay
// connectors that Twilio's and SignalWire's customers already serve (see
// [KindGeneric]). The sealed one sends nothing anywhere: it encrypts the card
// to a public key and returns the envelope for the platform to pass on (see
// [KindSealed]).
//
// # Digits
//
// A card goes in as [dtmf.Digits] handles and never comes out. The connectors
// copy the digits once, inside Reveal, into a fixed buffer that is cleared
// before Submit returns, whatever happened; net/http is not used because it
// leaves copies of a request's body behind. Nothing of a provider's answer
// becomes a string before the answer has been searched for the card, also
// under the usual encodings, and no text that a provider wrote ever leaves
// this package: an [Error] has a class and a line of our own.
//
// The search finds ten or more consecutive digits of the card number as plain
// digits with other characters between them, as hexadecimal or decimal
// character codes, packed two to a byte, and each of these inside base64, hex
// or JSON escapes, nested up to three times. It does not find what needs a key
// or a computation: an unsalted hash of a card number (which PCI DSS 3.5.1
// forbids to keep) looks like any other token.
//
// # What may be retried
//
// A connection that could not be opened is tried again within the budget,
// since no byte was sent. After that nothing is: an error whose Sent is true
// may stand for an order that the provider has carried out, which only the
// idempotency key can tell.
package psp

import (
	"context"
	"errors"
	"fmt"

	"tonegate/dtmf"
)

// Names of the fields that have a meaning of their own. Any other name is a
// custom field: lower-case letters, digits and underscores.
const (
	CardNumber   = "card_number" // 12 to 19 digits
	Expiry       = "expiry"      // MMYY
	SecurityCode = "cvv"         // 3 or 4 digits
	PostalCode   = "postal_code" // digits
)

// Action is what the provider is asked to do with the card.
type Action uint8

// The actions. The zero value moves no money.
const (
	Tokenize Action = iota
	Charge
)

// Order is one card to be handed over. It holds handles, not digits; the caller
// wipes them after Submit.
type Order struct {
	CaptureID      string // the provider's transaction_id
	IdempotencyKey string // the same for every try of one payment
	Action         Action
	Amount         int64  // in minor units, such as cents; for a charge
	Currency       string // ISO 4217, such as EUR; for a charge
	Method         string // empty means credit-card
	Description    string // at most 256 bytes, the platform's own words
	Fields         map[string]dtmf.Digits
}

// Result is what a connector brings back. It holds no digit of the card.
type Result struct {
	Token     string // stands for the card from now on
	Reference string // the provider's id of a charge
	// Envelope is the card encrypted to the configured recipient, in place of
	// a token, and Format is how: age (base64 of the binary format) or jwe
	// (compact serialisation).
	Envelope, Format string
}

// Connector hands orders to one provider. It may be used from several
// goroutines.
type Connector interface {
	// Submit returns once the outcome is known or the budget is spent, 15 s at
	// most. Its errors are of type [*Error].
	Submit(ctx context.Context, o Order) (Result, error)
}

// Class is the kind of a failure; errors.Is finds it in an error of Submit.
type Class string

// The classes.
const (
	Declined       Class = "declined"        // the provider refuses this card or charge
	Slow           Class = "slow"            // no whole answer within the budget
	Unavailable    Class = "unavailable"     // refused, reset, 5xx, 429, or our credentials are not accepted
	Nonsense       Class = "nonsense"        // not the answer that was agreed upon
	Redirected     Class = "redirected"      // never followed: the card goes where it was configured to go
	BadCertificate Class = "bad_certificate" // the provider's is not trusted, or ours is not
	Echoed         Class = "echoed"          // the answer contains the card, or a token that could be one
	CircuitOpen    Class = "circuit_open"    // too many failures just now; not even tried
	Cancelled      Class = "cancelled"       // the caller's context ended
	InvalidOrder   Class = "invalid_order"   // refused before anything was sent
)

// Error returns the class's name.
func (c Class) Error() string { return string(c) }

// Error says why an order failed. Its text is this package's own: never the
// provider's, never a digit.
type Error struct {
	Connector string
	Class     Class
	Text      string // one line: the fault and its remedy
	// Sent reports that the order, or a part of it, was sent: the provider may
	// have carried it out.
	Sent bool
}

// Error returns one line for people.
func (e *Error) Error() string {
	return fmt.Sprintf("connector %s: %s: %s", e.Connector, e.Class, e.Text)
}

// Unwrap returns the class.
func (e *Error) Unwrap() error { return e.Class }

// ClassOf returns the class of an error of Submit; empty if it has none.
func ClassOf(err error) Class {
	var c Class
	errors.As(err, &c)
	return c
}
