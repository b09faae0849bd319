package delivery

import "github.com/prometheus/client_golang/prometheus"

// metrics are the spool's. No label names a recording.
type metrics struct {
	results *prometheus.CounterVec
	bytes   prometheus.Counter
	deleted *prometheus.CounterVec
}

// delivered is the result of an attempt that worked; the others are causes.
const delivered = "delivered"

func newMetrics(reg prometheus.Registerer, s *Spool) *metrics {
	gauge := func(name, help string, f func() float64) prometheus.GaugeFunc {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Namespace: "tonegate", Name: name, Help: help}, f)
	}
	m := &metrics{
		results: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "tonegate", Name: "recording_deliveries_total",
			Help: "Attempts to deliver a recording, by result: delivered, or why not."}, []string{"result"}),
		bytes: prometheus.NewCounter(prometheus.CounterOpts{Namespace: "tonegate", Name: "recording_delivered_bytes_total",
			Help: "Sealed bytes that the store has confirmed."}),
		deleted: prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: "tonegate", Name: "recordings_deleted_total",
			Help: "Recordings deleted, by why: request, max_age, max_bytes, abandoned."}, []string{"why"}),
	}
	m.results.WithLabelValues(delivered)
	for _, c := range Causes {
		m.results.WithLabelValues(string(c))
	}
	for _, why := range []Why{ByRequest, MaxAge, MaxBytes, Abandoned} {
		m.deleted.WithLabelValues(string(why))
	}
	if reg == nil {
		return m
	}
	reg.MustRegister(m.results, m.bytes, m.deleted,
		gauge("recording_spool_bytes", "Sealed bytes in the folder that recordings are written to.", func() float64 { return float64(s.bytes()) }),
		gauge("recording_spool_full", "1 while no recording begins, because that folder holds its limit.", func() float64 {
			if s.Room() != nil {
				return 1
			}
			return 0
		}),
		gauge("recordings_waiting", "Recordings that are not delivered yet.", func() float64 { n, _ := s.waiting(); return float64(n) }),
		gauge("recordings_waiting_oldest_seconds", "How long the oldest of them has been complete.", func() float64 {
			_, age := s.waiting()
			return age.Seconds()
		}))
	return m
}
