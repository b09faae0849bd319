package proof

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"tonegate/bench/program"
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

	// ivrRole is an external IVR's: it is the one that is to hear the keys.
	ivrRole = "ivr"
)

// payment is one whole payment over real WebRTC, as everybody but the provider
// and the IVR saw it.
type payment struct {
	card       plastic
	fields     []string // as the customer keyed them
	transport  softphone.Transport
	state      string
	agent      []string // messages
	supervisor []string
	ivr        []string
	answers    []string // to the platform, about this capture
	audit      []string
	heard      map[string]softphone.Recording
	packets    map[string]*tape  // payloads received
	during     []*dump           // when most of the number was keyed: on a key and off it
	after      *dump             // a second after the outcome
	timeline   []byte            // of the opened recording
	arrived    bool              // the provider got the right card
	names      map[string]string // of legs, by id
}

// seen is where the messages to a role are kept.
func (p *payment) seen(role string) *[]string {
	switch role {
	case "agent":
		return &p.agent
	case ivrRole:
		return &p.ivr
	default:
		return &p.supervisor
	}
}

type conference struct {
	ID   string
	Legs []struct {
		ID   string
		Role string
		Join *struct {
			Token   string
			WHIPURL string `json:"whip_url"`
			URL     string `json:"signaling_url"`
		}
	}
}

