package prefetch

import "unsafe"

// line is the least that a processor fetches, in bytes: on all of amd64, and on most of
// arm64.
const line = 64

// Place is a piece of memory, in whole lines. The zero Place is none.
type Place struct {
	at    unsafe.Pointer
	lines int
}

// Whole is all of a value.
func Whole[T any](v *T) Place { return Between(v, v) }

// Between is from the beginning of one field of a structure to the end of another. If that
// comes before it, it is nothing: who gives such a place has a test that it is not.
func Between[A, B any](first *A, last *B) Place {
	from, to := uintptr(unsafe.Pointer(first)), uintptr(unsafe.Pointer(last))+unsafe.Sizeof(*last)
	if to <= from {
		return Place{}
	}
	return Place{unsafe.Pointer(first), int((to-1)/line-from/line) + 1}
}

// Size is how many bytes are fetched.
func (p Place) Size() int { return p.lines * line }

// Fetch asks for it.
func (p Place) Fetch() {
	if p.lines > 0 {
		fetch(p.at, p.lines)
	}
}

// Most is how many places a list has room for.
const Most = 12

// List is what is needed together. It keeps its places alive.
type List [Most]Place

// NewList returns a list of up to [Most] places. More are not fetched.
func NewList(places ...Place) *List {
	l := new(List)
	copy(l[:], places)
	return l
}

// Soon asks for the list itself: whoever will fetch what is in it would wait for that.
func (l *List) Soon() {
	if l != nil {
		Whole(l).Fetch()
	}
}

// Reach has the processor look up the page in which each place begins, and fetches its first
// line. To be called some time before [List.Fetch]: a prefetch of what lies in a page that has
// yet to be looked up may be passed over, a look at it is not, and what follows need not wait
// for what it sees.
func (l *List) Reach() {
	if l == nil {
		return
	}
	for i := range l {
		if l[i].lines > 0 {
			look(l[i].at)
		}
	}
}

// Fetch asks for all of it. A nil list has nothing in it.
func (l *List) Fetch() {
	if l == nil {
		return
	}
	for i := range l {
		l[i].Fetch()
	}
}
