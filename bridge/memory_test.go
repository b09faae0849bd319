package bridge

import (
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/mixer/mask"
)

// memory finds a key's tone in whatever hangs on a value: every array and slice
// of samples, in any field, exported or not.
type memory struct {
	low, high float64
	seen      map[uintptr]bool
	found     []string // paths
	keys      int      // that are not zero, in lists of keys
}

func search(k dtmf.Key, roots ...any) *memory {
	m := &memory{seen: map[uintptr]bool{}}
	m.low, m.high = k.Frequencies()
	for _, r := range roots {
		m.walk(fmt.Sprintf("%T", r), reflect.ValueOf(r))
	}
	return m
}

func (m *memory) walk(path string, v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() && !m.seen[v.Pointer()] {
			m.seen[v.Pointer()] = true
			m.walk(path, v.Elem())
		}
	case reflect.Interface:
		if !v.IsNil() {
			m.walk(path, v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			m.walk(path+"."+v.Type().Field(i).Name, v.Field(i))
		}
	case reflect.Slice:
		v = v.Slice(0, v.Cap()) // what is behind the end, too
		m.list(path, v)
	case reflect.Array:
		m.list(path, v)
	}
}

func (m *memory) list(path string, v reflect.Value) {
	switch v.Type().Elem().Kind() {
	case reflect.Int16, reflect.Float32:
		if m.tone(samplesOf(v)) {
			m.found = append(m.found, path)
		}
	case reflect.Uint8: // code words
		for _, law := range []audio.Law{audio.MuLaw, audio.ALaw} {
			if m.tone(decoded(law, v)) {
				m.found = append(m.found, path)
			}
		}
	case reflect.TypeFor[dtmf.Key]().Kind():
		for i := range v.Len() {
			if v.Index(i).Uint() != 0 {
				m.keys++
			}
		}
	case reflect.Pointer, reflect.Struct, reflect.Array, reflect.Interface:
		for i := range v.Len() {
			m.walk(path+"[]", v.Index(i))
		}
	}
}

// decoded takes zero for nothing, as zeroed memory is.
func decoded(law audio.Law, v reflect.Value) []float64 {
	out := make([]float64, v.Len())
	for i := range out {
		if code := uint8(v.Index(i).Uint()); code != 0 {
			out[i] = float64(law.DecodeSample(code))
		}
	}
	return out
}

func samplesOf(v reflect.Value) []float64 {
	out := make([]float64, v.Len())
	for i := range out {
		if e := v.Index(i); e.Kind() == reflect.Int16 {
			out[i] = float64(e.Int())
		} else {
			out[i] = e.Float()
		}
	}
	return out
}

// tone reports whether any 8 ms of samples hold both frequencies, well above
// what comfort noise has there.
func (m *memory) tone(x []float64) bool {
	const window, least = 64, 300
	for at := 0; at+window <= len(x); at += window / 4 {
		if amplitude(x[at:at+window], m.low) > least && amplitude(x[at:at+window], m.high) > least {
			return true
		}
	}
	return false
}

func amplitude(x []float64, hz float64) float64 {
	var re, im float64
	for i, v := range x {
		s, c := math.Sincos(2 * math.Pi * hz * float64(i) / audio.SampleRate)
		re, im = re+v*c, im+v*s
	}
	return 2 * math.Hypot(re, im) / float64(len(x))
}

// entry is a call in the middle of a key: the tone is everywhere, and a lost
// packet has it in the concealment too.
type entryCall struct {
	c        *Conference
	out      Output
	now      time.Time
	customer LegID
	seq      uint16
}

const heldKey = dtmf.Key(6)

func newEntryCall(t *testing.T) *entryCall {
	e := &entryCall{c: New(Config{Policy: mask.Policy{Mode: mask.Strip}, Seed: 7}), now: time.Unix(1_000_000, 0)}
	for _, r := range []Role{Customer, Agent, IVR} {
		id, err := e.c.Join(LegSpec{Role: r})
		if err != nil {
			t.Fatal(err)
		}
		if r == Customer {
			e.customer = id
		}
	}
	if err := e.c.BeginCapture(Capture{Mode: mask.Field}); err != nil {
		t.Fatal(err)
	}
	for range 20 {
		e.tick(false, true)
	}
	for n := range 12 {
		e.tick(true, n != 8)
	}
	return e
}

