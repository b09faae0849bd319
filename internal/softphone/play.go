package softphone

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pion/rtp"

	"tonegate/internal/audio"
)

// ErrBusy: the phone is already playing.
var ErrBusy = errors.New("the phone is already playing")

// SentPacket is one packet as it was sent.
type SentPacket struct {
	At          time.Time
	Slot        int64
	Sequence    uint16
	Timestamp   uint32
	PayloadType uint8
	Marker      bool
}

// Sent is what Play did.
type Sent struct {
	Start   time.Time // of slot 0
	Packets []SentPacket
	// Late is how far the worst slot was behind its time.
	Late time.Duration
}

// Play sends slots at their times until the source is over or ctx ends. Slot n
// is due n×20 ms after the start, however late the one before was. Sequence
// numbers and timestamps continue over several calls.
func (p *Phone) Play(ctx context.Context, source Source) (Sent, error) {
	if !p.lifted.CompareAndSwap(false, true) {
		return Sent{}, fmt.Errorf("play: %w", ErrBusy)
	}
	defer p.lifted.Store(false)
	select {
	case <-p.connected:
	case <-p.gone:
		return Sent{}, fmt.Errorf("play: %w", ErrClosed)
	case <-ctx.Done():
		return Sent{}, fmt.Errorf("play: wait for the connection: %w", ctx.Err())
	}
	sent := Sent{Start: time.Now()}
	timer := time.NewTimer(0)
	defer timer.Stop()
	<-timer.C
	for n := int64(0); ; n++ {
		due := sent.Start.Add(time.Duration(n) * audio.FrameDuration)
		timer.Reset(time.Until(due))
		select {
		case <-timer.C:
		case <-p.gone:
			return sent, fmt.Errorf("play: %w", ErrClosed)
		case <-ctx.Done():
			return sent, fmt.Errorf("play: %w", ctx.Err())
		}
		slot, ok := source(n)
		if !ok {
			return sent, nil
		}
		sent.Late = max(sent.Late, time.Since(due))
		if err := p.send(n, slot, &sent); err != nil {
			return sent, fmt.Errorf("play: %w", err)
		}
		p.timestamp += audio.FrameSamples
	}
}

// send sends one slot's packets: events before audio, as they began earlier.
func (p *Phone) send(n int64, slot Slot, sent *Sent) error {
	if e := slot.Event; e != nil && p.media.Events {
		payload := e.payload()
		for i := range max(1, e.Copies) {
			h := rtp.Header{PayloadType: p.media.Event, Marker: e.Marker && i == 0, Timestamp: p.timestamp - e.Age}
			if err := p.write(n, h, payload[:], sent); err != nil {
				return err
			}
		}
	}
	if len(slot.Audio) == 0 {
		return nil
	}
	h := rtp.Header{PayloadType: p.media.Law.PayloadType(), Timestamp: p.timestamp}
	return p.write(n, h, slot.Audio, sent)
}

// SendRaw sends one packet of any payload type at once, for tests of what a
// peer does with it. It must not run beside Play.
func (p *Phone) SendRaw(payloadType uint8, payload []byte) error {
	h := rtp.Header{PayloadType: payloadType, Timestamp: p.timestamp}
	return p.write(0, h, payload, new(Sent))
}

func (p *Phone) write(n int64, h rtp.Header, payload []byte, sent *Sent) error {
	h.Version, h.SequenceNumber = 2, p.sequence
	p.sequence++
	at := time.Now()
	// A connection that is being restarted has no path for a moment; the packet
	// is lost as on any network.
	if _, err := p.track.Write(&h, payload); err != nil && !errors.Is(err, errNoPath) {
		return err
	}
	if !p.cfg.Discard {
		sent.Packets = append(sent.Packets, SentPacket{at, n, h.SequenceNumber, h.Timestamp, h.PayloadType, h.Marker})
	}
	return nil
}
