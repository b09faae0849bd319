package rtcleg

import (
	"encoding/binary"
	"math/rand/v2"
	"sync"
	"time"

	"github.com/pion/rtcp"
	"github.com/pion/rtp"

	"tonegate/internal/audio"
)

// Reports tell a peer how its packets arrive and when ours were made, which is
// what its statistics and its round-trip time are computed from. The library's
// own reporters would take two goroutines for each leg and an allocation for
// each packet; one goroutine for all legs and two small counters do.
const (
	reportInterval = 5 * time.Second // RFC 3550 §6.2
	reportPoll     = 250 * time.Millisecond
	cname          = "tonegate"
	// clocked is after how many packets a leg looks at the clock: timestamps of audio go
	// on with it, so any packet of late relates the two.
	clocked = 16
)

// reports sends what is due, and has connections look at the time, until stop is
// closed.
func (s *Server) reports(stop <-chan struct{}) {
	tick := time.NewTicker(reportPoll)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-tick.C:
			for _, l := range s.snapshot() {
				l.conn.watch(now)
				l.reportIfDue(now)
			}
		}
	}
}

// reportIfDue belongs to the goroutine of reports.
func (l *Leg) reportIfDue(now time.Time) {
	if !l.up.Load() || now.Before(l.nextReport) {
		return
	}
	first := l.nextReport.IsZero()
	// Randomised, so that legs that joined together do not report together.
	l.nextReport = now.Add(reportInterval/2 + rand.N(reportInterval))
	if first {
		return
	}
	if packets := l.reportPackets(now); packets != nil {
		// It is the next report that makes up for one that was not sent.
		_ = l.conn.report(packets)
	}
}

// reportPackets makes a compound packet: what was sent and how it was received,
// then the name that RFC 3550 wants in every one.
func (l *Leg) reportPackets(now time.Time) []rtcp.Packet {
	ssrc := l.conn.ssrc()
	if ssrc == 0 {
		return nil
	}
	blocks := l.received.report(now)
	name := &rtcp.SourceDescription{Chunks: []rtcp.SourceDescriptionChunk{{
		Source: ssrc, Items: []rtcp.SourceDescriptionItem{{Type: rtcp.SDESCNAME, Text: cname}},
	}}}
	sr, ok := l.departures.report(now)
	if !ok {
		return []rtcp.Packet{&rtcp.ReceiverReport{SSRC: ssrc, Reports: blocks}, name}
	}
	sr.SSRC, sr.Reports = ssrc, blocks
	return []rtcp.Packet{&sr, name}
}

// departures numbers what is sent, and counts it for sender reports. A packet that is
// dropped takes no number: numbers that ran on through eleven minutes of a peer's own
// hold would come back to the receiver, and to the cipher, as old ones. The first is
// below 32,768, so that a peer whose handshake ends a little late, and who takes the
// first packet it hears to be of the first 65,536, is right.
type departures struct {
	mu        sync.Mutex
	next      uint16
	packets   uint64
	octets    uint32
	audio     uint8     // its payload type
	unclocked int       // packets since
	timestamp uint32    // of one of the last packets,
	at        time.Time // and when that was sent
}

func (d *departures) send(by connection, h *rtp.Header, payload []byte) (sent bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	h.SequenceNumber = d.next
	if sent, err = by.send(h, payload); sent || err != nil {
		d.next++ // it may have been encrypted before it failed
	}
	if sent {
		d.clock(h)
		d.note(len(payload))
	}
	return sent, err
}

// clock relates the clock to a packet's timestamp, now and then. Events carry the time
// of their beginning (RFC 4733 §2.3.1).
func (d *departures) clock(h *rtp.Header) {
	if d.unclocked++; d.at.IsZero() || d.unclocked >= clocked && h.PayloadType == d.audio {
		d.timestamp, d.at, d.unclocked = h.Timestamp, time.Now(), 0
	}
}

// sent is how many packets were.
func (d *departures) sent() uint64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.packets
}

