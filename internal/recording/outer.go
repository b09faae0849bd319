package recording

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
)

// CheckOuter looks at as much of a file as can be seen without a key: it is a
// sequence of framed age files, or one age file.
func CheckOuter(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("look at a recording: %w", err)
	}
	defer f.Close()
	in := bufio.NewReaderSize(f, 1<<16)
	if head, err := in.Peek(len(ageMagic)); err == nil && string(head) == ageMagic {
		return nil
	}
	for n := 0; ; n++ {
		var head [frameBytes]byte
		switch _, err := io.ReadFull(in, head[:]); {
		case errors.Is(err, io.EOF) && n > 0:
			return nil
		case err != nil:
			return fmt.Errorf("%w: segment %d ends early", ErrSegment, n)
		}
		length := binary.BigEndian.Uint32(head[len(magic):])
		if string(head[:len(magic)]) != magic || length > maxSealed || int(length) < len(ageMagic) {
			return fmt.Errorf("%w: segment %d has no frame", ErrSegment, n)
		}
		start, err := in.Peek(len(ageMagic))
		if err != nil || string(start) != ageMagic {
			return fmt.Errorf("%w: segment %d is not an age file", ErrSegment, n)
		}
		if _, err := in.Discard(int(length)); err != nil {
			return fmt.Errorf("%w: segment %d ends early", ErrSegment, n)
		}
	}
}
