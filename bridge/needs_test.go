package bridge

import (
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"

	"tonegate/internal/prefetch"
)

// TestNeeds: what is fetched ahead is there, and is a part of what it says it is of. Fields
// that change places would make it nothing, or all that lies between them.
func TestNeeds(t *testing.T) {
	c := New(Config{})
	id, err := c.Join(LegSpec{Role: Customer})
	assert.NoError(t, err)
	l := c.byID(id)
	const lines = 2 * 64 // at either end
	for name, one := range map[string]struct {
		place       prefetch.Place
		least, most uintptr
	}{
		"conference":    {c.Needs(id)[0], unsafe.Sizeof(c.legs) + unsafe.Sizeof(c.ids) + unsafe.Sizeof(c.ticks), 256},
		"jitter buffer": {l.buffer.Needs(), 128, 256},
		"gate":          {c.Needs(id)[3], 64, 0},
		"events":        {c.Needs(id)[4], 64, 128},
		"detector":      {c.Needs(id)[5], 64, 192},
		"leg":           {c.Needs(id)[2], 64, 256},
	} {
		size := uintptr(one.place.Size())
		assert.GreaterOrEqual(t, size, one.least, name)
		assert.LessOrEqual(t, size, one.most+lines, name)
	}
	assert.Nil(t, c.Needs(id+1))
}
