package serve_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"tonegate/internal/audio"
	"tonegate/internal/recording"
	"tonegate/internal/softphone"
)

var (
	kills    = flag.Int("kills", 3, "servers to kill while they record")
	killSeed = flag.Uint64("kill-seed", 0, "seed of the moments; 0 takes the time's")
)

// TestKilledWhileRecording kills servers at any moment of a recorded call. At most
// the last second of what the agent heard may be missing, all before it opens, and
// on the disk there is no byte of it in the clear.
func TestKilledWhileRecording(t *testing.T) {
	seed := *killSeed
	if seed == 0 {
		seed = uint64(time.Now().UnixNano())
	}
	t.Logf("seed %d", seed)
	rng := rand.New(rand.NewPCG(seed, 0))
	worst := 0
	for i := range *kills {
		packets := 60 + rng.IntN(150)
		during := []string{"recording", "paused", "capture"}[i%3]
		t.Run(strconv.Itoa(i)+" "+during, func(t *testing.T) { worst = max(worst, killed(t, packets, during, i == 0)) })
	}
	t.Logf("%d kills: at most %d ms of what the agent heard lost", *kills, worst/audio.SamplesPerMs)
}

// killed returns how many samples the agent heard that the recording lost. Of a
// pause nothing is in the file, and the next server is paused as well.
func killed(t *testing.T, packets int, during string, restart bool) (lost int) {
	key, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	folder := filepath.Join(t.TempDir(), "data")
	p := spawn(t, folder)
	var c conference
	require.Equal(t, 201, p.api("POST", "/v1/conferences", `{"recording":{"recipients":["`+key.Recipient().String()+`"]},
		"legs":[{"role":"customer"},{"role":"agent"},{"role":"ivr","kind":"builtin"}]}`, &c))
	customer, agent := p.dial(&c, 0), p.dial(&c, 1)
	script := &softphone.Script{Samples: make([]int16, 60*audio.SampleRate), Law: customer.Media().Law}
	noise := audio.NewNoise(uint64(packets))
	for i := range script.Samples {
		script.Samples[i] = noise.Within(4000)
	}
	ctx, cancel := context.WithCancel(t.Context())
	played := make(chan struct{})
	go func() { defer close(played); _, _ = customer.Play(ctx, script.Source()) }()
	require.NoError(t, agent.WaitPackets(within(t), packets))
	id := recordingOf(t, p, &c)
	switch during {
	case "paused":
		require.Equal(t, 200, p.api("PUT", "/v1/conferences/"+c.ID+"/recording", `{"state":"paused"}`, nil))
		// Half a second may have been on its way; a second more is the pause's.
		packets = len(agent.Received().Samples)/audio.FrameSamples + 25
		require.NoError(t, agent.WaitPackets(within(t), packets+50))
	case "capture":
		require.Equal(t, 201, p.api("POST", "/v1/conferences/"+c.ID+"/captures", `{"mask":"mute"}`, nil))
		require.NoError(t, agent.WaitPackets(within(t), packets+packets/2))
	}
	p.kill()
	cancel()
	<-played
	heard := agent.Received().Samples

	file := filepath.Join(folder, "recordings", id+".age")
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	var sound bytes.Buffer
	tl, err := recording.Open(bytes.NewReader(data), []age.Identity{key}, recording.Want{Recording: id, Conference: c.ID},
		func(recording.Info) (io.Writer, error) { return &sound, nil })
	require.NoError(t, err)
	require.Len(t, tl.Faults, 1, "only its end is missing: %v", tl.Faults)
	assert.Contains(t, tl.Faults[0], "the end is missing")
	if during == "paused" {
		assert.Zero(t, common(heard[packets*audio.FrameSamples:], sound.Bytes()), "what was said in the pause")
		heard = heard[:common(heard, sound.Bytes())]
		staysPaused(t, folder, &c)
	}
	lost = len(heard) - common(heard, sound.Bytes())
	assert.LessOrEqual(t, lost, audio.SampleRate, "samples lost of %d that the agent heard", len(heard))
	nowhere(t, filepath.Dir(folder), sound.Bytes(), []string{"recording_id", "thread", tl.Legs[0].LegID + `","role`})
	if restart {
		goesOn(t, folder, &c, id)
	}
	return lost
}

