package signaling

import (
	"context"
	"time"

	"tonegate/bridge"
	"tonegate/internal/call"
	"tonegate/mixer/mask"
)

// LegRequest asks for a leg.
type LegRequest struct {
	Role     string `json:"role" enum:"customer,agent,ivr,supervisor" doc:"One customer, agent and ivr each; several supervisors."`
	Kind     string `json:"kind,omitempty" enum:"external,builtin" doc:"An ivr may be builtin: it needs no join." required:"false"`
	Identity string `json:"identity,omitempty" maxLength:"128" doc:"The platform's own name for the party." required:"false"`
}

// MaskingShape is what the agent hears of the customer outside captures.
type MaskingShape struct {
	Mode        string `json:"mode,omitempty" enum:"strip,field,mute" default:"strip" required:"false"`
	Replacement string `json:"replacement,omitempty" enum:"comfort_noise,tone,silence" default:"comfort_noise" required:"false"`
}

// ConferenceRequest asks for a conference.
type ConferenceRequest struct {
	ExternalID   string            `json:"external_id,omitempty" maxLength:"128" required:"false"`
	Metadata     map[string]string `json:"metadata,omitempty" maxProperties:"32" required:"false"`
	MaxDurationS int               `json:"max_duration_s,omitempty" minimum:"1" maximum:"86400" required:"false" doc:"End the conference after this long."`
	Masking      *MaskingShape     `json:"masking,omitempty" required:"false"`
	Recording    *RecordingRequest `json:"recording,omitempty" required:"false" doc:"Record the call, sealed. Without it nobody records, unless it is asked for later."`
	Legs         []LegRequest      `json:"legs,omitempty" maxItems:"8" required:"false"`
}

// Join is what a party needs to join.
type Join struct {
	Token        string    `json:"token" doc:"Opens one join; keep it out of URLs."`
	ExpiresAt    time.Time `json:"expires_at"`
	SignalingURL string    `json:"signaling_url"`
	WHIPURL      string    `json:"whip_url"`
	ICEServers   []string  `json:"ice_servers"`
}

// LegShape is a leg.
type LegShape struct {
	ID           string `json:"id"`
	ConferenceID string `json:"conference_id"`
	Role         string `json:"role"`
	Kind         string `json:"kind"`
	Identity     string `json:"identity,omitempty"`
	State        string `json:"state" enum:"invited,joining,connected,reconnecting,left"`
	Muted        bool   `json:"muted"`
	OnHold       bool   `json:"on_hold" doc:"It hears comfort music, and nobody hears it."`
	Join         *Join  `json:"join,omitempty" doc:"Only in answers that mint a token."`
}

// ConferenceShape is a conference.
type ConferenceShape struct {
	ID            string            `json:"id"`
	State         string            `json:"state" enum:"created,active,ended"`
	CreatedAt     time.Time         `json:"created_at"`
	EndedAt       *time.Time        `json:"ended_at,omitempty"`
	ExternalID    string            `json:"external_id,omitempty"`
	Metadata      map[string]string `json:"metadata,omitempty"`
	Masking       MaskingShape      `json:"masking"`
	Demonstration bool              `json:"demonstration"`
	Transfer      TransferShape     `json:"transfer"`
	Recording     *RecordingStatus  `json:"recording,omitempty"`
	Legs          []LegShape        `json:"legs"`
}

func (r LegRequest) spec() call.LegSpec {
	return call.LegSpec{Role: roleOf(r.Role), Kind: r.Kind, Identity: r.Identity}
}

func roleOf(s string) bridge.Role {
	for r := bridge.Customer; r <= bridge.Supervisor; r++ {
		if r.String() == s {
			return r
		}
	}
	return 0
}

// modeOf reads a mode. What is unknown is mute.
func modeOf(s string) mask.Mode {
	switch s {
	case "strip":
		return mask.Strip
	case "field":
		return mask.Field
	default:
		return mask.Mute
	}
}

func replacementOf(s string) mask.Replacement {
	switch s {
	case "tone":
		return mask.Tone
	case "silence":
		return mask.Silence
	default:
		return mask.ComfortNoise
	}
}

func (r *ConferenceRequest) spec() call.Spec {
	spec := call.Spec{
		ExternalID: r.ExternalID, Metadata: r.Metadata, Mode: mask.Strip,
		MaxDuration: time.Duration(r.MaxDurationS) * time.Second, Recording: r.Recording.spec(),
	}
	if r.Masking != nil {
		if r.Masking.Mode != "" {
			spec.Mode = modeOf(r.Masking.Mode)
		}
		spec.Replacement = replacementOf(r.Masking.Replacement)
	}
	for _, l := range r.Legs {
		spec.Legs = append(spec.Legs, l.spec())
	}
	return spec
}

func legShape(l call.Leg) LegShape {
	return LegShape{ID: l.ID, ConferenceID: l.ConferenceID, Role: l.Role.String(), Kind: l.Kind,
		Identity: l.Identity, State: l.State, Muted: l.Muted, OnHold: l.OnHold}
}

func conferenceShape(c call.Conference) ConferenceShape {
	out := ConferenceShape{
		ID: c.ID, State: c.State, CreatedAt: c.CreatedAt, ExternalID: c.ExternalID, Metadata: c.Metadata,
		Masking:       MaskingShape{Mode: c.Mode.String(), Replacement: c.Replacement.String()},
		Demonstration: c.Demonstration, Recording: recordingStatus(c.Recording), Transfer: transferShape(c.Transfer), Legs: []LegShape{},
	}
	if !c.EndedAt.IsZero() {
		out.EndedAt = &c.EndedAt
	}
	for _, l := range c.Legs {
		out.Legs = append(out.Legs, legShape(l))
	}
	return out
}

func (s *server) join(ctx context.Context, legID string) (*Join, error) {
	t, err := s.cfg.Calls.Ticket(legID)
	if err != nil {
		return nil, err
	}
	o := originOf(ctx)
	return &Join{Token: t.Token, ExpiresAt: t.Expires, SignalingURL: o.url("ws", "/v1/rtc"),
		WHIPURL: o.url("http", "/v1/whip"), ICEServers: []string{}}, nil
}
