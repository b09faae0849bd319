package dtmf

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"reflect"
	"strings"
	"sync"
	"testing"
)

func fieldOf(t *testing.T, a *Arena, keys string) Digits {
	t.Helper()
	d, err := a.New()
	if err != nil {
		t.Fatal(err)
	}
	for i := range keys {
		k, ok := KeyOf(keys[i])
		if !ok {
			t.Fatalf("no key %c", keys[i])
		}
		if err := d.Append(k); err != nil {
			t.Fatal(err)
		}
	}
	return d
}

func (d Digits) plain() (s string) {
	d.Reveal(func(p []byte) { s = string(p) })
	return s
}

func TestDigits(t *testing.T) {
	mem := make([]byte, 2*slotBytes+10)
	a := NewArena(mem)
	d := fieldOf(t, a, "0123456789*#ABCD")
	if d.plain() != "0123456789*#ABCD" || d.Len() != 16 {
		t.Errorf("revealed %q, %d keys", d.plain(), d.Len())
	}
	e := fieldOf(t, a, "42")
	if _, err := a.New(); !errors.Is(err, ErrArenaFull) {
		t.Errorf("third field: %v", err)
	}
	for range MaxDigits - 2 {
		if err := e.Append(1); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.Append(1); !errors.Is(err, ErrDigitsFull) || e.Len() != MaxDigits {
		t.Errorf("one key too many: %v, %d keys", err, e.Len())
	}
	d.Wipe()
	d.Wipe()
	if d.Len() != 0 || d.plain() != "" || !errors.Is(d.Append(1), ErrWiped) {
		t.Error("a wiped field lives on")
	}
	f := fieldOf(t, a, "7")
	d.Wipe()
	if f.plain() != "7" || d.Len() != 0 {
		t.Error("a stale handle reached the slot's new field")
	}
	f.Wipe()
	e.Wipe()
	if !bytes.Equal(mem, make([]byte, len(mem))) {
		t.Error("wiping left something behind")
	}
	var zero Digits
	zero.Wipe()
	if zero.Len() != 0 || zero.plain() != "" || !errors.Is(zero.Append(1), ErrWiped) {
		t.Error("the zero handle holds something")
	}
	if _, err := (*Arena)(nil).New(); !errors.Is(err, ErrArenaFull) {
		t.Errorf("nil arena: %v", err)
	}
}

func TestRevealedBytesEndWithTheDigits(t *testing.T) {
	a := NewArena(make([]byte, slotBytes))
	d := fieldOf(t, a, "123")
	d.Reveal(func(p []byte) { _ = append(p, 'x') })
	if err := d.Append(4); err != nil || d.plain() != "1234" {
		t.Errorf("%q, %v", d.plain(), err)
	}
	var kept []byte
	d.Reveal(func(p []byte) { kept = p })
	d.Wipe()
	if !bytes.Equal(kept, make([]byte, 4)) {
		t.Error("bytes outlived the wipe")
	}
}

func TestNothingPrintsDigits(t *testing.T) {
	a := NewArena(make([]byte, 4*slotBytes))
	type inner struct{ Hidden, Shown Digits }
	type outer struct {
		Card   Digits
		Ptr    *Digits
		In     inner
		Map    map[string]Digits
		List   []Digits
		Any    any
		Key    Key
		hidden Digits
		key    *Key
		arena  *Arena
	}
	d := fieldOf(t, a, "4929123456786181")
	k := Key(7)
	v := outer{d, &d, inner{d, d}, map[string]Digits{"a": d}, []Digits{d}, d, k, d, &k, a}
	// Addresses are numbers like any other, and differ from run to run.
	var addresses []string
	for _, p := range []any{&d, &k, a, &v} {
		at := reflect.ValueOf(p).Pointer()
		for _, verb := range []string{"%d", "%x", "%X", "%o", "%b", "%U"} {
			addresses = append(addresses, fmt.Sprintf(verb, at), "…")
		}
	}
	withoutAddresses := strings.NewReplacer(addresses...)
	check := func(what, s string) {
		t.Helper()
		s = withoutAddresses.Replace(s)
		for _, leak := range []string{"4929", "6181", "3439", "52 57", "[52", "0x34", "34393239"} {
			if strings.Contains(s, leak) {
				t.Errorf("%s prints %s", what, s)
			}
		}
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%d", "%s", "%x", "%X", "%q", "%c", "%U", "%o", "%b", "%t", "%e", "%#x", "% x"} {
		for _, x := range []any{d, &d, k, &k, a, []Key{4, 9, 2, 9}, map[Key]Digits{k: d}} {
			s := fmt.Sprintf(verb, x)
			check(verb, s)
			if _, isPointer := x.(*Key); !isPointer && !strings.Contains(s, redacted) {
				t.Errorf("%s of %T prints %q", verb, x, s)
			}
		}
		check(verb, fmt.Sprintf(verb, v))
		check(verb, fmt.Sprintf(verb, &v))
	}
	check("Sprint", fmt.Sprint(d, k, v))
	out, err := json.Marshal(struct {
		D  Digits
		K  Key
		Ks []Key
		M  map[string]Digits
		In inner
	}{d, k, []Key{4, 9}, v.Map, v.In})
	if err != nil {
		t.Fatal(err)
	}
	check("json", string(out))
	var log bytes.Buffer
	for _, h := range []slog.Handler{slog.NewTextHandler(&log, nil), slog.NewJSONHandler(&log, nil)} {
		slog.New(h).Info("x", "digits", d, "key", k, "all", v.In)
	}
	check("slog", log.String())
	check("error", fmt.Errorf("failed for %v: %w", d, ErrDigitsFull).Error())
}

func TestArenaFromSeveralGoroutines(t *testing.T) {
	a := NewArena(make([]byte, 16*slotBytes))
	var group sync.WaitGroup
	for g := range 8 {
		group.Go(func() {
			for range 200 {
				d, err := a.New()
				if err != nil {
					t.Error(err)
					return
				}
				for range 16 {
					if err := d.Append(Key(g)); err != nil {
						t.Error(err)
					}
				}
				if want := strings.Repeat(string(Key(g).Symbol()), 16); d.plain() != want {
					t.Errorf("revealed %q", d.plain())
				}
				d.Wipe()
			}
		})
	}
	group.Wait()
}

// TestWipeWaitsForReaders: whoever is being shown the digits sees them to the
// end, nobody else does, and then they are gone.
func TestWipeWaitsForReaders(t *testing.T) {
	mem := make([]byte, slotBytes)
	a := NewArena(mem)
	d := fieldOf(t, a, "4242")
	d.Reveal(func(plain []byte) {
		d.Wipe()
		if string(plain) != "4242" {
			t.Errorf("a reader sees %q", plain)
		}
		if d.plain() != "" || d.Len() != 0 {
			t.Error("a late reader sees wiped digits")
		}
		if _, err := a.New(); !errors.Is(err, ErrArenaFull) {
			t.Errorf("the slot is given away while it is read: %v", err)
		}
	})
	if !bytes.Equal(mem, make([]byte, slotBytes)) {
		t.Error("the digits outlive their last reader")
	}
	e := fieldOf(t, a, "17")
	e.Clear()
	if e.Len() != 0 || !bytes.Equal(mem, make([]byte, slotBytes)) {
		t.Error("not cleared")
	}
	if err := e.Append(1); err != nil || e.plain() != "1" {
		t.Errorf("a cleared field takes no key: %v", err)
	}
	func() {
		defer func() { _ = recover() }()
		e.Reveal(func([]byte) { e.Wipe(); panic("x") })
	}()
	if !bytes.Equal(mem, make([]byte, slotBytes)) {
		t.Error("the digits outlive a reader that panics")
	}
}
