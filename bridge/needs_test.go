package bridge

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
)

// TestNeeds: what is fetched ahead is there, and is a part of what it says it is of. Fields
// that change places would make it nothing, or all that lies between them.
func TestNeeds(t *testing.T) {
	c := New(Config{})
	id, err := c.Join(LegSpec{Role: Customer})
	assert.NoError(t, err)
	l := c.byID(id)
	needs := c.Needs(id)
	const lines = 2 * 64 // at either end
	for i, one := range []struct {
		name        string
		of          unsafe.Pointer
		size        uintptr // of all of it
		least, most uintptr
	}{
		{"conference", unsafe.Pointer(c), unsafe.Sizeof(*c), unsafe.Sizeof(c.legs) + unsafe.Sizeof(c.ids) + unsafe.Sizeof(c.ticks), 256},
		{"jitter buffer", unsafe.Pointer(&l.buffer), unsafe.Sizeof(l.buffer), 128, 256},
		{"leg", unsafe.Pointer(l), unsafe.Sizeof(*l), 64, 256},
		{"gate", unsafe.Pointer(&l.gate), unsafe.Sizeof(l.gate), unsafe.Sizeof(l.gate), unsafe.Sizeof(l.gate)},
		{"events", unsafe.Pointer(&l.events), unsafe.Sizeof(l.events), 64, 128},
		{"detector", unsafe.Pointer(&l.detector), unsafe.Sizeof(l.detector), 64, 192},
	} {
		size := uintptr(needs[i].Size())
		assert.GreaterOrEqual(t, size, one.least, one.name)
		assert.LessOrEqual(t, size, one.most+lines, one.name)
		// A place begins with a pointer to where it is.
		at := *(*uintptr)(unsafe.Pointer(&needs[i]))
		assert.GreaterOrEqual(t, at, uintptr(one.of), one.name)
		assert.Less(t, at, uintptr(one.of)+one.size, one.name)
	}
	assert.Len(t, needs, 6)
	assert.Nil(t, c.Needs(id+1))
}
