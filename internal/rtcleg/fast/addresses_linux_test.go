package fast

import (
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"tonegate/internal/prefetch"
)

// TestAddresses: whichever way an address is found by, no two are one, and what was
// forgotten is found no more.
func TestAddresses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		byAddress, known := newAddresses(), map[endpoint]route{}
		ips := []string{"127.0.0.1", "10.0.0.1", "::", "::1", "7f00:1::", "7f00:1::1", "2001:db8::7f00:1", "fe80::1:0:0:0"}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			ip := netip.MustParseAddr(rapid.SampledFrom(ips).Draw(t, "ip"))
			at := endpoint{socket: uint16(rapid.IntRange(0, 1).Draw(t, "socket")) * 2, port: uint16(rapid.IntRange(1, 2).Draw(t, "port"))}
			if ip.Is4() {
				copy(at.ip[:], ip.AsSlice())
			} else {
				at.socket++ // of its own family
				at.ip = ip.As16()
			}
			if c := (route{new(Conn), new(stage), new(prefetch.List)}); rapid.Bool().Draw(t, "forget") {
				delete(known, at)
				byAddress.set(at, route{})
			} else {
				known[at] = c
				byAddress.set(at, c)
			}
			if got := len(byAddress.short) + len(byAddress.long); got != len(known) {
				t.Fatalf("%d addresses of %d", got, len(known))
			}
			for at, c := range known {
				if byAddress.of(at) != c {
					t.Fatalf("%v is another's", at)
				}
			}
		}
	})
}
