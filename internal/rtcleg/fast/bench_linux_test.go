package fast

import (
	"testing"
	"time"

	"github.com/pion/dtls/v3"
	"github.com/pion/rtp"
)

// Benchmarks of what a packet of 20 ms of G.711 costs, system calls included.
// They are the transport's share of a leg's 50 packets a second each way.

func benchmarkCaller(b *testing.B, profile dtls.SRTPProtectionProfile) (*Network, *caller) {
	n := newNetwork(b, Config{})
	x := newCaller(b, n)
	x.connect(profile)
	x.leg.session.User = nobody{x}
	b.ReportAllocs()
	return n, x
}

// BenchmarkSend is 30 packets to a flush, as a shard with 100 conferences has.
func BenchmarkSend(b *testing.B) {
	for name, profile := range map[string]dtls.SRTPProtectionProfile{
		"GCM": dtls.SRTP_AEAD_AES_128_GCM, "CM": dtls.SRTP_AES128_CM_HMAC_SHA1_80,
	} {
		b.Run(name, func(b *testing.B) {
			n, x := benchmarkCaller(b, profile)
			x.leg.Batch(0, 0)
			_ = x.conn.Close()
			x.reader.Wait()
			h, payload := rtp.Header{Version: 2}, make([]byte, 160)
			for i := 0; b.Loop(); i++ {
				h.SequenceNumber++
				if _, err := x.leg.Send(&h, payload); err != nil {
					b.Fatal(err)
				}
				if i%30 == 29 {
					n.Flush(0)
				}
			}
		})
	}
}

// BenchmarkReceive is decryption and delivery, without the system call.
func BenchmarkReceive(b *testing.B) {
	for name, profile := range map[string]dtls.SRTPProtectionProfile{
		"GCM": dtls.SRTP_AEAD_AES_128_GCM, "CM": dtls.SRTP_AES128_CM_HMAC_SHA1_80,
	} {
		b.Run(name, func(b *testing.B) {
			_, x := benchmarkCaller(b, profile)
			buf, now := make([]byte, packetBytes), time.Now()
			const many = 1024
			sealed := make([][]byte, many)
			sequence := uint16(0)
			for i := 0; b.Loop(); i++ {
				if i%many == 0 {
					b.StopTimer()
					for k := range sealed {
						sealed[k] = x.packet(7, sequence, make([]byte, 160)...)
						sequence++
					}
					b.StartTimer()
				}
				x.leg.receive(buf[:copy(buf, sealed[i%many])], now, noShard)
			}
		})
	}
}

// BenchmarkNothing is a Receive that finds nothing.
func BenchmarkNothing(b *testing.B) {
	n, _ := benchmarkCaller(b, dtls.SRTP_AEAD_AES_128_GCM)
	for b.Loop() {
		n.Receive(0, 0)
	}
}
