package audio

import "github.com/zaf/g711"

// Law is a G.711 companding law (ITU-T G.711 §3).
type Law uint8

// The two laws. MuLaw is the zero value: every WebRTC endpoint must offer it
// (RFC 7874 §3).
const (
	MuLaw Law = iota
	ALaw
)

// Static RTP payload types of the laws (RFC 3551 §6).
const (
	PayloadTypePCMU = 0
	PayloadTypePCMA = 8
)

// String returns the law's encoding name as SDP writes it.
func (l Law) String() string {
	if l == ALaw {
		return "PCMA"
	}
	return "PCMU"
}

// PayloadType returns the law's static RTP payload type.
func (l Law) PayloadType() uint8 {
	if l == ALaw {
		return PayloadTypePCMA
	}
	return PayloadTypePCMU
}

// Silence returns the code word whose decoded value is nearest to zero.
func (l Law) Silence() byte {
	if l == ALaw {
		return 0xD5
	}
	return 0xFF
}

// The slice functions of the library allocate; its per-sample functions fill
// these tables once, and the media path only ever indexes them.
var (
	decodeMu = decodeTable(g711.DecodeUlawFrame)
	decodeA  = decodeTable(g711.DecodeAlawFrame)
	encodeMu = encodeTable(g711.EncodeUlawFrame)
	encodeA  = encodeTable(g711.EncodeAlawFrame)
)

func decodeTable(f func(uint8) int16) *[256]int16 {
	t := new([256]int16)
	for i := range t {
		t[i] = f(uint8(i))
	}
	return t
}

// encodeTable leaves the last two bits away, which neither law looks at: the μ-law
// is one of 14 bits and the A-law of 13. A quarter of the table fits into a
// processor's first cache.
func encodeTable(f func(int16) uint8) *[1 << 14]uint8 {
	t := new([1 << 14]uint8)
	for i := range t {
		t[i] = f(int16(uint16(i << 2)))
	}
	return t
}

// DecodeSample expands one code word to linear PCM.
func (l Law) DecodeSample(b byte) int16 {
	if l == ALaw {
		return decodeA[b]
	}
	return decodeMu[b]
}

// EncodeSample compands one linear sample.
func (l Law) EncodeSample(v int16) byte {
	if l == ALaw {
		return encodeA[uint16(v)>>2]
	}
	return encodeMu[uint16(v)>>2]
}

// Words are the values of the law's code words.
func (l Law) Words() *[256]int16 {
	if l == ALaw {
		return decodeA
	}
	return decodeMu
}

// Decode expands payload into dst and returns the number of samples written,
// which is the shorter of the two lengths.
func (l Law) Decode(dst []int16, payload []byte) int {
	t := l.Words()
	n := min(len(dst), len(payload))
	for i, b := range payload[:n] {
		dst[i] = t[b]
	}
	return n
}

// Encode compands a frame into dst, which must hold [FrameSamples] bytes.
func (l Law) Encode(dst []byte, f *Frame) {
	to := (*[FrameSamples]byte)(dst)
	if l == ALaw {
		encodePlain(to, encodeA, f)
	} else {
		encodeMuLaw(to, f)
	}
}

func encodePlain(dst *[FrameSamples]byte, t *[1 << 14]uint8, f *Frame) {
	for i, v := range f {
		dst[i] = t[uint16(v)>>2]
	}
}
