package signaling

import (
	"slices"

	"tonegate/bridge"
	"tonegate/internal/auth"
	"tonegate/internal/call"
	"tonegate/internal/ivr"
)

// request is any message of a client. Which members count depends on the type.
type request struct {
	Type      string  `json:"type"`
	Token     string  `json:"token"`
	LegID     string  `json:"leg_id"`
	Resume    string  `json:"resume"`
	SDP       string  `json:"sdp"`
	Candidate string  `json:"candidate"`
	Muted     *bool   `json:"muted"`
	OnHold    *bool   `json:"on_hold"`
	To        string  `json:"to"` // of a transfer
	Mask      string  `json:"mask"`
	MaxDigits int     `json:"max_digits"`
	N         int64   `json:"n"`
	State     string  `json:"state"` // of a recording
	Page      *string `json:"page"`
	// Of a capture.
	Fields          []FieldRequest `json:"fields"`
	Connector       string         `json:"connector"`
	Action          string         `json:"action"`
	Amount          *Amount        `json:"amount"`
	OnDemand        bool           `json:"on_demand"`
	ReleaseOnSubmit bool           `json:"release_on_submit"`
	Field           string         `json:"field"` // to be keyed again
}

type legMessage struct {
	Type  string `json:"type,omitempty"`
	LegID string `json:"leg_id"`
	Role  string `json:"role"`
	Kind  string `json:"kind"`
	State string `json:"state"`
	// OnHold is left out of legs that are not.
	OnHold bool `json:"on_hold,omitempty"`
}

type maskingMessage struct {
	Type  string `json:"type,omitempty"`
	State string `json:"state"`
	Mode  string `json:"mode"`
	Armed bool   `json:"armed"`
	Talk  bool   `json:"talk,omitempty"`
}

type captureMessage struct {
	Type      string         `json:"type,omitempty"`
	CaptureID string         `json:"capture_id"`
	State     string         `json:"state"`
	Reason    string         `json:"reason,omitempty"`
	Fields    []CaptureField `json:"fields"`
	// For agents alone.
	Connector string          `json:"connector,omitempty"`
	Receipt   *receiptShape   `json:"receipt,omitempty"`
	Failure   *CaptureFailure `json:"failure,omitempty"`
}

// receiptShape tells of a payment's result without handing it over.
type receiptShape struct {
	Of     string `json:"of"`
	Ending string `json:"ending,omitempty"`
}

type joinedMessage struct {
	Type          string            `json:"type"`
	ConferenceID  string            `json:"conference_id"`
	LegID         string            `json:"leg_id"`
	Role          string            `json:"role"`
	Grants        []string          `json:"grants"`
	Resume        string            `json:"resume"`
	ICEServers    []string          `json:"ice_servers"`
	Demonstration bool              `json:"demonstration"`
	Legs          []legMessage      `json:"legs"`
	Masking       maskingMessage    `json:"masking"`
	Capture       *captureMessage   `json:"capture"`
	Recording     *recordingMessage `json:"recording"`  // null: there was none
	Connectors    []string          `json:"connectors"` // of those who may start a capture
	// For agents and supervisors alone.
	Transfer *TransferShape `json:"transfer,omitempty"`
}

type levelMessage struct {
	Type   string       `json:"type"`
	Levels []levelShape `json:"levels"`
}

type levelShape struct {
	LegID string `json:"leg_id"`
	DBm0  int    `json:"dbm0"`
}

type qualityMessage struct {
	Type      string `json:"type"`
	Received  uint64 `json:"received"`
	Lost      uint64 `json:"lost"`
	Concealed uint64 `json:"concealed"`
}

type answerMessage struct {
	Type string `json:"type"`
	SDP  string `json:"sdp"`
}

type errorMessage struct {
	Type   string `json:"type"`
	Re     string `json:"re"`
	Code   string `json:"code"`
	Detail string `json:"detail"`
	// Pointer is the member at fault (RFC 6901).
	Pointer string `json:"pointer,omitempty"`
}

