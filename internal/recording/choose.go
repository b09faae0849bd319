package recording

import (
	"errors"
	"fmt"
	"io"
	"time"

	"filippo.io/age"
)

// choose says which recording a file is of: of those that are wanted, if any, the
// one with the most segments. Public keys are public, so anybody may have put some
// in front; a segment that is repeated counts once.
func choose(in io.Reader, identities []age.Identity, want Want) (best *Info, err error) {
	type found struct {
		info Info
		seqs map[uint64]struct{}
	}
	var all []*found // in the file's order
	known := map[Info]*found{}
	r := newReader(in, identities)
	for {
		s, err := r.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("read a recording: %w", err)
		}
		key := s.Info
		key.StartedAt = time.Time{}
		f := known[key]
		if f == nil {
			f = &found{s.Info, map[uint64]struct{}{}}
			known[key], all = f, append(all, f)
		}
		f.seqs[s.Seq] = struct{}{}
	}
	most := 0
	for _, wanted := range []bool{true, false} {
		for _, f := range all {
			if n := len(f.seqs); n > most && (want.is(&f.info) || !wanted) {
				best, most = &f.info, n
			}
		}
		if best != nil {
			break
		}
	}
	return best, nil
}

// is reports whether a recording is the one that is wanted.
func (w *Want) is(i *Info) bool {
	return (w.Conference == "" || i.Conference == w.Conference) && (w.Recording == "" || i.Recording == w.Recording)
}

// same reports whether two segments are of one file. Its start is not compared: only
// who can open the file knows the thread.
func (i *Info) same(o *Info) bool {
	return i.Recording == o.Recording && i.Conference == o.Conference && i.Thread == o.Thread && i.Encoding == o.Encoding
}
