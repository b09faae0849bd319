package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"regexp"
	"strconv"
	"strings"
	"time"

	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/softphone"
)

const (
	// afterOutcome is when a card has to be gone (from the promise: within a
	// second).
	afterOutcome = time.Second
	paymentTime  = 60 * time.Second

	callFirst = 400 * ms // of the first key
	callEvery = 160 * ms
	callGap   = 500 * ms // between fields, more
	callTail  = 20 * audio.SampleRate
)

// payment is one whole payment over real WebRTC, as everybody but the provider
// and the IVR saw it.
type payment struct {
	card       plastic
	transport  softphone.Transport
	state      string
	agent      []string // messages
	supervisor []string
	answers    []string // to the platform, about this capture
	audit      []string
	heard      map[string]softphone.Recording
	packets    map[string]*tape // payloads received
	during     []*dump          // when most of the number was keyed: on a key and off it
	after      *dump            // a second after the outcome
	timeline   []byte           // of the opened recording
	arrived    bool             // the provider got the right card
}

type conference struct {
	ID   string
	Legs []struct {
		Role string
		Join *struct {
			Token   string
			WHIPURL string `json:"whip_url"`
			URL     string `json:"signaling_url"`
		}
	}
}

// keyed is the customer's script: a card, and then talk until the call ends.
func keyed(p plastic, transport softphone.Transport, law audio.Law) *softphone.Script {
	keys := p.keys()
	s := &softphone.Script{Law: law}
	at := callFirst
	var presses []press
	for i := range keys {
		if i == len(p.number) || i == len(p.number+p.expiry) {
			at += callGap
		}
		presses = append(presses, press{keys[i], at, keyLength})
		at += callEvery
	}
	s.Samples = make([]int16, at+callTail)
	line := audio.NewNoise(11)
	for i := range s.Samples {
		s.Samples[i] = line.Within(300)
	}
	for _, k := range presses {
		key, _ := dtmf.KeyOf(k.symbol)
		if transport == softphone.InBand {
			tone(s.Samples, k)
		} else {
			s.Keys = append(s.Keys, softphone.Keystroke{At: k.at, Code: uint8(key), Duration: k.length, Transport: transport})
		}
	}
	return s
}

// pay holds a call in which a card is taken. With dumps the memory of the server
// is copied while the number is keyed and one second after the outcome.
func (s *server) pay(ctx context.Context, card plastic, transport softphone.Transport, dumps bool) (p *payment, err error) {
	ctx, cancel := context.WithTimeout(ctx, paymentTime)
	defer cancel()
	p = &payment{card: card, transport: transport, heard: map[string]softphone.Recording{}, packets: map[string]*tape{}}
	var conf conference
	if _, err := s.api(ctx, "POST", "/v1/conferences", `{"legs":[{"role":"customer"},{"role":"agent"},{"role":"supervisor"},{"role":"ivr","kind":"builtin"}]}`, &conf); err != nil {
		return nil, err
	}
	phones := map[string]*softphone.Phone{}
	seats := map[string]*seat{}
	seen := map[string]*[]string{"agent": &p.agent, "supervisor": &p.supervisor}
	defer func() {
		for _, phone := range phones {
			err = errors.Join(err, phone.Close())
		}
		for _, w := range seats {
			_ = w.conn.CloseNow()
		}
	}()
	for _, l := range conf.Legs {
		if l.Join == nil {
			continue
		}
		p.packets[l.Role] = newTape()
		cfg := softphone.Config{URL: l.Join.WHIPURL, Token: l.Join.Token, TelephoneEvent: true, Only: net.IP.IsLoopback,
			HTTPClient: s.net.client, OnPacket: func(b []byte, _ time.Time) { _, _ = p.packets[l.Role].Write(b) }}
		if l.Role == "customer" {
			phones[l.Role], err = softphone.Dial(ctx, cfg)
		} else {
			seats[l.Role], phones[l.Role], err = s.join(ctx, l.Join.URL, cfg, seen[l.Role])
		}
		if err != nil {
			return nil, fmt.Errorf("the %s joins: %w", l.Role, err)
		}
	}
	for role, phone := range phones {
		select {
		case <-phone.Connected():
		case <-ctx.Done():
			return nil, fmt.Errorf("the %s does not connect: %w", role, ctx.Err())
		}
	}
	if err := s.record(ctx, conf.ID); err != nil {
		return nil, err
	}
	talking, hush := context.WithCancel(ctx)
	done := make(chan error, 2)
	defer func() { hush(); <-done; <-done }()
	started := make(chan struct{})
	go func() {
		<-started
		_, err := phones["customer"].Play(talking, keyed(card, transport, phones["customer"].Media().Law).Source())
		done <- err
	}()
	go func() {
		s := &softphone.Script{Law: phones["agent"].Media().Law, Samples: murmur(12, 200), Slots: 1 << 20}
		_, err := phones["agent"].Play(talking, s.Source())
		done <- err
	}()
	var capture struct{ ID, State string }
	answer, err := s.api(ctx, "POST", "/v1/conferences/"+conf.ID+"/captures",
		`{"fields":["card_number","expiry","cvv"],"connector":"main","action":"tokenize"}`, &capture)
	close(started)
	if err != nil {
		return nil, err
	}
	p.answers = append(p.answers, string(answer))
	if dumps {
		if _, err := seats["agent"].next(ctx, &p.agent, nearlyEntered); err != nil {
			return nil, fmt.Errorf("while the number is keyed: %w", err)
		}
		for range 3 {
			d, err := readMemory(s.cmd.Process.Pid)
			if err != nil {
				return nil, err
			}
			p.during = append(p.during, d)
			if err := pause(ctx, 50*time.Millisecond); err != nil {
				return nil, err
			}
		}
	}
	told, err := seats["agent"].next(ctx, &p.agent, concluded)
	if err != nil {
		return nil, fmt.Errorf("the outcome: %w", err)
	}
	p.state = concludedState.FindStringSubmatch(told)[1]
	if err := pause(ctx, afterOutcome); err != nil {
		return nil, err
	}
	if dumps {
		if p.after, err = readMemory(s.cmd.Process.Pid); err != nil {
			return nil, err
		}
	}
	for role, phone := range phones {
		p.heard[role] = phone.Received()
	}
	if err := s.hearRecording(ctx, p, conf.ID); err != nil {
		return nil, err
	}
	if err := s.ask(ctx, p, conf.ID, capture.ID); err != nil {
		return nil, err
	}
	for _, o := range s.provider.Orders() {
		if o.TransactionID == capture.ID {
			p.arrived = s.provider.Was(o, "cardnumber="+card.number, "cvv="+card.code, "expiry_month="+card.expiry[:2], "expiry_year="+card.expiry[2:])
		}
	}
	for role, w := range seats {
		for m := range w.messages {
			*seen[role] = append(*seen[role], m)
		}
	}
	return p, nil
}

