package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"text/tabwriter"
	"time"

	"github.com/pion/rtp"
	"github.com/pion/srtp/v3"

	"tonegate/bridge"
	"tonegate/dtmf"
	"tonegate/internal/audio"
	"tonegate/internal/demo"
	"tonegate/mixer"
	"tonegate/mixer/mask"
)

// MicroCommand is `bench micro`.
type MicroCommand struct {
	Figure float64 `help:"A measured cost, to see its distance from the bound." placeholder:"MS-PER-ROOM-SECOND"`
}

// piece costs, by what they are called in the table.
const (
	sendOne    = "send, one by one"
	takeOne    = "receive, one by one"
	sendMany   = "send, sendmmsg of 32"
	takeMany   = "receive, recvmmsg of 32"
	protect    = "protect"
	unprotect  = "unprotect"
	decodeCost = "G.711 decode"
	encodeCost = "G.711 encode"
	detectCost = "detector, speech"
	gateCost   = "gate"
	mixCost    = "three mixes"
	tickCost   = "conference tick, three legs"
)

const (
	cmProfile  = "AES_CM_128_HMAC_SHA1_80"
	gcmProfile = "AEAD_AES_128_GCM"
)

// microCase is a benchmark that `go test -bench` and `bench micro` share.
type microCase struct {
	name string
	// steady: nothing may be allocated.
	steady bool
	run    func() (func(), error) // returns one operation
}

// microCases are what a packet or a frame needs.
func microCases() []microCase {
	cases := []microCase{
		{decodeCost, true, func() (func(), error) {
			v, err := microVoice()
			var f audio.Frame
			return func() { audio.MuLaw.Decode(f[:], v.next()) }, err
		}},
		{encodeCost, true, func() (func(), error) {
			v, err := microVoice()
			var payload [audio.FrameSamples]byte
			return func() { audio.MuLaw.Encode(payload[:], v.frame()) }, err
		}},
		{detectCost, true, func() (func(), error) {
			v, err := microVoice()
			d := dtmf.NewDetector()
			return func() { d.Process(v.frame(), dtmf.Reception{}) }, err
		}},
		{gateCost, true, func() (func(), error) {
			v, err := microVoice()
			g := mask.NewGate(1)
			ev := dtmf.NewDetector().Process(new(audio.Frame), dtmf.Reception{})
			return func() { g.Push(mask.Policy{Mode: mask.Strip}, v.frame(), ev) }, err
		}},
		{mixCost, true, mixing},
		{tickCost, true, ticking},
	}
	for _, p := range []struct {
		name string
		id   srtp.ProtectionProfile
	}{{cmProfile, srtp.ProtectionProfileAes128CmHmacSha1_80}, {gcmProfile, srtp.ProtectionProfileAeadAes128Gcm}} {
		cases = append(cases,
			microCase{protect + " " + p.name, false, func() (func(), error) { return protecting(p.id) }},
			microCase{unprotect + " " + p.name, false, func() (func(), error) { return unprotecting(p.id) }})
	}
	return cases
}

// microSpeech is speech, frame by frame, over and over.
type microSpeech struct {
	payload []byte
	frames  []audio.Frame
	at      int
}

func microVoice() (*microSpeech, error) {
	talk, _, err := demo.Speech()
	if err != nil {
		return nil, err
	}
	s := &microSpeech{payload: encode(talk)}
	s.frames = make([]audio.Frame, len(s.payload)/audio.FrameSamples)
	for i := range s.frames {
		audio.MuLaw.Decode(s.frames[i][:], s.payload[i*audio.FrameSamples:])
	}
	return s, nil
}

func (s *microSpeech) next() []byte {
	s.at = (s.at + 1) % len(s.frames)
	return s.payload[s.at*audio.FrameSamples:][:audio.FrameSamples]
}

func (s *microSpeech) frame() *audio.Frame {
	s.at = (s.at + 1) % len(s.frames)
	return &s.frames[s.at]
}

func mixing() (func(), error) {
	v, err := microVoice()
	if err != nil {
		return nil, err
	}
	g := mask.NewGate(1)
	ev := dtmf.NewDetector().Process(new(audio.Frame), dtmf.Reception{})
	a, b := v.frame(), v.frame()
	gated := g.Push(mask.Policy{Mode: mask.Strip}, a, ev)
	return func() {
		_ = mixer.ForCustomer(a, b)
		_ = mixer.ForIVR(a, b)
		_ = mask.ForAgent(gated, gated)
	}, nil
}

