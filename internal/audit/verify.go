package audit

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
)

// FaultKind is what is wrong with a record.
type FaultKind uint8

// The faults.
const (
	Changed    FaultKind = iota + 1 // the line does not fit its hash
	Missing                         // lines before this one are gone
	Reordered                       // lines were swapped
	Added                           // the line is not one of the chain
	Rewritten                       // the chain is whole, but not the one that was signed
	Cut                             // the record ends before the checkpoint
	TornEnd                         // the last line is not whole
	Unreadable                      // the line is too long to be one
)

// Fault is the first fault of a record. Line counts from 1.
type Fault struct {
	Kind FaultKind
	Line uint64
	Want uint64 // of Missing: the first line that is gone; of Cut: lines there should be
}

// Error says in one line what is wrong.
func (f *Fault) Error() string {
	switch f.Kind {
	case Changed:
		return fmt.Sprintf("line %d was changed: it does not fit its hash", f.Line)
	case Missing:
		return fmt.Sprintf("line %d is missing: what stands there is a later one", f.Want)
	case Reordered:
		return fmt.Sprintf("line %d is out of order", f.Line)
	case Added:
		return fmt.Sprintf("line %d was added or replaced: it does not follow from the line before", f.Line)
	case Rewritten:
		return fmt.Sprintf("line %d is not the one that the checkpoint signs: the record was rewritten up to it", f.Line)
	case Cut:
		return fmt.Sprintf("the record was cut after line %d: the checkpoint signs %d lines", f.Line, f.Want)
	case TornEnd:
		return fmt.Sprintf("line %d is not whole: the end is torn or cut", f.Line)
	default:
		return fmt.Sprintf("line %d is too long to be a line of the record", f.Line)
	}
}

// Verify reads a record from its beginning. If key is not empty, the
// checkpoint's signature must be by it; the checkpoint may be nil. It returns
// how many lines there are and the first fault: a *[Fault], an error of the
// checkpoint, or of reading.
func Verify(r io.Reader, key ed25519.PublicKey, c *Checkpoint) (lines uint64, err error) {
	if c != nil && len(key) > 0 {
		if err := c.Verify(key); err != nil {
			return 0, err
		}
	}
	v, err := follow(r, c, nil)
	if err != nil {
		return v.count, err
	}
	if c != nil && v.count < c.Count {
		return v.count, &Fault{Kind: Cut, Line: v.count, Want: c.Count}
	}
	return v.count, nil
}

// chain is how far a record was followed.
type chain struct {
	count uint64
	head  hash
	bytes int64 // of whole lines
}

// follow reads lines and calls each for every good one.
func follow(r io.Reader, c *Checkpoint, each func(Entry)) (v chain, err error) {
	if c != nil && c.Count == 0 && c.Head != v.head.String() {
		return v, ErrCheckpoint
	}
	in := bufio.NewReaderSize(r, maxLine)
	for {
		text, err := in.ReadSlice('\n')
		switch {
		case errors.Is(err, bufio.ErrBufferFull):
			return v, &Fault{Kind: Unreadable, Line: v.count + 1}
		case errors.Is(err, io.EOF) && len(text) == 0:
			return v, nil
		case errors.Is(err, io.EOF):
			return v, &Fault{Kind: TornEnd, Line: v.count + 1}
		case err != nil:
			return v, fmt.Errorf("read the record: %w", err)
		}
		entry, prev, own, ok := parse(bytes.TrimSuffix(text, []byte("\n")))
		length := int64(len(text))
		if fault := v.place(entry, prev, ok); fault != nil {
			fault.settle(in)
			return v, fault
		}
		v.count, v.head, v.bytes = v.count+1, own, v.bytes+length
		if c != nil && v.count == c.Count && v.head.String() != c.Head {
			return v, &Fault{Kind: Rewritten, Line: v.count}
		}
		if each != nil {
			each(entry)
		}
	}
}

// place says whether a line may stand after those before.
func (v *chain) place(e Entry, prev hash, whole bool) *Fault {
	here := v.count + 1
	switch {
	case !whole:
		return &Fault{Kind: Changed, Line: here}
	case e.Seq > here:
		return &Fault{Kind: Missing, Line: here, Want: here}
	case e.Seq < here || prev != v.head:
		return &Fault{Kind: Added, Line: here}
	}
	return nil
}

// settle tells a line that is gone from one that comes later.
func (f *Fault) settle(rest *bufio.Reader) {
	if f.Kind != Missing {
		return
	}
	for {
		text, err := rest.ReadSlice('\n')
		if e, _, _, ok := parse(bytes.TrimSuffix(text, []byte("\n"))); ok && e.Seq == f.Want {
			*f = Fault{Kind: Reordered, Line: f.Line}
			return
		}
		if err != nil {
			return
		}
	}
}
