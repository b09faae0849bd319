package recording

import "github.com/prometheus/client_golang/prometheus"

// Metrics are the recorders' Prometheus metrics. No label names a call. Nil
// counts nothing.
type Metrics struct {
	active   prometheus.Gauge
	bytes    prometheus.Counter
	gaps     prometheus.Counter
	failures prometheus.Counter
}

// NewMetrics registers the recorders' metrics with reg.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	counter := func(name, help string) prometheus.Counter {
		return prometheus.NewCounter(prometheus.CounterOpts{Namespace: "tonegate", Name: name, Help: help})
	}
	m := &Metrics{
		active: prometheus.NewGauge(prometheus.GaugeOpts{Namespace: "tonegate", Name: "recordings_active",
			Help: "Recordings that are being written, paused ones included."}),
		bytes:    counter("recording_bytes_total", "Sealed bytes written."),
		gaps:     counter("recording_frames_lost_total", "Frames recorded as silence because the disk or the processor did not keep up."),
		failures: counter("recording_failures_total", "Recordings that could not begin, or not be written to their end."),
	}
	reg.MustRegister(m.active, m.bytes, m.gaps, m.failures)
	return m
}

func (m *Metrics) began() {
	if m != nil {
		m.active.Inc()
	}
}

// NotBegun counts a recording that was wanted and did not begin. [New] counts its own.
func (m *Metrics) NotBegun() {
	if m != nil {
		m.failures.Inc()
	}
}

func (m *Metrics) wrote(n int) {
	if m != nil {
		m.bytes.Add(float64(n))
	}
}

func (m *Metrics) lost(frames int64) {
	if m != nil {
		m.gaps.Add(float64(frames))
	}
}

func (m *Metrics) ended(err error) {
	if m == nil {
		return
	}
	m.active.Dec()
	if err != nil {
		m.failures.Inc()
	}
}