// tick sends a frame, of the tone or of silence, or loses it.
func (e *entryCall) tick(tone, arrives bool) {
	var f audio.Frame
	low, high := heldKey.Frequencies()
	for i := range f {
		if at := float64(int(e.seq)*audio.FrameSamples+i) / audio.SampleRate; tone {
			f[i] = int16(4000*math.Sin(2*math.Pi*low*at) + 4000*math.Sin(2*math.Pi*high*at))
		}
	}
	payload := make([]byte, audio.FrameSamples)
	audio.MuLaw.Encode(payload, &f)
	if arrives {
		e.c.Receive(e.customer, Packet{Sequence: e.seq, Timestamp: uint32(e.seq) * audio.FrameSamples, SSRC: 1, Payload: payload, Arrived: e.now})
	}
	e.seq++
	e.now = e.now.Add(audio.FrameDuration)
	e.c.Tick(e.now, &e.out)
}

func (m *memory) has(part string) bool {
	for _, path := range m.found {
		if strings.Contains(path, part) {
			return true
		}
	}
	return false
}

// TestMemoryHoldsAToneAtFirst: the search finds what is there, in each place
// that the tests below want clean.
func TestMemoryHoldsAToneAtFirst(t *testing.T) {
	e := newEntryCall(t)
	m := search(heldKey, e.c, &e.out)
	for _, place := range []string{".buffer.conceal.past", ".raw", ".ears", "Mixes.IVR"} {
		if !m.has(place) {
			t.Errorf("nothing found in %s; found in %v", place, m.found)
		}
	}
	// What is repeated stays no longer than the loss.
	for _, lost := range []bool{true, false} {
		e.tick(true, !lost)
		if later := search(heldKey, e.c, &e.out); later.has(".buffer.conceal.cycle") != lost {
			t.Errorf("lost: %t, found in %v", lost, later.found)
		}
	}
	// The gates held it never, or only as silence.
	if m.has(".gate") || m.has(".aside") || m.has(".Agent") {
		t.Errorf("a gate holds the tone: %v", m.found)
	}
}

// TestAFinishedFieldLeavesNoTone: at a field's end, and at the capture's, nothing
// is left that would be repeated, and a tenth of a second later nothing anywhere.
func TestAFinishedFieldLeavesNoTone(t *testing.T) {
	for name, end := range map[string]func(*Conference){
		"field, submit":           (*Conference).FieldComplete,
		"field that may be short": (*Conference).FieldKeyed,
		"cancel, time-out, drain": func(c *Conference) { _ = c.EndCapture() },
	} {
		t.Run(name, func(t *testing.T) {
			e := newEntryCall(t)
			end(e.c)
			if m := search(heldKey, e.c); m.has(".buffer") || m.has(".gate") || m.has(".aside") {
				t.Errorf("at once: %v", m.found)
			}
			for range 5 {
				e.tick(false, true)
			}
			if m := search(heldKey, e.c, &e.out); len(m.found) > 0 {
				t.Errorf("after 100 ms: %v", m.found)
			}
		})
	}
}

// TestAHangUpLeavesNoTone: of a leg that left, and of a call that ended, nothing
// is left at once. The memory of both may live long in the garbage.
func TestAHangUpLeavesNoTone(t *testing.T) {
	e := newEntryCall(t)
	gone := e.c.byID(e.customer)
	if err := e.c.Leave(e.customer); err != nil {
		t.Fatal(err)
	}
	if m := search(heldKey, gone); len(m.found) > 0 {
		t.Errorf("of a leg that left: %v", m.found)
	}
	e = newEntryCall(t)
	if e.out.Pressed = append(e.out.Pressed, heldKey); search(heldKey, &e.out).keys == 0 {
		t.Error("the search does not find keys")
	}
	legs := e.c.legs
	e.c.Wipe()
	e.out.Wipe()
	if m := search(heldKey, e.c, &e.out, legs); len(m.found) > 0 || m.keys > 0 {
		t.Errorf("of a call that ended: %v, and %d keys", m.found, m.keys)
	}
}
