package call

// Receipt is what an agent is told of a payment's result: which kind it is, and
// by which end the platform can be asked for it.
type Receipt struct {
	Of     string // token, charge or envelope
	Ending string // of the token or of the charge's id; empty if either is short
}

// Of a reference, so much is told that two can be told apart, and never enough
// to use it.
const (
	endingLength    = 4
	shortestToldEnd = 3 * endingLength
)

func (r *Result) receipt() *Receipt {
	switch {
	case r == nil:
		return nil
	case r.Envelope != "" || r.EnvelopeExpired:
		return &Receipt{Of: "envelope"}
	case r.Token != "":
		return &Receipt{"token", endingOf(r.Token)}
	case r.Reference != "":
		return &Receipt{"charge", endingOf(r.Reference)}
	default:
		return nil
	}
}

func endingOf(reference string) string {
	if len(reference) < shortestToldEnd {
		return ""
	}
	return reference[len(reference)-endingLength:]
}
