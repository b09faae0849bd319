package rtcleg

import "errors"

// The errors of this package. They are wrapped with what was being done.
var (
	// ErrListen: the UDP port cannot be bound.
	ErrListen = errors.New("cannot listen for media")
	// ErrConfig: the configuration makes no sense.
	ErrConfig = errors.New("bad media configuration")
	// ErrBadOffer: the offer is not one that this server can answer.
	ErrBadOffer = errors.New("bad offer")
	// ErrNoCommonCodec: the offer has audio, but neither PCMU nor PCMA.
	ErrNoCommonCodec = errors.New("no common codec: PCMU/8000 (0) and PCMA/8000 (8) are supported")
	// ErrCodecChanged: a later offer lacks what was negotiated first.
	ErrCodecChanged = errors.New("a leg keeps its codec")
	// ErrBadCandidate: a trickled candidate that cannot be read.
	ErrBadCandidate = errors.New("bad candidate")
	// ErrBadFragment: a trickle-ice-sdpfrag that cannot be read.
	ErrBadFragment = errors.New("bad SDP fragment")
	// ErrClosed: the leg or the server is closed.
	ErrClosed = errors.New("closed")
)
