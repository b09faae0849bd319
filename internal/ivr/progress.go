package ivr

import "tonegate/internal/card"

// State is where a capture stands.
type State uint8

// The states. Idle is before masking is armed.
const (
	Idle State = iota
	Collecting
	Submitting
	Completed
	FailedState
	CancelledState
	Expired
)

// String returns the state's name as the API spells it.
func (s State) String() string {
	return [...]string{"arming", "collecting", "submitting", "completed", "failed", "cancelled", "expired"}[s]
}

// Open reports whether the capture has not ended.
func (s State) Open() bool { return s <= Submitting }

// FieldState is where a field stands.
type FieldState uint8

// The states of a field. A rejected one is asked for again and stays rejected
// until a key comes.
const (
	Pending FieldState = iota
	Entering
	Valid
	Rejected
)

// String returns the state's name as the API spells it.
func (s FieldState) String() string {
	return [...]string{"pending", "entering", "valid", "rejected"}[s]
}

// Cause is why a capture ended as it did.
type Cause uint8

// The causes. NoCause is that of captures that completed or that somebody
// cancelled.
const (
	NoCause Cause = iota
	NoInput
	TooManyAttempts
	TooManyDigits
	ArenaFull
	TimedOut
	CancelKey
	HungUp
	ConferenceEnded
	Restarted
	SubmitTimeout
	Declined
	ProviderError
	ProviderTimeout
	ProviderUnreachable
	CollectorFailed
	NotRecorded // the payment could not be put on record, so it was not made
	causeCount
)

var causeNames = [causeCount]string{
	"", "no_input", "too_many_attempts", "too_many_digits", "arena_full", "timeout", "cancel_key", "hang_up",
	"conference_ended", "restart", "submit_timeout", "declined", "provider_error", "provider_timeout",
	"provider_unreachable", "collector", "not_recorded",
}

// String returns the cause's name as the API spells it; empty for NoCause.
func (c Cause) String() string {
	if c >= causeCount {
		return ""
	}
	return causeNames[c]
}

// CauseNamed returns the cause with the given name.
func CauseNamed(name string) (Cause, bool) {
	for c := NoInput; c < causeCount; c++ {
		if causeNames[c] == name {
			return c, true
		}
	}
	return NoCause, false
}

// MaxFields is how many fields a capture can have.
const MaxFields = 8

// FieldProgress is all that leaves of a field.
type FieldProgress struct {
	Name    string
	Kind    card.Kind
	State   FieldState
	Entered int // keys
	Attempt int // from 1; 0 before it is asked for
	Reason  card.Reason
	// Of an accepted card number.
	Brand    card.Brand
	LastFour card.LastFour
}

// Progress is all that leaves of a capture. It is comparable, and holds no
// pointer to anything that changes.
type Progress struct {
	CaptureID string
	State     State
	Armed     bool // masking
	Reason    Cause
	Count     int // of Fields in use
	Fields    [MaxFields]FieldProgress
}