type byeMessage struct {
	Type   string `json:"type"`
	Reason string `json:"reason"`
}

type pongMessage struct {
	Type string `json:"type"`
	N    int64  `json:"n"`
}

func legOf(l call.Leg) legMessage {
	return legMessage{LegID: l.ID, Role: l.Role.String(), Kind: l.Kind, State: l.State, OnHold: l.OnHold}
}

func maskingOf(m call.Masking) maskingMessage {
	out := maskingMessage{State: "strip", Mode: m.Mode.String(), Armed: m.Armed, Talk: m.Talk}
	switch {
	case m.Mode.String() == "mute":
		out.State = "mute"
	case m.Armed:
		out.State = "armed"
	}
	return out
}

func captureOf(c call.Capture) captureMessage {
	p := c.Progress
	out := captureMessage{CaptureID: c.ID, State: p.State.String(), Reason: p.Reason.String(), Fields: captureFields(p),
		Connector: c.Payment.Connector, Failure: failureShape(c)}
	if r := c.Receipt; r != nil && p.State == ivr.Completed {
		out.Receipt = &receiptShape{r.Of, r.Ending}
	}
	return out
}

func joinedOf(j call.Joined, resume string, connectors []string) joinedMessage {
	out := joinedMessage{
		Type: "joined", ConferenceID: j.Leg.ConferenceID, LegID: j.Leg.ID, Role: j.Leg.Role.String(),
		Grants: j.Grants, Resume: resume, ICEServers: []string{}, Demonstration: j.Conference.Demonstration,
		Legs: []legMessage{}, Masking: maskingOf(j.Masking), Connectors: []string{},
	}
	if slices.Contains(j.Grants, auth.GrantCapture) {
		out.Connectors = append(out.Connectors, connectors...)
	}
	if out.Grants == nil {
		out.Grants = []string{}
	}
	for _, l := range j.Conference.Legs {
		out.Legs = append(out.Legs, legOf(l))
	}
	if j.Leg.Role == bridge.Agent || j.Leg.Role == bridge.Supervisor {
		transfer := transferShape(j.Conference.Transfer)
		out.Transfer = &transfer
	}
	if r := j.Conference.Recording; r.State != "" {
		out.Recording = &recordingMessage{State: r.State, Reason: r.Reason, Delivery: r.Delivery}
	}
	if j.Capture != nil {
		c := captureOf(*j.Capture)
		out.Capture = &c
	}
	return out
}

// messageOf returns what a leg's client is told of an event.
func messageOf(e call.Event) any {
	switch e := e.(type) {
	case call.LegChanged:
		m := legOf(e.Leg)
		switch e.Leg.State {
		case call.LegLeft:
			m.Type = "leg_left"
		case call.LegJoining:
			m.Type = "leg_joined"
		default:
			m.Type = "leg_state"
		}
		return m
	case call.MaskingChanged:
		m := maskingOf(e.Masking)
		m.Type = "masking"
		return m
	case call.TransferChanged:
		return transferMessage{"transfer", e.State.String()}
	case call.CaptureChanged:
		m := captureOf(e.Capture)
		m.Type = "capture_progress"
		return m
	case call.RecordingChanged:
		return recordingMessage{"recording", e.State, e.Reason, e.Delivery}
	case call.Levels:
		m := levelMessage{Type: "level", Levels: []levelShape{}}
		for _, l := range e.Levels {
			m.Levels = append(m.Levels, levelShape{l.LegID, l.DBm0})
		}
		return m
	case call.Quality:
		return qualityMessage{"quality", e.Received, e.Lost, e.Concealed}
	case call.GoingAway:
		return byeMessage{"going_away", e.Reason}
	case call.Ended:
		return byeMessage{"bye", e.Reason}
	default:
		return nil
	}
}