// note counts a packet. The caller holds the lock.
func (d *departures) note(payload int) {
	d.packets++
	d.octets += uint32(payload)
}

func (d *departures) report(now time.Time) (rtcp.SenderReport, bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	return rtcp.SenderReport{
		NTPTime: ntp(now), RTPTime: d.timestamp + samplesIn(now.Sub(d.at)),
		PacketCount: uint32(d.packets), OctetCount: d.octets,
	}, d.packets > 0
}

// arrivals keeps what receiver reports say of the peer's current source, by
// RFC 3550 appendix A.
type arrivals struct {
	ssrc                           uint32
	known                          bool
	base, highest                  uint32 // extended sequence numbers
	received                       uint32
	expectedBefore, receivedBefore uint32 // at the last report
	transit                        uint32
	jitter                         float64
	senderReport                   uint32 // middle of the NTP time of the peer's last report
	senderReportAt                 time.Time
}

// note takes the header of a received packet.
func (a *arrivals) note(packet []byte, at time.Time) {
	if len(packet) < 12 {
		return
	}
	sequence := binary.BigEndian.Uint16(packet[2:])
	timestamp := binary.BigEndian.Uint32(packet[4:])
	ssrc := binary.BigEndian.Uint32(packet[8:])
	// Only differences of transit times count, so any origin will do.
	transit := samplesIn(time.Duration(at.UnixNano())) - timestamp
	if !a.known || a.ssrc != ssrc {
		first := uint32(sequence) + 1<<16 // room below for packets out of order
		a.ssrc, a.known, a.base, a.highest, a.received = ssrc, true, first, first, 0
		a.expectedBefore, a.receivedBefore, a.jitter, a.transit = 0, 0, 0, transit
		a.senderReportAt = time.Time{}
	}
	a.received++
	if ahead := int16(sequence - uint16(a.highest)); ahead > 0 {
		a.highest += uint32(ahead)
	}
	d := int32(transit - a.transit)
	a.transit = transit
	a.jitter += (float64(max(d, -d)) - a.jitter) / 16
}

// heardFrom notes the peer's sender report, if the compound begins with one.
func (a *arrivals) heardFrom(compound []byte, at time.Time) {
	const senderReport = 200
	if len(compound) < 28 || compound[1] != senderReport {
		return
	}
	if a.known && binary.BigEndian.Uint32(compound[4:]) == a.ssrc {
		a.senderReport, a.senderReportAt = binary.BigEndian.Uint32(compound[10:]), at
	}
}

func (a *arrivals) report(now time.Time) []rtcp.ReceptionReport {
	if !a.known {
		return nil
	}
	expected := a.highest - a.base + 1
	r := rtcp.ReceptionReport{
		SSRC: a.ssrc, LastSequenceNumber: a.highest - 1<<16, Jitter: uint32(a.jitter),
	}
	if expected > a.received {
		r.TotalLost = min(expected-a.received, 1<<23-1)
	}
	during, got := expected-a.expectedBefore, a.received-a.receivedBefore
	if during > got {
		r.FractionLost = uint8(min(255, uint64(during-got)<<8/uint64(during)))
	}
	a.expectedBefore, a.receivedBefore = expected, a.received
	if !a.senderReportAt.IsZero() {
		r.LastSenderReport = a.senderReport
		r.Delay = uint32(now.Sub(a.senderReportAt).Seconds() * 65536)
	}
	return []rtcp.ReceptionReport{r}
}

// samplesIn converts a duration to ticks of the RTP clock, modulo its range.
func samplesIn(d time.Duration) uint32 {
	const nanosPerSample = int64(time.Second / audio.SampleRate)
	return uint32(int64(d) / nanosPerSample)
}

// ntp is the NTP timestamp of RFC 3550 §4.
func ntp(t time.Time) uint64 {
	const from1900 = 2208988800
	return uint64(t.Unix()+from1900)<<32 | uint64(t.Nanosecond())<<32/uint64(time.Second)
}
