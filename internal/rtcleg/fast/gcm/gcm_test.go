package gcm

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/pion/srtp/v3"
	"pgregory.net/rapid"
)

func unhex(t *testing.T, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.Join(strings.Fields(s), ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestStandardsVector: the packet of RFC 7714 §16.1.1.
func TestStandardsVector(t *testing.T) {
	key := [KeyBytes]byte(unhex(t, "000102030405060708090a0b0c0d0e0f"))
	salt := [SaltBytes]byte(unhex(t, "517569642070726f2071756f"))
	plain := append(unhex(t, "8040f17b8041f8d35501a0b2"), "Gallia est omnis divisa in partes tres"...)
	wanted := unhex(t, `8040f17b 8041f8d3 5501a0b2 f24de3a3 fb34de6c acba861c 9d7e4bca be633bd5 0d294e6f 42a5f47a
		51c7d19b 36de3adf 8833899d 7f27beb1 6a9152cf 765ee439 0cce`)
	var s Sealer
	var o Opener
	if err := errors.Join(s.initSession(&key, salt), o.initSession(&key, salt)); err != nil {
		t.Fatal(err)
	}
	sealed, err := s.Seal(append(make([]byte, 0, 100), plain...))
	if err != nil || !bytes.Equal(sealed, wanted) {
		t.Fatalf("%x, %v", sealed, err)
	}
	if opened, err := o.Open(sealed); err != nil || !bytes.Equal(opened, plain) {
		t.Errorf("%q, %v", opened, err)
	}
}

// TestDerivation: the keys of RFC 3711 §B.3, whose salt is of another profile.
func TestDerivation(t *testing.T) {
	key, salt := unhex(t, "E1F97A0D3E018BE0D64FA32C06DE4139"), unhex(t, "0EC675AD498AFEEBB6960B3AABE6")
	for label, wanted := range map[byte]string{
		labelKey: "C61E7A93744F39EE10734AFE3FF7A087", labelSalt: "30CBBC08863D8C85D49DB34A9AE1",
	} {
		got := make([]byte, len(wanted)/2)
		if err := derive(got, label, key, salt); err != nil || !bytes.Equal(got, unhex(t, wanted)) {
			t.Errorf("label %d: %x, %v", label, got, err)
		}
	}
}

func anyBytes(rng *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(rng.Uint32())
	}
	return b
}

// pair is this package and a library with the same keys.
type pair struct {
	open   Opener
	seal   Sealer
	theirs struct{ open, seal *srtp.Context }
}

func newPair(t interface {
	Helper()
	Fatal(args ...any)
}, rng *rand.Rand) *pair {
	t.Helper()
	p := new(pair)
	key, salt := anyBytes(rng, KeyBytes), anyBytes(rng, SaltBytes)
	const profile = srtp.ProtectionProfileAeadAes128Gcm
	var errs [4]error
	errs[0], errs[1] = p.open.Init(key, salt), p.seal.Init(key, salt)
	p.theirs.open, errs[2] = srtp.CreateContext(key, salt, profile, srtp.SRTPReplayProtection(Window))
	p.theirs.seal, errs[3] = srtp.CreateContext(key, salt, profile)
	if err := errors.Join(errs[:]...); err != nil {
		t.Fatal(err)
	}
	return p
}

// packet is an RTP packet with any header: contributing sources, an extension.
func packet(rng *rand.Rand, ssrc uint32, sequence uint16) []byte {
	sources, extension := rng.IntN(3), rng.IntN(3)
	b := []byte{2<<6 | byte(sources), byte(rng.Uint32())}
	b = binary.BigEndian.AppendUint16(b, sequence)
	b = binary.BigEndian.AppendUint32(b, rng.Uint32())
	b = binary.BigEndian.AppendUint32(b, ssrc)
	b = append(b, anyBytes(rng, 4*sources)...)
	if extension > 0 {
		b[0] |= 0x10
		b = binary.BigEndian.AppendUint16(b, 0xbede)
		b = binary.BigEndian.AppendUint16(b, uint16(extension-1))
		b = append(b, make([]byte, 4*(extension-1))...)
	}
	return append(b, anyBytes(rng, rng.IntN(200))...)
}

func room(b []byte) []byte { return append(make([]byte, 0, len(b)+Overhead), b...) }

// TestAsTheLibrary: what a library seals opens here and the other way round, and
// both refuse the same, whatever is lost, late, doubled or forged on the way, through
// wrap-arounds of the sequence number.
func TestAsTheLibrary(t *testing.T) {
	opened, refused := 0, 0
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0))
		p := newPair(t, rng)
		ssrc, sequence := rng.Uint32(), 65500-uint16(rng.IntN(100))
		var sent [][]byte
		for range rapid.IntRange(1, 300).Draw(t, "packets") {
			sequence += uint16(1 + rng.IntN(3)*rng.IntN(2))
			plain := packet(rng, ssrc, sequence)
			sealed, err := p.seal.Seal(room(plain))
			theirs, theirErr := p.theirs.seal.EncryptRTP(nil, plain, nil)
			if err != nil || theirErr != nil || !bytes.Equal(sealed, theirs) {
				t.Fatalf("%x, %v, by the library %x, %v", sealed, err, theirs, theirErr)
			}
			if sent = append(sent, sealed); rng.IntN(10) == 0 {
				continue // it is late, or lost
			}
			// One of the last ones, mostly this one.
			arrived := bytes.Clone(sent[max(0, len(sent)-1-rng.IntN(100)*rng.IntN(2))])
			if rng.IntN(5) == 0 {
				arrived[rng.IntN(len(arrived))] ^= 1 << rng.IntN(8)
			}
			got, err := p.open.Open(bytes.Clone(arrived))
			theirs, theirErr = p.theirs.open.DecryptRTP(nil, arrived, nil)
			if (err == nil) != (theirErr == nil) || err == nil && !bytes.Equal(got, theirs) {
				t.Fatalf("%x: %v, by the library %v", arrived, err, theirErr)
			}
			if err == nil {
				opened++
			} else {
				refused++
			}
		}
	})
	if opened == 0 || refused == 0 {
		t.Errorf("%d packets opened, %d refused", opened, refused)
	}
}