// pause waits, as long as ctx allows.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// join brings a leg in over WebSocket, media included.
func (s *server) join(ctx context.Context, url string, cfg softphone.Config, seen *[]string) (*seat, *softphone.Phone, error) {
	w, err := s.sit(ctx, url, cfg.Token)
	if err != nil {
		return nil, nil, err
	}
	phone, err := softphone.New(cfg)
	if err != nil {
		return w, nil, err
	}
	offer, err := phone.Offer(ctx)
	if err != nil {
		return w, phone, err
	}
	if _, err := w.next(ctx, seen, func(m string) bool { return strings.Contains(m, `"type":"joined"`) }); err != nil {
		return w, phone, err
	}
	if err := w.tell(ctx, map[string]any{"type": "offer", "sdp": offer}); err != nil {
		return w, phone, err
	}
	text, err := w.next(ctx, seen, func(m string) bool { return strings.Contains(m, `"type":"answer"`) })
	if err != nil {
		return w, phone, err
	}
	var answer struct{ SDP string }
	if err := json.Unmarshal([]byte(text), &answer); err != nil {
		return w, phone, err
	}
	return w, phone, phone.Accept(answer.SDP)
}

// ask reads all that the platform can read of a capture, and ends the call.
func (s *server) ask(ctx context.Context, p *payment, conference, capture string) error {
	for _, path := range []string{"/v1/captures/" + capture, "/v1/conferences/" + conference} {
		answer, err := s.api(ctx, "GET", path, "", nil)
		if err != nil {
			return err
		}
		p.answers = append(p.answers, string(answer))
	}
	end, err := s.api(ctx, "POST", "/v1/conferences/"+conference+"/end", "", nil)
	if err != nil {
		return err
	}
	p.answers = append(p.answers, string(end))
	events, err := s.eventsOf(ctx, conference)
	if err != nil {
		return err
	}
	p.answers = append(p.answers, events...)
	var record struct{ Items []json.RawMessage }
	if _, err := s.api(ctx, "GET", "/v1/audit?limit=100&conference_id="+conference, "", &record); err != nil {
		return err
	}
	for _, item := range record.Items {
		p.audit = append(p.audit, string(item))
	}
	for _, path := range []string{"/v1/node", "/metrics"} { // for the search alone
		if _, err := s.api(ctx, "GET", path, "", nil); err != nil {
			return err
		}
	}
	return nil
}

// eventsOf returns a call's events, once the last of them is written: they follow
// what they tell of.
func (s *server) eventsOf(ctx context.Context, conference string) (found []string, err error) {
	for after := ""; ; {
		var page struct {
			Items []json.RawMessage
			Next  *string `json:"next_cursor"`
		}
		if _, err := s.api(ctx, "GET", "/v1/events?limit=500&after="+after, "", &page); err != nil {
			return nil, err
		}
		for _, item := range page.Items {
			if text := string(item); strings.Contains(text, conference) {
				found = append(found, text)
			}
		}
		if n := len(found); n > 0 && strings.Contains(found[n-1], `"conference.ended"`) {
			return found, nil
		}
		if page.Next != nil {
			after = *page.Next
		}
		if len(page.Items) > 0 {
			continue
		}
		if err := pause(ctx, 20*time.Millisecond); err != nil {
			return nil, fmt.Errorf("the end of the call is not among its events: %w", err)
		}
	}
}

var (
	concludedState = regexp.MustCompile(`"state":"(completed|failed|cancelled|expired)"`)
	enteredCount   = regexp.MustCompile(`"digits_entered":(\d+)`)
)

func concluded(m string) bool {
	return strings.Contains(m, `"type":"capture_`) && concludedState.MatchString(m)
}

// nearlyEntered reports whether so much of the number is keyed that a search
// must find it in memory that is not secret.
func nearlyEntered(m string) bool {
	for _, found := range enteredCount.FindAllStringSubmatch(m, -1) {
		if n, _ := strconv.Atoi(found[1]); n >= someDigits {
			return true
		}
	}
	return false
}
