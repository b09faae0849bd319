package call

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

// pageNames are those of web/sdk/test/recording.test.ts.
var pageNames = map[string]string{
	"/pay/4111111111111111":                           "/pay/•",
	"/pay/4111/1111/1111/1111":                        "/pay/•",
	"/pay/4111%201111%201111%201111/x":                "/pay/•/x",
	"/pay/4111%2520%2D%25201111%20-%201111 + 1111":    "/pay/•",
	"/pay/%34%31%31%31%31%31%31%31%31%31%31%31":       "/pay/•",
	"/pay/%2534%31%31%31/%E2%80%A2/1111%ff/1111/1111": "/pay/•%ff/•",
	"/pay/٤١١١ ١١١١":                                  "/pay/•",
	"/4111-a-1111":                                    "/•",
	"/orders/123456":                                  "/orders/123456",
	"/123/orders/456/x/7":                             "/123/orders/456/x/7",
	"/pay%3Fcard=4111111111111111":                    "/pay",
	"/pay?card=4111111111111111#4111111111111111":     "/pay",
	"/100%/b%2":  "/100%/b%2",
	"/caf%C3%A9": "/café",
}

func TestPageNames(t *testing.T) {
	for page, want := range pageNames {
		assert.Equal(t, want, pageName(page), page)
	}
}

// TestRulesSeePageNames: a pattern may be written encoded or not, and a number
// that hides part of a page does not hide it from a pattern that pauses.
func TestRulesSeePageNames(t *testing.T) {
	r := &PageRule{Pause: []string{"/pay%20card*", "*/card/*", "*/a/*"}}
	for page, want := range map[string]bool{
		"/pay%20card/1": true, "/pay card": true, "/pay%2520card": true, "/Pay%20Card": true,
		"/x%2Fcard%2F4111/1111/1111/1111": true, "/4111/a/1111": true, "/orders": false,
	} {
		assert.Equal(t, want, r.verdict(page, false), page)
	}
}
