package serve

import (
	"fmt"

	"github.com/prometheus/client_golang/prometheus"

	"tonegate/internal/rtcleg"
)

// openMedia binds the media port, on the media path that is configured.
func (s *server) openMedia() (err error) {
	s.rtc, err = rtcleg.NewServer(rtcleg.Config{
		Listen: s.cfg.Media, AdvertiseIPs: s.cfg.Advertise, Log: s.log, Path: s.cfg.MediaPath,
	})
	if err != nil {
		return fmt.Errorf("--media %s: %w", s.cfg.Media, err)
	}
	s.reg.MustRegister(prometheus.NewCounterFunc(prometheus.CounterOpts{
		Name: "tonegate_media_drops_total",
		Help: "Packets lost in this process for want of room: to send, or of checks and handshakes to be answered (fast media path).",
	}, func() float64 { return float64(s.rtc.Drops()) }))
	return nil
}
