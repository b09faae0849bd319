package signaling

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"time"

	"github.com/coder/websocket"
	"go.uber.org/zap"
	"golang.org/x/time/rate"

	"tonegate/internal/auth"
	"tonegate/internal/call"
)

const subprotocol = "tonegate.v1"

// Close codes of the protocol.
const (
	closeBadMessage  websocket.StatusCode = 4400
	closeToken       websocket.StatusCode = 4401
	closeRole        websocket.StatusCode = 4403
	closeConference  websocket.StatusCode = 4404
	closeJoinTimeout websocket.StatusCode = 4408
	closeSuperseded  websocket.StatusCode = 4409
	closeRate        websocket.StatusCode = 4429
	closeDraining    websocket.StatusCode = 4503
)

const (
	writeTimeout   = 10 * time.Second
	messageLimit   = 96 << 10
	messagesPerSec = 50
	messageBurst   = 200
)

// websocket serves one leg's connection.
func (s *server) websocket(w http.ResponseWriter, r *http.Request) {
	conn, err := websocket.Accept(w, r, &websocket.AcceptOptions{
		Subprotocols: []string{subprotocol}, OriginPatterns: s.cfg.Origins,
	})
	if err != nil {
		return // Accept has answered
	}
	defer conn.CloseNow()
	if conn.Subprotocol() != subprotocol {
		_ = conn.Close(closeBadMessage, "ask for subprotocol "+subprotocol)
		return
	}
	conn.SetReadLimit(messageLimit)
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	seat, code, err := s.firstMessage(ctx, conn)
	if err != nil {
		_ = conn.Close(code, closeReason(err))
		return
	}
	l := &link{server: s, conn: conn, seat: seat}
	l.serve(ctx, cancel)
}

// closeReason fits an error into a close frame.
func closeReason(err error) string {
	_, code, _ := explain(err)
	var bad errBadMessage
	if errors.As(err, &bad) {
		return bad.Error()
	}
	return code
}

type errBadMessage string

func (e errBadMessage) Error() string { return string(e) }

// firstMessage waits for the join.
func (s *server) firstMessage(ctx context.Context, conn *websocket.Conn) (*call.Seat, websocket.StatusCode, error) {
	// The read has no deadline of its own: to let one pass closes the connection
	// without a close code.
	late := time.AfterFunc(s.cfg.JoinTimeout, func() { _ = conn.Close(closeJoinTimeout, "no join in time") })
	_, data, err := conn.Read(ctx)
	if !late.Stop() {
		return nil, closeJoinTimeout, errBadMessage("no join in time")
	}
	if err != nil {
		return nil, closeBadMessage, errBadMessage("the first message cannot be read")
	}
	var m request
	if err := json.Unmarshal(data, &m); err != nil {
		return nil, closeBadMessage, errBadMessage("the message is not a JSON object of known members")
	}
	if m.Type != "join" {
		return nil, closeBadMessage, errBadMessage("the first message must be a join")
	}
	var seat *call.Seat
	if m.Token != "" {
		seat, err = s.cfg.Calls.Join(m.Token, false)
	} else {
		seat, err = s.cfg.Calls.Resume(m.LegID, m.Resume)
	}
	return seat, joinCode(err), err
}

func joinCode(err error) websocket.StatusCode {
	switch {
	case errors.Is(err, call.ErrToken):
		return closeToken
	case errors.Is(err, call.ErrForbidden):
		return closeRole
	case errors.Is(err, call.ErrDraining):
		return closeDraining
	case errors.Is(err, call.ErrNotFound), errors.Is(err, call.ErrEnded):
		return closeConference
	case errors.Is(err, call.ErrStore):
		return websocket.StatusTryAgainLater
	default:
		return websocket.StatusInternalError
	}
}

// link is a joined leg's connection: one goroutine reads, one writes events.
type link struct {
	server *server
	conn   *websocket.Conn
	seat   *call.Seat
}

