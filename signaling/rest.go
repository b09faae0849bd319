package signaling

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"tonegate/bridge"
	"tonegate/internal/call"
	"tonegate/mixer/mask"
)

type reply[T any] struct{ Body T }

// ConferencePath names a conference in a path. It is exported because huma reads
// embedded parameters only from exported types; so are the two below.
type ConferencePath struct {
	ID string `path:"id" maxLength:"64"`
}

// LegPath names a leg in a path.
type LegPath struct {
	ID string `path:"id" maxLength:"64"`
}

// operation describes an operation that needs an API key.
func operation(method, path, id, summary string, status int) huma.Operation {
	return huma.Operation{
		Method: method, Path: path, OperationID: id, Summary: summary, DefaultStatus: status,
		Security: needsKey, MaxBodyBytes: maxBody,
	}
}

// withJoins adds a join block to every leg that joins from outside.
func (s *server) withJoins(ctx context.Context, out *ConferenceShape) error {
	for i := range out.Legs {
		if out.Legs[i].Kind == call.KindBuiltin {
			continue
		}
		join, err := s.join(ctx, out.Legs[i].ID)
		if err != nil {
			return err
		}
		out.Legs[i].Join = join
	}
	return nil
}

// ConferenceList is a page of conferences.
type ConferenceList struct {
	Items      []ConferenceShape `json:"items"`
	NextCursor *string           `json:"next_cursor"`
}