// ticking is a conference with a packet from each leg, and its tick.
func ticking() (func(), error) {
	v, err := microVoice()
	if err != nil {
		return nil, err
	}
	c := bridge.New(bridge.Config{Policy: mask.Policy{Mode: mask.Strip}, Seed: 1})
	var ids []bridge.LegID
	for _, r := range []bridge.Role{bridge.Customer, bridge.Agent, bridge.IVR} {
		id, err := c.Join(bridge.LegSpec{Role: r, Media: bridge.Media{Clock: audio.SampleRate}})
		if err != nil {
			return nil, fmt.Errorf("micro: %w", err)
		}
		ids = append(ids, id)
	}
	now, out := time.Unix(1_000_000, 0), new(bridge.Output)
	sequence, timestamp := uint16(firstSequence), uint32(firstTimestamp)
	return func() {
		for _, id := range ids {
			c.Receive(id, bridge.Packet{PayloadType: audio.PayloadTypePCMU, Sequence: sequence, Timestamp: timestamp,
				SSRC: uint32(id), Payload: v.next(), Arrived: now})
		}
		sequence++
		timestamp += audio.FrameSamples
		now = now.Add(audio.FrameDuration)
		c.Tick(now, out)
	}, nil
}

func microContext(p srtp.ProtectionProfile) (*srtp.Context, []byte, error) {
	key, err := p.KeyLen()
	salt, err2 := p.SaltLen()
	if err := errors.Join(err, err2); err != nil {
		return nil, nil, fmt.Errorf("micro: %w", err)
	}
	c, err := srtp.CreateContext(make([]byte, key), make([]byte, salt), p)
	if err != nil {
		return nil, nil, fmt.Errorf("micro: %w", err)
	}
	h := rtp.Header{Version: 2, SequenceNumber: firstSequence, SSRC: 1}
	plain := make([]byte, 12+audio.FrameSamples)
	if _, err := h.MarshalTo(plain); err != nil {
		return nil, nil, fmt.Errorf("micro: %w", err)
	}
	return c, plain, nil
}

func protecting(p srtp.ProtectionProfile) (func(), error) {
	c, plain, err := microContext(p)
	var out [mtu]byte
	var h rtp.Header
	sequence := uint16(firstSequence)
	return func() {
		plain[2], plain[3] = byte(sequence>>8), byte(sequence)
		sequence++
		_, _ = c.EncryptRTP(out[:], plain, &h)
	}, err
}

func unprotecting(p srtp.ProtectionProfile) (func(), error) {
	c, plain, err := microContext(p)
	if err != nil {
		return nil, err
	}
	sealed, err := c.EncryptRTP(nil, plain, nil)
	if err != nil {
		return nil, fmt.Errorf("micro: %w", err)
	}
	// A second context, as the other end has; the same packet again and again
	// costs what the next one would.
	other, _, err := microContext(p)
	var out [mtu]byte
	var h rtp.Header
	return func() { _, _ = other.DecryptRTP(out[:], sealed, &h) }, err
}

// costs are in nanoseconds.
type costs map[string]float64

// Run measures each piece and prints the bound.
func (c *MicroCommand) Run(ctx context.Context, out, progress io.Writer) error {
	fmt.Fprintln(progress, "half a minute")
	found, err := syscallCosts()
	if err != nil {
		return fmt.Errorf("micro: %w", err)
	}
	order := []string{sendOne, sendMany, takeOne, takeMany}
	for _, m := range microCases() {
		if err := ctx.Err(); err != nil {
			return err
		}
		one, err := m.run()
		if err != nil {
			return err
		}
		r := testing.Benchmark(func(b *testing.B) {
			for b.Loop() {
				one()
			}
		})
		found[m.name] = float64(r.T.Nanoseconds()) / float64(r.N)
		order = append(order, m.name)
	}
	r := newResult(ctx)
	fmt.Fprintf(out, "%s, %s, Linux %s, commit %s.\n\n", r.Machine, r.Go, r.Kernel, r.Commit)
	table(out, func(t *tabwriter.Writer) {
		for _, name := range order {
			fmt.Fprintf(t, "%s\t%.2f µs\n", name, found[name]/1000)
		}
	})
	found.printBound(out, c.Figure)
	return nil
}

