package gcm

import (
	"crypto/aes"
	"crypto/cipher"
	"reflect"
	"unsafe"
)

// placeWords is what the standard library's GCM takes on common processors, in words
// of 8 bytes: two times the round keys, and a table of products.
const placeWords = 96

// place is memory for a GCM within the leg that it serves. The library's constructor
// makes one elsewhere, in a page of its own, of which each packet would have to be told
// anew where it is; and what it makes cannot be zeroed, and would lie about with its
// keys until the memory is used again. So what it made is moved here.
type place [placeWords]uint64

// movable is the type of the library's GCM, if it is one that may be moved: one that
// holds no pointers, so that neither itself nor the garbage collector minds where it
// is, and fits. Else nothing is moved.
var movable = movableType()

func movableType() reflect.Type {
	block, err := aes.NewCipher(make([]byte, KeyBytes))
	if err != nil {
		return nil
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return nil
	}
	t := reflect.TypeOf(aead)
	if t.Kind() != reflect.Pointer || !plainMemory(t.Elem()) ||
		t.Elem().Size() > unsafe.Sizeof(place{}) || uintptr(t.Elem().Align()) > unsafe.Alignof(place{}) {
		return nil
	}
	return t.Elem()
}

// plainMemory reports whether a type is made of numbers and nothing else. One that may
// be an address is none.
func plainMemory(t reflect.Type) bool {
	switch k := t.Kind(); k {
	case reflect.Struct:
		for i := range t.NumField() {
			if !plainMemory(t.Field(i).Type) {
				return false
			}
		}
		return true
	case reflect.Array:
		return plainMemory(t.Elem())
	default:
		return k >= reflect.Bool && k <= reflect.Complex128 && k != reflect.Uintptr
	}
}

// take moves a GCM here and returns it, or as it is where that cannot be.
func (p *place) take(aead cipher.AEAD) cipher.AEAD {
	from := reflect.ValueOf(aead)
	if movable == nil || from.Type() != reflect.PointerTo(movable) {
		return aead
	}
	to := reflect.NewAt(movable, unsafe.Pointer(p))
	to.Elem().Set(from.Elem())
	from.Elem().SetZero()
	return to.Interface().(cipher.AEAD)
}

// forget zeroes the round keys of a cipher that is not needed any more, where the
// library's type allows it.
func forget(block cipher.Block) {
	v := reflect.ValueOf(block)
	if v.Kind() == reflect.Pointer && plainMemory(v.Type().Elem()) {
		v.Elem().SetZero()
	}
}
