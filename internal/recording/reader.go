package recording

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"

	"filippo.io/age"
)

// reader finds the segments of a file and opens them. It goes on behind what it
// cannot open.
type reader struct {
	in         *bufio.Reader
	identities []age.Identity
	damaged    bool // something before the segment just returned could not be opened
	strange    bool // a segment was not sealed to these identities
}

func newReader(in io.Reader, identities []age.Identity) *reader {
	return &reader{in: bufio.NewReaderSize(in, frameBytes+maxSealed), identities: identities}
}

// next returns the next segment that opens, or io.EOF. Then damaged says whether
// something that did not open stood before it, or before the end.
func (r *reader) next() (*Segment, error) {
	r.damaged = false
	for {
		sealed, err := r.frame()
		switch {
		case errors.Is(err, io.EOF):
			return nil, io.EOF
		case err != nil:
			return nil, err
		case sealed != nil:
			s, err := open(sealed, r.identities)
			if err == nil {
				_, err = r.in.Discard(frameBytes + len(sealed))
				return s, err
			}
			if _, no := errors.AsType[*age.NoIdentityMatchError](err); no {
				r.strange = true
			}
		}
		r.damaged = true
		if err := r.seek(); err != nil {
			return nil, err
		}
	}
}

// frame returns the sealed segment that stands next, without taking it, or nil if
// none stands there whole.
func (r *reader) frame() ([]byte, error) {
	head, err := r.in.Peek(frameBytes)
	if len(head) == 0 || err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if !begins(head) {
		return nil, nil
	}
	whole, err := r.in.Peek(frameBytes + int(binary.BigEndian.Uint32(head[len(magic):])))
	if errors.Is(err, io.EOF) {
		return nil, nil
	}
	return whole[frameBytes:], err
}

// begins reports whether b may be the beginning of a segment, as far as it goes.
func begins(b []byte) bool {
	if len(b) < frameBytes || string(b[:len(magic)]) != magic || binary.BigEndian.Uint32(b[len(magic):]) > maxSealed {
		return false
	}
	rest := b[frameBytes:]
	return bytes.HasPrefix(rest, []byte(ageMagic)[:min(len(rest), len(ageMagic))])
}

// seek moves to the next place where a segment may begin, or to the end.
func (r *reader) seek() error {
	const sure = frameBytes + len(ageMagic)
	for skip := 1; ; {
		if _, err := r.in.Discard(skip); err != nil {
			return ignoreEOF(err)
		}
		b, err := r.in.Peek(frameBytes + maxSealed)
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		at := 0
		for {
			i := bytes.Index(b[at:], []byte(magic))
			if i < 0 {
				break
			}
			if at += i; begins(b[at:]) {
				_, err := r.in.Discard(at)
				return err
			}
			at++
		}
		// What may be cut in two by the end of the buffer is looked at again.
		if skip = len(b) - sure; skip <= 0 || err != nil {
			_, err := r.in.Discard(len(b))
			return ignoreEOF(err)
		}
	}
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