// keyed is the customer's script: fields with a pause between them, and then talk
// until the call ends.
func keyed(fields []string, transport softphone.Transport, law audio.Law) *softphone.Script {
	s := &softphone.Script{Law: law}
	at := callFirst
	var presses []press
	for i, keys := range fields {
		if i > 0 {
			at += callGap
		}
		for k := range keys {
			presses = append(presses, press{keys[k], at, keyLength})
			at += callEvery
		}
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

// parties are the legs of one call.
type parties struct {
	s      *server
	conf   conference
	phones map[string]*softphone.Phone
	seats  map[string]*seat
	legs   map[string]string // ids by role
	hush   context.CancelFunc
	done   chan error
	start  chan struct{} // closed when the customer may begin
}

// gather brings everybody onto a call. What they receive goes to p.
func (s *server) gather(ctx context.Context, p *payment, how *course) (c *parties, err error) {
	c = &parties{s: s, phones: map[string]*softphone.Phone{}, seats: map[string]*seat{}, legs: map[string]string{},
		hush: func() {}, done: make(chan error, 2), start: make(chan struct{})}
	if _, err := s.api(ctx, "POST", "/v1/conferences", `{"legs":[{"role":"customer"},{"role":"agent"},{"role":"supervisor"},{"role":"ivr","kind":"`+how.collector()+`"}]}`, &c.conf); err != nil {
		return c, err
	}
	for _, l := range c.conf.Legs {
		c.legs[l.Role], p.names[l.ID] = l.ID, "leg_"+l.Role
		if l.Join == nil {
			continue
		}
		received := newTape()
		p.packets[l.Role] = received
		cfg := softphone.Config{URL: l.Join.WHIPURL, Token: l.Join.Token, TelephoneEvent: true, Only: net.IP.IsLoopback,
			HTTPClient: s.net.client, OnPacket: func(b []byte, _ time.Time) { _, _ = received.Write(b) }}
		if l.Role == "customer" {
			c.phones[l.Role], err = softphone.Dial(ctx, cfg)
		} else {
			c.seats[l.Role], c.phones[l.Role], err = s.join(ctx, l.Join.URL, cfg, p.seen(l.Role))
		}
		if err != nil {
			return c, fmt.Errorf("the %s joins: %w", l.Role, err)
		}
	}
	for role, phone := range c.phones {
		select {
		case <-phone.Connected():
		case <-ctx.Done():
			return c, fmt.Errorf("the %s does not connect: %w", role, ctx.Err())
		}
	}
	if err := s.record(ctx, c.conf.ID); err != nil {
		return c, err
	}
	c.talk(ctx, p)
	return c, nil
}

// talk has customer and agent send until they are hushed.
func (c *parties) talk(ctx context.Context, p *payment) {
	talking, hush := context.WithCancel(ctx)
	c.hush = func() { hush(); <-c.done; <-c.done }
	go func() {
		select {
		case <-c.start:
		case <-talking.Done():
		}
		_, err := c.phones["customer"].Play(talking, keyed(p.fields, p.transport, c.phones["customer"].Media().Law).Source())
		c.done <- err
	}()
	go func() {
		s := &softphone.Script{Law: c.phones["agent"].Media().Law, Samples: murmur(12, 200), Slots: 1 << 20}
		_, err := c.phones["agent"].Play(talking, s.Source())
		c.done <- err
	}()
}

// allKeyed waits until the customer has keyed everything.
func (c *parties) allKeyed(ctx context.Context, p *payment) error {
	length := callFirst + len(p.fields)*callGap
	for _, keys := range p.fields {
		length += len(keys) * callEvery
	}
	return program.Pause(ctx, time.Duration(length)*time.Second/audio.SampleRate)
}

func (c *parties) close() (err error) {
	c.hush()
	for _, phone := range c.phones {
		if phone != nil {
			err = errors.Join(err, phone.Close())
		}
	}
	for _, w := range c.seats {
		if w != nil {
			_ = w.conn.CloseNow()
		}
	}
	return err
}

// pay holds a call in which a card is taken, and that goes as how says. With
// dumps the memory of the server is copied while the number is keyed and one
// second after the outcome.
func (s *server) pay(ctx context.Context, card plastic, transport softphone.Transport, how course, dumps bool) (p *payment, err error) {
	ctx, cancel := context.WithTimeout(ctx, paymentTime)
	defer cancel()
	p = &payment{card: card, fields: how.fields(card), transport: transport, heard: map[string]softphone.Recording{}, packets: map[string]*tape{}, names: map[string]string{}}
	c, err := s.gather(ctx, p, &how)
	defer func() { err = errors.Join(err, c.close()) }()
	if err != nil {
		return nil, err
	}
	var capture struct{ ID, State string }
	answer, err := s.api(ctx, "POST", "/v1/conferences/"+c.conf.ID+"/captures",
		`{"fields":["card_number","expiry","cvv"],"collector":"`+how.collector()+`"`+how.pays()+how.ask+`}`, &capture)
	close(c.start)
	if err != nil {
		return nil, err
	}
	p.answers = append(p.answers, string(answer))
	if dumps && !how.external {
		if err := c.during(ctx, p); err != nil {
			return nil, err
		}
	}
	if p.state, err = how.outcome(ctx, c, p, capture.ID); err != nil {
		return nil, err
	}
	if err := program.Pause(ctx, afterOutcome); err != nil {
		return nil, err
	}
	if dumps {
		if p.after, err = readMemory(s.cmd.Process.Pid); err != nil {
			return nil, err
		}
	}
	for role, phone := range c.phones {
		if role != ivrRole {
			p.heard[role] = phone.Received()
		}
	}
	delete(p.packets, ivrRole)
	if err := s.hearRecording(ctx, p, c.conf.ID, how.ends); err != nil {
		return nil, err
	}
	for _, o := range s.provider.Orders() {
		if o.TransactionID == capture.ID {
			p.arrived = s.provider.Was(o, "cardnumber="+card.number, "cvv="+card.code, "expiry_month="+card.expiry[:2], "expiry_year="+card.expiry[2:])
		}
	}
	if err := s.ask(ctx, p, c.conf.ID, capture.ID); err != nil {
		return nil, err
	}
	for role, w := range c.seats {
		for m := range w.messages {
			*p.seen(role) = append(*p.seen(role), m)
		}
	}
	return p, nil
}

// during copies the memory when most of the number is keyed.
func (c *parties) during(ctx context.Context, p *payment) error {
	if _, err := c.seats["agent"].next(ctx, &p.agent, nearlyEntered); err != nil {
		return fmt.Errorf("while the number is keyed: %w", err)
	}
	for range 3 {
		d, err := readMemory(c.s.cmd.Process.Pid)
		if err != nil {
			return err
		}
		p.during = append(p.during, d)
		if err := program.Pause(ctx, 50*time.Millisecond); err != nil {
			return err
		}
	}
	return nil
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
		if slices.ContainsFunc(found, func(text string) bool { return strings.Contains(text, `"conference.ended"`) }) {
			return found, nil
		}
		if page.Next != nil {
			after = *page.Next
		}
		if len(page.Items) > 0 {
			continue
		}
		if err := program.Pause(ctx, 20*time.Millisecond); err != nil {
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
