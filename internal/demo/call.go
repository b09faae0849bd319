package demo

import (
	"context"
	"errors"
	"fmt"
	"net"
	"sync"
	"time"

	"tonegate/internal/audio"
	"tonegate/internal/softphone"
)

// recordings is what a call left behind.
type recordings struct {
	customer, agent, ivr party
	adapted              int    // frames made up or skipped on the server so far
	recording            string // its id; empty: it was not recorded
}

// party is one phone's part in a call.
type party struct {
	sent     softphone.Sent
	received softphone.Recording
}

// roles in the order of their phones.
var roles = [3]string{"customer", "agent", "ivr"}

// runCall connects three phones, starts a capture, plays the scene and hangs up.
func runCall(ctx context.Context, s *scene, c *client, ivrTakesEvents, record bool, say *narrator) (*recordings, error) {
	var conf conference
	ask := map[string]any{
		"external_id": "demo",
		"legs":        []map[string]string{{"role": "customer"}, {"role": "agent"}, {"role": "ivr"}},
	}
	if record {
		ask["recording"] = map[string]any{}
	}
	err := c.post(ctx, "/v1/conferences", ask, &conf)
	if err != nil {
		return nil, err
	}
	phones, err := dialAll(ctx, &conf, ivrTakesEvents)
	defer func() {
		for _, p := range phones {
			if p != nil {
				_ = p.Hangup(context.WithoutCancel(ctx))
				_ = p.Close()
			}
		}
	}()
	if err != nil {
		return nil, err
	}
	say.done("connected")
	// The IVR hears the customer alone and the gate is armed from here on.
	err = c.post(ctx, "/v1/conferences/"+conf.ID+"/captures",
		map[string]any{"collector": "external", "mask": "strip"}, nil)
	if err != nil {
		return nil, err
	}
	sent, err := play(ctx, s, phones, say)
	if err != nil {
		return nil, err
	}
	out := new(recordings)
	for i, p := range []*party{&out.customer, &out.agent, &out.ivr} {
		p.sent, p.received = sent[i], phones[i].Received()
	}
	if out.adapted, err = c.adapted(ctx); err != nil {
		return nil, err
	}
	err = c.post(ctx, "/v1/conferences/"+conf.ID+"/end", struct{}{}, &conf)
	out.recording = conf.Recording.ID
	return out, err
}

func dialAll(ctx context.Context, conf *conference, ivrTakesEvents bool) (phones [3]*softphone.Phone, err error) {
	for i, role := range roles {
		for _, l := range conf.Legs {
			if l.Role != role {
				continue
			}
			phones[i], err = softphone.Dial(ctx, softphone.Config{
				URL: l.Join.WHIPURL, Token: l.Join.Token,
				TelephoneEvent: role != "ivr" || ivrTakesEvents,
				Only:           net.IP.IsLoopback,
			})
			if err != nil {
				return phones, fmt.Errorf("%s joins: %w", role, err)
			}
		}
	}
	for i, p := range phones {
		select {
		case <-p.Connected():
		case <-p.Gone():
			return phones, fmt.Errorf("the %s's connection failed", roles[i])
		case <-ctx.Done():
			return phones, fmt.Errorf("the %s does not connect: %w", roles[i], ctx.Err())
		}
	}
	return phones, nil
}

// linger is how many slots everybody stays silent on the line at the end: so
// that the last word is heard, and that nobody's end counts as loss.
const linger = 40

// play sends everybody's part at the same time.
func play(ctx context.Context, s *scene, phones [3]*softphone.Phone, say *narrator) (sent [3]softphone.Sent, err error) {
	scripts := [3]softphone.Script{{Samples: s.customer}, {Samples: s.agent}, {Samples: s.ivr}}
	for _, k := range s.strokes {
		if k.sent && s.transport != softphone.InBand {
			scripts[0].Keys = append(scripts[0].Keys, softphone.Keystroke{
				At: k.onset, Code: uint8(k.key), Duration: k.length, Transport: s.transport,
			})
		}
	}
	var wg sync.WaitGroup
	var errs [3]error
	for i := range phones {
		scripts[i].Slots = int64(s.end/audio.FrameSamples) + linger
		wg.Go(func() { sent[i], errs[i] = phones[i].Play(ctx, scripts[i].Source()) })
	}
	finished := make(chan struct{})
	go func() {
		wg.Wait()
		close(finished)
	}()
	watch(finished, time.Duration(s.end)*time.Second/audio.SampleRate, say)
	return sent, errors.Join(errs[:]...)
}

// watch draws progress until the call is over.
func watch(finished <-chan struct{}, length time.Duration, say *narrator) {
	started := time.Now()
	tick := time.NewTicker(200 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-finished:
			say.bar("The call", length, length)
			return
		case <-tick.C:
			say.bar("The call", min(time.Since(started), length-time.Millisecond), length)
		}
	}
}