// common returns where the last frame of heard ends that is in the recording's
// second channel.
func common(heard []int16, sound []byte) int {
	var second []byte
	for i := 1; i < len(sound); i += 2 {
		second = append(second, sound[i])
	}
	for end := len(heard); end >= audio.FrameSamples; end -= audio.FrameSamples {
		var words []byte
		for _, v := range heard[end-audio.FrameSamples : end] {
			words = append(words, audio.MuLaw.EncodeSample(v))
		}
		if bytes.Contains(second, words) {
			return end
		}
	}
	return 0
}

// nowhere looks for sound in every file of a folder, which is the server's folder
// for what is temporary as well, and for what is sealed beside it.
func nowhere(t *testing.T, folder string, sound []byte, words []string) {
	t.Helper()
	files, looked := 0, 0
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		for at := 0; at+24 <= len(sound); at += 1600 {
			for name, form := range forms(sound[at : at+24]) {
				looked++
				if bytes.Contains(data, form) {
					return fmt.Errorf("%s holds sound in the clear, %s", path, name)
				}
			}
		}
		if strings.HasSuffix(path, ".age") {
			for _, w := range words {
				if bytes.Contains(data, []byte(w)) {
					return fmt.Errorf("%s holds %s in the clear", path, w)
				}
			}
		}
		return nil
	})
	require.NoError(t, err)
	require.Positive(t, looked, "there is no sound to look for")
	require.GreaterOrEqual(t, files, 3, "the data file, the audit record, the recording")
}

// forms are what a piece of two channels may look like in a file. A piece of fewer
// than four levels is silence or next to it (both zeros of G.711 are one in linear
// samples), stands in any file, and proves nothing.
func forms(piece []byte) map[string][]byte {
	levels := map[int16]bool{}
	for i := 1; i < len(piece); i += 2 {
		levels[audio.MuLaw.DecodeSample(piece[i])] = true
	}
	if len(levels) < 4 {
		return nil
	}
	var second, linear []byte
	for i := 1; i < len(piece); i += 2 {
		second = append(second, piece[i])
		v := uint16(audio.MuLaw.DecodeSample(piece[i]))
		linear = append(linear, byte(v), byte(v>>8))
	}
	return map[string][]byte{"both channels": piece, "the second channel": second, "linear samples": linear}
}

// recordingOf returns the id of the recording that a server writes.
func recordingOf(t *testing.T, p *process, c *conference) string {
	t.Helper()
	var out struct{ Recording struct{ ID, State string } }
	require.Equal(t, 200, p.api("GET", "/v1/conferences/"+c.ID, "", &out))
	require.Equal(t, "recording", out.Recording.State)
	return out.Recording.ID
}

// goesOn starts other servers on the folder: the recording was interrupted, and the
// call is recorded on in another file, or stays paused.
func goesOn(t *testing.T, folder string, c *conference, id string) {
	p := spawn(t, folder)
	var list struct {
		Items []struct{ ID, State, Reason, SHA256 string }
	}
	require.Equal(t, 200, p.api("GET", "/v1/recordings?conference_id="+c.ID, "", &list))
	require.Len(t, list.Items, 2)
	assert.Equal(t, "recording", list.Items[0].State)
	assert.Equal(t, []string{id, "interrupted", "restart"}, []string{list.Items[1].ID, list.Items[1].State, list.Items[1].Reason})
	_, sum, err := recording.Sum(filepath.Join(folder, "recordings", id+".age"))
	require.NoError(t, err)
	assert.Equal(t, sum, list.Items[1].SHA256)
	require.Equal(t, 200, p.api("PUT", "/v1/conferences/"+c.ID+"/recording", `{"state":"paused"}`, nil))
	p.kill()

	p = spawn(t, folder)
	require.Equal(t, 200, p.api("GET", "/v1/recordings?conference_id="+c.ID, "", &list))
	require.Len(t, list.Items, 3)
	assert.Equal(t, "paused", list.Items[0].State, "what was paused stays paused")
	p.kill()
}

func staysPaused(t *testing.T, folder string, c *conference) {
	p := spawn(t, folder)
	var out struct{ Recording struct{ ID, State string } }
	require.Equal(t, 200, p.api("GET", "/v1/conferences/"+c.ID, "", &out))
	assert.Equal(t, "paused", out.Recording.State)
	p.kill()
}
