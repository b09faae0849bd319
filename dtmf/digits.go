package dtmf

import (
	"errors"
	"fmt"
	"sync"
)

const (
	slotBytes = 64
	// MaxDigits is how many keys one field can hold. No field is longer: a
	// card number has 19 digits at most (ISO/IEC 7812-1 §4.1).
	MaxDigits = 40
)

// Errors of the arena.
var (
	ErrArenaFull  = errors.New("dtmf: no free slot for digits")
	ErrDigitsFull = errors.New("dtmf: too many digits in one field")
	ErrWiped      = errors.New("dtmf: digits were wiped")
)

// Arena is the one place in a process where the digits of captures are kept: a
// piece of memory that the caller has locked, carved into fixed slots. Bytes
// never leave it but through [Digits.Reveal]; what moves are handles. It may
// be used from several goroutines.
//
// The memory hangs behind a function: fmt follows pointers into the unexported
// fields of whatever it prints, without asking them how they want to be
// printed, but it cannot look through a function.
type Arena struct{ state func() *arenaState }

type arenaState struct {
	mu    sync.Mutex
	mem   []byte
	slots []slot
}

// slot is the bookkeeping of one slot; the keys themselves are in mem.
type slot struct {
	epoch   uint32 // odd while in use
	readers uint16 // that are being shown the keys
	used    uint8
}

// ArenaBytes returns the size of the memory of an arena for n entries.
func ArenaBytes(n int) int { return n * slotBytes }

// NewArena carves mem into slots of 64 bytes each and keeps it. The memory is
// cleared first. A nil arena, or one with no room for a slot, is always full.
func NewArena(mem []byte) *Arena {
	clear(mem)
	n := min(len(mem)/slotBytes, 1<<16)
	state := &arenaState{mem: mem, slots: make([]slot, n)}
	return &Arena{state: func() *arenaState { return state }}
}

// New takes a free slot. It returns [ErrArenaFull] if there is none.
func (a *Arena) New() (Digits, error) {
	if a == nil || a.state == nil {
		return Digits{}, ErrArenaFull
	}
	state := a.state()
	state.mu.Lock()
	defer state.mu.Unlock()
	for i := range state.slots {
		s := &state.slots[i]
		if s.epoch&1 == 0 && s.readers == 0 {
			s.epoch++
			s.used = 0
			return Digits{arena: a, slot: uint16(i), epoch: s.epoch}, nil
		}
	}
	return Digits{}, ErrArenaFull
}

// Format prints a redaction mark for every verb and flag.
func (a *Arena) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// Digits is a handle to the keys of one field. It prints as a redaction mark
// under every verb and encoder, and copying it copies no key. The zero value
// is a handle to nothing: empty, and not to be appended to. One goroutine at a
// time may append and clear; the others may read and wipe.
type Digits struct {
	arena *Arena
	slot  uint16
	epoch uint32
}

// lock returns the handle's slot and memory with the arena locked, or false,
// with nothing locked, if the handle is stale. The caller unlocks.
func (d Digits) lock() (*arenaState, *slot, []byte, bool) {
	if d.arena == nil || d.arena.state == nil {
		return nil, nil, nil, false
	}
	state := d.arena.state()
	state.mu.Lock()
	s := &state.slots[d.slot]
	if s.epoch != d.epoch {
		state.mu.Unlock()
		return nil, nil, nil, false
	}
	at := int(d.slot) * slotBytes
	return state, s, state.mem[at : at+slotBytes : at+slotBytes], true
}

// Append adds a key. It returns [ErrDigitsFull] beyond [MaxDigits] keys, and
// [ErrWiped] on a handle whose digits are gone.
func (d Digits) Append(k Key) error {
	state, s, mem, ok := d.lock()
	if !ok {
		return ErrWiped
	}
	defer state.mu.Unlock()
	if s.used == MaxDigits {
		return ErrDigitsFull
	}
	mem[s.used] = k.Symbol()
	s.used++
	return nil
}

// Len returns the number of keys; zero on a stale handle.
func (d Digits) Len() int {
	state, s, _, ok := d.lock()
	if !ok {
		return 0
	}
	defer state.mu.Unlock()
	return int(s.used)
}

// Reveal calls f with the keys as ASCII symbols. The bytes are the arena's own:
// they must not be kept, changed or converted to a string that outlives f, and
// they read as nothing once the digits are wiped. The capacity ends with the
// length, so that appending cannot spread over the slot. A stale handle
// reveals nothing, and f is called with no bytes.
func (d Digits) Reveal(f func(plain []byte)) {
	state, s, mem, ok := d.lock()
	if !ok {
		f(nil)
		return
	}
	plain := mem[:s.used:s.used]
	s.readers++
	// f may take its time, and may use other digits, so it runs unlocked: the
	// slot is ours until the last reader is gone.
	state.mu.Unlock()
	defer func() {
		state.mu.Lock()
		defer state.mu.Unlock()
		s.readers--
		if s.readers == 0 && s.epoch != d.epoch {
			overwrite(mem)
		}
	}()
	f(plain)
}

// Clear overwrites the digits and keeps their slot for others to come.
func (d Digits) Clear() {
	state, s, mem, ok := d.lock()
	if !ok {
		return
	}
	defer state.mu.Unlock()
	overwrite(mem)
	s.used = 0
}

// Wipe overwrites the digits and frees their slot; handles to them are stale
// from then on. Where a [Digits.Reveal] is under way, they are overwritten when
// it returns, and nobody else sees them until then. Wiping twice, or a zero
// handle, does nothing.
func (d Digits) Wipe() {
	state, s, mem, ok := d.lock()
	if !ok {
		return
	}
	defer state.mu.Unlock()
	if s.readers == 0 {
		overwrite(mem)
	}
	s.used = 0
	s.epoch++
}

// Format prints a redaction mark for every verb and flag.
func (d Digits) Format(s fmt.State, _ rune) { _, _ = s.Write([]byte(redacted)) }

// MarshalText encodes the redaction mark.
func (d Digits) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalJSON encodes the redaction mark as a string.
func (d Digits) MarshalJSON() ([]byte, error) { return []byte(`"` + redacted + `"`), nil }
