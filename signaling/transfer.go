package signaling

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"tonegate/bridge"
	"tonegate/internal/auth"
	"tonegate/internal/call"
)

// TransferRequest says where a transfer goes.
type TransferRequest struct {
	To string `json:"to" enum:"ivr,agent" doc:"ivr: the agent waits outside, the customer is alone with the IVR; agent: the agent comes back."`
}

// TransferShape says where the agent is: outside in all states but together.
type TransferShape struct {
	State string `json:"state" enum:"together,parking,with_ivr,returning"`
}

func transferShape(t bridge.Transfer) TransferShape { return TransferShape{t.String()} }

// LegChange changes a leg. What is left out stays.
type LegChange struct {
	Muted  *bool `json:"muted,omitempty" required:"false" doc:"The server stops taking the leg's voice."`
	OnHold *bool `json:"on_hold,omitempty" required:"false" doc:"The leg hears comfort music, and nobody hears it; a customer's keys do not count meanwhile."`
}

func (s *server) registerTransfers(api huma.API) {
	huma.Register(api, operation("POST", "/v1/conferences/{id}/transfer", "transfer",
		"Leave the customer alone with the IVR; answers once the agent is outside. Or bring the agent back", http.StatusOK),
		func(ctx context.Context, in *struct {
			ConferencePath
			Body TransferRequest
		}) (*reply[ConferenceShape], error) {
			c, err := s.cfg.Calls.Transfer(ctx, actorOf(ctx), in.ID, in.Body.To)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[ConferenceShape]{conferenceShape(c)}, nil
		})
}

// changeLeg does what a change asks for, and returns the leg.
func (s *server) changeLeg(ctx context.Context, id string, change *LegChange) (l call.Leg, err error) {
	if l, err = s.cfg.Calls.Leg(id); err != nil {
		return l, err
	}
	if change.OnHold != nil {
		if l, err = s.cfg.Calls.SetHeld(ctx, id, *change.OnHold); err != nil {
			return l, err
		}
	}
	if change.Muted != nil {
		l, err = s.cfg.Calls.SetMuted(ctx, id, *change.Muted)
	}
	return l, err
}

type transferMessage struct {
	Type  string `json:"type"`
	State string `json:"state"`
}

func (l *link) hold(ctx context.Context, m *request) error {
	if m.OnHold == nil {
		return errBadMessage("hold wants the member on_hold")
	}
	return l.seat.Hold(ctx, m.LegID, *m.OnHold)
}

func (l *link) transfer(ctx context.Context, to string) error {
	if !l.seat.May(auth.GrantTransfer) {
		return call.ErrForbidden
	}
	if to != call.ToIVR && to != call.ToAgent {
		return errBadMessage("to is one of ivr, agent")
	}
	by, conference := l.actor()
	_, err := l.server.cfg.Calls.Transfer(ctx, by, conference, to)
	return err
}
