package card_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"tonegate/internal/card"
)

var now = time.Date(2026, time.November, 24, 12, 0, 0, 0, time.UTC)

func rule(t require.TestingT, s card.Spec) card.Rule {
	r, err := card.NewRule(s)
	require.NoError(t, err)
	return r
}

// numbers are the brands' published test numbers, and made ones where a brand
// publishes none.
var numbers = []struct {
	plain    string
	brand    card.Brand
	complete bool // without hash
}{
	{"4111111111111111", card.Visa, true},
	{"4242424242424242", card.Visa, true},
	{"4222222222222", card.Visa, false},
	{"5555555555554444", card.Mastercard, true},
	{"5105105105105100", card.Mastercard, true},
	{"2221000000000009", card.Mastercard, true},
	{"2223003122003222", card.Mastercard, true},
	{"2720990000000007", card.Mastercard, true},
	{"378282246310005", card.Amex, true},
	{"341111111111111", card.Amex, true},
	{"6011111111111117", card.Discover, true},
	{"6445644564456445", card.Discover, true},
	{"6500000000000002", card.Discover, true},
	{"36227206271667", card.Diners, true},
	{"30569309025904", card.Diners, false},
	{"3056930009020004", card.Diners, true},
	{"38520000023237", card.Diners, false},
	{"3530111333300000", card.JCB, true},
	{"3566002020360505", card.JCB, true},
	{"6200000000000005", card.UnionPay, false},
	{"6205500000000000004", card.UnionPay, true},
	{"501800000009", card.Maestro, false},
	{"6304000000000000", card.Maestro, false},
	{"6759649826438453", card.Maestro, false},
	{"6799990100000000019", card.Maestro, true},
}

func TestNumbersByBrand(t *testing.T) {
	r := rule(t, card.Spec{Kind: card.CardNumber})
	for _, n := range numbers {
		t.Run(n.plain, func(t *testing.T) {
			plain := []byte(n.plain)
			got, why := r.Check(plain, card.Unknown, now)
			assert.Equal(t, card.None, why, why.String())
			assert.Equal(t, n.brand, got.Brand)
			assert.Equal(t, n.plain[len(plain)-4:], got.LastFour.String())
			assert.Empty(t, got.Expiry)
			assert.Equal(t, n.complete, r.Complete(plain, card.Unknown))
			for i := range plain {
				assert.Falsef(t, r.Complete(plain[:i], card.Unknown), "complete after %d keys", i)
			}
			back, ok := card.BrandNamed(n.brand.String())
			assert.True(t, ok)
			assert.Equal(t, n.brand, back)
		})
	}
}

func TestNumbersRefused(t *testing.T) {
	r := rule(t, card.Spec{Kind: card.CardNumber})
	for plain, want := range map[string]card.Reason{
		"":                     card.Length,
		"4":                    card.Length,
		"42424242424":          card.Length,
		"4242424242424241":     card.LuhnCheck,
		"424242424242426":      card.Length, // Luhn holds, but Visa has no 15
		"4242424242424242426":  card.Length,
		"34111111111111":       card.Length,
		"55555555555544440":    card.Length,
		"1234567812345670":     card.UnknownBrand,
		"2220990000000000":     card.UnknownBrand, // one below the 2-series
		"2721000000000004":     card.UnknownBrand, // one above
		"3527000000000003":     card.UnknownBrand,
		"9999999999999995":     card.UnknownBrand,
		"0000000000000000":     card.UnknownBrand,
		"424242424242424A":     card.NotDigits,
		"4242 4242 4242 4242":  card.NotDigits,
		"42424242424242424242": card.Length,
	} {
		got, why := r.Check([]byte(plain), card.Unknown, now)
		assert.Equal(t, want.String(), why.String(), plain)
		assert.Zero(t, got, plain)
	}
}