func (l *link) serve(ctx context.Context, cancel context.CancelFunc) {
	written := make(chan struct{})
	go func() {
		defer close(written)
		defer cancel() // ends the reader
		l.write(ctx)
	}()
	l.read(ctx)
	select {
	case <-l.seat.Done(): // an orderly end: the writer says bye first
	default:
		cancel()
	}
	<-written
	l.seat.Lost()
}

// write sends the join's answer and then events until the seat is over.
func (l *link) write(ctx context.Context) {
	if l.send(ctx, joinedOf(l.seat.Snapshot(), l.seat.ResumeSecret(), l.server.cfg.Connectors)) != nil {
		return
	}
	for {
		select {
		case e := <-l.seat.Events():
			if l.send(ctx, messageOf(e)) != nil {
				return
			}
		case <-l.seat.Done():
			l.finish(ctx)
			return
		case <-ctx.Done():
			return
		}
	}
}

// finish sends what is still queued and closes.
func (l *link) finish(ctx context.Context) {
	for {
		select {
		case e := <-l.seat.Events():
			if l.send(ctx, messageOf(e)) != nil {
				return
			}
			continue
		default:
		}
		break
	}
	switch cause := l.seat.Cause(); {
	case cause == nil:
		_ = l.conn.Close(websocket.StatusNormalClosure, "")
	case errors.Is(cause, call.ErrSuperseded):
		_ = l.conn.Close(closeSuperseded, "superseded")
	default:
		_ = l.conn.Close(websocket.StatusTryAgainLater, cause.Error())
	}
}

func (l *link) send(ctx context.Context, message any) error {
	data, err := json.Marshal(message)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeTimeout)
	defer cancel()
	return l.conn.Write(ctx, websocket.MessageText, data)
}

// read handles the client's messages until the connection ends.
func (l *link) read(ctx context.Context) {
	limit := rate.NewLimiter(messagesPerSec, messageBurst)
	for {
		kind, data, err := l.conn.Read(ctx)
		if err != nil {
			return
		}
		l.seat.Confirm()
		if !limit.Allow() {
			_ = l.conn.Close(closeRate, "too many messages")
			return
		}
		var m request
		if kind != websocket.MessageText || json.Unmarshal(data, &m) != nil {
			_ = l.conn.Close(closeBadMessage, "not a JSON object of known members")
			return
		}
		reply, err := l.handle(ctx, &m)
		if err != nil {
			reply = l.errorOf(m.Type, err)
		}
		if reply != nil && l.send(ctx, reply) != nil {
			return
		}
		if m.Type == "leave" {
			<-l.seat.Done()
			return
		}
	}
}

func (l *link) errorOf(re string, err error) errorMessage {
	var bad errBadMessage
	if errors.As(err, &bad) {
		return errorMessage{Type: "error", Re: known(re), Code: "bad_message", Detail: bad.Error()}
	}
	status, code, detail := explain(err)
	if status >= 500 {
		l.server.cfg.Log.Error("message failed", zap.String("leg_id", l.seat.Snapshot().Leg.ID), zap.Error(err))
	}
	out := errorMessage{Type: "error", Re: re, Code: code, Detail: detail}
	var member *call.MemberError
	if errors.As(err, &member) {
		out.Pointer = member.Pointer
	}
	return out
}

// known returns a message's type if there is such a type.
func known(messageType string) string {
	switch messageType {
	case "join", "offer", "candidate", "mute", "capture_start", "capture_retry", "capture_complete", "capture_cancel",
		"talk_press", "talk_release", "recording", "page", "hold", "transfer", "leave", "ping":
		return messageType
	default:
		return ""
	}
}

