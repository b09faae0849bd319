// Package gcm protects RTP with AEAD_AES_128_GCM (RFC 7714), as SRTP (RFC 3711)
// does it for one peer: the header is authenticated, the payload encrypted as well,
// and 16 bytes of tag follow. AES and GCM are the standard library's; what is here is
// what SRTP adds: keys from a master key, a nonce from a packet's number, and the
// number itself, of which a packet carries only the lower 16 bits.
//
// A general library keeps each of these in an object of its own. A server that comes
// to a leg once in 20 ms then waits for a dozen pages of memory at each packet, which
// costs several times what the cipher does. [Opener] and [Sealer] are one piece each,
// and are kept within the leg. The tests hold them against such a library, packet by
// packet. Keys are used for one direction and one connection; SRTCP and the other
// profiles are not here.
package gcm

import (
	"crypto/aes"
	"crypto/cipher"
	"encoding/binary"
	"errors"
	"fmt"
)

const (
	// KeyBytes and SaltBytes are the sizes of a master key and a master salt
	// (RFC 7714 §12).
	KeyBytes, SaltBytes = 16, 12
	// Overhead is how many bytes protection adds to a packet.
	Overhead = 16
	// MaxSources bounds the sources of a peer, over a connection's life.
	MaxSources = 8
	// Window is how far behind the newest a packet may be (RFC 3711 §3.3.2).
	Window = 64

	fixedHeader = 12
	// maxIndex bounds the packets under one key (RFC 3711 §9.2).
	maxIndex = 1<<48 - 1
)

// Why a packet is refused.
var (
	ErrKeys    = errors.New("a master key of 16 bytes and a master salt of 12 are wanted")
	ErrPacket  = errors.New("no RTP packet")
	ErrForged  = errors.New("the packet is not authentic")
	ErrReplay  = errors.New("the packet came before, or is too old to tell")
	ErrSources = errors.New("the peer sends from too many sources")
	// ErrReused is about packets to be sealed. A nonce that serves twice gives both
	// packets away, and the key to forge more, so numbers only go up, in one stream,
	// for as long as a key may serve.
	ErrReused = errors.New("the packet's number would not be new under this key")
)

// cipherState is a key and where its nonces are made: in a place of their own, so
// that nothing is allocated. It must not be moved once it is ready.
type cipherState struct {
	aead  cipher.AEAD // in place, where it can be
	salt  [SaltBytes]byte
	nonce [SaltBytes]byte
	place place
}

// The labels of RFC 3711 §4.3.2.
const (
	labelKey  = 0
	labelSalt = 2
)

// Ready reports whether there are keys.
func (c *cipherState) Ready() bool { return c.aead != nil }

// Init derives the session key and salt.
func (c *cipherState) Init(masterKey, masterSalt []byte) error {
	if len(masterKey) != KeyBytes || len(masterSalt) != SaltBytes {
		return ErrKeys
	}
	var key [KeyBytes]byte
	defer clear(key[:])
	if err := derive(key[:], labelKey, masterKey, masterSalt); err != nil {
		return err
	}
	var salt [SaltBytes]byte
	if err := derive(salt[:], labelSalt, masterKey, masterSalt); err != nil {
		return err
	}
	return c.initSession(&key, salt)
}

func (c *cipherState) initSession(key *[KeyBytes]byte, salt [SaltBytes]byte) error {
	block, err := aes.NewCipher(key[:])
	if err != nil {
		return fmt.Errorf("make the cipher: %w", err)
	}
	defer forget(block)
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return fmt.Errorf("make the cipher: %w", err)
	}
	c.aead, c.salt = c.place.take(aead), salt
	return nil
}

// derive fills out with the key stream for a label, of one block at most: AES in
// counter mode from the master salt with the label in its eighth byte, at a key
// derivation rate of zero (RFC 3711 §4.3.1, §4.3.3).
func derive(out []byte, label byte, masterKey, masterSalt []byte) error {
	block, err := aes.NewCipher(masterKey)
	if err != nil {
		return fmt.Errorf("derive keys: %w", err)
	}
	defer forget(block)
	var x [aes.BlockSize]byte
	defer clear(x[:])
	copy(x[:], masterSalt)
	x[7] ^= label
	block.Encrypt(x[:], x[:])
	copy(out, x[:])
	return nil
}

// nonceFor is the salt with the source and the packet's number in it (RFC 7714 §8.1).
func (c *cipherState) nonceFor(ssrc uint32, index uint64) []byte {
	n := &c.nonce
	*n = c.salt
	binary.BigEndian.PutUint32(n[2:], binary.BigEndian.Uint32(n[2:])^ssrc)
	binary.BigEndian.PutUint32(n[6:], binary.BigEndian.Uint32(n[6:])^uint32(index>>16))
	binary.BigEndian.PutUint16(n[10:], binary.BigEndian.Uint16(n[10:])^uint16(index))
	return n[:]
}

// header is what is read of an RTP header (RFC 3550 §5.1).
type header struct {
	size     int
	sequence uint16
	ssrc     uint32
}

func parse(packet []byte) (h header, ok bool) {
	const version, extension, sources = 2, 0x10, 0x0f
	if len(packet) < fixedHeader || packet[0]>>6 != version {
		return h, false
	}
	h.size = fixedHeader + 4*int(packet[0]&sources)
	if packet[0]&extension != 0 {
		if len(packet) < h.size+4 {
			return h, false
		}
		h.size += 4 + 4*int(binary.BigEndian.Uint16(packet[h.size+2:]))
	}
	h.sequence, h.ssrc = binary.BigEndian.Uint16(packet[2:]), binary.BigEndian.Uint32(packet[8:])
	return h, h.size <= len(packet)
}