func TestExpiry(t *testing.T) {
	r := rule(t, card.Spec{Kind: card.ExpiryDate})
	for _, tc := range []struct {
		plain string
		now   time.Time
		want  string
		why   card.Reason
	}{
		{"1126", now, "2026-11", card.None},
		{"1126", time.Date(2026, 11, 30, 23, 59, 59, 0, time.UTC), "2026-11", card.None},
		{"1126", time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC), "", card.Past},
		{"1026", now, "", card.Past},
		{"1225", now, "", card.Past},
		{"1146", now, "2046-11", card.None},
		{"1246", now, "", card.TooFar},
		{"0175", now, "", card.TooFar},
		{"0176", now, "", card.Past},
		{"0199", now, "", card.Past},
		{"0105", time.Date(2095, 1, 1, 0, 0, 0, 0, time.UTC), "2105-01", card.None},
		{"0030", now, "", card.Month},
		{"1330", now, "", card.Month},
		{"9930", now, "", card.Month},
		{"113", now, "", card.Length},
		{"11300", now, "", card.Length},
		{"", now, "", card.Length},
		{"11B0", now, "", card.NotDigits},
	} {
		got, why := r.Check([]byte(tc.plain), card.Visa, tc.now)
		assert.Equal(t, tc.why.String(), why.String(), tc.plain)
		assert.Equal(t, tc.want, got.Expiry.String(), tc.plain)
		assert.Equal(t, len(tc.plain) >= 4, r.Complete([]byte(tc.plain), card.Unknown), tc.plain)
	}
}

func TestSecurityCode(t *testing.T) {
	r := rule(t, card.Spec{Kind: card.SecurityCode})
	for _, tc := range []struct {
		plain    string
		brand    card.Brand
		why      card.Reason
		complete bool
	}{
		{"123", card.Visa, card.None, true},
		{"1234", card.Visa, card.Length, true},
		{"12", card.Visa, card.Length, false},
		{"123", card.Amex, card.Length, false},
		{"1234", card.Amex, card.None, true},
		{"123", card.Unknown, card.None, false},
		{"1234", card.Unknown, card.None, true},
		{"12", card.Unknown, card.Length, false},
		{"12345", card.Unknown, card.Length, true},
		{"12A", card.Visa, card.NotDigits, true},
		{"", card.Unknown, card.Length, false},
	} {
		_, why := r.Check([]byte(tc.plain), tc.brand, now)
		assert.Equal(t, tc.why.String(), why.String(), "%s %s", tc.plain, tc.brand)
		assert.Equal(t, tc.complete, r.Complete([]byte(tc.plain), tc.brand), "%s %s", tc.plain, tc.brand)
	}
}

func TestOwnFields(t *testing.T) {
	for name, tc := range map[string]struct {
		spec  card.Spec
		plain string
		why   card.Reason
	}{
		"postal code":            {card.Spec{Kind: card.PostalCode}, "94107", card.None},
		"postal code, short":     {card.Spec{Kind: card.PostalCode, Min: 5, Max: 5}, "9410", card.Length},
		"postal code, a letter":  {card.Spec{Kind: card.PostalCode}, "9410A", card.NotDigits},
		"PIN":                    {card.Spec{Kind: card.PIN}, "1234", card.None},
		"PIN, short":             {card.Spec{Kind: card.PIN}, "123", card.Length},
		"bank account":           {card.Spec{Kind: card.BankAccount, Min: 8, Max: 12}, "12345678", card.None},
		"free digits":            {card.Spec{}, "1*2#A", card.None},
		"nothing":                {card.Spec{}, "", card.Length},
		"pattern":                {card.Spec{Pattern: `7[0-9]{3}|8`}, "7123", card.None},
		"pattern matches it all": {card.Spec{Pattern: `7[0-9]{3}|8`}, "71234", card.Pattern},
		"pattern, other branch":  {card.Spec{Pattern: `7[0-9]{3}|8`}, "88", card.Pattern},
	} {
		_, why := rule(t, tc.spec).Check([]byte(tc.plain), card.Unknown, now)
		assert.Equal(t, tc.why.String(), why.String(), name)
	}
	_, why := card.Rule{}.Check([]byte("42"), card.Unknown, now)
	assert.Equal(t, card.None, why, "the zero rule takes any keys")
	assert.True(t, card.Rule{}.Complete([]byte("1234567890123456789"), card.Unknown))
}

