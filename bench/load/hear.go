package load

import (
	"encoding/binary"

	"tonegate/internal/audio"
)

// inflow is what a leg remembers of the packet before.
type inflow struct {
	any       bool
	sequence  uint16
	timestamp uint32
	kind      uint8
	arrived   int64
}

const sampleTime = int64(audio.FrameDuration) / audio.FrameSamples // 125 µs in ns

// onMedia counts an RTP packet, and listens to it if its leg awaits a mark.
func (g *generator) onMedia(l *leg, data []byte, arrived int64, t *tally) {
	kind := data[1] & 0x7F
	if kind >= 64 && kind < 96 { // RTCP (RFC 5761 §4)
		return
	}
	sequence, timestamp := binary.BigEndian.Uint16(data[2:]), binary.BigEndian.Uint32(data[4:])
	in := &l.in
	if !in.any {
		// The first packet tells the cipher where the sequence begins.
		_, _ = l.hear.DecryptRTP(g.decoded[:], data, &l.header)
	} else if ahead := int16(sequence - in.sequence); ahead <= 0 {
		t.reordered++
		return
	} else {
		t.expected += int(ahead)
		t.received++
		if ahead == 1 && kind == audio.PayloadTypePCMU && in.kind == kind {
			step := int64(int32(timestamp - in.timestamp))
			if step != audio.FrameSamples {
				t.jumps++
			}
			t.jitter = append(t.jitter, deviation(arrived-in.arrived, step))
		}
	}
	*in = inflow{true, sequence, timestamp, kind, arrived}
	if kind == audio.PayloadTypePCMU && l.room.mark.awaited(l.role) {
		plain, err := l.hear.DecryptRTP(g.decoded[:], data, &l.header)
		if err != nil {
			t.undecipherable++
			return
		}
		if at := step(plain[l.header.MarshalSize():]); at >= 0 {
			l.room.mark.hear(l.role, arrived+int64(at)*sampleTime, t)
		}
	}
}

// deviation is by how much two packets' distance differs from that of their
// timestamps, in µs (the D of RFC 3550 §6.4.1, without its sign).
func deviation(between, samples int64) int32 {
	d := between - samples*sampleTime
	return int32(max(d, -d) / 1000)
}

// step returns the sample at which a mark begins, or −1. An edge that lies
// before the payload is the first sample's.
func step(payload []byte) int {
	for i, b := range payload {
		if audio.MuLaw.DecodeSample(b) >= heardLevel {
			return i
		}
	}
	return -1
}

// path is a way through the bridge that is measured.
type path uint8

const (
	customerToIVR path = iota
	agentToCustomer
	customerToAgent
	paths
)

func (p path) String() string {
	return [...]string{"customer→IVR", "agent→customer", "customer→agent"}[p]
}

// pathOf returns the path from a source to a listener.
func pathOf(from, to role) (path, bool) {
	switch {
	case from == customer && to == ivr:
		return customerToIVR, true
	case from == agent && to == customer:
		return agentToCustomer, true
	case from == customer && to == agent:
		return customerToAgent, true
	default:
		return 0, false
	}
}

// mark is a room's latest mark. A second passes until the next one, so what is
// heard is this one or nothing.
type mark struct {
	live   bool
	source role
	sent   int64
	heard  [roles]bool
}

// set notes that a mark has left, and that the one before will not be heard any
// more.
func (m *mark) set(source role, now int64, t *tally) {
	if m.live {
		for to := range roles {
			if p, ok := pathOf(m.source, to); ok && !m.heard[to] {
				t.missed[p]++
			}
		}
	}
	*m = mark{live: true, source: source, sent: now}
}

func (m *mark) awaited(by role) bool {
	_, ok := pathOf(m.source, by)
	return m.live && ok && !m.heard[by]
}

func (m *mark) hear(by role, at int64, t *tally) {
	m.heard[by] = true
	if p, ok := pathOf(m.source, by); ok {
		t.delays[p] = append(t.delays[p], int32((at-m.sent)/1000))
	}
}
