package dtmf

import (
	"encoding/binary"
	"testing"

	"tonegate/internal/audio"
)

// FuzzEventReceiver reads a script: a byte of zero ticks, any other is the
// length of a payload that follows after a sequence number and a timestamp.
func FuzzEventReceiver(f *testing.F) {
	f.Add([]byte{4, 0, 1, 0, 0, 0, 100, 5, 0x8A, 0, 160, 0, 0})
	f.Add([]byte{8, 0, 1, 0, 0, 0, 100, 5, 10, 255, 255, 5, 10, 0, 160, 0, 3, 0, 2, 0, 0, 0, 0, 1, 2, 3})
	f.Fuzz(func(t *testing.T, data []byte) {
		r := NewEventReceiver(8000)
		d := NewDetector()
		var frame audio.Frame
		for len(data) > 0 {
			n := int(data[0])
			data = data[1:]
			if n == 0 {
				ev := d.Process(&frame, Reception{Event: r.Tick()})
				checkEvidence(t, &ev)
				continue
			}
			if len(data) < 6 {
				return
			}
			p := EventPacket{Sequence: binary.BigEndian.Uint16(data), Timestamp: binary.BigEndian.Uint32(data[2:])}
			data = data[6:]
			n = min(n, len(data))
			p.Payload, data = data[:n], data[n:]
			err := r.Receive(p)
			if n > 0 && (n%eventBytes != 0 || n > maxEvents*eventBytes) != (err != nil) {
				t.Fatalf("%d bytes: %v", n, err)
			}
		}
		// Whatever came, it ends: no event is active for ever.
		for range 4 * 32 {
			r.Tick()
		}
		if r.Tick().Active {
			t.Fatal("still active")
		}
	})
}

// FuzzDetector plays raw samples; two bytes of each frame choose its reception.
func FuzzDetector(f *testing.F) {
	x := make([]int16, 480)
	steady(5, 100, 300).addTo(x)
	var b []byte
	for i, v := range x {
		if i%audio.FrameSamples == 0 {
			b = append(b, byte(i>>8))
		}
		b = binary.LittleEndian.AppendUint16(b, uint16(v))
	}
	f.Add(b)
	f.Add(make([]byte, 700))
	f.Fuzz(func(t *testing.T, data []byte) {
		d := NewDetector()
		r := NewEventReceiver(48000)
		var frame audio.Frame
		for len(data) > 2*audio.FrameSamples {
			flags := data[0]
			for i := range frame {
				frame[i] = int16(binary.LittleEndian.Uint16(data[1+2*i:]))
			}
			data = data[1+2*audio.FrameSamples:]
			if flags&8 != 0 {
				_ = r.Receive(EventPacket{Timestamp: uint32(flags), Payload: []byte{flags >> 4, flags, 1, 2}})
			}
			d.Arm(flags&2 != 0)
			ev := d.Process(&frame, Reception{Concealed: flags&1 != 0, Event: r.Tick()})
			checkEvidence(t, &ev)
		}
	})
}
