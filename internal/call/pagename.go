package call

import (
	"net/url"
	"regexp"
	"strings"
)

var (
	escapes = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)
	// Seven digits or more, with up to three other characters between two of them:
	// /4111/1111/… is a card number, too.
	longNumber = regexp.MustCompile(`\p{Nd}(?:\P{Nd}{0,3}\p{Nd}){6,}`)
)

// decoded takes percent-encoding off, however often it was put on. What is not
// UTF-8 stays as it is.
func decoded(name string) string {
	for range 8 {
		next := escapes.ReplaceAllStringFunc(name, func(run string) string {
			plain, err := url.PathUnescape(run)
			if err != nil || strings.ToValidUTF8(plain, "") != plain {
				return run
			}
			return plain
		})
		if next == name {
			break
		}
		name = next
	}
	return name
}

// pageName is a page's name as rules see it, the same as in the SDK: decoded,
// without query and fragment, and with a bullet in place of long numbers.
func pageName(page string) string {
	name := decoded(page)
	if at := strings.IndexAny(name, "?#"); at >= 0 {
		name = name[:at]
	}
	return longNumber.ReplaceAllString(name, "•")
}
