package ivr

import (
	"slices"
	"testing"

	"tonegate/internal/card"
)

// TestFleetingGoFirst: of a card that is being wiped the security code and the
// PIN go before the number.
func TestFleetingGoFirst(t *testing.T) {
	kinds := []card.Kind{card.CardNumber, card.ExpiryDate, card.SecurityCode, card.PostalCode, card.PIN}
	var order []card.Kind
	fleetingFirst(len(kinds), func(i int) card.Kind { return kinds[i] }, func(i int) { order = append(order, kinds[i]) })
	want := []card.Kind{card.SecurityCode, card.PIN, card.CardNumber, card.ExpiryDate, card.PostalCode}
	if !slices.Equal(order, want) {
		t.Errorf("wiped in the order %v", order)
	}
}
