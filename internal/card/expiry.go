package card

import (
	"fmt"
	"time"
)

// maxYears is how far ahead an expiry date may lie.
const maxYears = 20

// Expiry is the month to whose end a card is good. The zero value is none.
type Expiry struct {
	Year  int
	Month time.Month
}

// String returns the month as YYYY-MM, or nothing.
func (e Expiry) String() string {
	if e.Month == 0 {
		return ""
	}
	return fmt.Sprintf("%04d-%02d", e.Year, int(e.Month))
}

// checkExpiry reads MMYY. Two digits do not tell the century: the year is the
// one of the hundred from 50 before now to 49 after it.
func checkExpiry(plain []byte, now time.Time) (Expiry, Reason) {
	switch {
	case !digitsOnly(plain):
		return Expiry{}, NotDigits
	case len(plain) != 4:
		return Expiry{}, Length
	}
	month := int(plain[0]-'0')*10 + int(plain[1]-'0')
	if month < 1 || month > 12 {
		return Expiry{}, Month
	}
	ahead := (int(plain[2]-'0')*10 + int(plain[3]-'0') - now.Year()%100 + 100) % 100
	if ahead >= 50 {
		return Expiry{}, Past
	}
	months := ahead*12 + month - int(now.Month())
	switch {
	case months < 0:
		return Expiry{}, Past
	case months > maxYears*12:
		return Expiry{}, TooFar
	}
	return Expiry{Year: now.Year() + ahead, Month: time.Month(month)}, None
}
