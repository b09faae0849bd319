package engine

import (
	"github.com/prometheus/client_golang/prometheus"

	"tonegate/bridge"
	"tonegate/internal/audio"
)

// Metrics are the engine's Prometheus metrics. Counts that follow from keys
// move on the 500 ms grid of reports only, and no label names a call.
type Metrics struct {
	conferences prometheus.Gauge
	legs        *prometheus.GaugeVec
	lateness    prometheus.Histogram
	skipped     prometheus.Counter
	panics      prometheus.Counter
	received    prometheus.Counter
	sent        prometheus.Counter
	sendFails   prometheus.Counter
	dropped     *prometheus.CounterVec
	late        prometheus.Counter
	lost        prometheus.Counter
	concealed   prometheus.Counter
	moved       *prometheus.CounterVec
	keys        *prometheus.CounterVec
	masked      prometheus.Counter
	failures    prometheus.Counter
	of          labelled
}

// labelled are the counters of vectors, found once: each report counts on all of them.
type labelled struct {
	malformedEvent, payloadType, duplicate, malformed, overflow, oversized prometheus.Counter // dropped
	grow, shrink                                                           prometheus.Counter // moved
	inBand, named                                                          prometheus.Counter // keys
}

// NewMetrics registers the engine's metrics with reg, or with nothing if reg
// is nil.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "tonegate", Name: name, Help: help})
	}
	counters := func(name, help, label string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "tonegate", Name: name, Help: help}, []string{label})
	}
	m := &Metrics{
		conferences: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "tonegate", Name: "conferences",
			Help: "Conferences that are being ticked."}),
		legs: prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: "tonegate", Name: "legs",
			Help: "Legs in conferences, by role."}, []string{"role"}),
		lateness: prometheus.NewHistogram(prometheus.HistogramOpts{Namespace: "tonegate", Name: "tick_lateness_seconds",
			Help:    "How long after its deadline a phase of ticks began.",
			Buckets: []float64{.0001, .00025, .0005, .001, .002, .003, .005, .01, .02, .05, .1}}),
		skipped:   counter("ticks_skipped_total", "Ticks given up because the shard was too late for them."),
		panics:    counter("conference_failures_total", "Conferences ended because of an internal fault."),
		received:  counter("packets_received_total", "RTP packets taken from legs."),
		sent:      counter("packets_sent_total", "RTP packets sent to legs."),
		sendFails: counter("packet_send_failures_total", "RTP packets a transport refused."),
		dropped:   counters("packets_dropped_total", "RTP packets dropped, by reason.", "reason"),
		late:      counter("packets_late_total", "RTP packets that came after their frame was played."),
		lost:      counter("packets_lost_total", "RTP packets that sequence numbers say were sent and never came."),
		concealed: counter("frames_concealed_total", "Frames with samples made up for missing ones."),
		moved:     counters("playout_moves_total", "Frames by which playout was moved, by direction.", "direction"),
		keys:      counters("keys_total", "Keys detected on any leg, by source; moves every 500 ms.", "source"),
		masked:    counter("frames_masked_total", "Frames' worth of samples replaced on the way to agents."),
		failures:  counter("detector_failures_total", "Detector faults; the affected audio was masked."),
	}
	m.of = labelled{
		malformedEvent: m.dropped.WithLabelValues("malformed_event"), payloadType: m.dropped.WithLabelValues("payload_type"),
		duplicate: m.dropped.WithLabelValues("duplicate"), malformed: m.dropped.WithLabelValues("malformed"),
		overflow: m.dropped.WithLabelValues("overflow"), oversized: m.dropped.WithLabelValues("oversized"),
		grow: m.moved.WithLabelValues("grow"), shrink: m.moved.WithLabelValues("shrink"),
		inBand: m.keys.WithLabelValues("inband"), named: m.keys.WithLabelValues("event"),
	}
	if reg != nil {
		reg.MustRegister(m.conferences, m.legs, m.lateness, m.skipped, m.panics, m.received, m.sent,
			m.sendFails, m.dropped, m.late, m.lost, m.concealed, m.moved, m.keys, m.masked, m.failures)
	}
	return m
}

// add adds what a leg counted since before.
func (m *Metrics) add(now, before bridge.Stats) {
	add := func(c prometheus.Counter, now, before uint64) {
		if now > before {
			c.Add(float64(now - before))
		}
	}
	add(m.received, now.Packets, before.Packets)
	add(m.of.malformedEvent, now.Malformed, before.Malformed)
	add(m.of.payloadType, now.UnknownType, before.UnknownType)
	add(m.of.duplicate, now.Jitter.Duplicate, before.Jitter.Duplicate)
	add(m.lost, now.Lost, before.Lost)
	add(m.late, now.Jitter.Late, before.Jitter.Late)
	add(m.concealed, now.Jitter.Concealed, before.Jitter.Concealed)
	add(m.of.grow, now.Jitter.Inserted, before.Jitter.Inserted)
	add(m.of.shrink, now.Jitter.Skipped, before.Jitter.Skipped)
	add(m.of.inBand, now.InBandKeys, before.InBandKeys)
	add(m.of.named, now.NamedKeys, before.NamedKeys)
	add(m.failures, now.DetectorFails, before.DetectorFails)
	if d := now.MaskedSamples - before.MaskedSamples; now.MaskedSamples > before.MaskedSamples {
		m.masked.Add(float64(d) / audio.FrameSamples)
	}
}

// addLeg adds what the engine itself counted of a leg, and clears it.
func (m *Metrics) addLeg(l *Leg) {
	m.sent.Add(float64(l.sent))
	m.sendFails.Add(float64(l.sendFails))
	m.of.malformed.Add(float64(l.malformed))
	l.sent, l.sendFails, l.malformed = 0, 0, 0
	l.in.mu.Lock()
	defer l.in.mu.Unlock()
	m.of.overflow.Add(float64(l.in.overflow))
	m.of.oversized.Add(float64(l.in.oversized))
	l.in.overflow, l.in.oversized = 0, 0
}