// TestSources: a peer may have a few, each with its own numbers; one more is told
// apart from a forgery, and a forgery takes no place.
func TestSources(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	p := newPair(t, rng)
	from := func(ssrc uint32, sequence uint16) []byte {
		sealed, err := p.theirs.seal.EncryptRTP(nil, packet(rng, ssrc, sequence), nil)
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	for range 3 * MaxSources {
		forged := from(rng.Uint32(), 1)
		forged[len(forged)-1] ^= 1
		if _, err := p.open.Open(forged); !errors.Is(err, ErrForged) {
			t.Fatal(err)
		}
	}
	for n := range uint16(2) {
		for ssrc := range uint32(MaxSources) {
			if _, err := p.open.Open(from(ssrc, 7+n)); err != nil {
				t.Fatalf("source %d: %v", ssrc, err)
			}
		}
	}
	if _, err := p.open.Open(from(MaxSources, 7)); !errors.Is(err, ErrSources) {
		t.Error(err)
	}
	if _, err := p.open.Open(from(0, 9)); err != nil {
		t.Errorf("after one source too many: %v", err)
	}
}

// TestNoNonceTwice: a sealer refuses what would use a nonce again.
func TestNoNonceTwice(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	p := newPair(t, rng)
	for _, step := range []struct {
		ssrc     uint32
		sequence uint16
		wanted   error
	}{
		{1, 65535, nil}, {1, 65535, ErrReused}, {1, 65534, ErrReused}, {1, 0, nil}, {1, 65535, ErrReused},
		{1, 32767, nil}, {1, 65535, ErrReused}, {2, 32768, ErrReused}, {1, 32768, nil}, {1, 32768, ErrReused},
	} {
		plain := room(packet(rng, step.ssrc, step.sequence))
		before := bytes.Clone(plain)
		if _, err := p.seal.Seal(plain); !errors.Is(err, step.wanted) || err != nil && !bytes.Equal(plain, before) {
			t.Errorf("%d of source %d: %v, wanted %v", step.sequence, step.ssrc, err, step.wanted)
		}
	}
	p.seal.newest, p.seal.begun, p.seal.ssrc = maxIndex, true, 1
	if _, err := p.seal.Seal(room(packet(rng, 1, 0))); !errors.Is(err, ErrReused) {
		t.Error("the key outlived its packets:", err)
	}
	if index, ok := (&source{newest: maxIndex}).index(0); ok {
		t.Errorf("a packet has the number %d", index)
	}
}

// TestWholeNumbers: through many wrap-arounds and jumps of any size that a number of 16
// bits can tell, both ends count alike (RFC 3711 §3.3.1).
func TestWholeNumbers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rng := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 1))
		p := newPair(t, rng)
		index := uint64(rng.IntN(1 << 16))
		for range 200 {
			sealed, err := p.seal.Seal(room(packet(rng, 5, uint16(index))))
			if err != nil || p.seal.newest != index {
				t.Fatalf("%d is sealed as %d: %v", index, p.seal.newest, err)
			}
			if _, err := p.open.Open(sealed); err != nil || p.open.sources[0].newest != index {
				t.Fatalf("%d is opened as %d: %v", index, p.open.sources[0].newest, err)
			}
			index += 1 + uint64(rng.IntN(1<<15-1))
		}
	})
}

