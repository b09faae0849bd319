package audit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"
)

// Action is what was done.
type Action string

// The actions.
const (
	CaptureStarted    Action = "capture_started"
	CaptureSubmitted  Action = "capture_submitted"
	CaptureCompleted  Action = "capture_completed"
	CaptureFailed     Action = "capture_failed"
	CaptureCancelled  Action = "capture_cancelled"
	CaptureExpired    Action = "capture_expired"
	FieldRetried      Action = "field_retried"
	ProgressReported  Action = "progress_reported"
	MaskingArmed      Action = "masking_armed"
	MaskingReleased   Action = "masking_released"
	TalkPressed       Action = "talk_pressed"
	TalkReleased      Action = "talk_released"
	Transferred       Action = "transferred"
	RecordingChanged  Action = "recording_changed"
	RecordingRead     Action = "recording_read"     // its sealed file was asked for
	RecordingReceived Action = "recording_received" // sealed in a browser
	RecordingDeleted  Action = "recording_deleted"
	NodeDrained       Action = "node_drained"
	AuditOpened       Action = "audit_opened"
	AuditTorn         Action = "audit_torn" // a crash left part of a line, which was cut off
)

var actions = []Action{
	CaptureStarted, CaptureSubmitted, CaptureCompleted, CaptureFailed, CaptureCancelled, CaptureExpired,
	FieldRetried, ProgressReported, MaskingArmed, MaskingReleased, TalkPressed, TalkReleased,
	Transferred, RecordingChanged, RecordingRead, RecordingReceived, RecordingDeleted, NodeDrained, AuditOpened, AuditTorn,
}

// Actor is the kind of who did it.
type Actor string

// The actors. System is this server itself: a time-out, a restart.
const (
	ByLeg    Actor = "leg"
	ByAPIKey Actor = "api_key"
	BySystem Actor = "system"
)

// Detail says more, out of a closed set.
type Detail string

// details are the fields of a payment, the masks, the sides of a transfer, the
// states of a recording, the pages that pause it, the rules that delete it, and how
// captures end.
var details = []Detail{
	"", "card_number", "expiry", "cvv", "postal_code", "bank_account", "pin", "digits", "custom",
	"mute", "field", "strip", "ivr", "agent", "recording", "paused", "stopped", "failed",
	"page_entered", "page_left", "page_lost", "page_timeout",
	"no_input", "too_many_attempts", "arena_full", "timeout", "cancel_key", "hang_up", "conference_ended", "restart",
	"max_age", "max_bytes", "abandoned",
	"declined", "provider_error", "provider_timeout", "provider_unreachable", "submit_timeout", "collector", "talk_limit",

	"too_many_digits", "not_recorded",
}

// Details returns the closed set of details.
func Details() []Detail { return slices.Clone(details) }

var roles = []string{"", "customer", "agent", "ivr", "supervisor"}

// Identifiers are random text of a fixed length that this system makes; an API
// key is named by the beginning of its hash.
var (
	legID        = regexp.MustCompile(`^leg_[0-9a-z]{24}$`)
	keyID        = regexp.MustCompile(`^key_[0-9a-f]{16}$`)
	conferenceID = regexp.MustCompile(`^(conf_[0-9a-z]{24})?$`)
	captureID    = regexp.MustCompile(`^(cap_[0-9a-z]{24})?$`)
	recordingID  = regexp.MustCompile(`^(rec_[0-9a-z]{24})?$`)
)

// Entry is one act. Seq and Time are set by [Log.Append].
type Entry struct {
	Seq          uint64    `json:"seq"` // from 1
	Time         time.Time `json:"time"`
	Action       Action    `json:"action"`
	Actor        Actor     `json:"actor"`
	ActorID      string    `json:"actor_id"` // leg_… or key_…; empty for the system
	Role         string    `json:"role"`     // of a leg
	ConferenceID string    `json:"conference_id"`
	CaptureID    string    `json:"capture_id"`
	RecordingID  string    `json:"recording_id,omitempty"` // of what is done to its file
	Detail       Detail    `json:"detail"`
}

// ErrEntry is wrapped by errors about an entry that may not be recorded. They
// name the member and do not repeat it.
var ErrEntry = errors.New("audit: not an entry")

// check refuses whatever is not in the closed sets.
func (e *Entry) check() error {
	actor := e.Actor == ByLeg && legID.MatchString(e.ActorID) && e.Role != "" ||
		e.Actor == ByAPIKey && keyID.MatchString(e.ActorID) && e.Role == "" ||
		e.Actor == BySystem && e.ActorID == "" && e.Role == ""
	for _, c := range []struct {
		ok     bool
		member string
	}{
		{slices.Contains(actions, e.Action), "action"},
		{actor && slices.Contains(roles, e.Role), "actor, actor_id and role"},
		{conferenceID.MatchString(e.ConferenceID), "conference_id"},
		{captureID.MatchString(e.CaptureID), "capture_id"},
		{recordingID.MatchString(e.RecordingID), "recording_id"},
		{slices.Contains(details, e.Detail), "detail"},
	} {
		if !c.ok {
			return fmt.Errorf("%w: %s", ErrEntry, c.member)
		}
	}
	return nil
}

type hash [sha256.Size]byte

func (h hash) String() string { return hex.EncodeToString(h[:]) }

const (
	hashMember = `,"hash":"`
	lineEnd    = `"}`
	// tailBytes is the length of what follows the hashed part of a line.
	tailBytes = len(hashMember) + 2*sha256.Size + len(lineEnd)
	// maxLine is longer than any line that is written.
	maxLine = 1024
)

// linked is an entry with the hash of the line before.
type linked struct {
	Entry
	Prev string `json:"prev"`
}

func sum(prev hash, body []byte) hash {
	h := sha256.New()
	h.Write(prev[:])
	h.Write(body)
	return hash(h.Sum(nil))
}

// line returns an entry's line, without a newline, and its hash.
func line(e Entry, prev hash) ([]byte, hash, error) {
	body, err := json.Marshal(linked{e, prev.String()})
	if err != nil {
		return nil, hash{}, fmt.Errorf("%w: %w", ErrEntry, err)
	}
	body = body[:len(body)-1] // its brace: the hash goes in before it
	h := sum(prev, body)
	return fmt.Appendf(body, `%s%s%s`, hashMember, h, lineEnd), h, nil
}

// parse reads a line that is whole in itself: its hash fits its content. Whether
// it stands where it should is the chain's matter.
func parse(text []byte) (e Entry, prev, own hash, ok bool) {
	at := len(text) - tailBytes
	if at < 0 {
		return e, prev, own, false
	}
	var l linked
	d := json.NewDecoder(bytes.NewReader(append(text[:at:at], '}')))
	d.DisallowUnknownFields()
	if d.Decode(&l) != nil {
		return e, prev, own, false
	}
	before, err := hex.DecodeString(l.Prev)
	if err != nil || len(before) != len(prev) {
		return e, prev, own, false
	}
	copy(prev[:], before)
	// Only the one form that line writes is a line.
	again, own, err := line(l.Entry, prev)
	return l.Entry, prev, own, err == nil && bytes.Equal(again, text)
}