// TestRulesRefused: all faults at once, and nothing of what was asked comes back.
func TestRulesRefused(t *testing.T) {
	const canary = "4929421234567893"
	for name, tc := range map[string]struct {
		spec card.Spec
		want []error
	}{
		"kind":               {card.Spec{Kind: 99}, []error{card.ErrKind}},
		"fixed":              {card.Spec{Kind: card.CardNumber, Min: 16, Max: 16}, []error{card.ErrFixed}},
		"lengths":            {card.Spec{Min: 5, Max: 4}, []error{card.ErrLengths}},
		"negative":           {card.Spec{Min: -5, Max: 4}, []error{card.ErrLengths}},
		"too long":           {card.Spec{Max: 41}, []error{card.ErrLengths}},
		"a short PIN":        {card.Spec{Kind: card.PIN, Min: 3}, []error{card.ErrLengths}},
		"pattern":            {card.Spec{Pattern: canary + "("}, []error{card.ErrPattern}},
		"long pattern":       {card.Spec{Pattern: string(make([]byte, 201))}, []error{card.ErrPattern}},
		"lengths, a pattern": {card.Spec{Min: 99, Pattern: canary + "["}, []error{card.ErrLengths, card.ErrPattern}},
	} {
		_, err := card.NewRule(tc.spec)
		for _, want := range tc.want {
			require.ErrorIs(t, err, want, name)
		}
		assert.NotContains(t, err.Error(), canary, name)
	}
}

func TestNames(t *testing.T) {
	for _, name := range []string{"digits", "card_number", "expiry", "cvv", "postal_code", "bank_account", "pin"} {
		k, ok := card.KindNamed(name)
		assert.True(t, ok, name)
		assert.Equal(t, name, k.String())
		assert.Equal(t, name == "cvv" || name == "pin", k.Fleeting(), name)
	}
	for _, name := range []string{"luhn", "unknown_brand", "length", "past", "too_far", "month", "pattern", "not_digits", "refused"} {
		r, ok := card.ReasonNamed(name)
		assert.True(t, ok, name)
		assert.Equal(t, name, r.String())
	}
	_, ok := card.ReasonNamed("")
	assert.False(t, ok)
	assert.Empty(t, card.LastFour{}.String())
	for _, bad := range []string{"", "424", "42424", "424A", "４２"} {
		_, ok := card.ReportedLastFour(bad)
		assert.False(t, ok, bad)
	}
	l, ok := card.ReportedLastFour("4242")
	assert.True(t, ok)
	assert.Equal(t, "4242", l.String())
}

// prefixes of every brand, with the lengths that are drawn for each.
var prefixes = []struct {
	prefix  string
	lengths []int
}{
	{"4", []int{13, 16}}, {"51", []int{16}}, {"55", []int{16}}, {"2221", []int{16}}, {"2720", []int{16}},
	{"34", []int{15}}, {"37", []int{15}}, {"6011", []int{16}}, {"644", []int{16}}, {"65", []int{16}},
	{"36", []int{14}}, {"300", []int{14, 16}}, {"309", []int{14, 16}}, {"39", []int{14, 16}}, {"3528", []int{16}}, {"3589", []int{16}},
	{"62", []int{16, 17, 18, 19}}, {"81", []int{16, 19}}, {"50", []int{12, 13, 16, 19}}, {"6304", []int{12, 19}}, {"67", []int{12, 15, 18}},
}

// validNumber draws a number with a right check digit.
func validNumber(t *rapid.T) []byte {
	p := rapid.SampledFrom(prefixes).Draw(t, "issuer")
	n := rapid.SampledFrom(p.lengths).Draw(t, "length")
	plain := []byte(p.prefix)
	for len(plain) < n-1 {
		plain = append(plain, byte('0'+rapid.IntRange(0, 9).Draw(t, "digit")))
	}
	for c := byte('0'); c <= '9'; c++ {
		if whole := append(plain[:len(plain):len(plain)], c); card.Luhn(whole) {
			return whole
		}
	}
	t.Fatal("no check digit fits")
	return nil
}

// TestLuhnFindsWhatAnnexBSaysItFinds: every wrong digit, and every transposition
// of neighbours but 09 for 90.
func TestLuhnFindsWhatAnnexBSaysItFinds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plain := validNumber(t)
		require.True(t, card.Number(plain))
		_, why := rule(t, card.Spec{Kind: card.CardNumber}).Check(plain, card.Unknown, now)
		require.Equal(t, card.None, why)

		for i := range plain {
			for c := byte('0'); c <= '9'; c++ {
				if c == plain[i] {
					continue
				}
				wrong := append([]byte(nil), plain...)
				wrong[i] = c
				require.False(t, card.Luhn(wrong), "wrong digit at %d", i)
				require.False(t, card.Number(wrong))
			}
		}
		for i := 1; i < len(plain); i++ {
			a, b := plain[i-1], plain[i]
			blind := a == '0' && b == '9' || a == '9' && b == '0'
			if a == b || blind {
				continue
			}
			wrong := append([]byte(nil), plain...)
			wrong[i-1], wrong[i] = b, a
			require.False(t, card.Luhn(wrong), "transposed at %d", i)
		}
	})
}

