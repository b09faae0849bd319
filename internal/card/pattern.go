package card

import (
	"regexp/syntax"
	"slices"
	"unicode"
)

// otherKeys are the keys of a telephone that are no digits.
const otherKeys = "*#ABCD"

// DigitsOnly reports whether a pattern names no key but digits, so that no entry
// that it takes has others. It does not judge whether the pattern is one.
func DigitsOnly(pattern string) bool {
	tree, err := syntax.Parse(pattern, syntax.Perl)
	return err != nil || digitsOnlyTree(tree)
}

func digitsOnlyTree(r *syntax.Regexp) bool {
	switch r.Op {
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpLiteral:
		for _, c := range r.Rune {
			if r.Flags&syntax.FoldCase != 0 {
				c = unicode.ToUpper(c)
			}
			if slices.Contains([]rune(otherKeys), c) {
				return false
			}
		}
	case syntax.OpCharClass: // pairs of first and last
		for i := 0; i+1 < len(r.Rune); i += 2 {
			for _, c := range otherKeys {
				if r.Rune[i] <= c && c <= r.Rune[i+1] {
					return false
				}
			}
		}
	}
	return !slices.ContainsFunc(r.Sub, func(sub *syntax.Regexp) bool { return !digitsOnlyTree(sub) })
}
