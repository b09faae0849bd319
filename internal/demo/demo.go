// Package demo runs a whole call without a browser and judges it as a newcomer
// and an auditor would: a customer, an agent and an IVR join a real server over
// real WebRTC on loopback; the customer talks and keys digits; afterwards the
// IVR's audio must contain every key, and a listener that knows exactly when
// each key was pressed must not be able to name one from the agent's audio.
//
// Two calls run side by side: in one the IVR takes no named events and must get
// every key as sound, in the other it takes them and must get each key once,
// either way.
//
// This package works on test digits, in the clear. The server cannot import it;
// a test says so.
package demo

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"filippo.io/age"

	"tonegate/bench/listen"
	"tonegate/dtmf"
	"tonegate/internal/serve"
	"tonegate/internal/softphone"
)

// ErrOptions is wrapped by errors about the options.
var ErrOptions = errors.New("bad demo options")

// MaxDigits bounds the keys of a demonstration.
const MaxDigits = 40

// Options describe a run.
type Options struct {
	Digits    string // 1–40 of 0–9 * # A–D; may be empty with Customer
	Transport string // event, inband, both
	Customer  []int16
	Record    bool      // a recording, sealed to a key that is kept beside it
	MediaPath string    // of the server; empty: the platform's own
	Out       string    // folder for the results
	Progress  io.Writer // what is going on, for people
	Version   string
}

func (o *Options) transport() (softphone.Transport, error) {
	switch o.Transport {
	case "event":
		return softphone.Event, nil
	case "inband":
		return softphone.InBand, nil
	case "both":
		return softphone.Both, nil
	default:
		return 0, fmt.Errorf("%w: --transport %q: one of event, inband, both", ErrOptions, o.Transport)
	}
}

// keys reads the digits, or names the first character that is no key.
func (o *Options) keys() ([]dtmf.Key, error) {
	if len(o.Digits) > MaxDigits {
		return nil, fmt.Errorf("%w: --digits has %d keys; %d are the limit", ErrOptions, len(o.Digits), MaxDigits)
	}
	if o.Digits == "" && o.Customer == nil {
		return nil, fmt.Errorf("%w: --digits is empty; give 1 to %d keys", ErrOptions, MaxDigits)
	}
	keys := make([]dtmf.Key, 0, len(o.Digits))
	for i := range len(o.Digits) {
		k, ok := dtmf.KeyOf(strings.ToUpper(o.Digits)[i])
		if !ok {
			return nil, fmt.Errorf("%w: --digits: %q at position %d is no key; the keys are 0-9 * # A-D", ErrOptions, o.Digits[i], i+1)
		}
		keys = append(keys, k)
	}
	return keys, nil
}

// callLimit bounds a run: the longest script and generous waiting.
const callLimit = 90 * time.Second

// Run runs the demonstration and writes its results. The report says whether
// the product kept its promise; an error says that the run itself failed.
func Run(ctx context.Context, o Options) (*Report, error) {
	transport, err := o.transport()
	if err != nil {
		return nil, err
	}
	keys, err := o.keys()
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(o.Out, 0o755); err != nil {
		return nil, fmt.Errorf("%w: --out: %w", ErrOptions, err)
	}
	var key *age.X25519Identity
	if o.Record {
		if key, err = demoKey(o.Out); err != nil {
			return nil, err
		}
	}
	scene, err := newScene(keys, transport, o.Customer)
	if err != nil {
		return nil, err
	}
	say := newNarrator(o.Progress)
	say.step("Calibrating the listener")
	ear := listen.New(1)
	calibration, err := ear.Calibrate()
	if err != nil {
		return nil, fmt.Errorf("the listener is not fit to judge: %w", err)
	}
	say.done(fmt.Sprintf("reads a 2 ms tone at 20 dB in %.1f %%, a 40 ms tone 50 dB down in %.1f %% of cases",
		100*calibration.Short, 100*calibration.Faint))

	ctx, cancel := context.WithTimeout(ctx, callLimit)
	defer cancel()
	plain, events, err := calls(ctx, scene, o.MediaPath, o.Out, key, say)
	if err != nil {
		return nil, err
	}
	say.step("Listening to what everybody received")
	report, err := judge(scene, ear, calibration, plain, events)
	if err != nil {
		return nil, err
	}
	if key != nil {
		if err := report.seal(o.Out, scene, ear, plain, key); err != nil {
			return nil, err
		}
	}
	say.done(o.Out)
	report.Version, report.Transport = o.Version, o.Transport
	return report, write(o.Out, scene, plain, report)
}

// calls runs both calls on a server of their own, which records one of them if
// there is a key.
func calls(ctx context.Context, s *scene, mediaPath, out string, key *age.X25519Identity, say *narrator) (plain, events *recordings, err error) {
	data, err := os.MkdirTemp("", "tonegate-demo-")
	if err != nil {
		return nil, nil, fmt.Errorf("make a folder for the server: %w", err)
	}
	defer os.RemoveAll(data)
	say.step("Starting a server on loopback")
	var recipients []string
	if key != nil {
		recipients = []string{key.Recipient().String()}
	}
	serverCtx, stop := context.WithCancel(ctx)
	ready, ended := make(chan serve.Addresses, 1), make(chan error, 1)
	go func() {
		ended <- serve.Run(serverCtx, serve.Config{
			Listen: "127.0.0.1:0", Media: "127.0.0.1:0", MediaPath: mediaPath, Data: filepath.Join(data, "data"), LogLevel: "info",
			RecordingRecipients: recipients, RecordingDir: out,
			MaxCalls: 4, Ready: func(a serve.Addresses) { ready <- a },
		})
	}()
	defer func() {
		stop()
		<-ended
	}()
	var at serve.Addresses
	select {
	case at = <-ready:
		say.done(at.HTTP)
	case err := <-ended:
		ended <- nil
		return nil, nil, fmt.Errorf("start the server: %w", err)
	}
	return both(ctx, s, &client{base: at.HTTP, key: at.APIKey}, key != nil, say)
}

// both runs the two calls at the same time.
func both(ctx context.Context, s *scene, c *client, record bool, say *narrator) (plain, events *recordings, err error) {
	say.step("Connecting two calls: customer, agent and IVR over WebRTC")
	type result struct {
		r   *recordings
		err error
	}
	run := func(withEvents bool, say *narrator) chan result {
		done := make(chan result, 1)
		go func() {
			r, err := runCall(ctx, s, c, withEvents, record && !withEvents, say)
			done <- result{r, err}
		}()
		return done
	}
	a, b := run(false, say), run(true, nil)
	first, second := <-a, <-b
	if err := errors.Join(first.err, second.err); err != nil {
		return nil, nil, err
	}
	return first.r, second.r, nil
}