func TestKeysOfTheRightSize(t *testing.T) {
	var s Sealer
	var o Opener
	for _, sizes := range [][2]int{{0, 0}, {15, 12}, {16, 14}, {32, 12}} {
		key, salt := make([]byte, sizes[0]), make([]byte, sizes[1])
		if !errors.Is(s.Init(key, salt), ErrKeys) || !errors.Is(o.Init(key, salt), ErrKeys) || s.Ready() || o.Ready() {
			t.Errorf("%v is taken", sizes)
		}
	}
}

func TestNothingAllocates(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	p := newPair(t, rng)
	buf, sequence := room(packet(rng, 9, 0)), uint16(0)
	plain := bytes.Clone(buf)
	if n := testing.AllocsPerRun(1000, func() {
		copy(buf, plain)
		binary.BigEndian.PutUint16(buf[2:], sequence)
		sequence++
		sealed, err := p.seal.Seal(buf)
		if err == nil {
			_, err = p.open.Open(sealed)
		}
		if err != nil {
			t.Fatal(err)
		}
	}); n != 0 {
		t.Errorf("%g allocations a packet", n)
	}
}

// FuzzOpen: nothing that was not sealed opens, and no bytes are too odd.
func FuzzOpen(f *testing.F) {
	rng := rand.New(rand.NewPCG(1, 1))
	p := newPair(f, rng)
	sealed, err := p.seal.Seal(room(packet(rng, 9, 1)))
	if err != nil {
		f.Fatal(err)
	}
	for _, b := range [][]byte{nil, sealed, sealed[:20], make([]byte, 12), {0x9f}, bytes.Repeat([]byte{0x9f}, 76)} {
		f.Add(b)
	}
	// One has heard nothing, and the other the packet before and the one after.
	old := p.open
	for _, sequence := range []uint16{0, 2} {
		other, err := p.theirs.seal.EncryptRTP(nil, packet(rng, 9, sequence), nil)
		if err == nil {
			_, err = old.Open(other)
		}
		if err != nil {
			f.Fatal(err)
		}
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, o := range []Opener{p.open, old} {
			if _, err := o.Open(bytes.Clone(b)); (err == nil) != bytes.Equal(b, sealed) {
				t.Errorf("%x: %v", b, err)
			}
		}
		var other Sealer // the same key would make packets that open
		if err := other.Init(make([]byte, KeyBytes), make([]byte, SaltBytes)); err != nil {
			t.Fatal(err)
		}
		sealed, err := other.Seal(room(b))
		if _, ok := parse(b); ok != (err == nil) {
			t.Errorf("%x is sealed: %v", b, err)
		}
		if err == nil {
			var theirs Opener
			if err := theirs.Init(make([]byte, KeyBytes), make([]byte, SaltBytes)); err != nil {
				t.Fatal(err)
			}
			if opened, err := theirs.Open(sealed); err != nil || !bytes.Equal(opened, b) {
				t.Errorf("%x opens as %x: %v", b, opened, err)
			}
		}
	})
}
