package redact_test

import (
	"math/rand/v2"
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"tonegate/internal/card"
	"tonegate/internal/redact"
)

func TestIssued(t *testing.T) {
	for _, text := range []string{
		"4111111111111111", "order 4111 1111-1111.1111", "4111   1111   1111   1111", "4111/1111/1111/1111", "4111_1111_1111_1111",
		"4111,1111,1111,1111", "4111\t1111\n1111 1111", "004111111111111111", "411111111111111199", "41111111111111111234567",
		"1234567411111111111111189", "88-4111111111111111", "8812 4111 1111 1111 1111 77", "id4111111111111111x", "004222222222222",
		"x371449635398431", "9 4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", "91 4111 1111 1111 1111",
		"４１１１１１１１１１１１１１１１", "٤١١١ ١١١١ ١١١١ ١١١١", "𝟜𝟙𝟙𝟙𝟙𝟙𝟙𝟙𝟙𝟙𝟙𝟙𝟙𝟙𝟙𝟙", "4111\u00a01111\u20111111–1111", "4111\u200b111111111111",
	} {
		assert.True(t, redact.Issued(text), text)
	}
	for _, text := range []string{
		"", "call-8812", "4111111111111112", "4111111x11111111", "8888888888888888", "1764000000000", "2026-11-26 03.27.05",
		"192.168.100.100", "0800 4111 1111", "conf_0123456789abcdefghjkmnpq",
	} {
		assert.False(t, redact.Issued(text), text)
	}
}

// TestIssuedLetsOrdinaryNumbersPass: of numbers that no brand issues as they are,
// those of up to 16 digits pass, and nearly all longer ones.
func TestIssuedLetsOrdinaryNumbersPass(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for n := card.MinNumber; n <= card.MaxNumber; n++ {
		refused := 0
		for range 10_000 {
			number := []byte{byte('1' + random.IntN(9))}
			for len(number) < n {
				number = strconv.AppendInt(number, random.Int64N(10), 10)
			}
			if redact.Issued(string(number)) && !card.Number(number) {
				refused++
			}
		}
		if n <= 16 {
			assert.Zero(t, refused, "%d digits", n)
		}
		assert.Less(t, refused, 700, "%d digits", n)
	}
}
