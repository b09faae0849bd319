// Package rawtrack is a track for pion/webrtc that sends RTP packets as they
// are.
//
// The library's own static track writes the payload type of the codec it was
// bound with over every packet, and so cannot send named events beside audio,
// which share one SSRC (RFC 4733 §2.2). This one leaves the header alone and
// sets the SSRC only.
package rawtrack

import (
	"fmt"
	"sync/atomic"

	"github.com/pion/rtp"
	"github.com/pion/webrtc/v4"
)

// Track is an audio track. It serves one PeerConnection.
type Track struct {
	id, stream string
	bound      atomic.Pointer[binding]
}

var _ webrtc.TrackLocal = (*Track)(nil)

type binding struct {
	id     string
	ssrc   uint32
	stream webrtc.TrackLocalWriter
}

// New returns a track with the given id and stream id, as SDP will show them.
func New(id, stream string) *Track { return &Track{id: id, stream: stream} }

// Bind is called by the PeerConnection when it is ready to send.
func (t *Track) Bind(ctx webrtc.TrackLocalContext) (webrtc.RTPCodecParameters, error) {
	codecs := ctx.CodecParameters()
	if len(codecs) == 0 {
		return webrtc.RTPCodecParameters{}, fmt.Errorf("bind track: %w", webrtc.ErrUnsupportedCodec)
	}
	t.bound.Store(&binding{id: ctx.ID(), ssrc: uint32(ctx.SSRC()), stream: ctx.WriteStream()})
	return codecs[0], nil
}

// Unbind is called by the PeerConnection when it stops sending.
func (t *Track) Unbind(ctx webrtc.TrackLocalContext) error {
	if b := t.bound.Load(); b != nil && b.id == ctx.ID() {
		t.bound.CompareAndSwap(b, nil)
	}
	return nil
}

// Write sends a packet with the header's payload type. It sets the header's
// SSRC. Before Bind and after Unbind it drops the packet and reports false.
func (t *Track) Write(header *rtp.Header, payload []byte) (sent bool, err error) {
	b := t.bound.Load()
	if b == nil {
		return false, nil
	}
	header.SSRC = b.ssrc
	n, err := b.stream.WriteRTP(header, payload)
	return n > 0, err
}

// SSRC returns the source that packets are sent as, or zero if not bound.
func (t *Track) SSRC() uint32 {
	if b := t.bound.Load(); b != nil {
		return b.ssrc
	}
	return 0
}

// ID returns the track's id.
func (t *Track) ID() string { return t.id }

// RID returns no id: there is no simulcast.
func (t *Track) RID() string { return "" }

// StreamID returns the id of the stream that the track belongs to.
func (t *Track) StreamID() string { return t.stream }

// Kind returns audio.
func (t *Track) Kind() webrtc.RTPCodecType { return webrtc.RTPCodecTypeAudio }