func (s *server) registerConferences(api huma.API) {
	huma.Register(api, operation("POST", "/v1/conferences", "create-conference", "Create a conference", http.StatusCreated),
		func(ctx context.Context, in *struct{ Body ConferenceRequest }) (*reply[ConferenceShape], error) {
			c, err := s.cfg.Calls.Create(ctx, in.Body.spec())
			if err != nil {
				return nil, fail(ctx, err)
			}
			out := conferenceShape(c)
			if err := s.withJoins(ctx, &out); err != nil {
				_, _ = s.cfg.Calls.End(ctx, c.ID)
				return nil, fail(ctx, err)
			}
			return &reply[ConferenceShape]{out}, nil
		})
	huma.Register(api, operation("GET", "/v1/conferences", "list-conferences", "List conferences, newest first", http.StatusOK),
		func(ctx context.Context, in *struct {
			Cursor string `query:"cursor" maxLength:"64"`
			Limit  int    `query:"limit" minimum:"1" maximum:"100" default:"20"`
		}) (*reply[ConferenceList], error) {
			items, next, err := s.cfg.Calls.List(in.Cursor, in.Limit)
			if err != nil {
				return nil, fail(ctx, err)
			}
			out := ConferenceList{Items: []ConferenceShape{}}
			for _, c := range items {
				out.Items = append(out.Items, conferenceShape(c))
			}
			if next != "" {
				out.NextCursor = &next
			}
			return &reply[ConferenceList]{out}, nil
		})
	huma.Register(api, operation("GET", "/v1/conferences/{id}", "get-conference", "Read a conference", http.StatusOK),
		func(ctx context.Context, in *ConferencePath) (*reply[ConferenceShape], error) {
			c, err := s.cfg.Calls.Get(in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[ConferenceShape]{conferenceShape(c)}, nil
		})
	huma.Register(api, operation("POST", "/v1/conferences/{id}/end", "end-conference", "End a conference", http.StatusOK),
		func(ctx context.Context, in *ConferencePath) (*reply[ConferenceShape], error) {
			c, err := s.cfg.Calls.End(ctx, in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[ConferenceShape]{conferenceShape(c)}, nil
		})
}

func (s *server) registerLegs(api huma.API) {
	huma.Register(api, operation("POST", "/v1/conferences/{id}/legs", "add-leg", "Add a leg", http.StatusCreated),
		func(ctx context.Context, in *struct {
			ConferencePath
			Body LegRequest
		}) (*reply[LegShape], error) {
			l, err := s.cfg.Calls.AddLeg(ctx, in.ID, in.Body.spec())
			if err != nil {
				return nil, fail(ctx, err)
			}
			out := legShape(l)
			if l.Kind != call.KindBuiltin {
				if out.Join, err = s.join(ctx, l.ID); err != nil {
					return nil, fail(ctx, err)
				}
			}
			return &reply[LegShape]{out}, nil
		})
	huma.Register(api, operation("GET", "/v1/legs/{id}", "get-leg", "Read a leg", http.StatusOK),
		func(ctx context.Context, in *LegPath) (*reply[LegShape], error) {
			l, err := s.cfg.Calls.Leg(in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[LegShape]{legShape(l)}, nil
		})
	huma.Register(api, operation("PATCH", "/v1/legs/{id}", "change-leg", "Mute a leg or put it on hold, or undo that", http.StatusOK),
		func(ctx context.Context, in *struct {
			LegPath
			Body LegChange
		}) (*reply[LegShape], error) {
			l, err := s.changeLeg(ctx, in.ID, &in.Body)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[LegShape]{legShape(l)}, nil
		})
	huma.Register(api, operation("DELETE", "/v1/legs/{id}", "remove-leg", "Take a leg out of its call", http.StatusNoContent),
		func(ctx context.Context, in *LegPath) (*struct{}, error) {
			if err := s.cfg.Calls.RemoveLeg(ctx, in.ID, "removed"); err != nil {
				return nil, fail(ctx, err)
			}
			return nil, nil
		})
	huma.Register(api, operation("POST", "/v1/legs/{id}/tokens", "create-leg-token", "Mint a new join token", http.StatusCreated),
		func(ctx context.Context, in *LegPath) (*reply[Join], error) {
			j, err := s.join(ctx, in.ID)
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[Join]{*j}, nil
		})
}

// DemonstrationLink opens one party's page.
type DemonstrationLink struct {
	Role  string `json:"role"`
	LegID string `json:"leg_id"`
	Code  string `json:"code" doc:"One-time code for the fragment of the page's address."`
	Path  string `json:"path"`
}

// Demonstration is a demonstration call.
type Demonstration struct {
	ConferenceID string              `json:"conference_id"`
	Links        []DemonstrationLink `json:"links"`
}

var pageOf = map[bridge.Role]string{bridge.Customer: "/phone", bridge.Agent: "/agent", bridge.IVR: "/ivr"}

func (s *server) registerDemonstrations(api huma.API) {
	huma.Register(api, operation("POST", "/v1/demonstrations", "create-demonstration",
		"Create a demonstration call with one-time links to its pages", http.StatusCreated),
		func(ctx context.Context, in *struct {
			Body struct {
				IVR string `json:"ivr" enum:"builtin,browser"`
			}
		}) (*reply[Demonstration], error) {
			kind := call.KindExternal
			if in.Body.IVR == "builtin" {
				kind = call.KindBuiltin
			}
			c, err := s.cfg.Calls.Create(ctx, call.Spec{
				Mode: mask.Strip, Demonstration: true, MaxDuration: time.Hour,
				Legs: []call.LegSpec{{Role: bridge.Customer}, {Role: bridge.Agent}, {Role: bridge.IVR, Kind: kind}},
			})
			if err != nil {
				return nil, fail(ctx, err)
			}
			return &reply[Demonstration]{s.demonstration(c)}, nil
		})
	public := operation("POST", "/v1/join_codes/exchange", "exchange-join-code", "Exchange a page's one-time code for a join", http.StatusOK)
	public.Security = nil
	huma.Register(api, public, func(ctx context.Context, in *codeBody) (*reply[Join], error) {
		legID, err := s.joins.Exchange(in.Body.Code, s.cfg.Now())
		if err != nil {
			return nil, fail(ctx, err)
		}
		j, err := s.join(ctx, legID)
		if err != nil {
			return nil, fail(ctx, err)
		}
		return &reply[Join]{*j}, nil
	})
	console := operation("POST", "/v1/console_sessions/exchange", "exchange-console-code", "Exchange a console's one-time code for a key", http.StatusOK)
	console.Security = nil
	huma.Register(api, console, func(ctx context.Context, in *codeBody) (*reply[ConsoleSession], error) {
		if _, err := s.cfg.Console.Exchange(in.Body.Code, s.cfg.Now()); err != nil {
			return nil, fail(ctx, err)
		}
		key, expires := s.cfg.Keys.Session(consoleLife)
		return &reply[ConsoleSession]{ConsoleSession{key, expires}}, nil
	})
}

// JoinCode is a one-time code for a page's address.
type JoinCode struct {
	Code      string    `json:"code"`
	ExpiresAt time.Time `json:"expires_at"`
}

func (s *server) registerJoinCodes(api huma.API) {
	huma.Register(api, operation("POST", "/v1/legs/{id}/join_codes", "create-join-code", "Make a one-time code that opens a leg's page", http.StatusCreated),
		func(ctx context.Context, in *LegPath) (*reply[JoinCode], error) {
			l, err := s.cfg.Calls.Leg(in.ID)
			switch {
			case err != nil:
				return nil, fail(ctx, err)
			case l.Kind == call.KindBuiltin:
				return nil, fail(ctx, call.ErrBuiltin)
			case l.State == call.LegLeft:
				return nil, fail(ctx, fmt.Errorf("leg %w: it has left", call.ErrNotFound))
			}
			return &reply[JoinCode]{JoinCode{s.joins.Issue(l.ID, s.cfg.Now()), s.cfg.Now().Add(joinCodeLife).UTC()}}, nil
		})
}

func (s *server) demonstration(c call.Conference) Demonstration {
	out := Demonstration{ConferenceID: c.ID, Links: []DemonstrationLink{}}
	for _, l := range c.Legs {
		link := DemonstrationLink{Role: l.Role.String(), LegID: l.ID, Path: pageOf[l.Role]}
		if l.Kind != call.KindBuiltin {
			link.Code = s.joins.Issue(l.ID, s.cfg.Now())
		}
		out.Links = append(out.Links, link)
	}
	return out
}
