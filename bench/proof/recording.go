package proof

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"tonegate/bench/program"
	"tonegate/internal/audio"
	"tonegate/internal/recording"
	"tonegate/internal/softphone"
)

// tapeOf records a call without a clock as the server does: sealed, and opened
// again with the key that the server does not have.
type tapeOf struct {
	key    *age.X25519Identity
	sealed bytes.Buffer
	w      *recording.Writer
}

func newTapeOf() (*tapeOf, error) {
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, err
	}
	t := &tapeOf{key: key}
	t.w, err = recording.NewWriter(&t.sealed, "rec_proofproofproofproofproo", "conf_proofproofproofproofproo",
		time.Unix(1_700_000_000, 0), key.Recipient())
	return t, err
}

// opened ends the recording and returns all that is in it: sound, timeline, and
// the size of the sealed file.
func (t *tapeOf) opened() ([]byte, error) {
	if err := t.w.Close(recording.EndConference); err != nil {
		return nil, err
	}
	size := t.sealed.Len()
	sound, timeline, err := openRecording(&t.sealed, t.key)
	if err != nil {
		return nil, err
	}
	return fmt.Appendf(sound, "%s %d", timeline, size), nil
}

func openRecording(r io.Reader, key age.Identity) (sound, timeline []byte, err error) {
	var b bytes.Buffer
	tl, err := recording.Open(r, []age.Identity{key}, recording.Want{}, func(recording.Info) (io.Writer, error) { return &b, nil })
	if err != nil {
		return nil, nil, err
	}
	if !tl.Complete {
		return nil, nil, fmt.Errorf("the recording is not complete: %q", tl.Faults)
	}
	timeline, err = json.Marshal(tl)
	return b.Bytes(), timeline, err
}

// record begins the recording of a real call, once all are connected: who comes
// first is the network's matter.
func (s *server) record(ctx context.Context, conference string) error {
	_, err := s.api(ctx, "PUT", "/v1/conferences/"+conference+"/recording", `{"state":"recording"}`, nil)
	return err
}

// recorded ends the recording, or waits for its end where the call has ended.
func (s *server) recorded(ctx context.Context, conference string, ended bool) (r struct{ ID, State string }, err error) {
	if !ended {
		_, err = s.api(ctx, "PUT", "/v1/conferences/"+conference+"/recording", `{"state":"stopped"}`, &r)
		return r, err
	}
	for {
		var list struct{ Items []struct{ ID, State string } }
		if _, err := s.api(ctx, "GET", "/v1/recordings?conference_id="+conference, "", &list); err != nil {
			return r, err
		}
		if len(list.Items) == 1 && list.Items[0].State != "recording" && list.Items[0].State != "paused" {
			return list.Items[0], nil
		}
		if err := program.Pause(ctx, 50*time.Millisecond); err != nil {
			return r, fmt.Errorf("the end of the recording: %w", err)
		}
	}
}

// hearRecording ends the recording and opens it: what is in its channels was heard
// as well as what the parties received.
func (s *server) hearRecording(ctx context.Context, p *payment, conference string, ended bool) error {
	r, err := s.recorded(ctx, conference, ended)
	if err != nil {
		return err
	}
	f, err := os.Open(filepath.Join(s.folder, "data", "recordings", r.ID+".age"))
	if err != nil {
		return fmt.Errorf("the recording, %s: %w", r.State, err)
	}
	defer f.Close()
	sound, timeline, err := openRecording(f, s.recordings)
	if err != nil {
		return err
	}
	p.timeline = timeline
	for channel, name := range []string{"recording, the agent's channel", "recording, what the agent heard"} {
		var samples []int16
		for i := channel; i < len(sound); i += 2 {
			samples = append(samples, audio.MuLaw.DecodeSample(sound[i]))
		}
		p.heard[name] = softphone.Recording{Samples: samples}
	}
	return nil
}
