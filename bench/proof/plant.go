package proof

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
	"unicode/utf16"

	"tonegate/dtmf"
	"tonegate/internal/audio"
)

// plants are a number in every form that the search claims to find. They are
// written out here once more, so that an error in the search is not repeated.
func plants(number string) map[string][]byte {
	out := map[string][]byte{
		"ASCII": []byte(number), "hexadecimal": []byte(hex.EncodeToString([]byte(number))),
		"spread": []byte("[" + strings.Join(strings.Split(number, ""), ", ") + "]"),
		"half":   []byte(number[3 : 3+someDigits]),
	}
	for i := range 3 {
		out[fmt.Sprintf("base64, alignment %d", i)] = []byte(base64.StdEncoding.EncodeToString([]byte("ab"[:i] + number + "cd")))
	}
	var little, big, codes, events, bcd []byte
	for _, u := range utf16.Encode([]rune(number)) {
		little, big = binary.LittleEndian.AppendUint16(little, u), binary.BigEndian.AppendUint16(big, u)
	}
	for i, d := range []byte(number) {
		codes = append(codes, d-'0')
		events = append(events, d-'0', 0x8A, byte(i), byte(7*i))
		if i%2 == 0 {
			bcd = append(bcd, (d-'0')<<4|(number[i+1]-'0'))
		}
	}
	out["UTF-16LE"], out["UTF-16BE"], out["codes"], out["event payloads"], out["BCD"] = little, big, codes, events, bcd
	v, _ := strconv.ParseUint(number, 10, 64)
	out["integer"] = binary.LittleEndian.AppendUint64(nil, v)
	for stride := 1; stride <= maxStride; stride++ {
		for name, zero := range map[string]byte{"characters": '0', "codes": 0} {
			b := make([]byte, stride*len(number))
			for i := range b {
				b[i] = byte(200 + i%13)
			}
			for i := range number {
				b[i*stride] = number[i] - '0' + zero
			}
			out[fmt.Sprintf("%s, %d bytes apart", name, stride)] = b
		}
	}
	return out
}

// calibrate plants a number in every form, and tones in every coding, into noise and has
// the search find them. In the noise itself it must find nothing.
func calibrate(seed uint64) Check {
	c := Check{Name: "control: the search finds what is planted"}
	rng := rand.New(rand.NewPCG(seed, 0x9EED))
	number := newPlastic(rng).number
	n := newNeedle(number)
	noise := make([]byte, 1<<16)
	for i := range noise {
		noise[i] = byte(rng.Uint32())
	}
	if hits := n.find(noise); len(hits) > 0 {
		c.fault("noise is taken for %s", tally(hits))
	}
	for name, b := range plants(number) {
		c.Tried++
		at := rng.IntN(1000)
		where := append([]byte(nil), noise[:4096]...)
		copy(where[at:], b)
		if len(n.find(where)) == 0 {
			c.fault("%s is not found", name)
		}
	}
	if k := len(findTones(noise)); k > 0 {
		c.fault("noise is taken for %d tones", k)
	}
	for name, b := range plantedTones() {
		c.Tried++
		if len(findTones(append(append([]byte(nil), noise[:3001]...), b...))) == 0 {
			c.fault("a tone as %s is not found", name)
		}
	}
	c.Figure = fmt.Sprintf("%d plants", c.Tried)
	return c.done()
}

// plantedTones are 40 ms of each key in each coding.
func plantedTones() map[string][]byte {
	out := map[string][]byte{}
	for _, symbol := range []byte("0123456789*#ABCD") {
		samples := make([]int16, 40*ms)
		tone(samples, press{symbol, 0, len(samples)})
		mu, a, pcm := []byte{}, []byte{}, []byte{}
		for _, v := range samples {
			mu, a = append(mu, audio.MuLaw.EncodeSample(v)), append(a, audio.ALaw.EncodeSample(v))
			pcm = binary.LittleEndian.AppendUint16(pcm, uint16(v))
		}
		key, _ := dtmf.KeyOf(symbol)
		for name, b := range map[string][]byte{"µ-law": mu, "A-law": a, "PCM": pcm, "PCM, odd": append([]byte{0}, pcm...)} {
			out[fmt.Sprintf("%s, key %d", name, key)] = b
		}
	}
	return out
}