// TestAcceptedAtItsLengthOnly: a number lacking its last digit, or with one more,
// is accepted only if its brand has that length and the check digit holds.
func TestAcceptedAtItsLengthOnly(t *testing.T) {
	r, rules := rule(t, card.Spec{Kind: card.CardNumber}), map[card.Brand][]int{
		card.Visa: {13, 16}, card.Mastercard: {16}, card.Amex: {15}, card.Discover: {16}, card.Diners: {14, 16}, card.JCB: {16},
		card.UnionPay: {16, 17, 18, 19}, card.Maestro: {12, 13, 14, 15, 16, 17, 18, 19},
	}
	rapid.Check(t, func(t *rapid.T) {
		plain := validNumber(t)
		brand := card.BrandOf(plain)
		long := append(plain[:len(plain):len(plain)], []byte("0000000")...)
		for n := range len(long) {
			_, why := r.Check(long[:n], card.Unknown, now)
			issued := false
			for _, l := range rules[brand] {
				issued = issued || l == n
			}
			if why == card.None {
				require.True(t, issued && card.Luhn(long[:n]), "%d digits", n)
			}
			if n == len(plain) {
				require.Equal(t, card.None, why)
			}
		}
	})
}

// FuzzCheck: whatever is keyed, nothing panics, the keys stay as they are, and
// only accepted entries tell anything.
func FuzzCheck(f *testing.F) {
	for _, n := range numbers {
		f.Add([]byte(n.plain), uint8(card.CardNumber), uint8(0))
	}
	f.Add([]byte("1230"), uint8(card.ExpiryDate), uint8(card.Amex))
	f.Add([]byte("12*"), uint8(card.SecurityCode), uint8(card.Amex))
	f.Add([]byte{0, 255, '9'}, uint8(card.PIN), uint8(200))
	f.Fuzz(func(t *testing.T, plain []byte, kind, brand uint8) {
		r, err := card.NewRule(card.Spec{Kind: card.Kind(kind % 7)})
		require.NoError(t, err)
		before := string(plain)
		got, why := r.Check(plain, card.Brand(brand), now)
		_ = r.Complete(plain, card.Brand(brand))
		assert.Equal(t, before, string(plain))
		if why != card.None {
			assert.Zero(t, got)
		}
		if got.Brand != card.Unknown {
			assert.True(t, card.Luhn(plain) && len(plain) >= card.MinNumber && len(plain) <= card.MaxNumber)
		}
	})
}

// TestCheckingLeavesNothingOnTheHeap: a verdict on digits allocates nothing that
// could hold them.
func TestCheckingLeavesNothingOnTheHeap(t *testing.T) {
	plain, expiry, code := []byte("4242424242424242"), []byte("1230"), []byte("123")
	number := rule(t, card.Spec{Kind: card.CardNumber})
	date := rule(t, card.Spec{Kind: card.ExpiryDate})
	cvv := rule(t, card.Spec{Kind: card.SecurityCode})
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		number.Check(plain, card.Unknown, now)
		number.Complete(plain, card.Unknown)
		date.Check(expiry, card.Unknown, now)
		cvv.Check(code, card.Visa, now)
	}))
}

func TestDigitsOnly(t *testing.T) {
	for pattern, want := range map[string]bool{
		"": true, "[0-9]+": true, `\d{4}`: true, "7[0-9]{3}|12": true, "(?:1|2)?3": true, "(": true, "[x-z]1": true,
		".{4}": false, "[^0]": false, `\w`: false, `\*1`: false, "[0-9#]": false, "1A": false, "(?i)1a": false, "(?i)[a]": false, "12(3|[4-9A]+)": false, `1\D?`: false,
	} {
		if card.DigitsOnly(pattern) != want {
			t.Errorf("%s: not %t", pattern, want)
		}
	}
}