// handle does what a message asks for.
func (l *link) handle(ctx context.Context, m *request) (any, error) {
	switch m.Type {
	case "offer":
		sdp, err := l.seat.Offer(ctx, m.SDP)
		if err != nil {
			return nil, err
		}
		return answerMessage{"answer", sdp}, nil
	case "candidate":
		return nil, l.seat.Candidate(m.Candidate)
	case "mute":
		if m.Muted == nil {
			return nil, errBadMessage("mute wants the member muted")
		}
		return nil, l.seat.Mute(ctx, *m.Muted)
	case "capture_start", "capture_retry", "capture_complete", "capture_cancel":
		return nil, l.capture(ctx, m)
	case "talk_press", "talk_release":
		return nil, l.talk(ctx, m.Type == "talk_press")
	case "hold":
		return nil, l.hold(ctx, m)
	case "transfer":
		return nil, l.transfer(ctx, m.To)
	case "recording":
		return nil, l.recording(ctx, m.State)
	case "page":
		return nil, l.page(m.Page)
	case "leave":
		// Leaving ends this connection, and with it ctx, before it is done.
		return nil, l.seat.Leave(context.WithoutCancel(ctx))
	case "ping":
		return pongMessage{"pong", m.N}, nil
	case "join":
		return nil, errBadMessage("this connection has joined")
	default:
		return nil, errBadMessage("unknown message type")
	}
}

// actor is the leg that speaks here, and its conference.
func (l *link) actor() (by call.Actor, conference string) {
	leg := l.seat.Snapshot().Leg
	return call.Actor{LegID: leg.ID, Role: leg.Role}, leg.ConferenceID
}

func (l *link) talk(ctx context.Context, pressed bool) error {
	if !l.seat.May(auth.GrantTalk) {
		return call.ErrForbidden
	}
	by, conference := l.actor()
	return l.server.cfg.Calls.Talk(ctx, by, conference, pressed)
}

// recording pauses and resumes; the answer is the message recording, as to all.
func (l *link) recording(ctx context.Context, state string) error {
	if !l.seat.May(auth.GrantRecord) {
		return call.ErrForbidden
	}
	if state != call.RecordingOn && state != call.RecordingPaused {
		return errBadMessage("state is one of recording, paused")
	}
	by, conference := l.actor()
	_, err := l.server.cfg.Calls.SetRecording(ctx, by, conference, state)
	return err
}

// page tells which page of the desktop the agent is on.
func (l *link) page(name *string) error {
	if !l.seat.May(auth.GrantPage) {
		return call.ErrForbidden
	}
	if name == nil {
		return errBadMessage("page wants the member page")
	}
	by, conference := l.actor()
	return l.server.cfg.Calls.Page(by, conference, *name)
}

func (l *link) capture(ctx context.Context, m *request) error {
	if !l.seat.May(auth.GrantCapture) {
		return call.ErrForbidden
	}
	calls := l.server.cfg.Calls
	by, conference := l.actor()
	if m.Type == "capture_start" {
		spec, err := m.capture()
		if err != nil {
			return err
		}
		spec.By = by
		_, err = calls.StartCapture(ctx, conference, spec)
		return err
	}
	current, err := calls.CurrentCapture(conference)
	if err != nil {
		return err
	}
	switch m.Type {
	case "capture_retry":
		_, err = calls.RetryField(ctx, by, current.ID, m.Field)
	case "capture_complete":
		_, err = calls.CompleteCapture(ctx, by, current.ID, nil)
	default:
		_, err = calls.CancelCapture(ctx, by, current.ID)
	}
	return err
}

// capture returns what a capture_start asks for.
func (m *request) capture() (call.CaptureSpec, error) {
	switch {
	case !slices.Contains([]string{"", "field", "strip", "mute"}, m.Mask):
		return call.CaptureSpec{}, errBadMessage("mask is one of field, strip, mute")
	case !slices.Contains([]string{"", "tokenize", "charge"}, m.Action):
		return call.CaptureSpec{}, errBadMessage("action is one of tokenize, charge")
	}
	ask := CaptureRequest{Mask: m.Mask, MaxDigits: m.MaxDigits, Fields: m.Fields, Connector: m.Connector, Action: m.Action, Amount: m.Amount,
		OnDemand: m.OnDemand, ReleaseOnSubmit: m.ReleaseOnSubmit}
	return ask.spec(), nil
}
