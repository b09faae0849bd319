package gcm

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"math/rand/v2"
	"reflect"
	"testing"
	"unsafe"
)

// TestKeysLieWithin: on common processors nothing of a cipher is elsewhere, so that to
// zero an opener or a sealer is to be rid of all that it holds.
func TestKeysLieWithin(t *testing.T) {
	if movable == nil {
		t.Fatal("the library's GCM has changed: it is not moved any more")
	}
	t.Log(movable, movable.Size(), "of", unsafe.Sizeof(place{}), "bytes")
	rng := rand.New(rand.NewPCG(1, 1))
	p := newPair(t, rng)
	for name, c := range map[string]*cipherState{"opener": &p.open.cipherState, "sealer": &p.seal.cipherState} {
		if got := reflect.ValueOf(c.aead).UnsafePointer(); got != unsafe.Pointer(&c.place) {
			t.Errorf("%s: the cipher is at %p, not at %p", name, got, &c.place)
		}
		if c.place == (place{}) {
			t.Errorf("%s: no keys", name)
		}
	}
}

// TestNothingIsLeftBehind: what was moved is zero where it was, and so are the ciphers
// that keys were derived and expanded with.
func TestNothingIsLeftBehind(t *testing.T) {
	block, err := aes.NewCipher(bytes.Repeat([]byte{7}, KeyBytes))
	if err != nil {
		t.Fatal(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		t.Fatal(err)
	}
	var p place
	moved := p.take(aead)
	nonce, text := make([]byte, SaltBytes), []byte("a payload of some length")
	again, err := cipher.NewGCM(block)
	if err != nil || !bytes.Equal(moved.Seal(nil, nonce, text, nil), again.Seal(nil, nonce, text, nil)) {
		t.Error("a cipher that was moved is another one:", err)
	}
	forget(block)
	for name, v := range map[string]any{"GCM": aead, "AES": block} {
		if e := reflect.ValueOf(v).Elem(); !e.IsZero() {
			t.Errorf("the library's %s still has its keys", name)
		}
	}
}

// TestOthersStayWhereTheyAre: a cipher of another kind is not touched.
func TestOthersStayWhereTheyAre(t *testing.T) {
	var p place
	if other := (foreign{1}); p.take(other) != cipher.AEAD(other) || p != (place{}) {
		t.Error("a foreign cipher was moved")
	}
	for v, plain := range map[any]bool{
		struct{ a [3]uint32 }{}: true, struct{ p *int }{}: false, struct{ s string }{}: false, struct{ f any }{}: false,
		[2]struct{ b bool }{}: true, [1]uintptr{}: false, [1]unsafe.Pointer{}: false, [1]chan int{}: false,
	} {
		if got := plainMemory(reflect.TypeOf(v)); got != plain {
			t.Errorf("%T is plain memory: %v", v, got)
		}
	}
}

type foreign struct{ n int }

func (foreign) NonceSize() int                           { return 12 }
func (foreign) Overhead() int                            { return 16 }
func (foreign) Seal(dst, _, _, _ []byte) []byte          { return dst }
func (foreign) Open(dst, _, _, _ []byte) ([]byte, error) { return dst, nil }
