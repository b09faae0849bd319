package call

import (
	"errors"
	"time"

	"tonegate/bridge"
	"tonegate/internal/ivr"
	"tonegate/mixer/mask"
)

// Errors of the service. Each has one meaning for a protocol to translate.
var (
	ErrNotFound         = errors.New("not found")
	ErrRoleTaken        = errors.New("role_taken")
	ErrEnded            = errors.New("conference_ended")
	ErrInvalid          = errors.New("invalid")
	ErrToken            = errors.New("token")
	ErrForbidden        = errors.New("forbidden")
	ErrCapturing        = errors.New("capture_in_progress")
	ErrNoCapture        = errors.New("capture_not_collecting")
	ErrBuiltin          = errors.New("leg_is_builtin")
	ErrDraining         = errors.New("draining")
	ErrNoCollector      = errors.New("no_collector")
	ErrTooMany          = errors.New("too_many")
	ErrNotNegotiated    = errors.New("not_negotiated")
	ErrMediaSetup       = errors.New("media_setup")
	ErrUnknownField     = errors.New("unknown_field")
	ErrUnknownConnector = errors.New("unknown_connector")
	ErrSubmitting       = errors.New("capture_submitting")
	ErrCollector        = errors.New("wrong_collector")
	ErrIncomplete       = errors.New("capture_incomplete")
	ErrReused           = errors.New("idempotency_key_reused")
	ErrAudit            = errors.New("audit_unavailable")
	ErrSuperseded       = errors.New("superseded")
	errSlowSubscriber   = errors.New("slow subscriber")
)

// MemberError says which member of what was asked for is at fault. It never
// repeats the member's value.
type MemberError struct {
	Pointer string // RFC 6901, into the request
	Err     error  // one of the errors above
}

// Error names the fault.
func (e *MemberError) Error() string { return e.Pointer + ": " + e.Err.Error() }

// Unwrap returns the fault.
func (e *MemberError) Unwrap() error { return e.Err }

// Leg states.
const (
	LegInvited      = "invited"
	LegJoining      = "joining"
	LegConnected    = "connected"
	LegReconnecting = "reconnecting"
	LegLeft         = "left"
)

// Conference states.
const (
	ConferenceCreated = "created"
	ConferenceActive  = "active"
	ConferenceEnded   = "ended"
)

// Leg kinds.
const (
	KindExternal = "external"
	KindBuiltin  = "builtin"
)

// LegSpec asks for a leg.
type LegSpec struct {
	Role     bridge.Role
	Kind     string // KindExternal or KindBuiltin; builtin for IVR only
	Identity string
}

// Spec asks for a conference.
type Spec struct {
	ExternalID    string
	Metadata      map[string]string
	Mode          mask.Mode
	Replacement   mask.Replacement
	MaxDuration   time.Duration
	Legs          []LegSpec
	Demonstration bool
	Recording     *RecordingSpec // nil: nobody records, unless asked
}

// Leg is a snapshot of a leg.
type Leg struct {
	ID           string
	ConferenceID string
	Role         bridge.Role
	Kind         string
	Identity     string
	State        string
	Muted        bool
	OnHold       bool
}

// Conference is a snapshot of a conference.
type Conference struct {
	ID            string
	State         string
	CreatedAt     time.Time
	EndedAt       time.Time
	ExternalID    string
	Metadata      map[string]string
	Mode          mask.Mode
	Replacement   mask.Replacement
	Demonstration bool
	Transfer      bridge.Transfer
	Legs          []Leg
	Recording     RecordingChanged // without an id: there was none
}

// Capture is a snapshot of a capture.
type Capture struct {
	ID           string
	ConferenceID string
	Collector    string // KindBuiltin or KindExternal
	Mode         mask.Mode
	Payment      PaymentSpec
	ArmedAt      time.Time
	Progress     ivr.Progress
	Result       *Result  // of a payment, once completed
	Failure      *Failure // of a payment
	Receipt      *Receipt // in place of Result, for those who see no result
	once         Once
}

// Ticket opens one join.
type Ticket struct {
	Token   string
	Expires time.Time
}

// Event is something that a subscriber may know. The concrete types follow.
type Event interface{ event() }

// LegChanged says that a leg joined, left or changed its state.
type LegChanged struct{ Leg Leg }

// MaskingChanged says what is masked now.
type MaskingChanged struct{ Masking Masking }

// Masking is what the agent hears of the customer.
type Masking struct {
	Mode  mask.Mode
	Armed bool
	Talk  bool // press-to-talk is pressed: of the agent only
}

// CaptureChanged says how far a capture has come.
type CaptureChanged struct{ Capture Capture }

// Level is the level of a leg's masked audio.
type Level struct {
	LegID string
	DBm0  int
}

// Levels carry the levels of the legs that the subscriber hears.
type Levels struct{ Levels []Level }

// Quality is what became of the subscriber's own packets so far.
type Quality struct{ Received, Lost, Concealed uint64 }

// GoingAway says that the server is about to end.
type GoingAway struct{ Reason string }

// Ended says that the subscriber's part in the call is over.
type Ended struct{ Reason string }

func (LegChanged) event()     {}
func (MaskingChanged) event() {}
func (CaptureChanged) event() {}
func (Levels) event()         {}
func (Quality) event()        {}
func (GoingAway) event()      {}
func (Ended) event()          {}