// bound is what a room-second costs at least: three legs with 50 packets a
// second each way, with the cheaper cipher and system calls in batches.
type bound struct{ syscalls, crypto, codec, mixes, masking, tick float64 } // ms

func (c costs) bound() bound {
	const packets, ticks, ms = 150, 50, 1e-6
	return bound{
		syscalls: packets * ms * (c[sendMany] + c[takeMany]),
		crypto:   packets * ms * (min(c[protect+" "+gcmProfile], c[protect+" "+cmProfile]) + min(c[unprotect+" "+gcmProfile], c[unprotect+" "+cmProfile])),
		codec:    packets * ms * (c[decodeCost] + c[encodeCost]),
		mixes:    ticks * ms * c[mixCost],
		masking:  packets * ms * (c[detectCost] + c[gateCost]),
		tick:     ticks * ms * c[tickCost],
	}
}

func (b bound) least() float64 { return b.syscalls + b.crypto + b.codec + b.mixes }

// asBuilt takes the conference's tick as it is, with playout and bookkeeping.
func (b bound) asBuilt(encode float64) float64 { return b.syscalls + b.crypto + b.tick + encode }

func (c costs) printBound(w io.Writer, figure float64) {
	b := c.bound()
	encode := 150 * 1e-6 * c[encodeCost]
	fmt.Fprintf(w, "\nA room-second of three parties, 150 packets each way, in ms of CPU:\n")
	table(w, func(t *tabwriter.Writer) {
		for _, l := range []struct {
			name  string
			value float64
		}{
			{"system calls in batches", b.syscalls}, {"SRTP, the cheaper profile", b.crypto}, {"G.711", b.codec}, {"mixes", b.mixes},
			{"bound of a bridge that does not mask", b.least()},
			{"detector and gate on every leg", b.masking},
			{"bound of one that masks", b.least() + b.masking},
			{"the same with the conference's tick as it is", b.asBuilt(encode)},
		} {
			fmt.Fprintf(t, "%s\t%.2f\n", l.name, l.value)
		}
	})
	if figure > 0 {
		fmt.Fprintf(w, "Measured: %.2f, which is %s.\n", figure, strings.Join([]string{
			fmt.Sprintf("%.1f times the bound of a bridge that does not mask", figure/b.least()),
			fmt.Sprintf("%.1f times that of one that does", figure/(b.least()+b.masking)),
			fmt.Sprintf("%.2f above what the tick as it is allows", figure-b.asBuilt(encode)),
		}, ", "))
	}
}

// syscallCosts measures sending to and receiving from a socket on loopback, a
// packet at a time and in batches. Sending includes the kernel's way to the
// other socket, as it does on loopback; on a network card it is less.
func syscallCosts() (costs, error) {
	from, err := openSocket()
	if err != nil {
		return nil, err
	}
	defer from.close()
	to, err := openSocket()
	if err != nil {
		return nil, err
	}
	defer to.close()
	port, err := to.port()
	if err != nil {
		return nil, err
	}
	at := netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), port)
	out, source := newBatch(), [4]byte{127, 0, 0, 1}
	const many, rounds, packet = 32, 3000, 188
	var spent [4]time.Duration
	time4 := func(i int, f func()) {
		began := time.Now()
		f()
		spent[i] += time.Since(began)
	}
	got := 0
	take := func([]byte, [4]byte, netip.AddrPort, int64) { got++ }
	for range rounds {
		time4(0, func() {
			for range many {
				out.put(packet, source, at)
				from.send(out)
			}
		})
		time4(1, func() {
			for range many {
				to.receiveUpTo(1, take)
			}
		})
		time4(2, func() {
			for range many {
				out.put(packet, source, at)
			}
			from.send(out)
		})
		time4(3, func() { to.receiveUpTo(many, take) })
	}
	if got != 2*many*rounds {
		return nil, fmt.Errorf("loopback lost packets: %d of %d came", got, 2*many*rounds)
	}
	c := costs{}
	for i, name := range []string{sendOne, takeOne, sendMany, takeMany} {
		c[name] = float64(spent[i].Nanoseconds()) / (many * rounds)
	}
	return c, nil
}
